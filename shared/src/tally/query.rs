//! Questions to the tallies.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::{self, Days, Found, Keep, Place, Want, Wants};
use super::contribution::{OVERLAP, Unit, running_shelf, shelf};
use super::figure::Figure;
use super::listed::{KeepListed, ListRecords, Listed, Lists};
use super::membership::Membership;
use super::question::{Level, Line, Part, Question, Whom};
use super::reading::{Office, Reading};
use crate::catalogue::model::{
    Address, Catalogue, Coverage, Field, Kind, Label, Measure, Owner, Rate, RateForm, Target, Window,
};
use crate::record::Day;
use crate::store::View;

/// Answers a question: for every id asked, in the order of the catalogue, a line for each unit of the level (those
/// without any records too), a split measure followed by its parts. Counts, and what rates are made of, add up: the lines of
/// the districts, or of the townships, to the line of the county. Medians and gaps are found anew at every level; a grade is
/// given to a township, and counted above it.
pub fn query(
    views: &dyn View,
    catalogue: &Catalogue,
    membership: &Membership,
    question: &Question,
) -> Vec<Line> {
    let lines = query_levels(views, catalogue, membership, question, &[question.level]);
    lines.into_iter().flatten().collect()
}

/// As [`query`], at several levels over one reading of the cells; what the question says of a level is put aside.
pub fn query_levels(
    views: &dyn View,
    catalogue: &Catalogue,
    membership: &Membership,
    question: &Question,
    levels: &[Level],
) -> Vec<Vec<Line>> {
    let asked = |id: &str| question.ids.is_empty() || question.ids.iter().any(|wanted| wanted == id);
    let days = Days::of(views, catalogue, question);
    let found = gather(views, catalogue, &wants(catalogue, &asked), &days, (membership, levels));
    let mut records = BTreeMap::new();
    let mut answers = Vec::with_capacity(levels.len());
    for (level, found) in levels.iter().zip(&found) {
        let question = Question { level: *level, ..question.clone() };
        let reader = Reader { views, catalogue, membership, question: &question, days: &days, found };
        answers.push(reader.lines(&mut records));
    }
    answers
}

/// What one level is answered from.
struct Reader<'a> {
    views: &'a dyn View,
    catalogue: &'a Catalogue,
    membership: &'a Membership,
    question: &'a Question,
    days: &'a Days<'a>,
    found: &'a Found<Whom>,
}

impl Reader<'_> {
    /// `records` is what the lists of coverages are made of, read for an earlier level or yet to be read.
    fn lines(&self, records: &mut ListRecords) -> Vec<Line> {
        let Self { views, catalogue, membership, question, days, found } = *self;
        let asked = |id: &str| question.ids.is_empty() || question.ids.iter().any(|wanted| wanted == id);
        let settled = |unit: Unit| Place::of(unit, membership, question.level).settled(days.last(unit));
        let offices = offices(membership, question, &settled, &|unit| days.last(unit));
        let mut lists = Lists {
            keep: KeepListed::Missing,
            views,
            catalogue,
            found,
            offices: &offices,
            townships: membership.townships(days.last(Unit::COUNTY)),
            days,
            records,
        };
        let mut coverages = BTreeMap::new();
        for kind in catalogue.kinds.values() {
            for coverage in kind.coverages.iter().filter(|coverage| asked(&coverage.id)) {
                coverages.insert(&coverage.id, lists.coverage(kind, coverage, &settled));
            }
        }
        let mut units = units(membership, question);
        units.extend(offices.iter().map(|office| office.whom));
        units.extend(found.whom());
        units.extend(coverages.values().flat_map(BTreeMap::keys));
        let reading = Reading { catalogue, found, days, offices: &offices };
        let (level, a_year) = (question.level, question.days.is_year());
        let mut answer = Answer { reading, units, level, a_year, lines: Vec::new() };
        for kind in catalogue.kinds.values() {
            for measure in kind.measures.iter().filter(|measure| asked(&measure.id)) {
                answer.measure(kind, measure);
            }
            for rate in kind.rates.iter().filter(|rate| asked(&rate.id)) {
                match &rate.form {
                    RateForm::Grade { grades, .. } if question.level != Level::Township => {
                        let below = Question {
                            ids: vec![rate.id.clone()],
                            level: Level::Township,
                            ..question.clone()
                        };
                        let townships = query(views, catalogue, membership, &below);
                        answer.grades_above(rate, grades, &townships, &settled);
                    }
                    RateForm::Grade { grades, .. } => answer.grades(rate, grades),
                    _ => answer.rate(kind, rate),
                }
            }
            for coverage in kind.coverages.iter().filter(|coverage| asked(&coverage.id)) {
                let listed = coverages.remove(&coverage.id).unwrap_or_default();
                answer.coverage(kind, coverage, listed);
            }
        }
        answer.lines
    }
}

/// What must be read for all that is asked, by measure.
pub(super) fn wants(catalogue: &Catalogue, asked: &dyn Fn(&str) -> bool) -> Wants {
    let mut wants = Wants::new();
    let mut want = |measure: &Measure, want: Want| {
        wants.entry(measure.tag).or_default().insert(want);
    };
    let plain = |measure: &Measure| Want {
        window: measure.window,
        keep: if measure.by.is_some() { Keep::Keys } else { Keep::Sums },
    };
    for (_, measure) in catalogue.measures().filter(|(_, measure)| asked(&measure.id)) {
        want(measure, plain(measure));
    }
    for (_, rate) in catalogue.rates().filter(|(_, rate)| asked(&rate.id)) {
        let since = matches!(rate.form, RateForm::SinceLast | RateForm::SinceLastOver { .. });
        for (_, measure) in rate.parts().filter_map(|id| catalogue.measure(id)) {
            // When something was last done does not depend on the period that is asked for.
            let window = if since { Window::Until } else { measure.window };
            let days = Want { window, keep: Keep::Days };
            want(measure, if rate.form.of_days() { days } else { plain(measure) });
        }
    }
    for (_, coverage) in catalogue.coverages().filter(|(_, coverage)| asked(&coverage.id)) {
        for (_, measure) in coverage.covered_by.iter().filter_map(|id| catalogue.measure(id)) {
            want(measure, Want { window: coverage.window, keep: Keep::Keys });
        }
    }
    wants
}

/// What is found for each of the levels.
pub(super) fn gather(
    views: &dyn View,
    catalogue: &Catalogue,
    wants: &Wants,
    days: &Days<'_>,
    levels: (&Membership, &[Level]),
) -> Vec<Found<Whom>> {
    let mut all: Vec<Found<Whom>> = levels.1.iter().map(|_| Found::new()).collect();
    for kind in catalogue.kinds.values() {
        let mut shelves: BTreeMap<u8, Wants> = BTreeMap::new();
        for measure in &kind.measures {
            if let Some(wanted) = wants.get(&measure.tag) {
                for shelf in std::iter::once(shelf(measure)).chain(running_shelf(measure)) {
                    shelves.entry(shelf).or_default().insert(measure.tag, wanted.clone());
                }
            }
        }
        for (shelf, wants) in shelves {
            collect::scan(views, (kind, shelf), &wants, days, levels, &mut all);
        }
    }
    all
}

/// Townships that are to have done something in the period, by where they stand.
pub(super) fn offices(
    membership: &Membership,
    question: &Question,
    settled: &dyn Fn(Unit) -> Whom,
    last: &dyn Fn(Unit) -> Day,
) -> Vec<Office<Whom>> {
    let mut nodes = question.offices.clone();
    for code in question.days.envelope().into_iter().flat_map(|days| membership.townships_in(days)) {
        nodes.entry(code).or_insert(None);
    }
    // Who had been merged into another before its days began has nothing to do in them.
    nodes.retain(|code, _| {
        let days = question.days.of(Unit::township(*code));
        days.is_none_or(|days| membership.successor(*code, days.from).is_none())
    });
    let office = |(code, node)| {
        let unit = Unit::township(code);
        Office { unit, whom: settled(unit), node, stands: membership.stands(code, last(unit)) }
    };
    let mut offices: Vec<_> = nodes.into_iter().map(office).collect();
    offices.sort_by_key(|office| office.whom);
    offices
}

/// Units that get a line without having figures, beside those of the offices.
fn units(membership: &Membership, question: &Question) -> BTreeSet<Whom> {
    match question.level {
        Level::County => BTreeSet::from([Whom::County]),
        Level::District => {
            let days = question.days.envelope();
            days.map(|days| membership.districts_in(days)).into_iter().flatten().map(Whom::District).collect()
        }
        Level::Township => BTreeSet::new(),
    }
}

struct Answer<'a> {
    reading: Reading<'a, Whom>,
    units: BTreeSet<Whom>,
    level: Level,
    /// Whether the days asked for are one calendar year.
    a_year: bool,
    lines: Vec<Line>,
}

impl Answer<'_> {
    fn line(&mut self, (id, label): (&str, &Label), whom: Whom, figure: Figure) -> &mut Line {
        self.lines.push(Line {
            id: id.to_owned(),
            label: label.clone(),
            whom,
            split: None,
            part: None,
            figure,
            word: None,
            target: None,
            met: None,
            missing: Vec::new(),
        });
        self.lines.last_mut().expect("it has just been put there")
    }

    fn measure(&mut self, kind: &Kind, measure: &Measure) {
        let field = measure.split.and_then(|source| measure.source(kind, source));
        let parts = match measure.split {
            Some(_) => self.reading.found.splits(measure.tag),
            None => BTreeSet::new(),
        };
        for whom in self.units.clone() {
            let figure = self.reading.measure(kind, measure, &whom);
            // What a year should bring is judged over a year; a stock is judged on any day.
            let judged = measure.window != Window::Period || self.of_a_year(figure);
            let target = measure.target.filter(|_| judged);
            let met = target.and_then(|target| self.met(kind, Some(measure), target, figure, whom));
            let line = self.line((&measure.id, &measure.label), whom, figure);
            (line.target, line.met) = (measure.target, met);
            if parts.is_empty() {
                continue;
            }
            let sums: BTreeMap<u64, i64> = self.reading.found.sums(measure.tag, &whom).collect();
            for split in parts.iter().filter(|split| **split != OVERLAP) {
                let figure = self.reading.plain(kind, measure, sums.get(split).copied().unwrap_or(0));
                let choice = u32::try_from(*split).unwrap_or(u32::MAX);
                let line = self.line((&measure.id, &measure.label), whom, figure);
                (line.split, line.part) = (Some(choice), Some(part_of(field, choice)));
            }
        }
    }

    fn rate(&mut self, kind: &Kind, rate: &Rate) {
        // The target is set for whom the records count that stand above the line.
        let above = rate.numerator.first().and_then(|id| self.reading.catalogue.measure(id));
        let (kind, measure) = above.map_or((kind, None), |(kind, measure)| (kind, Some(measure)));
        for whom in self.units.clone() {
            let figure = self.reading.rate(rate, &whom);
            let judged = match (&rate.form, rate.target) {
                (RateForm::GapOver { .. } | RateForm::SinceLastOver { .. }, Some(target)) => {
                    figure.meets(target)
                }
                (_, Some(target)) if self.of_a_year(figure) => self.met(kind, measure, target, figure, whom),
                _ => None,
            };
            let line = self.line((&rate.id, &rate.label), whom, figure);
            (line.target, line.met) = (rate.target, judged);
        }
    }

    /// A grade for each township, and for each grade whether the township has it, so that townships add up.
    fn grades(&mut self, rate: &Rate, grades: &[Label]) {
        for whom in self.units.clone() {
            let figure = self.reading.rate(rate, &whom);
            let Figure::Grade(reached) = figure else { continue };
            let word = reached.and_then(|grade| grades.get(grade as usize)).cloned();
            self.line((&rate.id, &rate.label), whom, figure).word = word;
            for (nth, grade) in (0u32..).zip(grades) {
                let has = i64::from(reached == Some(nth));
                self.grade_line(rate, whom, nth, grade, has);
            }
        }
    }

    /// How many townships have each grade.
    fn grades_above(
        &mut self,
        rate: &Rate,
        grades: &[Label],
        townships: &[Line],
        settled: &dyn Fn(Unit) -> Whom,
    ) {
        let mut counts: BTreeMap<(Whom, u32), i64> = BTreeMap::new();
        for line in townships {
            if let (Whom::Township(code), Figure::Grade(Some(grade))) = (line.whom, line.figure) {
                *counts.entry((settled(Unit::township(code)), grade)).or_default() += 1;
            }
        }
        let mut units = self.units.clone();
        units.extend(counts.keys().map(|(whom, _)| *whom));
        for whom in units {
            for (nth, grade) in (0u32..).zip(grades) {
                let count = counts.get(&(whom, nth)).copied().unwrap_or(0);
                self.grade_line(rate, whom, nth, grade, count);
            }
        }
    }

    fn grade_line(&mut self, rate: &Rate, whom: Whom, nth: u32, grade: &Label, count: i64) {
        let line = self.line((&rate.id, &rate.label), whom, Figure::Count(count));
        line.split = Some(nth + 1);
        line.part = Some(Part { key: (nth + 1).to_string(), label: grade.clone() });
    }

    fn coverage(&mut self, kind: &Kind, coverage: &Coverage, mut listed: BTreeMap<Whom, Listed>) {
        for whom in self.units.clone() {
            let listed = listed.remove(&whom).unwrap_or_default();
            let figure = listed.figure(coverage.show);
            let met = coverage.target.and_then(|target| self.met(kind, None, target, figure, whom));
            let line = self.line((&coverage.id, &coverage.label), whom, figure);
            (line.target, line.met, line.missing) = (coverage.target, met, listed.missing);
        }
    }

    /// Counts add up with time: their targets are those of one calendar year. Rates have the same target always.
    fn of_a_year(&self, figure: Figure) -> bool {
        !figure.adds_up() || self.a_year
    }

    /// Whether a target is met by whom it is set.
    fn met(
        &self,
        kind: &Kind,
        measure: Option<&Measure>,
        target: Target,
        figure: Figure,
        whom: Whom,
    ) -> Option<bool> {
        let named = measure.is_some_and(|measure| measure.township.is_some());
        let own = match (kind.owner, &kind.address, whom) {
            (Owner::County, _, whom) if named => matches!(whom, Whom::Township(_)),
            (Owner::County, Address::All | Address::Nobody | Address::Chosen(_), whom) => {
                whom == Whom::County
            }
            (Owner::County, Address::DistrictIn(_), whom) => matches!(whom, Whom::District(_)),
            (_, _, Whom::Township(_)) => true,
            _ => false,
        };
        let set = |office: &Office<Whom>| {
            office.keeps(kind) && (target.except.is_none() || office.node != target.except)
        };
        let keeps = self.level != Level::Township || self.reading.offices_of(&whom).iter().all(set);
        if keeps && (own || !figure.adds_up()) { figure.meets(target) } else { None }
    }
}

/// What a choice of a field is called.
pub(super) fn part_of(field: Option<&Field>, choice: u32) -> Part {
    let part = |key: &str, zh: &str, en: &str| Part {
        key: key.to_owned(),
        label: Label { zh: zh.to_owned(), en: en.to_owned() },
    };
    if field.is_some_and(|field| field.choices().is_empty()) {
        return if choice == 0 { part("NO", "否", "no") } else { part("YES", "是", "yes") };
    }
    if choice == 0 {
        return part("NONE", "未填", "not given");
    }
    match field.and_then(|field| field.choice(choice)) {
        Some(choice) => Part { key: choice.key.clone(), label: choice.label.clone() },
        None => part(&choice.to_string(), &format!("?{choice}"), &format!("?{choice}")),
    }
}

/// The number of a part of a split measure, by the key or the label of its choice, or of a grade, by its number or name.
pub fn split_named(catalogue: &Catalogue, id: &str, name: &str) -> Option<u32> {
    let is = |part: &Part| part.key == name || part.label.zh == name || part.label.en == name;
    if let Some((kind, measure)) = catalogue.measure(id) {
        let field = measure.source(kind, measure.split?)?;
        let choices: Vec<u32> = match field.choices() {
            [] => vec![0, 1],
            choices => choices.iter().map(|choice| choice.id).chain([0]).collect(),
        };
        return choices.into_iter().find(|choice| is(&part_of(Some(field), *choice)));
    }
    let (_, rate) = catalogue.rates().find(|(_, rate)| rate.id == id)?;
    let RateForm::Grade { grades, .. } = &rate.form else { return None };
    let numbered = (1u32..).zip(grades);
    let part = |nth: u32, label: &Label| Part { key: nth.to_string(), label: label.clone() };
    numbered.map(|(nth, label)| (nth, part(nth, label))).find(|(_, part)| is(part)).map(|(nth, _)| nth)
}

/// A part of a split measure, or a grade, by its number; what the catalogue does not know goes by the number.
pub fn part_named(catalogue: &Catalogue, id: &str, split: u32) -> Part {
    if let Some((kind, measure)) = catalogue.measure(id) {
        return part_of(measure.split.and_then(|source| measure.source(kind, source)), split);
    }
    let rate = catalogue.rates().find(|(_, rate)| rate.id == id);
    let grade = rate.and_then(|(_, rate)| match &rate.form {
        RateForm::Grade { grades, .. } => grades.get(split.checked_sub(1)? as usize),
        _ => None,
    });
    let number = split.to_string();
    let label = grade.cloned().unwrap_or_else(|| Label { zh: number.clone(), en: number.clone() });
    Part { key: number, label }
}
