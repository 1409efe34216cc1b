//! Answers that the offices owe to what the county sends them: which records ask for one, until when, and whether it is
//! there. The catalogue says it: a reaction that makes a record may name the deadline by which its office must have
//! answered. Where none is named the office may answer, and owes nothing.
//!
//! Not here: to whom a record went and when it got there (the county's program).

use super::context::Deadlines;
use crate::catalogue::model::{Action, Catalogue, Effect, Give, Kind, Owner, Reaction, Response};
use crate::record::{Day, DeadlineState, Record, Value};
use crate::view::condition::Subject;

/// A kind of the county that asks, and the kind of the townships that answers it.
#[derive(Debug, Clone)]
pub struct Owed<'c> {
    pub asks: &'c Kind,
    pub answers: &'c Kind,
    /// Field of the answer that links to what it answers.
    pub link: u32,
    /// The deadline by which it must be there.
    pub deadline: u32,
    /// What makes the answer; one for each state in which it is asked for.
    reactions: Vec<&'c Reaction>,
}

impl<'c> Owed<'c> {
    /// Everything that is owed by the catalogue, by the kind that asks.
    pub fn all(catalogue: &'c Catalogue) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for answers in catalogue.kinds.values().filter(|kind| kind.owner == Owner::Township) {
            for reaction in &answers.reactions {
                let link =
                    reaction.set.iter().find(|(_, give)| matches!(give, Give::This)).map(|(tag, _)| *tag);
                let (Some(asks), Some(link), Some(deadline)) =
                    (catalogue.kinds.get(&reaction.to), link, reaction.owed)
                else {
                    continue;
                };
                let twin = |owed: &&mut Self| {
                    (owed.asks.tag, owed.answers.tag, owed.link, owed.deadline)
                        == (asks.tag, answers.tag, link, deadline)
                };
                match found.iter_mut().find(twin) {
                    Some(owed) => owed.reactions.push(reaction),
                    None => found.push(Self { asks, answers, link, deadline, reactions: vec![reaction] }),
                }
            }
        }
        found.sort_by_key(|owed| (owed.asks.tag, owed.answers.tag));
        found
    }

    /// Whether a record asks for the answer as it stands.
    pub fn asked(&self, record: &Record) -> bool {
        self.reaction(record).is_some()
    }

    /// Until when, and whether, an answer was to be given; none where it was made for nothing that is owed.
    pub fn state<'r>(&self, answer: &'r Record) -> Option<&'r DeadlineState> {
        answer.deadlines.get(&self.deadline)
    }

    /// When it was given, in ms since 1970: with the first step that met the deadline since it last began. None while it is
    /// not, and where the history does not reach back so far.
    pub fn given_at(&self, answer: &Record) -> Option<i64> {
        let begins =
            |effect: &Effect| matches!(effect, Effect::Start { deadline, .. } if *deadline == self.deadline);
        let meets =
            |effect: &Effect| matches!(effect, Effect::Meet { deadline, .. } if *deadline == self.deadline);
        let mut at = None;
        for step in &answer.steps {
            let Some(Action { effects, .. }) = self.answers.actions.get(&step.action) else { continue };
            if effects.iter().any(begins) {
                at = None;
            }
            if effects.iter().any(meets) {
                at = at.or(Some(step.at));
            }
        }
        at
    }

    /// The deadline of an answer that is not here yet, as it began in the office that got the record on a day. None where
    /// nobody has set a last day.
    pub fn begun(&self, record: &Record, delivered: Day, deadlines: &dyn Deadlines) -> Option<DeadlineState> {
        let reaction = self.reaction(record)?;
        let Response::Create { action, .. } = reaction.does else { return None };
        let effects = &self.answers.actions.get(&action)?.effects;
        let (from, due) = effects.iter().find_map(|effect| match effect {
            Effect::Start { deadline, from, due, .. } if *deadline == self.deadline => Some((*from, *due)),
            _ => None,
        })?;
        // What is not taken over from the record is the day on which it came.
        let start = from.and_then(|from| taken_over(reaction, from, record)).unwrap_or(delivered);
        match due {
            Some(due) => Some(deadlines.given(self.deadline, start, taken_over(reaction, due, record)?)),
            None => deadlines.start(self.deadline, start, false),
        }
    }

    fn reaction(&self, record: &Record) -> Option<&'c Reaction> {
        let subject = Subject::of(record, None);
        self.reactions.iter().copied().find(|reaction| subject.holds(&reaction.when))
    }
}

/// The day that a field of the answer gets from the record that asks.
fn taken_over(reaction: &Reaction, field: u32, record: &Record) -> Option<Day> {
    let (_, give) = reaction.set.iter().find(|(tag, _)| *tag == field)?;
    let Give::Field(theirs) = give else { return None };
    if let Some(Value::Date(day)) = record.fields.get(theirs) { Some(*day) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_answered_and_what_must() {
        let catalogue = Catalogue::builtin();
        let name = |owed: &Owed<'_>| {
            let code = catalogue.deadlines.get(&owed.deadline).map_or("", |kind| kind.code.as_str());
            format!("{} {} {code}", owed.asks.id, owed.answers.id)
        };
        let found: Vec<String> = Owed::all(&catalogue).iter().map(name).collect();
        // Not among them: papers for a seminar, and bulletins, which are read by whoever likes.
        assert_eq!(
            found,
            [
                "circular_doc incoming_doc DL-ACK",
                "liaison_meeting exchange_report DL-EXCHANGE-REPORT",
                "training_class enrolment DL-ENROL",
                "guidance_visit visit_confirmation DL-VISIT-CONFIRM",
                "feedback feedback_reply DL-ACK",
                "target target_ack DL-ACK",
                "assignment_line assignment_report DL-ACK",
                "appraisal_score self_appraisal DL-SELF-APPRAISAL",
                "campaign_line campaign_report DL-CAMPAIGN-REPORT",
                "return_line periodic_return DL-RETURN",
                "shipment_line shipment_ack DL-SHIPMENT-ACK",
                "invitation_line invitation_reply DL-INVITE-REPLY",
            ]
        );
    }
}
