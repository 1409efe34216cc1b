//! Districts that are in order and that are not; a redraw leaves the past alone.

use shared::code::ErrorCode;
use shared::ledger::List;
use shared::program::Lang;

use super::bed::{County, code, figure};
use crate::app::district::{self, Liaison};
use crate::app::district_check::{Check, Checked};
use crate::app::record;

fn liaison(name: &str, district: &str, lead: bool, from: &str, to: Option<&str>) -> Liaison {
    Liaison {
        member: name.into(),
        name: name.into(),
        district: district.into(),
        lead,
        from: from.into(),
        to: to.map(str::to_owned),
    }
}

fn check(county: &County, period: &str) -> Checked {
    county.ask(Check { period: Some(period.into()), count: Some(2) })
}

/// (what, from, to, days) in Chinese.
fn told(checked: &Checked) -> Vec<(&str, &str, &str, i32)> {
    checked.gaps.iter().map(|gap| (gap.zh.as_str(), gap.from.as_str(), gap.to.as_str(), gap.days)).collect()
}

#[test]
fn days_without_a_lead_are_told() {
    let county = County::of_three();
    county.ask(liaison("王某", "第一片", true, "2020-01-01", Some("2026-02-01")));
    county.ask(liaison("李某", "第一片", true, "2026-03-01", None));
    county.ask(liaison("张某", "第二片", true, "2020-01-01", None));
    county.ask(liaison("赵某", "第二片", false, "2020-01-01", None));
    assert_eq!(told(&check(&county, "2026")), [("第一片没有牵头联系人", "2026-02-01", "2026-02-28", 28)]);
    assert_eq!(told(&check(&county, "2026-03")), []);
    let usual = county.ask(Check { period: None, count: None });
    assert_eq!((usual.from.as_str(), usual.to.as_str()), ("2026-01-01", "2026-06-01"));
    assert_eq!(usual.gaps[0].zh, "应有4个片，实有2个");
    assert_eq!(usual.gaps[0].what, "districts");
    let before = check(&county, "2019-12-31..2020-01-01");
    assert_eq!(before.gaps[0].en, "0 districts instead of 2");
    assert!(before.gaps.iter().all(|gap| gap.to == "2019-12-31"), "{before:?}");
}

#[test]
fn one_leads_on_any_day_and_a_refused_one_leaves_no_draft() {
    let county = County::of_three();
    county.ask(liaison("王某", "第一片", true, "2026-01-01", None));
    let kept = || {
        let ask = record::List(List { kind: "liaison_assignment".into(), ..List::default() });
        county.ask(ask).rows.len()
    };
    assert_eq!(kept(), 1);
    let refused = county.try_ask(liaison("李某", "第一片", true, "2026-05-01", None)).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Refused);
    assert!(refused.render(Lang::Zh).contains("该片同期已有牵头联系人"), "{}", refused.render(Lang::Zh));
    assert_eq!(kept(), 1, "it is announced with its draft, or neither is there");
    // A draft says what stands in its way before anybody tries.
    let set = ["member=u9", "member_name=赵某", "district=第一片", "lead=true", "from=2026-05-01"];
    let draft = county.at_county("liaison_assignment", None, "draft", &set);
    let announce = draft.shown.next.iter().find(|next| next.action == "announce").expect("a step");
    assert!(announce.blocked.as_ref().is_some_and(|text| text.zh.contains("同期已有牵头")), "{announce:?}");
    county.at_county("liaison_assignment", Some(&draft.record.to_string()), "discard", &["to=2026-05-01"]);
    county.ask(liaison("李某", "第一片", false, "2026-05-01", None));
    county.ask(liaison("李某", "第二片", true, "2026-05-01", None));
    county.ask(liaison("张某", "第一片", true, "2025-01-01", Some("2026-01-01")));
}

#[test]
fn a_township_in_none_and_one_in_a_district_that_has_ended_are_told() {
    let county = County::of_three();
    county.ask(liaison("王某", "第一片", true, "2020-01-01", None));
    county.ask(liaison("张某", "第二片", true, "2020-01-01", None));
    county.ask(county.township(4, None));
    county.at_county("district", Some("第二片"), "end", &["active_to=2026-05-01"]);
    let expected = [
        ("第4镇不属于任何片", "2026-04-01", "2026-06-01", 62),
        ("应有2个片，实有1个", "2026-05-01", "2026-06-01", 32),
        ("第3镇所属的第二片不在用", "2026-05-01", "2026-06-01", 32),
    ];
    assert_eq!(told(&check(&county, "2026-04-01..2026-06-01")), expected);
}

#[test]
fn a_move_is_one_commit_and_no_township_is_in_two_districts() {
    let county = County::of_three();
    let assign = |district: &str, from: &str| {
        county.try_ask(district::Assign { township: code(2), district: district.into(), from: from.into() })
    };
    let before = county.app.membership();
    assign("第二片", "2026-06-01").expect("a move");
    let moved = county.app.membership();
    assert_ne!(before, moved);
    // What has ended is not ended again, and the new one would run into the days of the one that comes after it.
    let refused = assign("第二片", "2026-01-01").unwrap_err();
    assert_eq!(refused.code, ErrorCode::Refused);
    assert_eq!(county.app.membership(), moved, "nothing of it was done");
}

#[test]
fn a_redraw_leaves_every_figure_of_the_days_before_it() {
    let county = County::of_three();
    for (n, day) in [(1, "2025-11-05"), (2, "2026-02-28"), (2, "2026-03-01"), (3, "2026-04-02")] {
        county.piece(n, day, "CITY", "1");
    }
    let earlier = ["2025", "2026-01-01..2026-04-30"];
    let all = |period: &str| {
        let answer = county.tally(&[], "district", period);
        (answer.measures, answer.units, answer.cells)
    };
    let before = earlier.map(all);
    for (n, district) in [(1, "第二片"), (3, "第一片")] {
        let from = "2026-05-01".into();
        county.ask(district::Assign { township: code(n), district: district.into(), from });
    }
    county.piece(1, "2026-05-02", "CITY", "1");
    assert_eq!(earlier.map(all), before);
    let year = county.tally(&["C8_claimed"], "district", "2026");
    let of = |unit: &str| figure(&year, "C8_claimed", unit);
    assert_eq!((of("第一片"), of("第二片")), ("2".to_owned(), "2".to_owned()), "by the day of each piece");
}
