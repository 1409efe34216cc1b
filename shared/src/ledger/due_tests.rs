//! What is due, by the built-in catalogue and its law.

use std::sync::Arc;

use super::*;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::command::Place;
use crate::exchange::Townships;
use crate::ids::{Site, TownshipCode};
use crate::limits;
use crate::program::{Clock as _, Lang, ManualClock, day_start_ms};
use crate::record::Day;
use crate::store::Store;
use crate::view::{Folder, held};

struct Office {
    store: Store,
    catalogue: Arc<Catalogue>,
    clock: ManualClock,
    calendar: Arc<Calendar>,
    townships: Townships,
}

fn town() -> TownshipCode {
    "330282002".parse().expect("nine digits")
}

impl Office {
    fn on(day: &str) -> Self {
        let catalogue = Catalogue::builtin();
        let office = Self {
            store: Store::memory(Arc::new(Folder::new(Arc::clone(&catalogue)))),
            catalogue,
            clock: ManualClock::new(0, 7),
            calendar: Calendar::builtin(),
            townships: Townships::new([(town(), "坎墩镇".to_owned())]),
        };
        office.go_to(day);
        office
    }

    /// Ten in the morning of a day.
    fn go_to(&self, day: &str) {
        let day: Day = day.parse().expect("a day");
        self.clock.set(day_start_ms(day) + 10 * 3_600_000);
    }

    fn with<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let legal =
            Legal::new(Arc::clone(&self.calendar), Arc::new(self.catalogue.profiles["zhejiang"].clone()));
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &legal,
            clock: &self.clock,
            place: Place { site: Site::Township(town()), node: Some(NodeKind::Town), abbr: "坎墩" },
            townships: &self.townships,
            staff: &|role| format!("u{}", role.number()),
        })
    }

    #[track_caller]
    fn act(&self, record: Option<&str>, action: &str, role: &str, set: &[&str]) -> String {
        let by = By { role: role.to_owned(), staff: None, on_behalf: false };
        let ask = Act {
            kind: "proposal".to_owned(),
            record: record.map(str::to_owned),
            action: action.to_owned(),
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            reason: "因故".to_owned(),
            by,
        };
        let acted =
            self.with(|ledger| ledger.act(&ask)).unwrap_or_else(|failure| panic!("{action}: {failure}"));
        acted.shown.short
    }

    /// A suggestion that a unit handles since the day on which it was assigned.
    fn assigned(&self, title: &str, unit: &str) -> String {
        let today = self.clock.today();
        let title = format!("案由={title}");
        let day = |name: &str| format!("{name}={today}");
        let set = [
            title.as_str(),
            &day("提出日期"),
            "提出时间=大会期间",
            "性质类别=城建环保",
            "正文=正文",
            "领衔人=某代表",
        ];
        let id = self.act(None, "receive", "T_CLERK", &set);
        self.act(Some(&id), "register", "T_CLERK", &[]);
        self.act(Some(&id), "review", "T_CHAIR", &["审核=立案"]);
        self.act(Some(&id), "assign", "T_CHAIR", &[&day("交办日期"), &format!("主办单位={unit}")]);
        self.act(Some(&id), "accept", "T_CLERK", &[&day("签收日期")]);
        id
    }

    #[track_caller]
    fn due(&self, days: u16) -> DueList {
        let ask = DueAsk { days: Some(days), ..DueAsk::default() };
        self.with(|ledger| ledger.due(&ask)).unwrap_or_else(|failure| panic!("{failure}"))
    }

    #[track_caller]
    fn reply(&self, id: &str) -> DueLine {
        let lines = self.due(limits::DUE_DAYS_MAX).lines;
        let found = lines.into_iter().find(|line| line.short == id && line.deadline == "DL-SG-REPLY");
        found.expect("a reply is due")
    }
}

#[test]
fn the_nearest_is_first_and_every_light_is_right() {
    let office = Office::on("2026-01-20");
    let first = office.assigned("关于路灯的建议", "供电所");
    office.go_to("2026-02-02");
    let second = office.assigned("关于污水的建议", "城建办");
    // Three months from 20 January and 2 February: 20 April, and 2 May that is in the holidays.
    let cases = [
        ("2026-04-04", "green", 16),
        ("2026-04-05", "yellow_15", 15),
        ("2026-04-13", "yellow_7", 7),
        ("2026-04-17", "yellow_3", 3),
        ("2026-04-19", "yellow_1", 1),
        ("2026-04-20", "yellow_1", 0),
        ("2026-04-21", "red", -1),
    ];
    for (day, light, left) in cases {
        office.go_to(day);
        let line = office.reply(&first);
        assert_eq!((line.light.as_str(), line.days_left), (light, left), "{day}");
    }
    let list = office.due(limits::DUE_DAYS);
    assert_eq!((list.today.as_str(), list.until.as_str()), ("2026-04-21", "2026-05-06"));
    let days: Vec<&str> = list.lines.iter().map(|line| line.due.as_str()).collect();
    assert!(days.is_sorted(), "{days:?}");
    let line = list.lines.iter().find(|line| line.short == second && line.deadline == "DL-SG-REPLY").unwrap();
    assert_eq!((line.due.as_str(), line.raw.as_deref()), ("2026-05-06", Some("2026-05-02")));
    assert_eq!(line.responsible.as_ref().map(|who| who.zh.as_str()), Some("城建办"));
    assert_eq!(line.title.zh, "关于污水的建议");
    assert_eq!(line.number.as_ref().map(|number| number.zh.as_str()), Some("第 2 号"));
    // What the office itself has to do is nobody's to be urged for.
    office.go_to("2026-02-03");
    let tell =
        office.due(limits::DUE_DAYS).lines.into_iter().find(|line| line.deadline == "DL-SG-TELL").unwrap();
    assert_eq!(tell.responsible.as_ref().map(|who| who.en.as_str()), Some("Township clerk"));
    assert_eq!((tell.urge, tell.advice), (None, None));
    office.go_to("2026-04-21");
    // One day less, and it is not on the list; another kind, and nothing is.
    assert!(
        office.due(limits::DUE_DAYS - 1).lines.iter().all(|line| line.short != second || line.days_left < 15)
    );
    let none = DueAsk { kind: Some("petition".to_owned()), ..DueAsk::default() };
    assert_eq!(office.with(|ledger| ledger.due(&none)).unwrap().lines, []);
    let wrong = DueAsk { kind: Some("星象".to_owned()), ..DueAsk::default() };
    assert!(office.with(|ledger| ledger.due(&wrong)).is_err());
    let far = DueAsk { days: Some(u16::MAX), ..DueAsk::default() };
    assert!(office.with(|ledger| ledger.due(&far)).is_err());
    let table = list.text(Lang::Zh);
    for word in ["红", "黄", "2026-05-06（原 2026-05-02）", "超期 1 天", "城建办", "建议答复"]
    {
        assert!(table.contains(word), "{word} in\n{table}");
    }
    assert!(list.text(Lang::En).contains("1 days over"));
}

#[test]
fn urging_pauses_three_days_and_in_the_end_the_chair_is_told() {
    let office = Office::on("2026-01-20");
    let id = office.assigned("关于路灯的建议", "供电所");
    let urging = |id: &str| office.reply(id).urge.expect("a unit that may be urged");
    assert_eq!(urging(&id), Urging { count: 0, last: None, from: "2026-01-20".into(), now: true });
    assert_eq!(office.reply(&id).advice, None, "three months are left");
    office.go_to("2026-04-14");
    assert_eq!(office.reply(&id).advice, Some(Advice::Urge));
    office.act(Some(&id), "urge", "T_CLERK", &[]);
    let urged = urging(&id);
    assert_eq!((urged.count, urged.now, urged.from.as_str()), (1, false, "2026-04-17"));
    assert_eq!(office.reply(&id).advice, None);
    for (day, now) in [("2026-04-16", false), ("2026-04-17", true)] {
        office.go_to(day);
        assert_eq!(urging(&id).now, now, "{day}");
    }
    for day in ["2026-04-20", "2026-04-23", "2026-04-26"] {
        office.go_to(day);
        assert_eq!(office.reply(&id).advice, Some(Advice::Urge), "{day}");
        office.act(Some(&id), "urge", "T_CLERK", &[]);
    }
    // Over, and urged more than three times.
    let line = office.reply(&id);
    assert_eq!((line.light.as_str(), line.advice), ("red", Some(Advice::Chair)));
    let table = office.due(0).text(Lang::Zh);
    assert!(table.contains("已催 4 次，2026-04-29 起可再催") && table.contains("报主席"), "{table}");
    // What is not over goes to nobody, however often it was urged.
    let calm = Office::on("2026-01-20");
    let id = calm.assigned("关于路灯的建议", "供电所");
    for day in ["2026-01-21", "2026-01-24", "2026-01-27", "2026-01-30"] {
        calm.go_to(day);
        calm.act(Some(&id), "urge", "T_CLERK", &[]);
    }
    assert_eq!(calm.reply(&id).advice, None);
    assert_eq!(calm.reply(&id).urge.map(|urge| urge.count), Some(4));
}

#[test]
fn a_newer_calendar_is_taken_in_once_and_only_by_the_owner() {
    let mut office = Office::on("2026-10-01");
    // Three months: 1 January 2027, of which only weekends are known.
    let id = office.assigned("关于路灯的建议", "供电所");
    let told = office.reply(&id);
    assert_eq!((told.due.as_str(), told.provisional), ("2027-01-01", true));
    assert!(office.due(limits::DUE_DAYS_MAX).text(Lang::Zh).contains("2027-01-01（暂定）"));
    assert_eq!(office.with(|ledger| ledger.refresh_deadlines()).unwrap(), Refreshed::default());

    let next = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;
    let files = crate::catalogue::builtin_calendar_files().iter().copied();
    office.calendar =
        Arc::new(Calendar::load(files.chain([("calendars/holiday_cn_2027.json", next)])).unwrap());
    let elsewhere = Site::Township("330282003".parse().unwrap());
    let other = office.with(|ledger| {
        Ledger { place: Place { site: elsewhere, ..ledger.place }, ..*ledger }.refresh_deadlines()
    });
    assert_eq!(other.unwrap(), Refreshed::default(), "another's record");

    let done = office.with(|ledger| ledger.refresh_deadlines()).unwrap();
    assert_eq!(done, Refreshed { records: 1, deadlines: 1, refused: 0 });
    let line = office.reply(&id);
    assert_eq!(
        (line.due.as_str(), line.raw.as_deref(), line.provisional),
        ("2027-01-04", Some("2027-01-01"), false)
    );
    let streams = office.store.streams();
    assert_eq!(office.with(|ledger| ledger.refresh_deadlines()).unwrap(), Refreshed::default());
    assert_eq!(office.store.streams(), streams, "nothing is written the second time");
    assert_eq!(office.store.read(|views| held::count(views, None)), 0);
    let shown = office.with(|ledger| ledger.show(&id, crate::record::Role::TClerk)).unwrap();
    let last = shown.steps.last().expect("a step");
    assert_eq!((last.role.as_str(), last.status.as_deref()), ("SYSTEM", None));
}

/// A guard of the kind says how long urging pauses; the list and the gate agree on the day.
#[test]
fn the_list_and_the_gate_agree_when_to_urge_again() {
    let proposal = crate::catalogue::builtin_files()
        .iter()
        .find_map(|(name, text)| (*name == "proposal.toml").then_some(*text))
        .expect("the file of the kind");
    let three = "guards = [{ pause_days = 3, of = \"urge\" }]";
    assert_eq!(proposal.matches(three).count(), 1);
    let guarded = proposal.replace(three, "guards = [{ pause_days = 5, of = \"urge\" }]");
    let mut office = Office::on("2026-01-20");
    office.catalogue = Arc::new(Catalogue::builtin_and([("proposal.toml", guarded.as_str())]).unwrap());
    office.store = Store::memory(Arc::new(Folder::new(Arc::clone(&office.catalogue))));
    let id = office.assigned("关于路灯的建议", "供电所");
    office.act(Some(&id), "urge", "T_CLERK", &[]);
    let from = office.reply(&id).urge.expect("a unit that may be urged").from;
    assert_eq!(from, "2026-01-25");
    let by = By { role: "T_CLERK".to_owned(), staff: None, on_behalf: false };
    let ask = Act {
        kind: String::new(),
        record: Some(id.clone()),
        action: "urge".to_owned(),
        set: Vec::new(),
        reason: String::new(),
        by,
    };
    office.go_to("2026-01-24");
    assert!(office.with(|ledger| ledger.act(&ask)).is_err());
    assert_eq!(office.reply(&id).urge.map(|urge| urge.now), Some(false));
    office.go_to("2026-01-25");
    assert_eq!(office.reply(&id).urge.map(|urge| urge.now), Some(true));
    office.with(|ledger| ledger.act(&ask)).unwrap();
}
