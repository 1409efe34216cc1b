//! What the domain study worked out: last days, rates without cases, grades, and the real ledger of 2017.

use std::collections::BTreeMap;

use shared::exchange::{self, Corrections, Mode, OnSimilar, Townships};
use shared::ids::{RecordId, Site, TownshipCode};
use shared::record::{Actor, Role};
use xianglian_tests::county::{County, data_folder};

use crate::bed::{Office, night};
use crate::suggestions::{assigned, registered, replied};

/// A claim that came on a day.
#[track_caller]
fn claim(office: &Office, day: &str) -> RecordId {
    office.go_to(day);
    let (received, on) = (format!("received_on={day}"), format!("registered_on={day}"));
    let set = [
        "title=来信",
        "channel=VISIT",
        "topic=ROAD",
        "category=CLAIM",
        "summary=概况",
        "petitioner_name=某",
        &received,
        &on,
    ];
    office.clerk().enter("petition", "register", &set)
}

/// The same, transferred to a unit that takes it on that day.
#[track_caller]
fn accepted(office: &Office, day: &str) -> RecordId {
    let id = claim(office, day);
    office.clerk().act(id, "propose", &["proposed_mode=TO_GOV", "proposal_text=拟转办"]);
    office.chair().act(id, "approve", &[]);
    office.clerk().act(id, "transfer", &["to_unit=镇城建办", &format!("transferred_on={day}")]);
    office.unit().act(id, "accept", &[&format!("accepted_on={day}")]);
    id
}

#[track_caller]
fn handled(office: &Office, day: &str) -> RecordId {
    office.go_to(day);
    let lead = office.deputies(1)[0];
    let id = registered(office, "关于路灯的建议", day, lead, &[]);
    assigned(office, id, "镇城建办", day, &[]);
    id
}

#[test]
fn last_days_are_those_of_the_worked_examples() {
    let office = Office::town("2026-01-05");
    // Five working days: past Mid-Autumn and the national holidays, past the Spring Festival, past May with its working
    // Saturday, and past the national holidays with theirs.
    let table = [
        ("2026-09-23", "2026-10-08"),
        ("2026-02-13", "2026-02-27"),
        ("2026-04-30", "2026-05-11"),
        ("2026-09-30", "2026-10-13"),
    ];
    for (start, due) in table {
        let id = accepted(&office, start);
        assert_eq!(office.due(id, "DL-XF-OBJECT"), due, "five working days from {start}");
        let lead = office.deputies(1)[0];
        let id = registered(&office, "闭会期间的建议", start, lead, &["in_session=RECESS"]);
        assert_eq!(office.due(id, "DL-SG-ASSIGN"), due, "five working days from {start}");
    }
    let id = claim(&office, "2026-09-18");
    assert_eq!(office.due(id, "DL-XF-NOTICE"), "2026-10-08", "fifteen days end in the holidays");
    let id = accepted(&office, "2026-09-23");
    assert_eq!(office.due(id, "DL-XF-DONE"), "2026-11-23", "sixty days end on a Sunday");
    let id = handled(&office, "2026-07-01");
    assert_eq!(office.due(id, "DL-SG-REPLY"), "2026-10-08", "three months end on a holiday");
    let id = handled(&office, "2026-11-30");
    let reply = office.deadline(id, "DL-SG-REPLY");
    assert_eq!((reply.due.as_str(), reply.provisional), ("2027-03-01", true), "no 30 February, and a Sunday");
}

#[test]
fn provinces_have_other_last_days() {
    for (profile, reply) in [
        ("national", "2026-10-08"),
        ("zhejiang", "2026-10-08"),
        ("chongqing", "2026-09-01"),
        ("shandong", "2026-09-01"),
        ("beijing", "2026-10-08"),
    ] {
        let office = Office::town("2026-07-01").under(profile);
        let id = handled(&office, "2026-07-01");
        assert_eq!(office.due(id, "DL-SG-REPLY"), reply, "{profile}");
    }
    let office = Office::town("2026-07-01").under("zhejiang");
    let id = accepted(&office, "2026-07-01");
    assert_eq!(office.due(id, "DL-XF-NOTICE"), "2026-07-08");
    assert_eq!(office.due(id, "DL-XF-DONE"), "2026-07-31");
}

#[test]
fn where_there_is_no_case_there_is_no_rate() {
    let office = Office::town("2026-03-02");
    let rates: Vec<&str> = office
        .catalogue
        .rates()
        .filter(|(_, rate)| matches!(rate.form, shared::catalogue::model::RateForm::Percent))
        .map(|(_, rate)| rate.id.as_str())
        .collect();
    assert!(rates.len() > 40);
    for id in rates {
        assert_eq!(office.figure(id, "2026"), "—", "{id}");
    }
}

#[test]
fn what_is_open_and_over_counts_and_what_was_withdrawn_merged_or_refused_does_not() {
    let office = Office::town("2026-03-02");
    let lead = office.deputies(1)[0];
    let raise = |title: &str| registered(&office, title, "2026-03-02", lead, &[]);
    let (met, open, withdrawn) = (raise("一"), raise("二"), raise("三"));
    let (merged, refused) = (raise("四"), raise("五"));
    for id in [met, open, withdrawn] {
        assigned(&office, id, "镇城建办", "2026-03-02", &[]);
        office.unit().act(id, "accept", &["accepted_on=2026-03-02"]);
    }
    office.presidium().act(merged, "merge", &[&format!("merged_into={met}")]);
    office.presidium().act(refused, "not_file", &["inadmissible_reason=ACADEMIC"]);
    replied(&office, met, "2026-03-02", "A", &[]);
    office.deputy().act(withdrawn, "withdraw", &["withdrawn_on=2026-03-02"]);
    // The one that runs to 2 June is no case before its day is over.
    for (day, rate) in [("2026-03-02", "100.0 %"), ("2026-06-02", "100.0 %"), ("2026-06-03", "50.0 %")] {
        office.go_to(day);
        office.figures("2026", &[("A6", rate), ("A1", "4")]);
    }
    // By the month in which it was due.
    office.figures("2026-06", &[("A6", "50.0 %")]);
    office.figures("2026-05", &[("A6", "—")]);
    // Its day is moved: by an extension too late, and then met.
    office.chair().act(open, "extend", &["extended_to=2026-07-01"]);
    office.figures("2026", &[("A6", "100.0 %"), ("A9", "0")]);
    office.go_to("2026-07-01");
    replied(&office, open, "2026-07-01", "B", &[]);
    office.figures("2026", &[("A6", "100.0 %")]);
}

#[test]
fn an_imported_ledger_counts_what_its_dates_say() {
    let office = Office::town("2026-09-30");
    let text = "案号,案由,登记日期,状态,审核,交办日期,主办单位,主办答复日期,办理结果类别,满意度,评价日期\n\
                1,建议一,2026-01-20,大会期间,立案,2026-02-02,城建办,2026-04-01,A,满意,2026-04-10\n\
                2,建议二,2026-01-20,大会期间,立案,2026-02-02,城建办,2026-06-01,B,不满意,2026-06-10\n\
                3,建议三,2026-01-20,大会期间,立案,2026-02-02,农办,,,,\n";
    assert_eq!(imported(&office, text.as_bytes()), (3, 0));
    let table = [
        ("A1", "3"),
        ("assigned", "3"),
        ("A7", "2"),
        ("A7_rate", "66.7 %"),
        ("A6", "33.3 %"),
        ("A9", "1"),
        ("A11_solved", "50.0 %"),
        ("A13", "50.0 %"),
        ("A15", "88.5"),
        ("A17_assigned", "2"),
    ];
    office.figures("2026", &table);
}

/// Imports the office's rows of a ledger; how many were new, and how many were refused.
#[track_caller]
fn imported(office: &Office, bytes: &[u8]) -> (usize, usize) {
    let book = exchange::read(bytes).unwrap_or_else(|why| panic!("{}", why.label().zh));
    let actor = Actor { staff: "u1".into(), role: Role::TClerk, on_behalf: false };
    let kind = office.catalogue.kind("proposal").expect("a kind");
    let rows = exchange::Ledger::read(&book, None, kind, &Corrections::default())
        .unwrap_or_else(|why| panic!("{}", why.label().zh));
    office.with(|ledger| {
        let went = ledger.store.write(|tx| {
            let (counts, mut entries) = ledger.deciding(tx.view(), |ctx| {
                let names = ledger.names(tx.view());
                let plan = exchange::plan(ctx, &rows, &names, &actor, &OnSimilar::Ask, &|_| {});
                let fit = plan.fit(Mode::GoodRows).unwrap_or_default();
                (plan.counts, exchange::entries(ctx, &rows, &names, &actor, &fit).0)
            });
            entries.sort_by_key(|(stream, _)| *stream);
            ledger.append(tx, &entries)?;
            Ok::<_, shared::store::StoreError>((counts.new, counts.refused))
        });
        went.expect("a commit")
    })
}

#[test]
fn the_real_ledger_of_nineteen_townships_gives_its_own_figures() {
    let Some(folder) = data_folder() else {
        eprintln!("no ledgers here (XIANGLIAN_LEDGERS is not set): nothing was tested");
        return;
    };
    let bytes = std::fs::read(folder.join("suggestions_2017_utf8bom.csv")).expect("the ledger");
    let towns = County::from_file(&folder.join("suggestions_2017_districts.csv")).expect("the list").towns;
    assert_eq!(towns.len(), 19);
    let names = || Townships::new(towns.iter().map(|town| (town.code, town.name.clone())));
    let county = Office::at(Site::Hub, None, "2017-07-01").among(names());
    let mut by_name: BTreeMap<String, (TownshipCode, usize, String)> = BTreeMap::new();
    for town in &towns {
        let office = Office::at(Site::Township(town.code), Some(town.kind), "2017-07-01").among(names());
        let (new, refused) = imported(&office, &bytes);
        assert_eq!(refused, 0, "{}", town.name);
        night(&office, &county);
        by_name.insert(town.name.clone(), (town.code, new, office.figure("A1", "2017")));
    }
    let of = |name: &str| by_name.get(name).map(|(_, new, figure)| (*new, figure.as_str()));
    for (name, count) in [("坎墩街道", 29), ("宗汉街道", 28), ("周巷镇", 25), ("匡堰镇", 6), ("附海镇", 3)]
    {
        assert_eq!(of(name), Some((count, count.to_string().as_str())), "{name}");
    }
    let table = [
        ("A1", "284"),
        ("assigned", "284"),
        ("co_unit_links", "549"),
        ("A7", "151"),
        ("A7_rate", "53.2 %"),
        ("A11_A", "21"),
        ("A11_B", "96"),
        ("A11_C", "25"),
        ("A11_D", "9"),
        ("A11_solved", "13.9 %"),
        ("A11_solved_or_going", "77.5 %"),
        ("A15", "65.3"),
        // Of those replied all were in time; what still ran on 1 July is no case yet.
        ("A6", "100.0 %"),
        ("A9", "0"),
    ];
    county.figures("2017", &table);
    for (key, count) in [
        ("URBAN_ENV", "104"),
        ("EDU_SCI_CULT_HEALTH", "52"),
        ("AGRI_RURAL", "48"),
        ("POLITICAL_LEGAL", "39"),
        ("FINANCE_ECON", "26"),
        ("OTHER", "15"),
    ] {
        assert_eq!(county.part("A1_subject", "2017", key), count, "{key}");
    }
    assert_eq!(county.part("A1_session", "2017", "IN_SESSION"), "283");
    assert_eq!(
        (county.line("A6", "2017").figure.parts(), county.line("A7", "2017").figure.parts().0),
        ((151, Some(151)), 151)
    );
    // From 23 to 72 days, all of them within three months.
    let days = reply_days(&county);
    assert_eq!((days.first(), days.last(), days.len()), (Some(&23), Some(&72), 151));
    let median = county.figure("A15_median", "2017");
    assert_eq!(median, format!("{}.0", days[75]));
}

/// Days from the assignment to the reply, of every record.
fn reply_days(county: &Office) -> Vec<i32> {
    let kind = county.catalogue.kind("proposal").expect("a kind");
    let tag = |id: &str| kind.field(id).expect("a field").tag;
    let (from, to) = (tag("assigned_on"), tag("replied_on"));
    let mut days = Vec::new();
    county.store.read(|views| {
        shared::view::read::list_all(views, kind.tag, &mut |line| {
            let record = shared::view::read::record(views, line.id).expect("a record");
            let day = |tag: u32| match record.fields.get(&tag) {
                Some(shared::record::Value::Date(day)) => Some(day.0),
                _ => None,
            };
            days.extend(day(from).zip(day(to)).map(|(from, to)| to - from));
            true
        });
    });
    days.sort_unstable();
    days
}
