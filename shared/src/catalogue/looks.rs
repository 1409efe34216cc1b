//! Which rules may look at other records and at the day of today, and which at the record alone.

use toml_span::Span;

use super::model::{Amount, Compute, Condition, CoverageList, Effect, SetTo};
use super::rules::Rules;

impl Rules<'_> {
    /// What is folded or computed by every holder of a record looks at that record alone.
    pub(super) fn looks(&self) {
        let others = |at: Span| {
            self.report.say(
                at,
                "this rule may not look at other records or at today's date",
                "此处的规则不能引用其他记录或当天日期",
            );
        };
        for (measure, at) in self.kind.measures.iter().zip(&self.places.measures) {
            let rows = measure.rows.as_ref().map(|rows| &rows.condition);
            if looks_around(&measure.condition) || rows.is_some_and(looks_around) {
                others(*at);
            }
        }
        for (coverage, at) in self.kind.coverages.iter().zip(&self.places.coverages) {
            if let CoverageList::Records { condition, .. } = &coverage.list
                && looks_around(condition)
            {
                others(*at);
            }
        }
        if self.kind.local_when.as_ref().is_some_and(looks_around) {
            others(self.places.local_when);
        }
        if let Some(import) = &self.kind.import
            && import.status.iter().any(|(condition, _)| looks_around(condition))
        {
            others(self.places.import);
        }
        for field in self.kind.fields.values() {
            let looks = match &field.compute {
                None => false,
                Some(Compute::Number(amount)) => amount_looks(amount),
                Some(Compute::Flag(condition)) => looks_around(condition),
                Some(Compute::Choice(rules)) => rules.iter().any(|(condition, _)| looks_around(condition)),
            };
            if looks {
                others(self.at_field(field.tag));
            }
        }
        for action in self.kind.actions.values() {
            for effect in &action.effects {
                let Effect::Set { field, value: SetTo::Amount(_) } = effect else { continue };
                let derived = self.kind.fields.get(field).is_some_and(|field| field.derived);
                if !derived {
                    let (id, zh) = self.label(*field);
                    self.report.say(
                        self.at_action(action),
                        format!("the program works out `{id}`: it must be `derived = true`"),
                        format!("`{id}`（{zh}）由程序计算，须写 derived = true"),
                    );
                }
            }
        }
    }
}

/// Whether a condition needs more than the record: other records, or the day of today.
fn looks_around(condition: &Condition) -> bool {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().any(looks_around),
        Condition::Not(inner) => looks_around(inner),
        Condition::Linked { .. } | Condition::Overdue(_) => true,
        Condition::Within { amount, .. } => amount_looks(amount),
        Condition::Share { part, whole, .. } => amount_looks(part) || amount_looks(whole),
        _ => false,
    }
}

fn amount_looks(amount: &Amount) -> bool {
    match amount {
        Amount::Linked { .. } | Amount::Records { .. } | Amount::Revision { .. } => true,
        Amount::Add(list) | Amount::Subtract(list) => list.iter().any(amount_looks),
        _ => false,
    }
}
