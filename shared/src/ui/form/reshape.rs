//! A form that is sent to get one more row, or to lose one: nothing is saved, the page comes back with the same values.

use super::ask::Ask;
use super::names::{self, LESS, MORE};
use super::pairs::Pairs;
use crate::catalogue::model::Shape;
use crate::limits::LIST_VALUES_MAX;

/// What a button that changes the form did to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshaped {
    /// To show the form with again.
    pub pairs: Pairs,
    /// The field whose rows have changed: where the page is to be looked at.
    pub name: String,
}

/// `None`: the form was sent to be taken.
pub fn reshape(ask: &Ask<'_>, pairs: &Pairs) -> Option<Reshaped> {
    let more = pairs.get(MORE).map(|name| (name.to_owned(), None));
    let less = || {
        let (name, number) = pairs.get(LESS)?.rsplit_once('.')?;
        Some((name.to_owned(), Some(number.parse::<usize>().ok()?)))
    };
    let (name, number) = more.or_else(less)?;
    let repeats = |shape: &Shape| matches!(shape, Shape::Rows(_) | Shape::Links(_));
    ask.fields().find(|field| names::name(field) == name && repeats(&field.shape))?;
    let mut pairs = pairs.clone();
    pairs.remove(MORE);
    pairs.remove(LESS);
    let numbers = pairs.numbers(&name);
    match number {
        Some(gone) => {
            pairs.remove(&names::at(&name, gone));
            for number in numbers.into_iter().filter(|number| *number > gone) {
                pairs.renumber(&name, number, number - 1);
            }
            if pairs.numbers(&name).is_empty() {
                pairs.push(names::at(&name, 0), "");
            }
        }
        None if numbers.len() < LIST_VALUES_MAX => {
            let next = numbers.last().map_or(0, |last| last.saturating_add(1));
            pairs.push(names::at(&name, next), "");
        }
        None => {}
    }
    Some(Reshaped { pairs, name })
}
