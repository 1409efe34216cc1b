//! Lists and records of every kind, with hostile texts in every place.

use serde_json::Map;

use super::dom::{Dom, HOSTILE};
use crate::catalogue::model::{Catalogue, Kind};
use crate::ids::RecordId;
use crate::ledger::{
    Linked, LinkedRecord, Listing, Next, Row, Shown, ShownDeadline, ShownField, ShownLink, ShownRows,
    ShownSection, ShownStep, Travel,
};
use crate::program::{Lang, Text, text};
use crate::ui::Words;
use crate::ui::crumbs::Crumb;
use crate::ui::icon::Icon;
use crate::ui::layout::{Frame, Page, page};
use crate::ui::menu::{MenuGroup, MenuItem, User};
use crate::ui::next::Nexts;
use crate::ui::notice::{Notice, Tone};
use crate::ui::record::{FileLine, RecordView, record};
use crate::ui::sync_line::{SyncLine, SyncState};
use crate::ui::table::{Asked, BY_DUE, Batch, Chip, Sorting, Table, page_of, table};

fn hostile() -> Text {
    text(HOSTILE, HOSTILE)
}

fn id(n: u8) -> RecordId {
    RecordId::from_bytes([n; 16])
}

fn row(kind: &Kind, n: u8) -> Row {
    let status = kind.statuses.values().next().expect("a status");
    Row {
        id: id(n),
        short: format!("0000000{n}"),
        owner: "330282002".to_owned(),
        rev: 1,
        title: if n == 1 { text("", "") } else { hostile() },
        status: status.id.clone(),
        status_label: Text::from(&status.label),
        date: None,
        due: (n != 2).then(|| format!("2026-11-{:02}", 20 + n)),
        due_in_days: (n != 2).then_some(i32::from(n) - 3),
        sync: [None, Some(Travel::Sent), Some(Travel::Waiting), Some(Travel::Stays)][usize::from(n % 4)],
        voided: n == 3,
        cells: kind
            .list
            .iter()
            .enumerate()
            .map(|(at, _)| if at % 3 == 2 { text("", "") } else { hostile() })
            .collect(),
    }
}

/// A page in the whole frame, read and checked.
#[track_caller]
fn framed(w: &Words, body: &maud::Markup) -> Dom {
    let item = MenuItem::new(HOSTILE, "/here").icon(Icon::Home).count(3, HOSTILE);
    let menu = [
        MenuGroup { label: None, items: vec![item.clone()] },
        MenuGroup { label: Some(HOSTILE.to_owned()), items: vec![item.clone()] },
    ];
    let bar = vec![item; 7];
    let crumbs = [Crumb::new(HOSTILE, "/")];
    let notices = [Tone::Plain, Tone::Success, Tone::Warning, Tone::Error]
        .map(|tone| Notice::new(tone, HOSTILE).detail(HOSTILE).advise(HOSTILE).way(HOSTILE, "/"));
    let frame = Frame {
        office: HOSTILE,
        home: "/",
        menu: &menu,
        bar: &bar,
        sync: Some(SyncLine {
            state: SyncState::Failed(HOSTILE.to_owned(), 2),
            today: crate::record::Day(20_780),
            now: Some("/sync"),
            again: Some("/sync/line"),
            more: "/sync",
            hidden: &[("token", HOSTILE)],
        }),
        user: Some(User { name: HOSTILE, role: HOSTILE, places: &bar, leave: "/leave", hidden: &[] }),
        search: Some("/search"),
        other_language: Some("/en"),
        version: "0.1.0",
    };
    let view = Page {
        title: HOSTILE,
        over_title: Some(HOSTILE),
        crumbs: &crumbs,
        here: "/here",
        notices: &notices,
        actions: None,
        own_title: false,
    };
    let dom = Dom::page(&page(w, &frame, &view, body));
    dom.check();
    let elements = dom.elements();
    assert!(!elements.iter().any(|(element, _)| element.get("onerror").is_some()));
    assert_eq!(elements.iter().filter(|(element, _)| element.name == "script").count(), 2, "only our own");
    assert_eq!(elements.iter().filter(|(element, _)| element.name == "h1").count(), 1);
    let bar =
        |above: &[std::rc::Rc<super::dom::Element>]| above.iter().any(|one| one.get("class") == Some("bar"));
    assert_eq!(
        elements.iter().filter(|(element, above)| element.name == "li" && bar(above)).count(),
        5,
        "four places and the menu"
    );
    dom
}

#[test]
fn lists_of_every_kind_are_sound_pages() {
    let catalogue = Catalogue::builtin();
    for lang in [Lang::Zh, Lang::En] {
        let w = Words::of(lang);
        for kind in catalogue.kinds.values() {
            let asked = Asked {
                words: HOSTILE.to_owned(),
                status: Some(HOSTILE.to_owned()),
                period: Some(HOSTILE.to_owned()),
                fields: vec![("channel".to_owned(), HOSTILE.to_owned())],
                sort: Some(Sorting { by: BY_DUE.to_owned(), descending: true }),
                page: 2,
                ..Asked::default()
            };
            let columns = kind.list.iter().map(|tag| Text::from(&kind.fields[tag].label)).collect();
            let rows = (0..130)
                .map(|n| row(kind, n % 9))
                .enumerate()
                .map(|(nth, row)| Row { short: format!("{nth:08}"), ..row });
            let mut listing =
                Listing { kind: kind.id.clone(), columns, rows: rows.collect(), more: true, next: None };
            let paging = page_of(&mut listing, kind, &asked, lang);
            assert_eq!(
                (paging.page, paging.pages, paging.first, paging.last, paging.total),
                (2, 3, 51, 100, 130)
            );
            let chips = [Chip { status: "x".to_owned(), label: HOSTILE.to_owned(), count: Some(3) }];
            let view = Table {
                kind,
                listing: &listing,
                paging,
                asked: &asked,
                path: "/r",
                record: &|row| format!("/r/{}", row.short),
                chips: &chips,
                searches: true,
                create: Some("/new"),
                batch: Some(Batch {
                    post: "/batch",
                    actions: &[("print", HOSTILE)],
                    hidden: &[("token", HOSTILE)],
                }),
                owner: Some(&|_| HOSTILE.to_owned()),
            };
            framed(w, &table(w, &view));
            let mut none = Listing { rows: Vec::new(), more: false, ..listing.clone() };
            let all = Asked::read([]);
            for asked in [&asked, &all] {
                let paging = page_of(&mut none, kind, asked, lang);
                for create in [None, Some("/new")] {
                    framed(
                        w,
                        &table(
                            w,
                            &Table {
                                listing: &none,
                                paging,
                                asked,
                                create,
                                batch: None,
                                owner: None,
                                ..view
                            },
                        ),
                    );
                }
            }
        }
    }
}

#[test]
fn rows_are_sorted_whole_and_then_cut_into_pages() {
    let catalogue = Catalogue::builtin();
    let kind = catalogue.kind("petition").expect("a kind");
    let rows: Vec<Row> = (0..120u8)
        .map(|n| Row {
            due: (n % 2 == 0).then(|| format!("2026-{:02}-{:02}", n / 28 + 1, n % 28 + 1)),
            ..row(kind, n % 9)
        })
        .collect();
    let all = Listing { kind: kind.id.clone(), columns: Vec::new(), rows, more: false, next: None };
    let mut seen = Vec::new();
    for page in 1..=3 {
        let mut listing = all.clone();
        let sort = Some(Sorting { by: BY_DUE.to_owned(), descending: true });
        page_of(&mut listing, kind, &Asked { page, sort, ..Asked::default() }, Lang::Zh);
        seen.extend(listing.rows.into_iter().map(|row| row.due));
    }
    assert_eq!(seen.len(), 120);
    assert!(seen[..60].windows(2).all(|pair| pair[0] >= pair[1]) && seen[59].is_some());
    assert!(seen[60..].iter().all(Option::is_none));
}

#[test]
fn records_of_every_kind_are_sound_pages() {
    let catalogue = Catalogue::builtin();
    for lang in [Lang::Zh, Lang::En] {
        let w = Words::of(lang);
        for kind in catalogue.kinds.values() {
            framed(w, &shown_record(w, kind));
        }
    }
}

fn shown_record(w: &Words, kind: &Kind) -> maud::Markup {
    let field = |field: &crate::catalogue::model::Field| ShownField {
        field: field.id.clone(),
        label: Text::from(&field.label),
        local: field.tag.is_multiple_of(2),
        text: hostile(),
        rows: field.tag.is_multiple_of(3).then(|| ShownRows {
            columns: vec![hostile(), hostile()],
            rows: vec![vec![hostile(), text("", "")]],
        }),
        links: if field.tag.is_multiple_of(5) {
            vec![ShownLink { id: id(9), title: HOSTILE.to_owned() }]
        } else {
            Vec::new()
        },
    };
    let sections = kind.form.iter().map(|section| ShownSection {
        label: Text::from(&section.label),
        fields: section.fields.iter().map(|tag| field(&kind.fields[tag])).collect(),
    });
    let deadline = |days: Option<i32>, done: Option<&str>| ShownDeadline {
        code: "DL".to_owned(),
        label: hostile(),
        start: "2026-11-01".to_owned(),
        due: "2026-11-23".to_owned(),
        done: done.map(str::to_owned),
        late: true,
        due_in_days: days,
        cancelled: done.is_none() && days.is_none(),
        provisional: true,
        extensions: 2,
    };
    let step = |n: u32| ShownStep {
        rev: n,
        at: "2026-11-23T02:14:09+08:00".to_owned(),
        minute: "2026-11-23 02:14".to_owned(),
        action: "x".to_owned(),
        label: hostile(),
        status: None,
        status_label: Some(hostile()),
        role: "T_CLERK".to_owned(),
        role_label: hostile(),
        staff: HOSTILE.to_owned(),
        on_behalf: true,
        reason: Some(HOSTILE.to_owned()),
        recovered: true,
    };
    let next = |n: usize| Next {
        action: format!("a{n}"),
        label: hostile(),
        roles: vec![if n.is_multiple_of(3) { HOSTILE } else { "T_CLERK" }.to_owned()],
        needs: vec!["x".to_owned()],
        needs_labels: vec![hostile()],
        reason: true,
        blocked: (n % 4 == 1).then(hostile),
    };
    let shown = Shown {
        id: id(1),
        short: "00000001".to_owned(),
        kind: kind.id.clone(),
        kind_label: Text::from(&kind.label),
        number: Some(hostile()),
        stream: "township/330282002".to_owned(),
        rev: 20,
        status: kind.statuses.values().next().map(|status| status.id.clone()).unwrap_or_default(),
        status_label: hostile(),
        imported: true,
        voided: true,
        created_at: String::new(),
        changed_at: String::new(),
        sync: Some(Travel::Waiting),
        fields: Map::new(),
        local: Map::new(),
        sections: sections.collect(),
        deadlines: vec![
            deadline(Some(-3), None),
            deadline(Some(9), None),
            deadline(None, Some("2026-11-22")),
            deadline(None, None),
        ],
        linked: vec![Linked {
            kind: "x".to_owned(),
            kind_label: hostile(),
            count: 12,
            records: vec![LinkedRecord {
                id: id(2),
                short: "2".to_owned(),
                title: HOSTILE.to_owned(),
                status_label: hostile(),
            }],
        }],
        steps: (1..=20).map(step).collect(),
        next: (0..20).map(next).collect(),
    };
    let view = RecordView {
        kind,
        shown: &shown,
        nexts: Nexts {
            steps: &shown.next,
            role: "T_CLERK",
            may: None,
            address: &|step| format!("/do/{}", step.action),
        },
        link: &|id| format!("/r/{id}"),
        linked: &|_, record| format!("/r/{}", record.short),
        all_linked: &|linked| Some(format!("/r/{}", linked.kind)),
        files: &[FileLine { name: HOSTILE, address: "/f", beside: HOSTILE }],
        staff: &|_| Some(HOSTILE.to_owned()),
        actions: &[(HOSTILE, "/edit", Icon::Pencil)],
        owner: Some(HOSTILE),
    };
    let markup = record(w, &view);
    // The page's own title stands in the record; here the frame has one too.
    maud::PreEscaped(markup.0.replace("<h1>", "<h2>").replace("</h1>", "</h2>"))
}
