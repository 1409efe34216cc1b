//! What can be done with a record now, by whom, and what each step still needs.

use serde::Serialize;
use shared::catalogue::model::{Action, Condition, Guard, Kind, Reason};
use shared::command::{self, Act, Code, Command};
use shared::program::{Failure, Lang};
use shared::record::{Actor, EntryFlags, Fields, Record, Role};
use shared::view::condition::{Subject, filled};
use shared::view::read;

use super::Node;
use super::act::Wish;

/// One step that can follow.
#[derive(Debug, Clone, Serialize)]
pub struct Next {
    pub action: String,
    pub label: String,
    /// Codes of the roles that may take it.
    pub roles: Vec<&'static str>,
    /// Ids of fields that must be given with it.
    pub needs: Vec<String>,
    pub needs_labels: Vec<String>,
    /// A reason must be given.
    pub reason: bool,
    /// Why it cannot be taken although status and role are right; `None` if it can.
    pub blocked: Option<String>,
}

/// Steps that the record's status allows, those of the given role first.
pub fn next_actions(node: &Node, record: &Record, role: Role, lang: Lang) -> Result<Vec<Next>, Failure> {
    let kind = node.kind_of(record.kind)?;
    if record.stream.writer() != node.office().site() || record.flags.has(EntryFlags::VOIDED) {
        return Ok(Vec::new());
    }
    let mut steps: Vec<(bool, Next)> = Vec::new();
    for action in kind.actions_from(record.status).filter(|action| action.id != "edit") {
        let mine = action.roles.contains(&role);
        // Who asks in vain for their own role is told by the list of roles; the rest is judged for one who may.
        let asker = Wish {
            role: Some(if mine { role } else { *action.roles.first().unwrap_or(&role) }),
            ..Wish::default()
        };
        let actor = node.actor(&asker);
        let trial = Trial::of(node, kind, record, action, &actor);
        let Some(Trial { needs, blocked }) = trial else { continue };
        let field = |tag: &u32| kind.fields.get(tag);
        steps.push((
            mine,
            Next {
                action: action.id.clone(),
                label: lang.of(&action.label).to_owned(),
                roles: action.roles.iter().map(|role| role.code()).collect(),
                needs: needs.iter().filter_map(field).map(|field| field.id.clone()).collect(),
                needs_labels: needs
                    .iter()
                    .filter_map(field)
                    .map(|field| lang.of(&field.label).to_owned())
                    .collect(),
                reason: action.reason == Reason::Required,
                blocked: blocked.map(|(zh, en)| lang.pick(&zh, &en).to_owned()),
            },
        ));
    }
    steps.sort_by_key(|(mine, _)| !mine);
    Ok(steps.into_iter().map(|(_, next)| next).collect())
}

/// The gate's answer to the bare step, taken apart.
struct Trial {
    needs: Vec<u32>,
    blocked: Option<(String, String)>,
}

impl Trial {
    /// `None` where a condition of the catalogue says that the step is not for this record.
    fn of(node: &Node, kind: &Kind, record: &Record, action: &Action, actor: &Actor) -> Option<Self> {
        let have = node.fields_of(record.id);
        let local = node.read(|views| read::local(views, record.id));
        let subject = Subject::of(record, Some(&local));
        let given = |tag: &u32| action.requires.contains(tag) || action.accepts.contains(tag);
        // What is given with the step may still change the answer; a field that is filled and only accepted will not.
        let open = |condition: &Condition| mentions(condition).iter().any(given);
        let choosing = |condition: &Condition| {
            let unsettled = |tag: &u32| {
                action.requires.contains(tag) || (given(tag) && !have.get(tag).is_some_and(filled))
            };
            mentions(condition).iter().any(unsettled)
        };
        let mut blocked = None;
        for guard in &action.guards {
            match guard {
                Guard::When(condition) if !subject.holds(condition) && !choosing(condition) => return None,
                Guard::Must { condition, message } if !subject.holds(condition) && !open(condition) => {
                    blocked = blocked.or(Some((message.zh.clone(), message.en.clone())));
                }
                Guard::NotSameStaffAs { action } => {
                    let same =
                        |step: &shared::record::Step| step.action == *action && step.staff == actor.staff;
                    if record.steps.iter().any(same) {
                        let (zh, en) = (
                            "须由另一位经办人办理（--staff）",
                            "another member of staff must do it (--staff)",
                        );
                        blocked = blocked.or(Some((zh.to_owned(), en.to_owned())));
                    }
                }
                _ => {}
            }
        }
        let mut needs: Vec<u32> =
            action.requires.iter().copied().filter(|tag| !have.get(tag).is_some_and(filled)).collect();
        // Any reason will do for asking; the step itself is not taken.
        let command = Command {
            reason: "…".to_owned(),
            ..Command::new(kind.tag, Some(record.id), Act::Take(action.tag), Fields::new())
        };
        let answer =
            node.read(|views| node.deciding(views, record.id, |ctx| command::decide(ctx, &command, actor)));
        for problem in answer.err().map(|refusal| refusal.problems).unwrap_or_default() {
            match (problem.code, problem.field) {
                (Code::Required, Some(field)) => {
                    if !needs.contains(&field) {
                        needs.push(field);
                    }
                }
                (Code::Unchanged | Code::Guard, _) => {}
                (_, Some(field)) if given(&field) => {}
                _ => blocked = blocked.or(Some((problem.zh, problem.en))),
            }
        }
        Some(Self { needs, blocked })
    }
}

/// Fields that a condition looks at.
fn mentions(condition: &Condition) -> Vec<u32> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(mentions).collect(),
        Condition::Not(part) => mentions(part),
        Condition::Filled(field) | Condition::In { field, .. } | Condition::AtLeast { field, .. } => {
            vec![*field]
        }
        _ => Vec::new(),
    }
}

impl Node {
    /// A record by what a person calls it.
    ///
    /// # Errors
    /// `NotFound`, or `Invalid` when several are meant.
    pub fn find(&self, text: &str) -> Result<Record, Failure> {
        self.read(|views| super::values::find_record(&self.names(views), None, text))
    }

    /// The reason noted for the change that made `rev`.
    pub fn reason(&self, record: &Record, rev: u32) -> Option<String> {
        self.read(|views| read::reason(views, record.id, rev))
    }
}
