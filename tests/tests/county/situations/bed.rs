//! What the situations are told with: a county on real sockets, and a line that breaks where the story says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use county_hub::app::App;
use county_hub::app::ask::Ask as _;
use county_hub::app::{record, status, tally};
use shared::ids::{Epoch, RecordId};
use shared::ledger::{self, By, Listing, Shown};
use shared::limits::ENTRY_BYTES_MAX;
use shared::program::{Failure, Lang};
use shared::record::Role;
use shared::sync::message::{HubMessage, NodeMessage, Token};
use shared::sync::pair::HashKey;
use shared::sync::{ByRules, HeldInViews, HubSession, HubSetup, NodeSession, NodeSetup, Now, note};
use tokio_util::sync::CancellationToken;
use township_node::app::{Node, Synced, Wish};
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;

pub(super) const STONE_BRIDGE: &str = "石桥镇";
pub(super) const WHITE_TOWER: &str = "白塔镇";

/// The county with these townships alone.
pub(super) async fn county(root: &Path, names: &[&str]) -> anyhow::Result<Cluster> {
    Cluster::start(root, County::fictional().of(names)).await
}

pub(super) fn wish(role: Role, set: &[&str]) -> Wish {
    let reason = "按规定办理".to_owned();
    Wish { set: set.iter().map(|&s| s.to_owned()).collect(), role: Some(role), reason, ..Wish::default() }
}

/// The clerk makes a record.
#[track_caller]
pub(super) fn enter(node: &Node, kind: &str, action: &str, set: &[&str]) -> RecordId {
    let made = node.create(kind, Some(action), &wish(Role::TClerk, set));
    made.unwrap_or_else(|failure| panic!("{kind}.{action}: {}", failure.render(Lang::Zh))).record
}

/// Somebody takes an action.
#[track_caller]
pub(super) fn act(node: &Node, role: Role, record: RecordId, action: &str, set: &[&str]) {
    let done = node.act_on(&record.to_string(), action, &wish(role, set));
    done.unwrap_or_else(|failure| panic!("{action}: {}", failure.render(Lang::Zh)));
}

/// The county takes an action.
#[track_caller]
pub(super) fn at_county(
    cluster: &Cluster,
    role: &str,
    (kind, record): (&str, Option<RecordId>),
    action: &str,
    set: &[&str],
) -> RecordId {
    let act = ledger::Act {
        kind: kind.to_owned(),
        record: record.map(|id| id.to_string()),
        action: action.to_owned(),
        set: set.iter().map(|&s| s.to_owned()).collect(),
        reason: String::new(),
        by: By { staff: Some("h1".to_owned()), role: role.to_owned(), on_behalf: false },
    };
    let done = record::Act(act).answer(cluster.hub.app());
    done.unwrap_or_else(|failure| panic!("{kind}.{action}: {}", failure.render(Lang::Zh))).record
}

/// A piece of publicity, registered and claimed: `C8_claimed` counts it on its day.
#[track_caller]
pub(super) fn piece(node: &Node, title: &str, day: &str) -> RecordId {
    let (title, day) = (format!("title={title}"), format!("published_on={day}"));
    let set = [
        title.as_str(),
        &day,
        "form=NEWS",
        "medium=县报",
        "medium_level=COUNTY",
        "evidence_link=http://example.cn/1",
    ];
    let record = enter(node, "publicity", "draft", &set);
    act(node, Role::TClerk, record, "claim", &["claimed_points=2"]);
    record
}

pub(super) async fn sync(node: &Node) -> Result<Synced, Failure> {
    node.sync(|_| {}, &CancellationToken::new()).await
}

/// A figure of every unit of a level, the county with them, by name.
pub(super) fn figures(
    cluster: &Cluster,
    measure: &str,
    level: &str,
    period: &str,
) -> anyhow::Result<BTreeMap<String, String>> {
    let question = tally::Question {
        measures: vec![measure.to_owned()],
        level: level.to_owned(),
        period: Some(period.to_owned()),
        as_of: None,
        list: false,
        ..tally::Question::default()
    };
    let answer = question.answer(cluster.hub.app()).map_err(plain)?;
    let whole =
        answer.measures.iter().position(|column| column.split.is_empty()).context("no such figure")?;
    let cells = answer.cells.iter().skip(whole * answer.units.len());
    Ok(answer.units.iter().map(|unit| unit.name.clone()).zip(cells.map(|cell| cell.text.clone())).collect())
}

/// The county's figure.
pub(super) fn figure(cluster: &Cluster, measure: &str, period: &str) -> anyhow::Result<String> {
    figures(cluster, measure, "county", period)?.remove(&cluster.county.name).context("no line of the county")
}

/// A record as the county sees it.
pub(super) fn seen(cluster: &Cluster, record: RecordId) -> Result<Shown, Failure> {
    record::Show { record: record.to_string() }.answer(cluster.hub.app())
}

/// Titles that the county lists of a kind, sorted.
pub(super) fn listed(cluster: &Cluster, kind: &str) -> anyhow::Result<Vec<String>> {
    let ask = ledger::List { kind: kind.to_owned(), limit: Some(1_000), ..ledger::List::default() };
    let Listing { rows, .. } = record::List(ask).answer(cluster.hub.app()).map_err(plain)?;
    let mut titles: Vec<String> = rows.iter().map(|row| row.title.get(Lang::Zh).to_owned()).collect();
    titles.sort();
    Ok(titles)
}

/// The actions that a record has been through.
pub(super) fn steps(shown: &Shown) -> Vec<&str> {
    shown.steps.iter().map(|step| step.action.as_str()).collect()
}

/// A township's line in the status of the hub.
pub(super) fn line(cluster: &Cluster, name: &str) -> anyhow::Result<status::Township> {
    let status = status::Ask {}.answer(cluster.hub.app()).map_err(plain)?;
    status.townships.into_iter().find(|line| line.name == name).context("no line of the township")
}

/// A message on its way.
pub(super) enum Sent<'m> {
    Up(&'m NodeMessage),
    Down(&'m HubMessage),
}

/// An exchange whose line breaks before the first message that `lost` says is lost; true if one was.
pub(super) fn broken_exchange(
    node: &Node,
    hub: &App,
    mut lost: impl FnMut(Sent<'_>) -> bool,
) -> anyhow::Result<bool> {
    let township = node.office().code();
    let at = node.clock().now_ms();
    let fresh = at as u64 ^ u64::from(township.number());
    let (keys, now) = (Arc::new(HashKey([7; 32])), Now { unix_ms: at, ticks_ms: 0 });
    let state = node.read(note::node_state);
    let node_setup = NodeSetup {
        township,
        software: "township-node".to_owned(),
        catalogue: node.catalogue().version.clone(),
        capabilities: Vec::new(),
        instance: state.instance,
        epoch: Epoch(fresh),
        mark: None,
        keys: keys.clone(),
        reappend: Arc::new(ByRules(node.catalogue().clone())),
    };
    let hub_setup = HubSetup {
        township,
        software: "county-hub".to_owned(),
        catalogue: hub.catalogue().version.clone(),
        capabilities: Vec::new(),
        entry_bytes_max: ENTRY_BYTES_MAX as u32,
        token: Token(u128::from(fresh).to_le_bytes()),
        epoch: Epoch(fresh + 1),
        keys,
        held: Arc::new(HeldInViews),
    };
    let mut here = NodeSession::start(now, node.store(), node_setup)?;
    let mut there = HubSession::start(now, hub_setup);
    loop {
        let mut quiet = true;
        while let Some(message) = here.poll(node.store())? {
            quiet = false;
            if lost(Sent::Up(&message)) {
                here.cut(now, node.store())?;
                there.cut();
                return Ok(true);
            }
            there.handle(now, hub.store(), message)?;
        }
        while let Some(message) = there.poll(hub.store())? {
            quiet = false;
            if lost(Sent::Down(&message)) {
                here.cut(now, node.store())?;
                there.cut();
                return Ok(true);
            }
            here.handle(now, node.store(), message)?;
        }
        if quiet {
            return Ok(false);
        }
    }
}
