//! What a step asks for: which fields it takes, which of them must be filled, whether a reason is wanted. The same as the
//! command gate will judge by.

use crate::catalogue::model::{Action, Field, Kind, Reason};
use crate::command::Act;

/// A step of a kind, from a status.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub kind: &'a Kind,
    pub act: Act,
    /// The record's status; none where one is created.
    pub status: Option<u32>,
}

impl<'a> Ask<'a> {
    /// A change by an action of the kind; none is a plain change.
    pub fn action(&self) -> Option<&'a Action> {
        let own = |id: &str| self.kind.action(id);
        match self.act {
            Act::Take(tag) => self.kind.actions.get(&tag),
            Act::Edit => own("edit"),
            Act::Void => {
                own("void").filter(|void| self.status.is_some_and(|status| void.from.contains(&status)))
            }
            Act::Align | Act::Restate | Act::Refresh => None,
        }
    }

    /// Whether a record is made.
    pub fn creates(&self) -> bool {
        self.action().is_some_and(|action| action.from.is_empty()) && !matches!(self.act, Act::Edit)
    }

    /// Whether the step takes a field.
    pub fn takes(&self, field: &Field) -> bool {
        if field.derived {
            return false;
        }
        match (self.act, self.action()) {
            (Act::Edit, _) => true,
            (_, Some(action)) => {
                action.from.is_empty()
                    || action.requires.contains(&field.tag)
                    || action.accepts.contains(&field.tag)
            }
            (_, None) => false,
        }
    }

    /// The fields that it takes, in the order of the kind's form.
    pub fn fields(&self) -> impl Iterator<Item = &'a Field> {
        let ask = *self;
        let kind = self.kind;
        let tags = kind.form.iter().flat_map(|section| section.fields.iter());
        tags.filter_map(|tag| kind.fields.get(tag)).filter(move |field| ask.takes(field))
    }

    /// Whether the field must be filled once the step is done.
    pub fn requires(&self, field: &Field) -> bool {
        let action = self.action().filter(|_| self.act != Act::Edit);
        let after = action.and_then(|action| action.to).or(self.status);
        action.is_some_and(|action| action.requires.contains(&field.tag))
            || after.is_some_and(|status| field.required_in.contains(&status))
    }

    /// Whether some later step takes the field, so that it can wait.
    pub fn waits(&self, field: &Field) -> bool {
        let later = |action: &&Action| !action.from.is_empty() && action.id != "edit";
        self.kind
            .actions
            .values()
            .filter(later)
            .any(|a| a.requires.contains(&field.tag) || a.accepts.contains(&field.tag))
    }

    pub fn reason(&self) -> Reason {
        match (self.act, self.action()) {
            (Act::Void, None) => Reason::Required,
            (_, Some(action)) => action.reason,
            (_, None) => Reason::Optional,
        }
    }
}
