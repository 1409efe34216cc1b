//! What a form shows comes back as it was, for every step of every kind.

use proptest::prelude::*;

use super::dom::{Dom, HOSTILE};
use super::values::{Draw, Known, title, townships};
use crate::catalogue::model::{Catalogue, Kind};
use crate::command::Act;
use crate::ledger::Given;
use crate::program::{Lang, text};
use crate::record::{Day, Decimal, Fields, Role, Value};
use crate::ui::Words;
use crate::ui::form::{
    self, Ask, Decoded, Form, LESS, MORE, Pairs, Posted, Wrong, decode, fill, form, reshape,
};

/// Every step that somebody can take, each from the first status in which it is open.
fn asks(kind: &Kind) -> Vec<Ask<'_>> {
    let first = kind.statuses.keys().next().copied();
    let own = kind.actions.values().filter(|action| action.roles != [Role::System] && action.id != "edit");
    let own =
        own.map(|action| Ask { kind, act: Act::Take(action.tag), status: action.from.first().copied() });
    own.chain([Ask { kind, act: Act::Edit, status: first }, Ask { kind, act: Act::Void, status: first }])
        .collect()
}

fn shown(w: &Words, ask: Ask<'_>, pairs: &Pairs, base: &Fields, wrong: &[Wrong]) -> maud::Markup {
    form(
        w,
        &Form {
            ask,
            pairs,
            base,
            wrong,
            post: "/post",
            cancel: "/",
            townships: &townships(),
            pick: Some("/pick"),
            candidates: &|_| vec![HOSTILE.to_owned()],
            file: &|_| Some(HOSTILE.to_owned()),
            today: Day(20_780),
            revision: Some(3),
            behalf: Some(HOSTILE),
            draft: Some("/draft"),
            hidden: &[("token", HOSTILE)],
        },
    )
}

fn back(ask: &Ask<'_>, base: &Fields, pairs: &Pairs) -> Decoded {
    decode(ask, base, Posted { pairs, files: &[] }, &Known::new())
}

fn there_and_back(seed: u64) {
    let catalogue = Catalogue::builtin();
    let mut draw = Draw(seed);
    for kind in catalogue.kinds.values() {
        for ask in asks(kind) {
            let place = format!("seed {seed}: {} {:?}", kind.id, ask.action().map(|action| &action.id));
            let values = draw.values(ask.fields());
            let pairs = fill(ask.fields(), &values, &title);
            let page = shown(Words::of(Lang::Zh), ask, &pairs, &Fields::new(), &[]);
            let posted = Dom::of(Words::of(Lang::Zh), &page).posted();
            let said = back(&ask, &Fields::new(), &posted);
            assert_eq!(said.wrong, [], "{place}");
            assert_eq!(said.given.set, values, "{place}");
            assert_eq!(said.given.clear, [0; 0], "{place}");
            assert_eq!(back(&ask, &values, &posted), Decoded::default(), "{place}: nothing has changed");
            let empty = Dom::of(
                Words::of(Lang::Zh),
                &shown(Words::of(Lang::Zh), ask, &Pairs::default(), &Fields::new(), &[]),
            )
            .posted();
            let mut cleared: Vec<u32> = values.keys().copied().collect();
            let mut said = back(&ask, &values, &empty).given;
            cleared.sort_unstable();
            said.clear.sort_unstable();
            assert_eq!(said, Given { set: Fields::new(), clear: cleared }, "{place}: everything was emptied");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, ..ProptestConfig::default() })]
    #[test]
    fn what_a_form_shows_comes_back_as_it_was(seed in any::<u64>()) {
        there_and_back(seed);
    }
}

/// Labels, ids, well-formedness, and that no value gets out of its place.
#[test]
fn forms_of_every_kind_are_sound_pages() {
    let catalogue = Catalogue::builtin();
    let mut draw = Draw(1);
    let (mut forms, mut controls) = (0, 0);
    for lang in [Lang::Zh, Lang::En] {
        let w = Words::of(lang);
        for kind in catalogue.kinds.values() {
            for ask in asks(kind) {
                let values = draw.values(ask.fields());
                let pairs = fill(ask.fields(), &values, &title);
                let wrong: Vec<Wrong> = ask
                    .fields()
                    .map(|field| Wrong { name: Some(form::name(field)), text: text(HOSTILE, HOSTILE) })
                    .chain([Wrong { name: None, text: text(HOSTILE, HOSTILE) }])
                    .collect();
                let dom = Dom::of(w, &shown(w, ask, &pairs, &values, &wrong));
                dom.check();
                let page = dom.elements();
                assert!(!page.iter().any(|(element, _)| element.get("onerror").is_some()));
                // The seal of the frame is the only picture.
                assert_eq!(page.iter().filter(|(element, _)| element.name == "img").count(), 1);
                for field in ask.fields() {
                    let name = form::name(field);
                    let named =
                        |name_there: &str| name_there == name || name_there.starts_with(&format!("{name}."));
                    assert!(
                        page.iter().any(|(e, _)| e.get("name").is_some_and(named)),
                        "{} {}",
                        kind.id,
                        field.id
                    );
                    controls += 1;
                }
                forms += 1;
            }
        }
    }
    assert!(forms > 1_500 && controls > 10_000, "{forms} forms, {controls} controls");
}

/// The form asks for what the gate will ask for.
#[test]
fn required_marks_are_those_of_the_gate() {
    let catalogue = Catalogue::builtin();
    for kind in catalogue.kinds.values() {
        for ask in asks(kind) {
            let Some(action) = ask.action().filter(|_| ask.act != Act::Edit) else { continue };
            for tag in &action.requires {
                let field = &kind.fields[tag];
                assert!(
                    field.derived || (ask.takes(field) && ask.requires(field)),
                    "{} {}",
                    action.id,
                    field.id
                );
            }
            for field in kind
                .fields
                .values()
                .filter(|field| action.to.is_some_and(|to| field.required_in.contains(&to)))
            {
                assert!(ask.requires(field), "{} {} {}", kind.id, action.id, field.id);
            }
        }
    }
}

fn petition(catalogue: &Catalogue) -> Ask<'_> {
    let kind = catalogue.kind("petition").expect("a kind");
    Ask { kind, act: Act::Edit, status: kind.status("registered").map(|status| status.tag) }
}

fn tag(ask: &Ask<'_>, id: &str) -> u32 {
    ask.kind.field(id).expect("a field").tag
}

/// What a form cannot write exactly stays as it is when nobody touches it.
#[test]
fn what_a_form_cannot_write_is_left_alone() {
    let catalogue = Catalogue::builtin();
    let ask = petition(&catalogue);
    let base: Fields = [
        (tag(&ask, "channel"), Value::Choice(9_999)),
        (tag(&ask, "category"), Value::Unknown(vec![1, 2])),
        (tag(&ask, "title"), Value::Text("尾有零宽字符\u{200B}".to_owned())),
        (tag(&ask, "representatives"), Value::List(vec![Value::Text("甲\n乙".to_owned())])),
        (tag(&ask, "reported_to"), Value::List(vec![Value::Choice(3), Value::Choice(1)])),
        (tag(&ask, "summary"), Value::Text("\n  头有空行".to_owned())),
    ]
    .into();
    let pairs = fill(ask.fields(), &base, &title);
    let w = Words::of(Lang::Zh);
    let posted = Dom::of(w, &shown(w, ask, &pairs, &base, &[])).posted();
    assert!(!posted.has("f.channel") && !posted.has("f.category"), "they are not asked for");
    assert_eq!(back(&ask, &base, &posted), Decoded::default());
    // Two decimals where one was shown with a zero at its end.
    let decimals = Catalogue::builtin();
    let meeting = decimals.kind("meeting").expect("a kind");
    let ask = Ask { kind: meeting, act: Act::Edit, status: meeting.statuses.keys().next().copied() };
    let days = meeting
        .fields
        .values()
        .find(|f| matches!(f.shape, crate::catalogue::model::Shape::Decimal { .. }))
        .expect("a decimal");
    let base: Fields = [(days.tag, Value::Decimal(Decimal { units: 20, scale: 1 }))].into();
    assert_eq!(back(&ask, &base, &fill(ask.fields(), &base, &title)), Decoded::default());
}

#[test]
fn what_was_typed_wrong_is_told_at_its_place_and_kept() {
    let catalogue = Catalogue::builtin();
    let ask = petition(&catalogue);
    let typed = [
        ("f.received_on", "2026.11.31"),
        ("f.people_count", "三人"),
        ("f.related_cases.0", "没有这件"),
        ("f.urges.0.on", "昨天"),
        ("f.title", "照常"),
    ];
    let pairs: Pairs = typed.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let said = back(&ask, &Fields::new(), &pairs);
    let names: Vec<&str> = said.wrong.iter().filter_map(|wrong| wrong.name.as_deref()).collect();
    for name in ["f.received_on", "f.people_count", "f.related_cases.0", "f.urges.0.on"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert_eq!(said.given.set.len(), 1);
    let w = Words::of(Lang::Zh);
    let dom = Dom::of(w, &shown(w, ask, &pairs, &Fields::new(), &said.wrong));
    dom.check();
    let again = dom.posted();
    for (name, value) in typed {
        assert_eq!(again.get(name), Some(value), "{name} is shown as it was typed");
    }
}

/// A text that no longer is the one that a record was chosen by is looked up anew.
#[test]
fn a_changed_text_no_longer_means_the_record() {
    let catalogue = Catalogue::builtin();
    let ask = petition(&catalogue);
    let deputy = tag(&ask, "via_deputy");
    let id = Draw(3).value(&ask.kind.fields[&deputy]).expect("a link");
    let base: Fields = [(deputy, id)].into();
    let mut pairs = fill(ask.fields(), &base, &title);
    assert_eq!(back(&ask, &base, &pairs), Decoded::default());
    pairs.push("f.via_deputy", "别人");
    let said = back(&ask, &base, &pairs);
    assert_eq!(said.wrong.len(), 1, "{said:?}");
    pairs.push("f.via_deputy", "");
    assert_eq!(back(&ask, &base, &pairs).given.clear, [deputy]);
}

#[test]
fn files_are_set_and_taken_away() {
    let catalogue = Catalogue::builtin();
    let ask = petition(&catalogue);
    let scan = tag(&ask, "paper_scan");
    let base: Fields = [(scan, Value::Blob(vec![1]))].into();
    let none = Pairs::default();
    let file = [("f.paper_scan".to_owned(), vec![2, 3])];
    let said = decode(&ask, &base, Posted { pairs: &none, files: &file }, &Known::new());
    assert_eq!(said.given.set, [(scan, Value::Blob(vec![2, 3]))].into());
    let gone: Pairs = [("f.paper_scan.gone".to_owned(), "1".to_owned())].into_iter().collect();
    assert_eq!(back(&ask, &base, &gone).given.clear, [scan]);
    let empty = [("f.paper_scan".to_owned(), Vec::new())];
    assert_eq!(
        decode(&ask, &base, Posted { pairs: &none, files: &empty }, &Known::new()),
        Decoded::default()
    );
}

#[test]
fn rows_come_and_go_and_nothing_else_changes() {
    let catalogue = Catalogue::builtin();
    let ask = petition(&catalogue);
    let urges = tag(&ask, "urges");
    let mut draw = Draw(5);
    let rows: Vec<Value> = (1..=3).map(|level| Value::Group([(2, Value::Number(level))].into())).collect();
    let mut base = draw.values(ask.fields());
    base.insert(urges, Value::List(rows.clone()));
    let pairs = fill(ask.fields(), &base, &title);
    assert_eq!(reshape(&ask, &pairs), None);
    let press = |name: &str, value: &str| {
        let mut pairs = pairs.clone();
        pairs.push(name, value);
        reshape(&ask, &pairs)
    };
    let more = press(MORE, "f.urges").expect("one more row");
    assert_eq!((more.name.as_str(), more.pairs.numbers("f.urges")), ("f.urges", vec![0, 1, 2, 3]));
    assert_eq!(back(&ask, &base, &more.pairs), Decoded::default(), "an empty row says nothing");
    let less = press(LESS, "f.urges.1").expect("one row less");
    assert_eq!(less.pairs.numbers("f.urges"), [0, 1]);
    let kept = Value::List(vec![rows[0].clone(), rows[2].clone()]);
    assert_eq!(
        back(&ask, &base, &less.pairs).given,
        Given { set: [(urges, kept)].into(), clear: Vec::new() }
    );
    // Only fields with rows that the step takes.
    for strange in ["f.title", "f.nothing", "", "f.urges.x"] {
        assert_eq!(press(MORE, strange), None);
        assert_eq!(press(LESS, strange), None);
    }
}
