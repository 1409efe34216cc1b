//! Filling a cluster with work: a told story, or a ledger that exists.

use std::path::Path;

use anyhow::Context;
use shared::catalogue::model::{Catalogue, Give, Response};
use shared::command::Command;
use shared::ids::{RecordId, Site};
use shared::program::Lang;
use shared::record::{Day, Value};
use shared::sample::{Amounts, Known, Step, Story};
use shared::store::View;
use shared::view::read;
use township_node::app::{ImportHow, Wish};

use crate::answers;
use crate::cluster::{Cluster, plain};

/// Tells the story of some time, a round of exchanges between its parts. Returns the steps done.
///
/// # Errors
/// A step is refused: the story is not legal, which is a fault of the generator or of a rule.
pub async fn tell(
    cluster: &Cluster,
    seed: u64,
    (from, to): (Day, Day),
    amounts: Amounts,
    between: impl AsyncFnMut(u8) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    tell_as(cluster, seed, (from, to), amounts, &mut AsTold, between).await
}

/// Who changes commands of a story before they are put to the gate.
pub trait Alter {
    fn alter(&mut self, step: &Step, command: &mut Command);
    /// The changed command was refused: whether to try once more, with what `command` then holds.
    fn refused(&mut self, _step: &Step, _command: &mut Command) -> bool {
        false
    }
    /// Whether a step may be left out that is refused in the end: what was put elsewhere has changed its story.
    fn may_leave(&self) -> bool {
        false
    }
    /// It was taken as it last was.
    fn taken(&mut self, _step: &Step) {}
    /// A township is about to answer what came into being by itself.
    fn answer(&mut self, _site: Site, _command: &mut Command) {}
    /// It has answered.
    fn answered(&mut self) {}
}

/// The story as it is told.
struct AsTold;

impl Alter for AsTold {
    fn alter(&mut self, _step: &Step, _command: &mut Command) {}
}

/// As [`tell`]; `alter` may change every command before it is put to the gate. What townships do that the cluster does not
/// have is left out, and so is what depends on it.
///
/// # Errors
/// As [`tell`].
pub async fn tell_as(
    cluster: &Cluster,
    seed: u64,
    (from, to): (Day, Day),
    amounts: Amounts,
    alter: &mut dyn Alter,
    mut between: impl AsyncFnMut(u8) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let story = Story::new(cluster.hub.app().catalogue(), seed, from, to, amounts);
    let towns = story.steps.iter().filter(|step| step.site != Site::Hub);
    let scripted = towns.map(|step| step.kind).collect();
    let mut known = Known::default();
    let mut done = 0;
    for round in 0..=story.rounds() {
        for step in story.round(round) {
            done += usize::from(take(cluster, &mut known, step, alter)?);
        }
        cluster.clock.release();
        between(round).await?;
        if round == 0 {
            done += answers::answer(cluster, &scripted, alter);
        }
    }
    Ok(done)
}

fn take(cluster: &Cluster, known: &mut Known, step: &Step, alter: &mut dyn Alter) -> anyhow::Result<bool> {
    let Some(mut command) = step.command(known) else { return Ok(false) };
    if let Some(record) = waiting(cluster, step, &command) {
        known.found(step, record);
        return Ok(false);
    }
    alter.alter(step, &mut command);
    cluster.clock.pin(step.at_ms);
    let decision = loop {
        let decision = match step.site {
            Site::Hub => cluster.hub.app().commit(&command, &step.actor),
            Site::Township(code) => {
                let node = cluster.nodes.iter().find(|(town, _)| town.code == code);
                let Some((_, node)) = node else { return Ok(false) };
                node.commit(&command, &step.actor)
            }
        };
        if decision.is_ok() || !alter.refused(step, &mut command) {
            break decision;
        }
    };
    if decision.is_err() && alter.may_leave() {
        return Ok(false);
    }
    let decision = decision.map_err(plain).with_context(|| format!("{step:?}"))?;
    known.learn(step, &decision);
    alter.taken(step);
    Ok(true)
}

/// The record that a step would make, where the program has made it already: a township's answer to what has arrived.
fn waiting(cluster: &Cluster, step: &Step, command: &Command) -> Option<RecordId> {
    let Site::Township(code) = step.site else { return None };
    let (_, node) = cluster.nodes.iter().find(|(town, _)| step.creates && town.code == code)?;
    node.read(|views| answering(views, node.catalogue(), command))
}

/// A record of the kind that links to what the command answers, if the kind is one that comes into being by itself.
fn answering(views: &dyn View, catalogue: &Catalogue, command: &Command) -> Option<RecordId> {
    let kind = catalogue.kinds.get(&command.kind)?;
    let made = kind.reactions.iter().filter(|reaction| matches!(reaction.does, Response::Create { .. }));
    let mut links = made.flat_map(|reaction| &reaction.set).filter(|(_, give)| *give == Give::This);
    links.find_map(|(link, _)| match command.set.get(link) {
        Some(Value::Link(target)) => read::linking_by(views, *target, kind.tag, *link).into_iter().next(),
        _ => None,
    })
}

/// Every node imports its own rows of a ledger of suggestions. Returns (new, changed, unchanged) over all nodes.
///
/// # Errors
/// The file cannot be read as a ledger.
pub fn import(cluster: &Cluster, ledger: &Path) -> anyhow::Result<(usize, usize, usize)> {
    let bytes = std::fs::read(ledger).with_context(|| format!("reading {}", ledger.display()))?;
    let mut sum = (0, 0, 0);
    for (town, node) in &cluster.nodes {
        let how = ImportHow { good_rows: true, ..ImportHow::default() };
        let done = node.import("proposal", &bytes, &how, &Wish::default(), Lang::Zh);
        let done = done.map_err(plain).with_context(|| town.name.clone())?;
        sum = (sum.0 + done.new, sum.1 + done.changed, sum.2 + done.unchanged);
    }
    Ok(sum)
}
