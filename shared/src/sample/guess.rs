//! Plausible values for fields, by their shape, their label and the words of their kind.

use super::bench::Bench;
use super::random::Random;
use super::trial::Trial;
use super::ways;
use super::{county, people, words};
use crate::catalogue::model::{Action, Choice, Condition, Field, Guard, Kind, Pattern, Reason, Shape};
use crate::ids::{RecordId, Site};
use crate::limits;
use crate::record::{Day, Decimal, EntryFlags, Fields, Value};

/// Rows of a list that has one for each person, at most.
const ROLL_MAX: usize = 120;
/// Records that are looked at when one is to be linked to.
const LOOKED_AT: usize = 24;

/// Somebody who fills in forms.
pub(super) struct Writer<'w> {
    pub bench: &'w Bench,
    pub random: &'w mut Random,
    pub villages: &'w [&'static str],
    pub town: &'w str,
}

impl Writer<'_> {
    /// A value for the field; `None` where there is nothing to be said, such as no record to link to.
    pub(super) fn value(&mut self, trial: &Trial<'_>, field: &Field) -> Option<Value> {
        Some(match &field.shape {
            Shape::Text { .. } => Value::Text(self.text(trial, field)?),
            Shape::Texts { max } => {
                let count = 1 + self.random.weighted(&[70, 30]);
                let texts: std::collections::BTreeSet<String> =
                    (0..count).map(|_| self.words(trial, field, *max)).collect();
                Value::List(texts.into_iter().map(Value::Text).collect())
            }
            Shape::Number { min, max } => Value::Number(self.number(trial, field, *min, *max)),
            Shape::Decimal { min, max, scale } => self.decimal(trial, field, *min, *max, *scale),
            Shape::Flag => Value::Flag(true),
            Shape::Date => Value::Date(self.date(trial, field)),
            Shape::Time => Value::Time(i64::from(trial.day.0) * Day::MS),
            Shape::Choice(choices) => Value::Choice(self.choice(choices)?),
            Shape::Choices(choices) => {
                let picked = [self.choice(choices)?, self.choice(choices)?];
                let second = self.random.chance(30) && picked[1] != picked[0];
                Value::List(picked.into_iter().take(1 + usize::from(second)).map(Value::Choice).collect())
            }
            Shape::Link(_) => Value::Link(*self.links(trial, field, 1).first()?),
            Shape::Links(_) => {
                let count = 1 + self.random.below(5);
                let links = self.links(trial, field, count);
                if links.is_empty() {
                    return None;
                }
                Value::List(links.into_iter().map(Value::Link).collect())
            }
            Shape::Township => Value::Number(i64::from(self.township())),
            Shape::Townships => {
                let some = self.random.some(&county::TOWNSHIPS, 5);
                Value::List(some.into_iter().map(|town| Value::Number(i64::from(town.code))).collect())
            }
            Shape::Blob => Value::Blob(b"%PDF-1.4 sample".to_vec()),
            Shape::Rows(columns) => Value::List(self.rows(trial, columns.values())?),
        })
    }

    fn township(&mut self) -> u32 {
        match self.bench.site() {
            Site::Township(code) => code.number(),
            Site::Hub => self.random.pick(&county::TOWNSHIPS).code,
        }
    }

    fn text(&mut self, trial: &Trial<'_>, field: &Field) -> Option<String> {
        let Shape::Text { max, pattern, .. } = &field.shape else { return None };
        Some(match pattern {
            Some(Pattern::Phone) => people::phone(self.random),
            Some(Pattern::IdCard) => {
                let born = i64::from(self.random.between(1958, 1998));
                let woman = self.random.chance(40);
                people::id_card(self.random, born, woman)
            }
            None => self.words(trial, field, *max),
        })
    }

    /// Words of the kind, else words for what the label speaks of.
    fn words(&mut self, trial: &Trial<'_>, field: &Field, max: usize) -> String {
        let own = trial.kind.sample.as_ref().and_then(|sample| sample.words.get(&field.tag));
        let own = own.filter(|words| !words.is_empty() && trial.own(field));
        let label = field.label.zh.as_str();
        let speaks = |of: &[&str]| of.iter().any(|word| label.contains(word));
        let village = *self.random.pick(self.villages);
        let labelled = words::LABELLED.iter().find(|(of, _)| speaks(of)).map(|(_, words)| *words);
        let text = if let Some(own) = own {
            self.random.pick(own).clone()
        } else if speaks(&words::OF_UNITS) {
            format!("{}{}", self.town, self.random.pick(&words::UNITS))
        } else if label.ends_with("序号") {
            self.random.between(1, 200).to_string()
        } else if speaks(&words::OF_NUMBERS) || label.ends_with('号') {
            format!("{}〔{}〕{}号", self.town, trial.day.year(), self.random.between(1, 90))
        } else if speaks(&words::OF_PEOPLE) || label.ends_with('人') {
            people::name(self.random).0
        } else if speaks(&words::OF_PLACES) {
            format!("{village}{}", self.random.pick(&words::ROOMS))
        } else if let Some(labelled) = labelled {
            (*self.random.pick(labelled)).to_owned()
        } else if trial.own(field) && field.tag == trial.kind.title {
            format!("{village}{}", trial.kind.label.zh)
        } else {
            (*self.random.pick(&words::PLAIN)).to_owned()
        };
        text.replace("{t}", self.town).replace("{}", village).chars().take(max).collect()
    }

    fn number(&mut self, trial: &Trial<'_>, field: &Field, min: i64, max: i64) -> i64 {
        let (year, month, _) = trial.day.ymd();
        let label = field.label.zh.as_str();
        // Bounds and label say what is counted: years, months, terms, people, votes.
        let (low, high) = if min >= 1900 || label.contains("年度") || label == "年份" {
            (i64::from(year), i64::from(year))
        } else if label.contains("月份") || (min == 1 && max == 12) {
            (i64::from(month), i64::from(month))
        } else if (min, max) == (1, 4) {
            let quarter = (i64::from(month) + 2) / 3;
            (quarter, quarter)
        } else if label == "届" {
            (17, 17)
        } else if words::FEW.iter().any(|word| label.contains(word)) {
            (0, 3)
        } else if words::MANY.iter().any(|word| label.contains(word)) {
            (30, 60)
        } else {
            (1, 20)
        };
        let clamp = |number: i64| number.clamp(min, max.max(min));
        let (low, high) = (clamp(low), clamp(high));
        low + self.random.below(usize::try_from(high - low + 1).unwrap_or(1)) as i64
    }

    fn decimal(&mut self, trial: &Trial<'_>, field: &Field, min: i64, max: i64, scale: u8) -> Value {
        let unit = 10i64.pow(u32::from(scale.min(6)));
        // What a year has is more than what one case takes.
        let round = (1..=ways::FRAME_MAX).contains(&ways::per_year(trial.kind));
        let (base, range) = if field.label.zh.contains("（元）") { (200, 3000) } else { (0, 20) };
        let (base, range) = if round { (base * 10, range * 10) } else { (base, range) };
        let low = min.max(base.min(max));
        let high = max.min(low.saturating_add(range)).max(low);
        let range = usize::try_from((high - low).saturating_mul(10).max(0)).unwrap_or(0);
        // In tenths, so that figures look as people write them.
        let tenths = low.saturating_mul(10) + self.random.below(range + 1) as i64;
        let units = if scale == 0 { tenths / 10 } else { tenths.saturating_mul(unit / 10) };
        Value::Decimal(Decimal { units, scale })
    }

    /// Within what the guards allow: the day of the step, or ahead where the label speaks of what is to come.
    pub(super) fn date(&mut self, trial: &Trial<'_>, field: &Field) -> Day {
        let own = trial.own(field);
        let (first, last) = if own { trial.span(field.tag) } else { (None, None) };
        let ahead = words::ahead(&field.label.zh);
        let planned = own && field.tag == trial.kind.date && last.is_none();
        let day = if ahead || planned {
            let after = self.random.between(8, if planned { 28 } else { 70 });
            self.bench.working(trial.day.plus(after))
        } else if own && trial.before.is_none() && ways::begins(trial.kind, field.tag) {
            // What lasts was mostly there before anybody wrote it down.
            trial.day.plus(-self.random.between(0, 1400))
        } else if trial.before.is_none() && last.is_some() && self.random.chance(30) {
            trial.day.plus(-self.random.between(1, 5))
        } else {
            trial.day
        };
        let day = last.map_or(day, |last| day.min(last));
        first.map_or(day, |first| day.max(first))
    }

    /// The first ones are the usual ones.
    fn choice(&mut self, choices: &[Choice]) -> Option<u32> {
        let weights: Vec<u32> = (0..choices.len()).map(|nth| (24 / (nth as u32 + 1)).max(3)).collect();
        choices.get(self.random.weighted(&weights)).map(|choice| choice.id)
    }

    /// Child rows: one for each person if they name people, else a few.
    fn rows<'f>(
        &mut self,
        trial: &Trial<'_>,
        columns: impl Iterator<Item = &'f Field> + Clone,
    ) -> Option<Vec<Value>> {
        let needed = |column: &&Field| !column.required_in.is_empty();
        let who = columns.clone().find(|c| needed(c) && matches!(c.shape, Shape::Link(_)));
        let named = match who {
            Some(who) => self.links(trial, who, ROLL_MAX),
            None => Vec::new(),
        };
        if who.is_some() && named.is_empty() {
            return None;
        }
        let count = if who.is_some() { named.len() } else { 1 + self.random.below(4) };
        let rows = (0..count).map(|nth| {
            let mut row = Fields::new();
            for column in columns.clone() {
                let value = match who {
                    Some(who) if who.tag == column.tag => named.get(nth).map(|id| Value::Link(*id)),
                    // What everybody has in common: nearly all were there.
                    Some(_) => self.cell(trial, column, 88, needed(&column)),
                    None => self.cell(trial, column, 0, needed(&column)),
                };
                row.extend(value.map(|value| (column.tag, value)));
            }
            Value::Group(row)
        });
        Some(rows.collect::<Vec<_>>()).filter(|rows| !rows.is_empty())
    }

    /// `first`: in so many of a hundred cases a choice is the first of its list.
    pub(super) fn cell(
        &mut self,
        trial: &Trial<'_>,
        column: &Field,
        first: u32,
        needed: bool,
    ) -> Option<Value> {
        if !needed && (first > 0 || column.derived || !self.random.chance(60)) {
            return None;
        }
        match &column.shape {
            Shape::Choice(choices) if self.random.chance(first) => {
                choices.first().map(|choice| Value::Choice(choice.id))
            }
            Shape::Blob if !needed => None,
            _ => self.value(trial, column),
        }
    }

    /// Different records that the field may name, those first that the rules ask for.
    pub(super) fn links(&mut self, trial: &Trial<'_>, field: &Field, count: usize) -> Vec<RecordId> {
        let (Shape::Link(kinds) | Shape::Links(kinds)) = &field.shape else { return Vec::new() };
        let mut all: Vec<RecordId> =
            kinds.iter().flat_map(|kind| self.bench.newest(*kind, limits::LIST_VALUES_MAX)).collect();
        all.retain(|id| *id != trial.this);
        let looked = LOOKED_AT.max(count * 2);
        // Newer ones first: what is under way is what new work is about.
        let recent = all.len().min(looked * 4);
        let mut some: Vec<RecordId> = self.random.some(&all[..recent], looked).into_iter().copied().collect();
        for last in (1..some.len()).rev() {
            some.swap(last, self.random.below(last + 1));
        }
        let mut scored: Vec<(u32, RecordId)> =
            some.into_iter().filter_map(|id| Some((self.score(trial, field, id)?, id))).collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        // Among several, only those as good as the best.
        let best = scored.first().map_or(0, |(score, _)| *score);
        scored.into_iter().filter(|(score, _)| *score == best).map(|(_, id)| id).take(count).collect()
    }

    /// How well a record suits the rules; `None` if it cannot be named.
    fn score(&self, trial: &Trial<'_>, field: &Field, id: RecordId) -> Option<u32> {
        let (kind, at, flags) = self.bench.glance(id)?;
        if flags.has(EntryFlags::VOIDED) {
            return None;
        }
        let kind = self.bench.catalogue().kinds.get(&kind)?;
        let status = kind.statuses.get(&at)?;
        // Who lays a record in the archive holds it fast: nothing that is still to go somewhere.
        if !field.locks_in.is_empty() && !settled(kind, at) {
            return None;
        }
        // A round of work takes in new cases while it is young; then it comes to its end.
        let rounds = ways::per_year(kind);
        let round = (1..=ways::FRAME_MAX).contains(&rounds) && status.open && !ways::lasts(kind);
        if round && trial.needs(field) {
            let begun = self.bench.begun(id)?;
            if trial.day.0 - begun.0 > 366 / i32::try_from(rounds).unwrap_or(1) {
                return None;
            }
        }
        let mut score = u32::from(!status.draft);
        let own = trial.action.guards.iter().map(|guard| (guard, 8));
        let others = trial.kind.actions.values().flat_map(|action| &action.guards).map(|guard| (guard, 2));
        for (guard, weight) in own.chain(others).filter(|_| trial.own(field)) {
            match guard {
                Guard::LinkIn { field: tag, statuses } if *tag == field.tag => {
                    let fits = statuses.is_empty() || statuses.contains(&status.id);
                    score += if fits { weight } else { 0 };
                }
                Guard::Must { condition, .. } | Guard::When(condition) => {
                    let wanted = linked(condition, field.tag);
                    score += wanted.iter().filter(|c| self.bench.holds(id, c)).count() as u32 * weight;
                }
                _ => {}
            }
        }
        // Somebody in office rather than somebody who left; a group at work rather than one dissolved.
        Some(score * 2 + u32::from(status.open || !ended(kind, at)))
    }
}

/// Whether a record is where it stays unless somebody says why not.
fn settled(kind: &Kind, status: u32) -> bool {
    let goes =
        |action: &Action| action.reason != Reason::Required && action.to.is_some_and(|to| to != status);
    !kind.is_open(status) && !kind.actions_from(status).any(goes)
}

/// Nothing usual leads on from here, and the record came here by some other way than creation.
fn ended(kind: &Kind, status: u32) -> bool {
    let made = kind.creations().any(|action| action.to == Some(status));
    !made && !kind.actions_from(status).any(|action| action.to.is_some_and(|to| kind.is_open(to)))
}

/// Conditions over what the field links to.
fn linked(condition: &Condition, field: u32) -> Vec<&Condition> {
    match condition {
        Condition::Linked { field: tag, condition } if *tag == field => vec![condition],
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().flat_map(|part| linked(part, field)).collect()
        }
        _ => Vec::new(),
    }
}
