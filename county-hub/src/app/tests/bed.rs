//! A county to try things on: its certificates in a folder of its own, its records in memory, its clock in our hand.

use std::sync::Arc;

use shared::calendar::Calendar;
use shared::catalogue::model::{Catalogue, NodeKind};
use shared::command::Place;
use shared::exchange::Townships;
use shared::ids::{Epoch, RecordId, Site, TownshipCode};
use shared::ledger::{Act, Acted, By, Ledger, Reacted};
use shared::program::{Clock as _, Failure, ManualClock, day_start_ms};
use shared::store::files::SimFiles;
use shared::store::views::MemShelf;
use shared::store::{Options, Store};
use shared::sync::note;
use shared::view::Folder;
use xianglian_proto::v1::note::Kind;
use xianglian_proto::v1::{HubSeen, HubSession};

use crate::app::App;
use crate::app::ask::Ask;
use crate::app::{district, record, tally, township};
use crate::config::{Config, settle};

pub(super) const HOUR_MS: i64 = 60 * 60 * 1000;

pub(super) struct County {
    pub(super) app: App,
    pub(super) clock: Arc<ManualClock>,
    _folder: tempfile::TempDir,
}

/// The n-th township of the county.
pub(super) fn code(n: u32) -> TownshipCode {
    TownshipCode::from_number(330_282_100 + n).expect("nine digits")
}

impl County {
    /// Noon of 2026-06-01.
    pub(super) fn new() -> Self {
        Self::by(Catalogue::builtin())
    }

    pub(super) fn by(catalogue: Arc<Catalogue>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("hub");
        let noon = day_start_ms("2026-06-01".parse().expect("a date")) + 12 * HOUR_MS;
        let clock = Arc::new(ManualClock::new(noon, 7));
        let given = [("county.code", "330282".to_owned()), ("county.name", "慈溪市".to_owned())];
        App::init(&data, &given, &*clock).expect("a new hub");
        let config = Config::new(&data, &settle(&data, Vec::new()).expect("settings")).expect("settings");
        let app = App::in_memory(config, clock.clone(), catalogue).expect("a hub in memory");
        Self { app, clock, _folder: folder }
    }

    /// As [`Self::of_three`], its records in these files.
    pub(super) fn of_three_on(files: SimFiles) -> Self {
        let mut county = Self::new();
        county.app = county.started_on(files);
        county.settled()
    }

    /// The same county, its records in these files, as if the program had been started again: its views are made anew.
    pub(super) fn started_on(&self, files: SimFiles) -> App {
        let catalogue = self.app.catalogue.clone();
        let fold = Arc::new(Folder::new(catalogue.clone()));
        let shelf = Arc::new(MemShelf::default());
        let opened = Store::open_with(Arc::new(files), shelf, fold, Options::default());
        let (store, _) = opened.expect("files in memory");
        let (config, rules) = (self.app.config.clone(), (catalogue, Calendar::builtin()));
        App::over(config, self.clock.clone(), rules, store).expect("a hub in memory")
    }

    /// With two districts; townships 1 and 2 in the first, 3 in the second.
    pub(super) fn of_three() -> Self {
        Self::of_three_by(Catalogue::builtin())
    }

    pub(super) fn of_three_by(catalogue: Arc<Catalogue>) -> Self {
        Self::by(catalogue).settled()
    }

    fn settled(self) -> Self {
        let county = self;
        for name in ["第一片", "第二片"] {
            county.ask(district::Add { name: name.into(), order: None, from: Some("2020-01-01".into()) });
        }
        for (n, district) in [(1, "第一片"), (2, "第一片"), (3, "第二片")] {
            county.ask(county.township(n, Some(district)));
        }
        county
    }

    pub(super) fn township(&self, n: u32, district: Option<&str>) -> township::Add {
        township::Add {
            code: code(n),
            name: format!("第{n}镇"),
            kind: "TOWN".into(),
            district: district.map(str::to_owned),
            from: district.map(|_| "2020-01-01".to_owned()),
        }
    }

    #[track_caller]
    pub(super) fn ask<A: Ask>(&self, ask: A) -> A::Answer {
        self.try_ask(ask).unwrap_or_else(|failure| panic!("{}", failure.render(shared::program::Lang::En)))
    }

    pub(super) fn try_ask<A: Ask>(&self, ask: A) -> Result<A::Answer, Failure> {
        ask.answer(&self.app)
    }

    /// What the township's office would have written, as if it had come by sync.
    #[track_caller]
    pub(super) fn at_township(
        &self,
        n: u32,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> Acted {
        let done = self.try_at_township(code(n), ("T_CLERK", ""), kind, record, action, set);
        done.unwrap_or_else(|failure| panic!("{}", failure.render(shared::program::Lang::En)))
    }

    /// The same by somebody, for a reason; the rules may refuse it.
    pub(super) fn try_at_township(
        &self,
        code: TownshipCode,
        (role, reason): (&str, &str),
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> Result<Acted, Failure> {
        let by = By { staff: None, role: role.into(), on_behalf: false };
        let set = set.iter().map(|text| (*text).to_owned()).collect();
        let record = record.map(|id| id.to_string());
        let reason = reason.to_owned();
        let act = Act { kind: kind.into(), record, action: action.into(), set, reason, by };
        self.ledger_of(code, |ledger| ledger.act(&act))
    }

    /// The program of the township does what follows from what the county has sent.
    #[track_caller]
    pub(super) fn reacts(&self, n: u32) -> Reacted {
        self.ledger_of(code(n), |ledger| ledger.react()).expect("a store in memory")
    }

    /// The ledger of a township, as its program has it.
    pub(super) fn ledger_of<T>(&self, code: TownshipCode, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let townships = Townships::default();
        work(&Ledger {
            store: &self.app.store,
            catalogue: &self.app.catalogue,
            deadlines: &self.app.legal,
            clock: &*self.clock,
            place: Place { site: Site::Township(code), node: Some(NodeKind::Town), abbr: "镇" },
            townships: &townships,
            staff: &|_| "u1".to_owned(),
        })
    }

    /// What the county's office does to a record of its own, named as people name it, or to make one.
    #[track_caller]
    pub(super) fn at_county(&self, kind: &str, record: Option<&str>, action: &str, set: &[&str]) -> Acted {
        let role = if kind == "district" { "C_ADMIN" } else { "C_OFFICE" };
        let by = By { staff: None, role: role.into(), on_behalf: false };
        let set = set.iter().map(|text| (*text).to_owned()).collect();
        let record = record.map(str::to_owned);
        let act = Act { kind: kind.into(), record, action: action.into(), set, reason: String::new(), by };
        self.ask(record::Act(act))
    }

    /// A piece of publicity, published on a day, with points claimed for it.
    #[track_caller]
    pub(super) fn piece(&self, n: u32, day: &str, level: &str, points: &str) -> RecordId {
        let (level, day) = (format!("medium_level={level}"), format!("published_on={day}"));
        let set =
            ["title=稿件", "form=NEWS", "medium=日报", "evidence_link=http://example.cn/1", &level, &day];
        let record = self.at_township(n, "publicity", None, "draft", &set).record;
        self.at_township(n, "publicity", Some(record), "claim", &[&format!("claimed_points={points}")]);
        record
    }

    /// The township has synced so many hours ago.
    pub(super) fn synced(&self, n: u32, hours_ago: i64) {
        self.synced_of(n, hours_ago, 0);
    }

    /// The same, when its own stream had so many entries.
    pub(super) fn synced_of(&self, n: u32, hours_ago: i64, own_len: u64) {
        let session = HubSession {
            own_len,
            at: self.clock.now_ms() - hours_ago * HOUR_MS,
            software: "township-node 0.1.0".into(),
            catalogue: "c".into(),
            clock_offset: -3_000,
            backlog: 2,
        };
        let kind = Kind::Seen(HubSeen { township: code(n).to_string(), session: Some(session), has: None });
        let written = self.app.store.write(|tx| note::append(tx, Site::Hub, Epoch(1), vec![kind]));
        written.expect("a note in memory");
    }

    pub(super) fn tally(&self, measures: &[&str], level: &str, period: &str) -> tally::Answer {
        self.ask(tally::Question {
            measures: measures.iter().map(|id| (*id).to_owned()).collect(),
            level: level.into(),
            period: Some(period.into()),
            ..Default::default()
        })
    }
}

/// The printed figure of a measure (whole, not split) for the unit with this name.
#[track_caller]
pub(super) fn figure(answer: &tally::Answer, measure: &str, unit: &str) -> String {
    cell(answer, measure, "", unit).text.clone()
}

#[track_caller]
pub(super) fn cell<'a>(answer: &'a tally::Answer, measure: &str, split: &str, unit: &str) -> &'a tally::Cell {
    let column = answer.measures.iter().position(|column| column.id == measure && column.split == split);
    let row = answer.units.iter().position(|row| row.name == unit);
    let (Some(column), Some(row)) = (column, row) else {
        panic!("no {measure}·{split} of {unit} in {answer:?}")
    };
    &answer.cells[column * answer.units.len() + row]
}
