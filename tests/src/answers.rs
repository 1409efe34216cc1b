//! Answers of townships to what the county has sent them: records that came into being by themselves and wait for a step.

use std::collections::BTreeSet;

use anyhow::Context;
use shared::catalogue::model::{Action, Effect, Field, Kind, Owner, Privacy, Response, Shape};
use shared::command::{Act, Command};
use shared::ids::RecordId;
use shared::record::{Actor, EntryFlags, Fields, Record, Role, Value};
use shared::store::View;
use shared::view::read;
use township_node::app::Node;

use crate::cluster::{Cluster, plain};
use crate::fill::Alter;

/// Every node takes, of each record that waits, the first step that meets its deadline. Kinds in `but` are left alone.
/// Returns the steps done.
///
/// # Errors
/// A step is refused.
pub fn answer(cluster: &Cluster, but: &BTreeSet<u32>, alter: &mut dyn Alter) -> anyhow::Result<usize> {
    let mut done = 0;
    for (town, node) in &cluster.nodes {
        for command in waiting(node, but) {
            let mut command = command;
            alter.answer(node.office().site(), &mut command);
            let clerk = Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false };
            let decision = node.commit(&command, &clerk).map_err(plain);
            decision.with_context(|| format!("{}: {command:?}", town.name))?;
            alter.answered();
            done += 1;
        }
    }
    Ok(done)
}

/// The kinds whose records the program makes because something has come.
pub fn by_themselves(kind: &Kind) -> bool {
    kind.reactions.iter().any(|reaction| matches!(reaction.does, Response::Create { .. }))
}

fn waiting(node: &Node, but: &BTreeSet<u32>) -> Vec<Command> {
    let kinds = node
        .catalogue()
        .kinds
        .values()
        .filter(|kind| kind.owner == Owner::Township && by_themselves(kind) && !but.contains(&kind.tag));
    node.read(|views| kinds.flat_map(|kind| of_kind(views, kind)).collect())
}

fn of_kind(views: &dyn View, kind: &Kind) -> Vec<Command> {
    let mut ids: Vec<RecordId> = Vec::new();
    read::list_all(views, kind.tag, &mut |line| {
        ids.push(line.id);
        true
    });
    ids.sort_unstable();
    let records = ids.into_iter().filter_map(|id| read::record(views, id));
    let stands = records.filter(|record| !record.flags.has(EntryFlags::VOIDED));
    stands.filter_map(|record| step(kind, &record)).collect()
}

/// The first action of the clerk that meets a deadline, with what it needs, and what stays in the office.
fn step(kind: &Kind, record: &Record) -> Option<Command> {
    let meets = |action: &&Action| {
        let clerk = action.roles.contains(&Role::TClerk) || action.behalf.contains(&Role::TClerk);
        let meets = action.effects.iter().any(|effect| matches!(effect, Effect::Meet { .. }));
        clerk && meets && action.from.contains(&record.status)
    };
    let open = kind.statuses.get(&record.status).is_some_and(|status| status.open);
    let action = kind.actions.values().find(meets).filter(|_| open)?;
    // What was answered already is left as it is.
    if record.deadlines.values().all(|deadline| !deadline.open()) {
        return None;
    }
    let sets = |field: &Field| {
        action
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Set { field: tag, .. } if *tag == field.tag))
    };
    let needed = |field: &Field| {
        action.requires.contains(&field.tag) || action.to.is_some_and(|to| field.required_in.contains(&to))
    };
    let private = |field: &Field| field.privacy == Privacy::Local && action.accepts.contains(&field.tag);
    let empty = kind.fields.values().filter(|field| !record.fields.contains_key(&field.tag));
    let wanted = empty.filter(|field| !field.derived && !sets(field) && (needed(field) || private(field)));
    let set: Fields = wanted.filter_map(|field| Some((field.tag, value(&field.shape)?))).collect();
    Some(Command::new(kind.tag, Some(record.id), Act::Take(action.tag), set))
}

fn value(shape: &Shape) -> Option<Value> {
    Some(match shape {
        Shape::Text { pattern: None, max, .. } => {
            Value::Text("已阅，按要求办理".chars().take(*max).collect())
        }
        Shape::Texts { max } => Value::List(vec![Value::Text("甲某".chars().take(*max).collect())]),
        Shape::Number { min, .. } => Value::Number(*min),
        Shape::Choice(choices) => Value::Choice(choices.first()?.id),
        _ => return None,
    })
}
