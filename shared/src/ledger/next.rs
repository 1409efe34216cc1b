//! What can be done with a record now, by whom, and what each step still needs.

use serde::{Deserialize, Serialize};

use super::{Ledger, Shown};
use crate::catalogue::model::{Action, Condition, Guard, Kind, Reason};
use crate::command::{self, Act, Code, Command};
use crate::program::{Lang, Table, Text, text};
use crate::record::{Actor, EntryFlags, Fields, Record, Role, Step};
use crate::store::View;
use crate::view::condition::filled;

/// One step that can follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    pub action: String,
    pub label: Text,
    /// Codes of the roles that may take it.
    pub roles: Vec<String>,
    /// Ids of fields that must be given with it.
    pub needs: Vec<String>,
    pub needs_labels: Vec<Text>,
    /// A reason must be given.
    pub reason: bool,
    /// Why it cannot be taken although status and role are right; `None` if it can.
    pub blocked: Option<Text>,
}

/// How a program's command line spells a step: its sub-command, and what stands before `field=value`.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    pub act: &'static str,
    pub set: &'static str,
}

impl Ledger<'_> {
    /// Steps that the record's status allows, those of the given role first. None where the record is another's.
    pub(super) fn next(&self, views: &dyn View, record: &Record, role: Role) -> Vec<Next> {
        let Some(kind) = self.catalogue.kinds.get(&record.kind) else { return Vec::new() };
        if record.stream.writer() != self.place.site || record.flags.has(EntryFlags::VOIDED) {
            return Vec::new();
        }
        let mut steps: Vec<(bool, Next)> = Vec::new();
        let here = |action: &Action| {
            action.nodes.is_empty() || self.place.node.is_none_or(|node| action.nodes.contains(&node))
        };
        let offered =
            |action: &&Action| action.id != "edit" && action.roles != [Role::System] && here(action);
        for action in kind.actions_from(record.status).filter(offered) {
            let asking = Actor { staff: (self.staff)(role), role, on_behalf: false };
            let mine = self.deciding(views, |context| command::may(context, action, &asking));
            // Who asks in vain for their own role is told by the list of roles; the rest is judged for one who may.
            let role = if mine { role } else { *action.roles.first().unwrap_or(&role) };
            let actor = Actor { staff: (self.staff)(role), role, on_behalf: false };
            let Some(trial) = Trial::of(self, views, (kind, action), record, &actor) else { continue };
            let needs: Vec<_> = trial.needs.iter().filter_map(|tag| kind.fields.get(tag)).collect();
            let next = Next {
                action: action.id.clone(),
                label: Text::from(&action.label),
                roles: action.roles.iter().chain(&action.behalf).map(|role| role.code().to_owned()).collect(),
                needs: needs.iter().map(|field| field.id.clone()).collect(),
                needs_labels: needs.iter().map(|field| Text::from(&field.label)).collect(),
                reason: action.reason == Reason::Required,
                blocked: trial.blocked,
            };
            steps.push((mine, next));
        }
        steps.sort_by_key(|(mine, _)| !mine);
        steps.into_iter().map(|(_, next)| next).collect()
    }
}

/// The gate's answer to the bare step, taken apart.
struct Trial {
    needs: Vec<u32>,
    blocked: Option<Text>,
}

impl Trial {
    /// `None` where a condition of the catalogue says that the step is not for this record.
    fn of(
        ledger: &Ledger<'_>,
        views: &dyn View,
        (kind, action): (&Kind, &Action),
        record: &Record,
        actor: &Actor,
    ) -> Option<Self> {
        let local = ledger.own(views, record);
        let mut have = record.fields.clone();
        have.extend(local.clone());
        let holds = |condition: &Condition| {
            ledger.deciding(views, |context| command::holds(context, record, &local, condition))
        };
        let given = |tag: &u32| action.requires.contains(tag) || action.accepts.contains(tag);
        // What is given with the step may still change the answer; a field that is filled and only accepted will not.
        let open = |condition: &Condition| condition.fields().iter().any(given);
        let choosing = |condition: &Condition| {
            let unsettled = |tag: &u32| {
                action.requires.contains(tag) || (given(tag) && !have.get(tag).is_some_and(filled))
            };
            condition.fields().iter().any(unsettled)
        };
        let mut blocked = None;
        for guard in &action.guards {
            match guard {
                Guard::When(condition) if !holds(condition) && !choosing(condition) => return None,
                Guard::Must { condition, message } if !holds(condition) && !open(condition) => {
                    blocked = blocked.or(Some(Text::from(message)));
                }
                Guard::NotSameStaffAs { action } => {
                    let same = |step: &Step| step.action == *action && step.staff == actor.staff;
                    if record.steps.iter().any(same) {
                        blocked = blocked.or(Some(text(
                            "须由另一位经办人办理（--staff）",
                            "another member of staff must do it (--staff)",
                        )));
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
        let answer = ledger.deciding(views, |context| command::decide(context, &command, actor));
        for problem in answer.err().map(|refusal| refusal.problems).unwrap_or_default() {
            match (problem.code, problem.field) {
                (Code::Required, Some(field)) => {
                    if !needs.contains(&field) {
                        needs.push(field);
                    }
                }
                (Code::Unchanged | Code::Guard, _) => {}
                // What stands beside the record is told, though another value might be given: all of it is filled in.
                (Code::Alone, _) => blocked = blocked.or(Some(text(problem.zh, problem.en))),
                (_, Some(field)) if given(&field) => {}
                _ => blocked = blocked.or(Some(text(problem.zh, problem.en))),
            }
        }
        Some(Self { needs, blocked })
    }
}

impl Shown {
    /// The steps that can follow, and what each needs, as they would be typed.
    pub fn next_text(&self, lang: Lang, spelling: Spelling) -> String {
        let Some(first) = self.next.iter().find(|step| step.blocked.is_none()).or(self.next.first()) else {
            return String::new();
        };
        let mut table = Table::left(match lang {
            Lang::Zh => ["下一步", "代号", "由谁", "还需填写"],
            Lang::En => ["next", "action", "by", "needs"],
        });
        let mark = lang.pick("、", ", ");
        for step in &self.next {
            let by = step.roles.iter().map(|code| {
                Role::from_code(code).map_or(code.as_str(), |role| {
                    let (zh, en) = role.label();
                    lang.pick(zh, en)
                })
            });
            let by: Vec<&str> = by.collect();
            let mut needs: Vec<String> =
                step.needs_labels.iter().map(|label| label.get(lang).to_owned()).collect();
            if step.reason {
                needs.push(lang.pick("理由（--reason）", "a reason").to_owned());
            }
            if let Some(blocked) = &step.blocked {
                needs.push(format!("{}{}", lang.pick("暂不能办：", "not now: "), blocked.get(lang)));
            }
            table.row([step.label.get(lang), &step.action, &by.join(mark), &needs.join(mark)]);
        }
        let Spelling { act, set } = spelling;
        let short = &self.short;
        let how = match lang {
            Lang::Zh => {
                let sets = first.needs_labels.iter().map(|label| format!(" {set}{}=…", label.zh));
                format!("办理：{act} {short} {}{}\n", first.label.zh, sets.collect::<String>())
            }
            Lang::En => {
                let sets = first.needs.iter().map(|id| format!(" {set}{id}=…"));
                format!("take one: {act} {short} {}{}\n", first.action, sets.collect::<String>())
            }
        };
        table.render() + &how
    }
}
