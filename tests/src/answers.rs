//! Answers of townships to what the county has sent them: records that came into being by themselves and wait for a step.

use std::collections::BTreeSet;

use shared::catalogue::model::{Action, Effect, Field, Kind, Owner, Privacy, Response, Shape};
use shared::command::{Act, Command};
use shared::ids::RecordId;
use shared::record::{Actor, EntryFlags, Fields, Record, Role, Value};
use shared::store::View;
use shared::view::read;
use township_node::app::Node;

use crate::cluster::Cluster;
use crate::fill::Alter;

/// Every node takes one step of each record that waits: the first of the clerk's that the rules allow, before others one
/// that meets a deadline. Kinds in `but` are left alone. Returns the steps done.
pub fn answer(cluster: &Cluster, but: &BTreeSet<u32>, alter: &mut dyn Alter) -> usize {
    let clerk = Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false };
    let mut done = 0;
    for (_, node) in &cluster.nodes {
        for ways in waiting(node, but) {
            let taken = ways.into_iter().any(|mut command| {
                alter.answer(node.office().site(), &mut command);
                let taken = node.commit(&command, &clerk).is_ok();
                if taken {
                    alter.answered();
                }
                taken
            });
            done += usize::from(taken);
        }
    }
    done
}

/// The kinds whose records the program makes because something has come.
pub fn by_themselves(kind: &Kind) -> bool {
    kind.reactions.iter().any(|reaction| matches!(reaction.does, Response::Create { .. }))
}

/// For each record that waits, what could be done with it.
fn waiting(node: &Node, but: &BTreeSet<u32>) -> Vec<Vec<Command>> {
    let kinds = node
        .catalogue()
        .kinds
        .values()
        .filter(|kind| kind.owner == Owner::Township && by_themselves(kind) && !but.contains(&kind.tag));
    node.read(|views| kinds.flat_map(|kind| of_kind(views, kind)).collect())
}

fn of_kind(views: &dyn View, kind: &Kind) -> Vec<Vec<Command>> {
    let mut ids: Vec<RecordId> = Vec::new();
    read::list_all(views, kind.tag, &mut |line| {
        ids.push(line.id);
        true
    });
    ids.sort_unstable();
    let open = |record: &Record| kind.statuses.get(&record.status).is_some_and(|status| status.open);
    let records = ids.into_iter().filter_map(|id| read::record(views, id));
    let stands = records.filter(|record| open(record) && !record.flags.has(EntryFlags::VOIDED));
    stands.map(|record| ways(kind, &record)).collect()
}

/// The steps of the clerk that lead on.
fn ways(kind: &Kind, record: &Record) -> Vec<Command> {
    let mut actions: Vec<&Action> = kind.actions.values().filter(|action| leads_on(action, record)).collect();
    let meets = |action: &&Action| action.effects.iter().any(|effect| matches!(effect, Effect::Meet { .. }));
    actions.sort_by_key(|action| !meets(action));
    actions.into_iter().map(|action| step(kind, record, action)).collect()
}

fn leads_on(action: &Action, record: &Record) -> bool {
    let clerk = action.roles.contains(&Role::TClerk) || action.behalf.contains(&Role::TClerk);
    let onward = action.to.is_some_and(|to| to != record.status);
    clerk && onward && action.from.contains(&record.status)
}

/// With what it needs, and what stays in the office.
fn step(kind: &Kind, record: &Record, action: &Action) -> Command {
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
    let reason = "因故".to_owned();
    Command { reason, ..Command::new(kind.tag, Some(record.id), Act::Take(action.tag), set) }
}

fn value(shape: &Shape) -> Option<Value> {
    Some(match shape {
        Shape::Text { pattern: None, max, .. } => {
            Value::Text("已阅，按要求办理".chars().take(*max).collect())
        }
        Shape::Texts { max } => Value::List(vec![Value::Text("甲某".chars().take(*max).collect())]),
        Shape::Number { min, .. } => Value::Number(*min),
        Shape::Choice(choices) => Value::Choice(choices.first()?.id),
        Shape::Flag => Value::Flag(true),
        Shape::Rows(columns) => {
            let needed = columns.values().filter(|column| !column.required_in.is_empty());
            let row = needed.map(|column| Some((column.tag, value(&column.shape)?)));
            Value::List(vec![Value::Group(row.collect::<Option<_>>()?)])
        }
        _ => return None,
    })
}
