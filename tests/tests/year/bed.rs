//! The county and its townships, day by day.

use std::path::Path;
use std::sync::Arc;

use county_hub::app::ask::Ask as _;
use county_hub::app::{App, record, tally, upkeep};
use serde_json::Value as Json;
use shared::ids::RecordId;
use shared::ledger::{self, By, List, Listing, Shown};
use shared::program::{Failure, Lang, day_start_ms};
use shared::record::{Day, Role};
use township_node::app::{Node, Wish};
use xianglian_tests::clock::StoryClock;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;
use xianglian_tests::night::sync_all;

const HOUR_MS: i64 = 3_600_000;

/// Two townships in each of the four districts, of all four forms.
pub const TOWNS: [&str; 8] =
    ["澜城街道", "石桥镇", "柳林镇", "清水镇", "龙泉铺镇", "云峰乡", "大坪乡", "青林畲族乡"];

pub struct Year {
    pub cluster: Cluster,
    today: Day,
}

impl Year {
    /// The county and its offices at ten in the morning of a day.
    pub async fn begin(root: &Path, day: &str) -> anyhow::Result<Self> {
        let (today, clock): (Day, _) = (day.parse()?, Arc::new(StoryClock::default()));
        clock.pin(day_start_ms(today) + 10 * HOUR_MS);
        let cluster = Cluster::start_by(clock, root, County::fictional().of(&TOWNS)).await?;
        Ok(Self { cluster, today })
    }

    /// An hour of the present day, Beijing time.
    fn at(&self, hour: i64) {
        self.cluster.clock.pin(day_start_ms(self.today) + hour * HOUR_MS);
    }

    /// Goes on, night by night, to ten in the morning of a day.
    pub async fn go_to(&mut self, day: &str) -> anyhow::Result<()> {
        let day: Day = day.parse()?;
        anyhow::ensure!(self.today < day, "{day} is over");
        while self.today < day {
            self.night().await?;
        }
        Ok(())
    }

    /// At two the offices exchange with the county; in the morning everybody does the day's own work.
    async fn night(&mut self) -> anyhow::Result<()> {
        self.today = self.today.plus(1);
        self.at(2);
        let night = sync_all(&self.cluster).await?;
        anyhow::ensure!(night.held == 0, "{}: {night:?}", self.today);
        self.at(8);
        upkeep::Daily {}.answer(self.app()).map_err(plain)?;
        for (_, node) in &self.cluster.nodes {
            node.renew_if_due().await.map_err(plain)?;
            node.daily().map_err(plain)?;
        }
        self.at(10);
        Ok(())
    }

    pub fn app(&self) -> &App {
        self.cluster.hub.app()
    }

    pub fn county(&self, role: Role) -> CountyDesk<'_> {
        CountyDesk { app: self.app(), role }
    }

    /// The county office.
    pub fn office(&self) -> CountyDesk<'_> {
        self.county(Role::COffice)
    }

    /// The directors' meeting.
    pub fn directors(&self) -> CountyDesk<'_> {
        self.county(Role::CDirector)
    }

    pub fn clerk(&self, town: &str) -> Desk<'_> {
        self.town(town, Role::TClerk)
    }

    pub fn chair(&self, town: &str) -> Desk<'_> {
        self.town(town, Role::TChair)
    }

    /// A handling unit, for which the clerk enters what it brought on paper.
    pub fn unit(&self, town: &str) -> Desk<'_> {
        self.town(town, Role::TUnit)
    }

    pub fn deputy(&self, town: &str) -> Desk<'_> {
        self.town(town, Role::TDeputy)
    }

    pub fn today(&self) -> Day {
        self.today
    }

    pub fn town(&self, town: &str, role: Role) -> Desk<'_> {
        Desk { node: self.cluster.node(town), role }
    }

    pub fn code(&self, town: &str) -> String {
        self.cluster.town(town).code.to_string()
    }

    /// Figures of one measure, unit by unit, as they are printed; the county last.
    pub fn figures(&self, measure: &str, level: &str, period: &str) -> Vec<(String, String)> {
        let question = tally::Question {
            measures: vec![measure.to_owned()],
            level: level.to_owned(),
            period: Some(period.to_owned()),
            ..tally::Question::default()
        };
        let answer = question.answer(self.app()).unwrap_or_else(|why| panic!("{measure}: {why}"));
        let whole = answer.measures.iter().position(|column| column.split.is_empty());
        let start = whole.unwrap_or_default() * answer.units.len();
        let texts = answer.cells[start..].iter().map(|cell| cell.text.clone());
        answer.units.iter().map(|unit| unit.name.clone()).zip(texts).collect()
    }
}

/// The filters of a list: those of a kind in a status, an empty one for all.
fn of(kind: &str, status: &str) -> List {
    List { kind: kind.to_owned(), status: (!status.is_empty()).then(|| status.to_owned()), ..List::default() }
}

fn ids(listing: &Listing) -> Vec<RecordId> {
    listing.rows.iter().map(|row| row.id).collect()
}

fn text(shown: &Shown, field: &str) -> String {
    match shown.fields.get(field).or_else(|| shown.local.get(field)) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Somebody of the county at the keyboard.
#[derive(Clone, Copy)]
pub struct CountyDesk<'a> {
    app: &'a App,
    role: Role,
}

impl CountyDesk<'_> {
    fn ask(
        &self,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> Result<RecordId, Failure> {
        let staff = Some(self.role.code().to_lowercase());
        let by = By { role: self.role.code().to_owned(), staff, on_behalf: false };
        let act = ledger::Act {
            kind: kind.to_owned(),
            record: record.map(|id| id.to_string()),
            action: action.to_owned(),
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            reason: "主任会议决定".to_owned(),
            by,
        };
        record::Act(act).answer(self.app).map(|acted| acted.record)
    }

    #[track_caller]
    pub fn enter(&self, kind: &str, action: &str, set: &[&str]) -> RecordId {
        self.ask(kind, None, action, set)
            .unwrap_or_else(|why| panic!("{kind} {action} by {}: {}", self.role.code(), words(&why)))
    }

    #[track_caller]
    pub fn act(&self, id: RecordId, action: &str, set: &[&str]) {
        self.ask("", Some(id), action, set)
            .unwrap_or_else(|why| panic!("{action} by {}: {}", self.role.code(), words(&why)));
    }

    #[track_caller]
    pub fn refused(&self, id: RecordId, action: &str, set: &[&str]) -> String {
        match self.ask("", Some(id), action, set) {
            Ok(_) => panic!("{action} by {} was not refused", self.role.code()),
            Err(why) => words(&why),
        }
    }

    pub fn shown(&self, id: RecordId) -> Shown {
        let shown = record::Show { record: id.to_string() }.answer(self.app);
        shown.unwrap_or_else(|why| panic!("{}", words(&why)))
    }

    /// A field as programs read it, nothing if it is empty.
    pub fn value(&self, id: RecordId, field: &str) -> String {
        text(&self.shown(id), field)
    }

    /// The county's records of a kind and those of the townships, in a status.
    pub fn list(&self, kind: &str, status: &str) -> Vec<RecordId> {
        let listing = record::List(of(kind, status)).answer(self.app);
        ids(&listing.unwrap_or_else(|why| panic!("{kind}: {why}")))
    }
}

/// Somebody of an office at the keyboard.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    node: &'a Node,
    role: Role,
}

impl Desk<'_> {
    fn wish(&self, set: &[&str]) -> Wish {
        Wish {
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            reason: "因故".to_owned(),
            role: Some(self.role),
            staff: Some(self.role.code().to_lowercase()),
            ..Wish::default()
        }
    }

    #[track_caller]
    pub fn enter(&self, kind: &str, action: &str, set: &[&str]) -> RecordId {
        let made = self.node.create(kind, Some(action), &self.wish(set));
        made.unwrap_or_else(|why| panic!("{kind} {action} by {}: {}", self.role.code(), words(&why))).record
    }

    #[track_caller]
    pub fn act(&self, id: RecordId, action: &str, set: &[&str]) {
        self.node
            .act_on(&id.to_string(), action, &self.wish(set))
            .unwrap_or_else(|why| panic!("{action} by {}: {}", self.role.code(), words(&why)));
    }

    /// Records of a kind that this office has, its own and the county's, in a status.
    pub fn list(&self, kind: &str, status: &str) -> Vec<RecordId> {
        let listing = self.node.list(&of(kind, status));
        ids(&listing.unwrap_or_else(|why| panic!("{kind}: {why}")))
    }

    /// The one record of a kind in a status.
    #[track_caller]
    pub fn one(&self, kind: &str, status: &str) -> RecordId {
        match self.list(kind, status)[..] {
            [one] => one,
            ref several => panic!("{kind} {status}: {} of them", several.len()),
        }
    }

    /// A field as programs read it, nothing if it is empty.
    pub fn value(&self, id: RecordId, field: &str) -> String {
        let shown = self.node.show(&id.to_string(), None);
        text(&shown.unwrap_or_else(|why| panic!("{}", words(&why))), field)
    }
}

/// The Chinese words of a failure, each of its lines.
fn words(why: &Failure) -> String {
    let lines = std::iter::once(&why.said.message).chain(&why.said.details);
    lines.map(|text| text.get(Lang::Zh)).collect::<Vec<_>>().join("\n")
}
