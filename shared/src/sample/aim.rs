//! Making a condition hold: what the gate refuses is filled in otherwise, within what the step may change.

use super::guess::Writer;
use super::trial::Trial;
use crate::catalogue::model::{Amount, Compute, Condition, DatePart, Field, Shape};
use crate::record::{Day, Decimal, Value};

/// Conditions within conditions that are looked into.
const DEPTH_MAX: usize = 6;

/// Bounds in thousandths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub least: Option<i64>,
    pub most: Option<i64>,
}

impl Bounds {
    fn hold(self, number: i64) -> bool {
        self.least.is_none_or(|least| number >= least) && self.most.is_none_or(|most| number <= most)
    }

    /// The same after so much is taken away, for one that counts against the rest where `sign` is −1.
    fn without(self, rest: i64, sign: i64) -> Self {
        let shifted = |bound: i64| bound.saturating_sub(rest).saturating_mul(sign);
        let (least, most) = (self.least.map(shifted), self.most.map(shifted));
        if sign < 0 { Self { least: most, most: least } } else { Self { least, most } }
    }
}

impl Writer<'_> {
    /// Fills in what makes the condition hold, or not hold. False if nothing could be done about it.
    pub(super) fn aim(
        &mut self,
        trial: &mut Trial<'_>,
        condition: &Condition,
        want: bool,
        depth: usize,
    ) -> bool {
        if depth > DEPTH_MAX {
            return false;
        }
        if trial.holds(self.bench, condition) == want {
            return true;
        }
        match (condition, want) {
            (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                parts.iter().all(|part| self.aim(trial, part, want, depth + 1))
            }
            (Condition::All(parts), false) | (Condition::Any(parts), true) => {
                // Any of them will do; which comes first is left to chance.
                let start = self.random.below(parts.len());
                let turns = || parts.iter().cycle().skip(start).take(parts.len());
                // What stands is changed only where nothing else helps.
                let fresh = |part: &&Condition, trial: &Trial<'_>| {
                    !part.fields().iter().any(|tag| trial.stood.contains_key(tag) && trial.before.is_some())
                };
                for part in turns() {
                    if fresh(&part, trial) && self.aim(trial, part, want, depth + 1) {
                        return true;
                    }
                }
                turns().any(|part| self.aim(trial, part, want, depth + 1))
            }
            (Condition::Not(part), _) => self.aim(trial, part, !want, depth + 1),
            (Condition::Filled(tag), _) => self.fill(trial, *tag, want),
            (Condition::In { field, values }, _) => self.choose(trial, *field, values, want, depth),
            (Condition::Within { amount, least, most }, true) => {
                let whole = |bound: &i64| bound.saturating_mul(1000);
                let bounds = Bounds { least: least.as_ref().map(whole), most: most.as_ref().map(whole) };
                self.reach(trial, amount, bounds)
            }
            (Condition::Within { amount, least, most }, false) => {
                let under =
                    least.map(|least| Bounds { least: None, most: Some(least.saturating_mul(1000) - 1000) });
                let over =
                    most.map(|most| Bounds { least: Some(most.saturating_mul(1000) + 1000), most: None });
                under.into_iter().chain(over).any(|bounds| self.reach(trial, amount, bounds))
            }
            (Condition::Share { part, whole, numerator, denominator, above }, _) => {
                let all = trial.amount(self.bench, whole);
                if all <= 0 {
                    return self.reach(trial, whole, Bounds { least: Some(1000), most: None });
                }
                let exact = i128::from(all) * i128::from(*numerator);
                let needed = exact / i128::from(*denominator) / 1000 * 1000;
                let needed = i64::try_from(needed).unwrap_or(i64::MAX);
                let bounds = match (want, *above || exact % (i128::from(*denominator) * 1000) != 0) {
                    (true, true) => Bounds { least: Some(needed + 1000), most: Some(all) },
                    (true, false) => Bounds { least: Some(needed), most: Some(all) },
                    (false, _) => Bounds { least: Some(0), most: Some((needed - 1000).max(0)) },
                };
                self.reach(trial, part, bounds)
                    || self.reach(trial, whole, Bounds { least: None, most: Some(all / 2) })
            }
            (Condition::InOrder { first, second }, true) => {
                for tag in [*first, *second] {
                    self.settle(trial, tag);
                }
                trial.holds(self.bench, condition)
            }
            (Condition::Linked { field, condition }, true) => {
                let Some(own) = trial.field(*field) else { return false };
                let fits = |id: &crate::ids::RecordId| self.bench.holds(*id, condition);
                let known = kinds(own).iter().flat_map(|kind| self.bench.newest(*kind, 200));
                let found: Vec<_> = known.filter(|id| *id != trial.this).filter(fits).take(20).collect();
                if found.is_empty() {
                    return false;
                }
                let id = *self.random.pick(&found);
                let many = matches!(own.shape, Shape::Links(_));
                let value = if many { Value::List(vec![Value::Link(id)]) } else { Value::Link(id) };
                trial.give(*field, value);
                true
            }
            (Condition::Linked { field, .. }, false) => self.fill(trial, *field, false),
            _ => false,
        }
    }

    /// Gives a date a day that the guards allow.
    pub(super) fn settle(&mut self, trial: &mut Trial<'_>, tag: u32) -> bool {
        let Some(field) = trial.field(tag).filter(|field| matches!(field.shape, Shape::Date)) else {
            return false;
        };
        let day = self.date(trial, field);
        let before = trial.date(tag);
        trial.give(tag, Value::Date(day));
        before != Some(day)
    }

    pub(super) fn fill(&mut self, trial: &mut Trial<'_>, tag: u32, want: bool) -> bool {
        let Some(field) = trial.field(tag) else { return false };
        if !want {
            trial.take(tag);
            return true;
        }
        let value = self.value(trial, field);
        let found = value.is_some();
        if let Some(value) = value {
            trial.give(tag, value);
        }
        found
    }

    fn choose(
        &mut self,
        trial: &mut Trial<'_>,
        tag: u32,
        values: &[Value],
        want: bool,
        depth: usize,
    ) -> bool {
        let computed = trial.kind.fields.get(&tag).and_then(|field| field.compute.as_ref());
        if let Some(compute) = computed {
            return self.compute(trial, compute, values, want, depth);
        }
        let Some(field) = trial.field(tag) else { return false };
        match (pick(field, values, want, |bound| self.random.below(bound)), want) {
            (Some(value), _) => trial.give(tag, value),
            (None, false) => trial.take(tag),
            (None, true) => return false,
        }
        true
    }

    fn compute(
        &mut self,
        trial: &mut Trial<'_>,
        compute: &Compute,
        values: &[Value],
        want: bool,
        depth: usize,
    ) -> bool {
        match compute {
            Compute::Flag(condition) => {
                let set = values.contains(&Value::Flag(true)) == want;
                self.aim(trial, condition, set, depth + 1)
            }
            Compute::Choice(rules) => {
                let fits = |value: &Value| values.contains(value) == want;
                rules
                    .iter()
                    .filter(|(_, value)| fits(value))
                    .any(|(when, _)| self.aim(trial, when, true, depth + 1))
            }
            Compute::Number(_) => false,
        }
    }

    /// Brings a number within bounds.
    fn reach(&mut self, trial: &mut Trial<'_>, amount: &Amount, bounds: Bounds) -> bool {
        if bounds.hold(trial.amount(self.bench, amount)) {
            return true;
        }
        match amount {
            Amount::Field(tag) => {
                let computed = trial.kind.fields.get(tag).and_then(|field| field.compute.as_ref());
                if let Some(Compute::Number(amount)) = computed {
                    return self.reach(trial, amount, bounds);
                }
                self.set_number(trial, *tag, bounds)
            }
            Amount::Rows { field, condition, sum } => {
                self.set_rows(trial, *field, condition, *sum, bounds);
                bounds.hold(trial.amount(self.bench, amount))
            }
            Amount::Add(parts) => {
                let all: Vec<(&Amount, i64)> = parts.iter().map(|part| (part, 1)).collect();
                self.reach_one(trial, amount, &all, bounds)
            }
            Amount::Subtract(parts) => {
                let sign = |nth: usize| if nth == 0 { 1 } else { -1 };
                let all: Vec<(&Amount, i64)> =
                    parts.iter().enumerate().map(|(nth, p)| (p, sign(nth))).collect();
                self.reach_one(trial, amount, &all, bounds)
            }
            Amount::Days { from, to } => {
                let days = bounds.least.or(bounds.most).map_or(0, |bound| bound / 1000);
                let days = i32::try_from(days).unwrap_or(0);
                if let (Some(day), Some(_)) = (trial.date(*from), trial.field(*to)) {
                    trial.give(*to, Value::Date(day.plus(days)));
                } else if let (Some(day), Some(_)) = (trial.date(*to), trial.field(*from)) {
                    trial.give(*from, Value::Date(day.plus(-days)));
                }
                bounds.hold(trial.amount(self.bench, amount))
            }
            Amount::Part { field, part } => {
                let wanted = bounds.least.or(bounds.most).map_or(0, |bound| bound / 1000);
                if let (Some(day), Some(_)) = (trial.date(*field), trial.field(*field))
                    && let Some(day) = with_part(day, *part, wanted)
                {
                    trial.give(*field, Value::Date(day));
                }
                bounds.hold(trial.amount(self.bench, amount))
            }
            Amount::Fixed(_) | Amount::Revision { .. } | Amount::Linked { .. } | Amount::Records { .. } => {
                false
            }
        }
    }

    /// Moves one part of a sum, any that can be moved.
    fn reach_one(
        &mut self,
        trial: &mut Trial<'_>,
        sum: &Amount,
        parts: &[(&Amount, i64)],
        bounds: Bounds,
    ) -> bool {
        let start = self.random.below(parts.len());
        for (part, sign) in parts.iter().cycle().skip(start).take(parts.len()) {
            let (total, now) = (trial.amount(self.bench, sum), trial.amount(self.bench, part));
            let rest = total.saturating_sub(now.saturating_mul(*sign));
            let mut own = bounds.without(rest, *sign);
            own.least = Some(own.least.unwrap_or(0).max(0));
            if own.most.is_some_and(|most| most < 0) {
                // Not enough by itself: as little as may be, and the next one is moved as well.
                self.reach(trial, part, Bounds { least: Some(0), most: Some(0) });
            } else if self.reach(trial, part, own) {
                return true;
            }
        }
        false
    }

    fn set_number(&mut self, trial: &mut Trial<'_>, tag: u32, bounds: Bounds) -> bool {
        let Some(field) = trial.field(tag) else { return false };
        let Some((value, _)) = self.within(field, bounds) else {
            return match (&field.shape, bounds.most) {
                (Shape::Rows(_) | Shape::Links(_) | Shape::Texts { .. } | Shape::Choices(_), most) => self
                    .set_list(trial, field, bounds.least.unwrap_or(0) / 1000, most.map(|most| most / 1000)),
                _ => false,
            };
        };
        trial.give(tag, value);
        true
    }

    /// A number field's value within bounds, with what it is in thousandths.
    pub(super) fn within(&mut self, field: &Field, bounds: Bounds) -> Option<(Value, i64)> {
        let (min, max) = match field.shape {
            Shape::Number { min, max } | Shape::Decimal { min, max, .. } => (min, max),
            _ => return None,
        };
        // Upwards to the next whole one.
        let least = bounds.least.map_or(min, |least| least.saturating_add(999).div_euclid(1000)).max(min);
        let most =
            bounds.most.map_or(max.min(least.saturating_add(6)), |most| most.div_euclid(1000)).min(max);
        if least > most {
            return None;
        }
        let range = usize::try_from(most - least).unwrap_or(usize::MAX - 1);
        // Nearer the upper end: votes mostly pass, and not by one.
        let picked = self.random.below(range + 1).max(self.random.below(range + 1));
        let number = least.saturating_add(picked as i64);
        let value = match field.shape {
            Shape::Decimal { .. } => Value::Decimal(Decimal { units: number, scale: 0 }),
            _ => Value::Number(number),
        };
        Some((value, number.saturating_mul(1000)))
    }

    fn set_list(&mut self, trial: &mut Trial<'_>, field: &Field, least: i64, most: Option<i64>) -> bool {
        for _ in 0..4 {
            let now = match trial.value(field.tag) {
                Some(Value::List(list)) => list.clone(),
                _ => Vec::new(),
            };
            let mut list = now;
            if (list.len() as i64) < least {
                let more = match &field.shape {
                    Shape::Links(_) => {
                        let wanted = usize::try_from(least).unwrap_or(0).min(40) + 2;
                        self.links(trial, field, wanted).into_iter().map(Value::Link).collect()
                    }
                    _ => match self.value(trial, field) {
                        Some(Value::List(more)) => more,
                        _ => return false,
                    },
                };
                let rows = matches!(field.shape, Shape::Rows(_));
                list.extend(more);
                if !rows {
                    list.sort();
                    list.dedup();
                }
            }
            if let Some(most) = most {
                list.truncate(usize::try_from(most).unwrap_or(0));
            }
            let enough = list.len() as i64 >= least;
            if list.is_empty() {
                trial.take(field.tag);
            } else {
                trial.give(field.tag, Value::List(list));
            }
            if enough {
                return true;
            }
        }
        false
    }
}

/// The day with another year, month or day of the month; late days of a month become its 28th.
fn with_part(day: Day, part: DatePart, wanted: i64) -> Option<Day> {
    let (year, month, day) = day.ymd();
    match part {
        DatePart::Year => Day::new(i16::try_from(wanted).ok()?, month, day.min(28)),
        DatePart::Month => Day::new(year, i8::try_from(wanted).ok()?, day.min(28)),
        DatePart::Day => Day::new(year, month, i8::try_from(wanted).ok()?),
    }
}

/// A value of a choice or flag that is among the given ones, or not.
pub(super) fn pick(
    field: &Field,
    values: &[Value],
    want: bool,
    mut below: impl FnMut(usize) -> usize,
) -> Option<Value> {
    let mut one = |all: Vec<Value>| {
        let nth = below(all.len());
        all.into_iter().nth(nth)
    };
    match &field.shape {
        Shape::Choice(choices) | Shape::Choices(choices) => {
            let all = choices.iter().map(|choice| Value::Choice(choice.id));
            let picked = one(all.filter(|value| values.contains(value) == want).collect())?;
            Some(if matches!(field.shape, Shape::Choices(_)) { Value::List(vec![picked]) } else { picked })
        }
        Shape::Flag => {
            let flag = values.contains(&Value::Flag(true)) == want;
            flag.then_some(Value::Flag(true))
        }
        _ if want => one(values.to_vec()),
        _ => None,
    }
}

fn kinds(field: &Field) -> &[u32] {
    match &field.shape {
        Shape::Link(kinds) | Shape::Links(kinds) => kinds,
        _ => &[],
    }
}
