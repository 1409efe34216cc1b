//! The county and its townships, day by day.

use std::path::Path;
use std::sync::Arc;

use county_hub::app::ask::Ask as _;
use county_hub::app::{App, upkeep};
use shared::ledger::Daily;
use shared::program::{Taken, day_start_ms};
use shared::record::{Day, Role};
use township_node::app::Node;
use xianglian_tests::clock::StoryClock;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;
use xianglian_tests::desk::Desk;
use xianglian_tests::night::sync_all;

use super::table;

const HOUR_MS: i64 = 3_600_000;
/// When everybody does the day's own work, from midnight.
pub const MORNING_MS: i64 = 8 * HOUR_MS;

/// Two townships in each of the four districts, of all four forms.
pub const TOWNS: [&str; 8] =
    ["澜城街道", "石桥镇", "柳林镇", "清水镇", "龙泉铺镇", "云峰乡", "大坪乡", "青林畲族乡"];

pub struct Year {
    /// Away while the hub is opened anew.
    cluster: Option<Cluster>,
    today: Day,
    /// The days on which everybody did the day's own work.
    pub mornings: Vec<Day>,
}

impl Year {
    /// The county and its offices at ten in the morning of a day.
    pub async fn begin(root: &Path, day: &str) -> anyhow::Result<Self> {
        let (today, clock): (Day, _) = (day.parse()?, Arc::new(StoryClock::default()));
        clock.pin(day_start_ms(today) + 10 * HOUR_MS);
        let cluster = Cluster::start_by(clock, root, County::fictional().of(&TOWNS)).await?;
        Ok(Self { cluster: Some(cluster), today, mornings: Vec::new() })
    }

    /// So many hours into the present day, Beijing time.
    fn at(&self, hours: i64) {
        self.cluster().clock.pin(day_start_ms(self.today) + hours * HOUR_MS);
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
        self.open_hub_anew().await?;
        let night = sync_all(self.cluster()).await?;
        anyhow::ensure!((night.held, night.waiting) == (0, 0), "{}: {night:?}", self.today);
        self.open_nodes_anew()?;
        self.at(MORNING_MS / HOUR_MS);
        nothing_refused(&upkeep::Daily {}.answer(self.app()).map_err(plain)?)?;
        for (_, node) in &self.cluster().nodes {
            node.renew_if_due().await.map_err(plain)?;
            nothing_refused(&node.daily().map_err(plain)?)?;
        }
        self.mornings.push(self.today);
        self.at(10);
        Ok(())
    }

    /// A hub that has published a file of the catalogue ends of itself and is started again.
    async fn open_hub_anew(&mut self) -> anyhow::Result<()> {
        if self.app().is_outdated() {
            let Some(cluster) = self.cluster.take() else { anyhow::bail!("there is no county") };
            self.cluster = Some(cluster.restart_hub(|_| Ok(())).await?);
        }
        Ok(())
    }

    /// So does a node that has received one.
    fn open_nodes_anew(&mut self) -> anyhow::Result<()> {
        let Some(cluster) = &mut self.cluster else { anyhow::bail!("there is no county") };
        for town in TOWNS {
            if cluster.node(town).take_county_files().map_err(plain)? == Taken::Changed {
                let folder = cluster.close_node(town);
                let folder = folder.strip_prefix(&cluster.root)?.to_string_lossy().into_owned();
                let node = cluster.open_node(&folder)?;
                cluster.put_node(town, node);
            }
        }
        Ok(())
    }

    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("it is away only while the hub is opened anew")
    }

    /// The end of the story.
    pub async fn stop(self) -> anyhow::Result<()> {
        match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }

    /// The place of a township's district today, in [`table::DISTRICTS`].
    pub fn district(&self, town: &str) -> usize {
        let moved = town == table::MOVED.0 && self.today.to_string().as_str() >= table::MOVED.1;
        let named = if moved { table::MOVED.2.to_owned() } else { self.cluster().town(town).district };
        let found = table::DISTRICTS.iter().position(|district| *district == named);
        found.unwrap_or_else(|| panic!("{town} is in {named}"))
    }

    pub fn app(&self) -> &App {
        self.cluster().hub.app()
    }

    pub fn county(&self, role: Role) -> Desk<'_, App> {
        Desk::new(self.app(), role)
    }

    /// The county office.
    pub fn office(&self) -> Desk<'_, App> {
        self.county(Role::COffice)
    }

    /// The directors' meeting.
    pub fn directors(&self) -> Desk<'_, App> {
        self.county(Role::CDirector)
    }

    pub fn clerk(&self, town: &str) -> Desk<'_, Node> {
        self.town(town, Role::TClerk)
    }

    pub fn chair(&self, town: &str) -> Desk<'_, Node> {
        self.town(town, Role::TChair)
    }

    /// A handling unit, for which the clerk enters what it brought on paper.
    pub fn unit(&self, town: &str) -> Desk<'_, Node> {
        self.town(town, Role::TUnit)
    }

    pub fn deputy(&self, town: &str) -> Desk<'_, Node> {
        self.town(town, Role::TDeputy)
    }

    pub fn today(&self) -> Day {
        self.today
    }

    pub fn town(&self, town: &str, role: Role) -> Desk<'_, Node> {
        Desk::new(self.cluster().node(town), role)
    }

    pub fn code(&self, town: &str) -> String {
        self.cluster().town(town).code.to_string()
    }
}

/// No rule has said no to what the program does of itself.
fn nothing_refused(daily: &Daily) -> anyhow::Result<()> {
    let refused = daily.refreshed.refused + daily.reacted.refused + daily.reminded.refused;
    anyhow::ensure!(refused == 0, "{daily:?}");
    Ok(())
}
