//! Figures beside an earlier period, in order of places, by session, and opened up to their records.

use std::sync::Arc;

use shared::catalogue::builtin_files;
use shared::catalogue::model::Catalogue;
use shared::code::ErrorCode;
use shared::ids::RecordId;
use shared::ledger::{Act, By};
use shared::program::Lang;

use super::bed::{County, HOUR_MS, cell, code};
use crate::app::places::Ranking;
use crate::app::tally::{Answer, Question};
use crate::app::viewer::{Sight, Viewer};
use crate::app::{drill, record};
use crate::cli::tally::table;

/// A county kind that puts townships out of the rankings, and sessions that need no deputies.
const VETO: &str = r#"
id = "test_veto"
tag = 901
code = "X1"
zh = "测试否决"
en = "Test vetoes"
owner = "county"
address = "all"
title = "name"
date = "on"
list = ["name"]
fields = [
  { tag = 1, id = "name", zh = "事由", en = "Name", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "On", type = "date", required_from = "start" },
  { tag = 3, id = "town", zh = "乡镇", en = "Township", type = "township", required_from = "start" },
  { tag = 4, id = "year", zh = "年度", en = "Year", type = "number", min = 2000, max = 2200, required_from = "start" },
]
statuses = [{ tag = 1, id = "in_force", zh = "生效", en = "In force" }, { tag = 2, id = "revoked", zh = "撤销", en = "Revoked" }]
form = [{ zh = "否决", en = "Veto", fields = ["name", "on", "town", "year"] }]
actions = [
  { tag = 1, id = "decide", zh = "决定", en = "Decide", to = "in_force", roles = ["C_OFFICE"], effects = [{ do = "publish" }] },
  { tag = 2, id = "revoke", zh = "撤销", en = "Revoke", from = ["in_force"], to = "revoked", roles = ["C_OFFICE"] },
]
[veto]
township = "town"
year = "year"
statuses = ["in_force"]
"#;

/// What a township owes for a period.
const OWED: &str = r#"
id = "test_owed"
tag = 903
code = "X3"
zh = "测试应报"
en = "Test returns"
owner = "county"
address = { township = "town" }
title = "name"
date = "from"
list = ["name"]
fields = [
  { tag = 1, id = "name", zh = "名称", en = "Name", type = "text", required_from = "start" },
  { tag = 2, id = "from", zh = "起", en = "From", type = "date", required_from = "start" },
  { tag = 3, id = "to", zh = "止", en = "To", type = "date", required_from = "start" },
  { tag = 4, id = "due", zh = "期限", en = "Due", type = "date", required_from = "start" },
  { tag = 5, id = "town", zh = "乡镇", en = "Township", type = "township", required_from = "start" },
  { tag = 6, id = "answer", zh = "报表", en = "Return", type = "link", kinds = ["test_session"] },
  { tag = 7, id = "came", zh = "收到", en = "Came", type = "date" },
]
statuses = [{ tag = 1, id = "owed", zh = "应报", en = "Owed" }]
form = [{ zh = "应报", en = "Owed", fields = ["name", "from", "to", "due", "town", "answer", "came"] }]
actions = [{ tag = 1, id = "ask", zh = "要求", en = "Ask", to = "owed", roles = ["C_OFFICE"], effects = [{ do = "publish" }] }]
expected = { township = "town", from = "from", to = "to", due = "due", answer = "answer", arrived = "came" }
"#;

const SESSION: &str = r#"
id = "test_session"
tag = 902
code = "X2"
zh = "测试会议"
en = "Test sessions"
owner = "township"
title = "name"
date = "on"
list = ["name"]
fields = [
  { tag = 1, id = "name", zh = "名称", en = "Name", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "开会", en = "Opened", type = "date", required_from = "start" },
  { tag = 3, id = "number", zh = "次", en = "Number", type = "number", max = 99 },
  { tag = 4, id = "term", zh = "届", en = "Term", type = "number", max = 99 },
  { tag = 5, id = "owed", zh = "应报", en = "Owed", type = "link", kinds = ["test_owed"] },
]
statuses = [{ tag = 1, id = "met", zh = "召开", en = "Met" }]
form = [{ zh = "会议", en = "Session", fields = ["name", "on", "number", "term", "owed"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "met", roles = ["T_CLERK"] }]
session = { number = "number", term = "term", opened = "on" }
"#;

/// The mark of sessions stands in one kind of a catalogue: here in ours.
fn catalogue() -> Arc<Catalogue> {
    let mut files: Vec<(&str, String)> =
        builtin_files().iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    for (_, text) in files.iter_mut().filter(|(name, _)| *name == "meeting.toml") {
        let start = text.find("[session]").expect("the mark is there");
        let end = text[start..].find("\n\n").expect("its end") + start;
        text.replace_range(start..end, "");
    }
    files.push(("test_veto.toml", VETO.to_owned()));
    files.push(("test_session.toml", SESSION.to_owned()));
    files.push(("test_owed.toml", OWED.to_owned()));
    let loaded = Catalogue::load(files.iter().map(|(name, text)| (*name, text.as_str())));
    Arc::new(loaded.unwrap_or_else(|problems| panic!("{problems}")))
}

pub(super) fn county() -> County {
    let county = County::of_three_by(catalogue());
    for n in 1..=3 {
        county.synced(n, 3);
    }
    county
}

fn ask(county: &County, question: Question) -> Answer {
    county.ask(Question { measures: vec!["C1_claimed".into()], period: Some("2026".into()), ..question })
}

fn ranked(county: &County, ranking: Ranking) -> Vec<(String, String, String)> {
    let question = Question { level: "township".into(), rank: Some(ranking), ..Question::default() };
    let answer = ask(county, question);
    let towns = answer.units.iter().filter(|unit| unit.level == "township");
    towns
        .map(|unit| {
            let cell = cell(&answer, "C1_claimed", "", &unit.name);
            let place = cell.rank.map(|rank| rank.to_string());
            (unit.name.clone(), cell.text.clone(), place.or(cell.unranked.clone()).unwrap_or_default())
        })
        .collect()
}

fn lines(lines: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    lines.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
}

pub(super) fn veto(county: &County, town: u32, year: i16) -> RecordId {
    let set = vec![
        "name=事".into(),
        "on=2026-05-01".into(),
        format!("town={}", code(town)),
        format!("year={year}"),
    ];
    act(county, "test_veto", None, "decide", set)
}

fn act(county: &County, kind: &str, record: Option<RecordId>, action: &str, set: Vec<String>) -> RecordId {
    let by = By { staff: None, role: "C_OFFICE".into(), on_behalf: false };
    let record = record.map(|id| id.to_string());
    let act = Act { kind: kind.into(), record, action: action.into(), set, reason: String::new(), by };
    county.ask(record::Act(act)).record
}

#[test]
fn townships_have_places_and_equal_figures_share_one() {
    let county = county();
    county.ask(county.township(4, Some("第二片")));
    county.synced(4, 1);
    for (n, points) in [(1, "20"), (2, "20"), (3, "30"), (4, "5.5")] {
        county.piece(n, "2026-03-01", "COUNTY", points);
    }
    let all = ranked(&county, Ranking::default());
    assert_eq!(
        all,
        lines(&[
            ("第3镇", "30.0", "1"),
            ("第1镇", "20.0", "2"),
            ("第2镇", "20.0", "2"),
            ("第4镇", "5.5", "4")
        ])
    );
    let within = ranked(&county, Ranking { within_district: true, ascending: false });
    assert_eq!(
        within,
        lines(&[
            ("第1镇", "20.0", "1"),
            ("第2镇", "20.0", "1"),
            ("第3镇", "30.0", "1"),
            ("第4镇", "5.5", "2")
        ])
    );
    let least = ranked(&county, Ranking { within_district: false, ascending: true });
    assert_eq!(least[0], ("第4镇".into(), "5.5".into(), "1".into()));
    let wrong = Question { level: "district".into(), rank: Some(Ranking::default()), ..Question::default() };
    assert_eq!(county.try_ask(wrong).unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn a_veto_and_silence_take_the_place_and_leave_the_figure() {
    let county = county();
    for (n, points) in [(1, "20"), (2, "40"), (3, "30")] {
        county.piece(n, "2026-03-01", "COUNTY", points);
    }
    let decision = veto(&county, 2, 2026);
    veto(&county, 1, 2025);
    let vetoed = lines(&[("第3镇", "30.0", "1"), ("第1镇", "20.0", "2"), ("第2镇", "40.0", "vetoed")]);
    assert_eq!(ranked(&county, Ranking::default()), vetoed);
    let question =
        Question { level: "township".into(), rank: Some(Ranking::default()), ..Question::default() };
    let text = table(&ask(&county, question), Lang::Zh);
    assert!(text.contains("40.0  — 一票否决"), "{text}");
    act(&county, "test_veto", Some(decision), "revoke", Vec::new());
    assert_eq!(ranked(&county, Ranking::default())[0], ("第2镇".into(), "40.0".into(), "1".into()));
    // The third has not synced in 2026: what is here of it is not its year.
    county.synced(3, 24 * 200);
    assert_eq!(ranked(&county, Ranking::default())[2], ("第3镇".into(), "30.0".into(), "unreported".into()));
}

#[test]
fn a_township_whose_return_has_not_come_is_not_ranked() {
    let county = county();
    for (n, points) in [(1, "20"), (2, "40"), (3, "30")] {
        county.piece(n, "2026-03-01", "COUNTY", points);
    }
    let owe = |n: u32, from: &str, to: &str, came: Option<&str>| {
        let mut set = vec!["name=年报".to_owned(), "due=2027-01-10".to_owned()];
        set.extend([format!("from={from}"), format!("to={to}"), format!("town={}", code(n))]);
        set.extend(came.map(|day| format!("came={day}")));
        act(&county, "test_owed", None, "ask", set)
    };
    owe(2, "2026-01-01", "2026-12-31", None);
    owe(3, "2026-01-01", "2026-12-31", Some("2026-06-01"));
    owe(1, "2026-04-01", "2026-04-30", None);
    let expected = lines(&[("第3镇", "30.0", "1"), ("第1镇", "20.0", "2"), ("第2镇", "40.0", "unreported")]);
    assert_eq!(ranked(&county, Ranking::default()), expected);
}

#[test]
fn figures_stand_beside_those_of_a_year_ago() {
    let county = county();
    for day in ["2026-03-01", "2026-03-02", "2025-03-09", "2025-12-01"] {
        county.piece(1, day, "COUNTY", "2");
    }
    let compare = |period: &str, compare: &str| {
        let question =
            Question { compare: Some(compare.into()), level: "district".into(), ..Question::default() };
        county.ask(Question {
            measures: vec!["C8_claimed".into(), "C8_level".into(), "B6".into()],
            period: Some(period.into()),
            ..question
        })
    };
    let answer = compare("2026Q1", "year");
    let change = |answer: &Answer, measure: &str, split: &str, unit: &str| {
        let before = cell(answer, measure, split, unit).before.clone().expect("there is one");
        (before.text, before.change)
    };
    assert_eq!(change(&answer, "C8_claimed", "", "慈溪市"), ("1".into(), Some("+1".into())));
    assert_eq!(change(&answer, "C8_level", "COUNTY", "第一片"), ("1".into(), Some("+1".into())));
    assert_eq!(change(&answer, "C8_claimed", "", "第二片"), ("0".into(), Some("±0".into())));
    assert_eq!(change(&answer, "B6", "", "慈溪市"), ("—".into(), None));
    let before = answer.before.as_ref().expect("it was asked for");
    assert_eq!((before.from.as_str(), before.to.as_str()), ("2025-01-01", "2025-03-31"));
    let text = table(&answer, Lang::Zh);
    assert!(
        text.contains("2 (+1)") && text.contains("同比") && text.contains("2025-01-01 至 2025-03-31"),
        "{text}"
    );
    // Today is 2026-06-01: of the year before the days to 1 June alone, so that December does not count.
    assert_eq!(change(&compare("2026", "year"), "C8_claimed", "", "慈溪市"), ("1".into(), Some("+1".into())));
    assert_eq!(
        change(&compare("2026Q1", "previous"), "C8_claimed", "", "慈溪市"),
        ("1".into(), Some("+1".into()))
    );
    let open = Question { compare: Some("year".into()), ..Question::default() };
    assert_eq!(county.try_ask(open).unwrap_err().code, ErrorCode::Invalid);
    let wrong = Question { compare: Some("decade".into()), ..Question::default() };
    assert_eq!(county.try_ask(wrong).unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn each_township_counts_by_its_own_session() {
    let county = county();
    for (n, day, number) in [(1, "2026-01-10", 5), (2, "2026-02-20", 5), (1, "2026-04-01", 6)] {
        let set = ["name=人代会", &format!("on={day}"), &format!("number={number}"), "term=18"];
        county.at_township(n, "test_session", None, "enter", &set);
    }
    for (n, day) in [
        (1, "2026-01-09"),
        (1, "2026-01-10"),
        (1, "2026-03-31"),
        (1, "2026-04-01"),
        (2, "2026-02-19"),
        (2, "2026-05-01"),
        (3, "2026-03-01"),
    ] {
        county.piece(n, day, "COUNTY", "1");
    }
    let answer = county.tally(&["C8_claimed"], "township", "2026S1");
    let figure = |name: &str| cell(&answer, "C8_claimed", "", name).text.clone();
    assert_eq!(["第1镇", "第2镇", "第3镇", "慈溪市"].map(figure), ["2", "1", "0", "3"]);
    let days: Vec<_> =
        answer.own_days.iter().map(|own| (own.name.as_str(), own.from.as_str(), own.to.as_str())).collect();
    assert_eq!(days, [("第1镇", "2026-01-10", "2026-03-31"), ("第2镇", "2026-02-20", "2026-06-01")]);
    assert_eq!(
        (answer.period.as_str(), answer.from.as_str(), answer.to.as_str()),
        ("2026S1", "2026-01-10", "2026-06-01")
    );
    let text = table(&answer, Lang::Zh);
    assert!(text.contains("  第1镇 2026-01-10..2026-03-31\n"), "{text}");
    let named = county.tally(&["C8_claimed"], "county", "18S6");
    assert_eq!(cell(&named, "C8_claimed", "", "慈溪市").text, "1");
    let nobody = county.tally(&["C8_claimed"], "county", "19S1");
    assert_eq!((nobody.from.as_str(), cell(&nobody, "C8_claimed", "", "慈溪市").text.as_str()), ("", "0"));
    assert!(table(&nobody, Lang::Zh).contains("没有乡镇登记"));
}

#[test]
fn a_session_that_broke_off_is_said() {
    let county = county();
    county.piece(1, "2026-03-01", "COUNTY", "1");
    // The office said that it had five entries, and two came.
    county.synced_of(1, 2, 5);
    county.synced_of(2, 2, 0);
    let coverage = county.tally(&["C8_claimed"], "county", "2026").coverage;
    let partial: Vec<_> = coverage.each.iter().filter(|one| one.partial).map(|one| one.township).collect();
    assert_eq!((partial, coverage.synced), (vec![code(1)], 3));
    assert!(
        coverage.text(Lang::Zh).contains("数据：3/3 已同步")
            && coverage.text(Lang::Zh).contains("1 个只收到一部分")
    );
    assert!(coverage.warnings(Lang::Zh).starts_with("◐ 第1镇："), "{}", coverage.warnings(Lang::Zh));
    county.clock.advance(48 * HOUR_MS);
    let later = county.tally(&["C8_claimed"], "county", "2026").coverage;
    assert!(later.warnings(Lang::Zh).starts_with("⚠ 第1镇：") && later.synced == 0);
}

#[test]
fn a_figure_opens_up_to_its_records() {
    let county = county();
    let made: Vec<RecordId> =
        (1..=5).map(|day| county.piece(1, &format!("2026-03-0{day}"), "COUNTY", "1.5")).collect();
    county.piece(2, "2026-03-01", "CITY", "7");
    county.piece(1, "2025-03-01", "CITY", "7");
    let question = drill::Question {
        measure: "C1_claimed".into(),
        unit: code(1).to_string(),
        period: Some("2026".into()),
        limit: Some(2),
        ..drill::Question::default()
    };
    let mut found = Vec::new();
    let mut ask = question.clone();
    loop {
        let answer = county.ask(ask.clone());
        assert_eq!((answer.name.as_str(), answer.shown.text.zh.as_str()), ("第1镇", "7.5"));
        found.extend(answer.shown.items);
        let Some(next) = answer.shown.next else { break };
        ask.after = Some(next);
    }
    let mut ids: Vec<String> = found.iter().map(|item| item.record.clone()).collect();
    ids.sort();
    let mut expected: Vec<String> = made.iter().map(ToString::to_string).collect();
    expected.sort();
    assert_eq!(ids, expected);
    assert!(
        found.iter().all(|item| item.text == "1.5" && item.title == "稿件" && item.township == Some(code(1)))
    );
    assert_eq!(found.iter().map(|item| item.amount).sum::<i64>(), 7_500);

    let by_name = county.ask(drill::Question { unit: "第1镇".into(), limit: None, ..question.clone() });
    assert_eq!(by_name.shown.items.len(), 5);
    let district = county.ask(drill::Question { unit: "第一片".into(), limit: None, ..question.clone() });
    assert_eq!((district.level.as_str(), district.shown.items.len()), ("district", 6));
    let split = drill::Question {
        measure: "C8_level".into(),
        split: Some("CITY".into()),
        unit: String::new(),
        limit: None,
        ..question.clone()
    };
    assert_eq!(county.ask(split.clone()).shown.items.len(), 1);
    let text = county.ask(split.clone()).shown.text(Lang::Zh);
    assert!(text.contains("第2镇") && text.contains("稿件"), "{text}");

    let refused = |sight: Sight, ask: &drill::Question| county.app.drill(&sight, ask).unwrap_err().code;
    assert_eq!(refused(county.app.sight(Viewer::Township(code(2))), &question), ErrorCode::Forbidden);
    assert_eq!(refused(county.app.sight(Viewer::Township(code(2))), &split), ErrorCode::Forbidden);
    assert!(county.app.drill(&county.app.sight(Viewer::Township(code(1))), &question).is_ok());
    for wrong in [
        drill::Question { measure: "nix".into(), ..question.clone() },
        drill::Question { unit: "第九片".into(), ..question.clone() },
        drill::Question { split: Some("COUNTY".into()), ..question.clone() },
    ] {
        assert_eq!(refused(county.app.desk(), &wrong), ErrorCode::NotFound);
    }
    for after in ["xyz", "00", "0123456789"] {
        let ask = drill::Question { after: Some(after.into()), ..question.clone() };
        assert_eq!(refused(county.app.desk(), &ask), ErrorCode::Invalid, "{after}");
    }
}
