//! From a figure to the records that make it.
//!
//! A measure is drilled to the records that count in it, each with what it adds: the sum over all of them is the figure.
//! Where values are counted, the values that the records have are as many as the figure says; of a spread the days of the
//! records have the median; of gaps the days on which something counts are told. A rate is drilled to the records of its
//! measures, part by part, a coverage to its whole list. Records come in pages, in the order of the views; a page costs in
//! proportion to the records that it reads, which are bounded.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::{Days, Keep, Place, Want, Wants};
use super::contribution::{Cell, OVERLAP, Unit, contribution_to, running_shelf, unzigzag};
use super::drill_mark::Mark;
use super::figure::Figure;
use super::listed::{KeepListed, Lists};
use super::membership::Membership;
use super::query::{gather, offices, query, wants};
use super::question::{Level, Missing, Question, Whom};
use super::reading::reaches;
use crate::catalogue::model::{Catalogue, Kind, Label, Measure, Of, Owner, Rate, RateForm, Source, Window};
use crate::ids::{RecordId, Site, TownshipCode};
use crate::limits;
use crate::record::{Day, Record, Value};
use crate::store::View;
use crate::view::{read, tables};

/// What is drilled: one figure of one unit.
#[derive(Debug, Clone)]
pub struct Drill {
    /// Days and day of judgement, level and offices; its ids count for nothing.
    pub question: Question,
    pub id: String,
    /// One part of a split measure, or one grade; none: the whole.
    pub split: Option<u32>,
    pub whom: Whom,
    /// Items of the page, 1..=[`limits::DRILL_ITEMS_MAX`]; those of one record are never parted.
    pub limit: usize,
    /// Where the page before ended.
    pub after: Option<Vec<u8>>,
}

/// What a measure is in the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is the figure.
    Whole,
    Numerator,
    Denominator,
    /// A line that a grade asks for.
    Line,
    /// The list of a coverage.
    List,
}

/// One measure of the figure.
#[derive(Debug, Clone)]
pub struct DrillPart {
    pub role: Role,
    pub id: String,
    pub label: Label,
    pub figure: Figure,
}

/// One record, or one row of it, or one value of it where values are counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Index of the part.
    pub part: usize,
    pub of: ItemOf,
    /// Whom the record counts for.
    pub unit: Unit,
    /// Number of the child row, from 0.
    pub row: Option<u32>,
    /// On which it counts.
    pub day: Option<Day>,
    /// What it adds; in thousandths where the figure of the part is.
    pub amount: i64,
    /// The value, where values are counted.
    pub value: Option<Value>,
    /// The days, of a spread.
    pub days: Option<i64>,
    /// Whether work has reached it, on a list.
    pub covered: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOf {
    Record(RecordId),
    /// Something that every office is to have, on the list of a coverage.
    Choice(super::question::Part),
    /// The township of the item itself, on the list of a coverage of townships.
    Township,
}

/// A page of what makes a figure.
#[derive(Debug, Clone)]
pub struct Drilled {
    pub label: Label,
    pub figure: Figure,
    /// The figure in words, where it is a grade.
    pub word: Option<Label>,
    pub parts: Vec<DrillPart>,
    pub items: Vec<Item>,
    /// Where a figure counts offices (gaps over a limit, grades) or is that of one of them (days since the last time): the
    /// figure of each.
    pub townships: Vec<(TownshipCode, Figure)>,
    /// For the next page; none at the end. A page may hold no records and yet not be the last.
    pub next: Option<Vec<u8>>,
}

/// A page of the records that make a figure. None if there is no such figure, no such part of it, or no such mark.
pub fn drill(
    views: &dyn View,
    catalogue: &Catalogue,
    membership: &Membership,
    ask: &Drill,
) -> Option<Drilled> {
    let mark = match &ask.after {
        None => Mark::default(),
        Some(bytes) => Mark::read(bytes)?,
    };
    let figures = Figures { views, catalogue, membership, ask };
    let mut drilled = figures.heading()?;
    let days = Days::of(views, catalogue, &ask.question);
    let rate = catalogue.rates().map(|(_, rate)| rate).find(|rate| rate.id == ask.id);
    let of_days = rate.filter(|rate| rate.form.of_days());
    let drilling = Drilling { figures: &figures, days: &days, of_days };
    match catalogue.coverages().find(|(_, coverage)| coverage.id == ask.id) {
        Some(_) => drilling.list(mark, &mut drilled),
        None => drilling.records(mark, &mut drilled),
    }
    Some(drilled)
}

/// The figures of what is asked.
struct Figures<'a> {
    views: &'a dyn View,
    catalogue: &'a Catalogue,
    membership: &'a Membership,
    ask: &'a Drill,
}

impl Figures<'_> {
    /// The figure with its parts, without records.
    fn heading(&self) -> Option<Drilled> {
        let Self { catalogue, ask, .. } = self;
        let rate = catalogue.rates().map(|(_, rate)| rate).find(|rate| rate.id == ask.id);
        let parts: Vec<(Role, &str)> = match rate {
            Some(rate) => parts_of(rate),
            None if catalogue.measure(&ask.id).is_some() => vec![(Role::Whole, &ask.id)],
            None => vec![(Role::List, &ask.id)],
        };
        let ids = parts.iter().map(|(_, id)| (*id).to_owned()).chain([ask.id.clone()]).collect();
        let lines = query(self.views, catalogue, self.membership, &Question { ids, ..ask.question.clone() });
        let line = |id: &str, split: Option<u32>| {
            lines.iter().find(|line| line.id == id && line.whom == ask.whom && line.split == split)
        };
        // Whom the answer does not name has no cases; others of the level say what kind of figure it is.
        let nothing = |id: &str, split: Option<u32>| {
            let like = lines.iter().find(|line| line.id == id && line.split == split);
            if let Some(like) = like {
                return Some(like.figure.nothing());
            }
            let ids = vec![id.to_owned()];
            let above = Question { ids, level: Level::County, ..ask.question.clone() };
            let found = query(self.views, catalogue, self.membership, &above);
            found.first().map(|line| line.figure.nothing())
        };
        let figure = match line(&ask.id, ask.split) {
            Some(line) => line.figure,
            None => nothing(&ask.id, ask.split)?,
        };
        let part = |(role, id): (Role, &str)| {
            let split = if id == ask.id { ask.split } else { None };
            let figure = match rate.filter(|rate| rate.form.of_days()) {
                Some(rate) => self.days_of(rate, id)?,
                None => line(id, split).map(|line| line.figure).or_else(|| nothing(id, split))?,
            };
            Some(DrillPart { role, id: id.to_owned(), label: self.label(id)?, figure })
        };
        Some(Drilled {
            label: self.label(&ask.id)?,
            figure,
            word: line(&ask.id, ask.split).and_then(|line| line.word.clone()),
            parts: parts.into_iter().map(part).collect::<Option<Vec<_>>>()?,
            items: Vec::new(),
            townships: rate.map(|rate| self.townships(rate)).unwrap_or_default(),
            next: None,
        })
    }

    fn label(&self, id: &str) -> Option<Label> {
        let catalogue = self.catalogue;
        let measure = catalogue.measure(id).map(|(_, measure)| &measure.label);
        let rate = || catalogue.rates().find(|(_, rate)| rate.id == id).map(|(_, rate)| &rate.label);
        let coverage = || catalogue.coverages().find(|(_, one)| one.id == id).map(|(_, one)| &one.label);
        measure.or_else(rate).or_else(coverage).cloned()
    }

    /// On how many days a measure counts, of those that a rate of days looks at: each office's by themselves.
    fn days_of(&self, rate: &Rate, id: &str) -> Option<Figure> {
        let (_, measure) = self.catalogue.measure(id)?;
        let want = Want { window: window_of(rate, measure), keep: Keep::Days };
        let wants = Wants::from([(measure.tag, [want].into())]);
        let days = Days::of(self.views, self.catalogue, &self.ask.question);
        let level = [self.ask.question.level];
        let found = gather(self.views, self.catalogue, &wants, &days, (self.membership, &level)).pop()?;
        let counted = found.days((measure.tag, want.window), &self.ask.whom).map(|(_, days)| days.len());
        Some(Figure::Count(counted.sum::<usize>() as i64))
    }

    /// The figure of each office, where the figure counts offices.
    fn townships(&self, rate: &Rate) -> Vec<(TownshipCode, Figure)> {
        let ask = self.ask;
        let over = matches!(rate.form, RateForm::GapOver { .. } | RateForm::SinceLastOver { .. });
        let counts = over || matches!(rate.form, RateForm::Grade { .. });
        if !counts || ask.question.level == Level::Township {
            return Vec::new();
        }
        let below = Question { ids: vec![rate.id.clone()], level: Level::Township, ..ask.question.clone() };
        let days = Days::of(self.views, self.catalogue, &below);
        let lines = query(self.views, self.catalogue, self.membership, &below);
        let ours = lines.into_iter().filter_map(|line| {
            let Whom::Township(code) = line.whom else { return None };
            let unit = Unit::township(code);
            let place = Place::of(unit, self.membership, ask.question.level);
            let graded = match (ask.split, line.figure) {
                (Some(nth), Figure::Grade(grade)) => grade.is_some_and(|grade| grade + 1 == nth),
                _ => true,
            };
            let here = line.split.is_none() && graded && place.settled(days.last(unit)) == ask.whom;
            here.then_some((code, line.figure))
        });
        ours.collect()
    }
}

fn parts_of(rate: &Rate) -> Vec<(Role, &str)> {
    let numerators = rate.numerator.iter().map(|id| (Role::Numerator, id.as_str()));
    let denominator = rate.denominator.iter().map(|id| (Role::Denominator, id.as_str()));
    let lines: &[String] = if let RateForm::Grade { lines, .. } = &rate.form { lines } else { &[] };
    numerators.chain(denominator).chain(lines.iter().map(|id| (Role::Line, id.as_str()))).collect()
}

/// The days at which a rate of days looks.
fn window_of(rate: &Rate, measure: &Measure) -> Window {
    let since = matches!(rate.form, RateForm::SinceLast | RateForm::SinceLastOver { .. });
    if since { Window::Until } else { measure.window }
}

struct Drilling<'a> {
    figures: &'a Figures<'a>,
    days: &'a Days<'a>,
    /// The rate that is drilled, if it looks at the days of one count.
    of_days: Option<&'a Rate>,
}

impl Drilling<'_> {
    fn limit(&self) -> usize {
        self.figures.ask.limit.clamp(1, limits::DRILL_ITEMS_MAX)
    }

    fn place(&self, unit: Unit) -> Place<'_> {
        Place::of(unit, self.figures.membership, self.figures.ask.question.level)
    }

    /// Everyone on the list of a coverage.
    fn list(&self, mark: Mark, drilled: &mut Drilled) {
        let Figures { views, catalogue, membership, ask } = self.figures;
        let found = catalogue.coverages().find(|(_, coverage)| coverage.id == ask.id);
        let Some((kind, coverage)) = found else { return };
        let days = self.days;
        let settled = |unit: Unit| self.place(unit).settled(days.last(unit));
        let wanted = wants(catalogue, &|id| id == ask.id);
        let level = [ask.question.level];
        let Some(found) = gather(*views, catalogue, &wanted, days, (membership, &level)).pop() else {
            return;
        };
        let offices = offices(membership, &ask.question, &settled, &|unit| days.last(unit));
        let mut lists = Lists {
            keep: KeepListed::All,
            views: *views,
            catalogue,
            found: &found,
            offices: &offices,
            townships: membership.townships(days.last(Unit::COUNTY)),
            days,
            records: &mut BTreeMap::new(),
        };
        let all = lists.coverage(kind, coverage, &settled).remove(&ask.whom).unwrap_or_default().all;
        let start = usize::try_from(mark.nth).unwrap_or(usize::MAX);
        let shown = all.iter().skip(start).take(self.limit());
        drilled.items = shown.map(|(who, covered)| self.listed(who, *covered)).collect();
        let end = start.saturating_add(drilled.items.len());
        drilled.next = (end < all.len()).then(|| Mark { nth: end as u64, ..Mark::default() }.bytes());
    }

    fn listed(&self, who: &Missing, covered: bool) -> Item {
        let (of, unit) = match who {
            Missing::Record(id) => (ItemOf::Record(*id), self.unit_of(*id)),
            Missing::Choice(code, part) => (ItemOf::Choice(part.clone()), Unit::township(*code)),
            Missing::Township(code) => (ItemOf::Township, Unit::township(*code)),
        };
        let covered = Some(covered);
        Item { part: 0, of, unit, row: None, day: None, amount: 1, value: None, days: None, covered }
    }

    fn unit_of(&self, id: RecordId) -> Unit {
        let Figures { views, catalogue, .. } = self.figures;
        let record = read::record(*views, id);
        let unit = record
            .and_then(|record| super::contribution::standing(catalogue.kinds.get(&record.kind)?, &record));
        unit.unwrap_or(Unit::COUNTY)
    }

    /// The records of the parts, one part after the other.
    fn records(&self, mark: Mark, drilled: &mut Drilled) {
        let catalogue = self.figures.catalogue;
        let mut page = Page { read: 0, limit: self.limit(), items: Vec::new(), next: None };
        let mut after = mark.line;
        for (part, told) in drilled.parts.iter().enumerate().skip(mark.part as usize) {
            let Some((kind, measure)) = catalogue.measure(&told.id) else { continue };
            self.part(part, kind, measure, after.take(), &mut page);
            if page.next.is_some() {
                break;
            }
        }
        drilled.items = page.items;
        drilled.next = page.next.map(Mark::bytes);
    }

    fn part(
        &self,
        part: usize,
        kind: &Kind,
        measure: &Measure,
        after: Option<read::Listed>,
        page: &mut Page,
    ) {
        let views = self.figures.views;
        let keys = measure.by.is_some().then(|| self.reaching(kind, measure));
        let mut at = Mark { part: part as u16, line: after, nth: 0 };
        let mut ended = true;
        let mut visit = |line: read::Listed| {
            if page.items.len() >= page.limit || page.read >= limits::DRILL_READ_MAX {
                ended = false;
                return false;
            }
            at.line = Some(line);
            page.read += 1;
            if let Some(record) = read::record(views, line.id) {
                let items = self.items(part, kind, measure, &record, keys.as_ref());
                page.items.extend(items);
            }
            true
        };
        match (self.owners(kind, measure), after) {
            (Some(sites), after) => {
                let begun = after.map(|line| tables::owner(line.owner));
                for site in
                    sites.into_iter().filter(|site| begun.is_none_or(|begun| begun <= tables::owner(*site)))
                {
                    let after = after.filter(|line| line.owner == site);
                    read::list(views, kind.tag, site, after, &mut visit);
                }
            }
            (None, Some(after)) => read::list_all_after(views, kind.tag, after, &mut visit),
            (None, None) => read::list_all(views, kind.tag, &mut visit),
        }
        page.next = (!ended).then_some(at);
    }

    /// The offices whose records alone can count for whom is asked, in the order of the views; none: any may.
    fn owners(&self, kind: &Kind, measure: &Measure) -> Option<Vec<Site>> {
        let membership = self.figures.membership;
        match (kind.owner, self.figures.ask.whom) {
            (Owner::County, _) => Some(vec![Site::Hub]),
            // It counts for whom it names, whoever wrote it.
            _ if measure.township.is_some() => None,
            (Owner::Township, Whom::Township(code)) => Some(vec![Site::Township(code)]),
            (Owner::Township, Whom::District(district)) => {
                let codes: BTreeSet<TownshipCode> = membership.intervals().map(|(code, _)| code).collect();
                let held = codes.into_iter().filter(|code| membership.was_in(*code, district));
                let mut sites: Vec<Site> = held.map(Site::Township).collect();
                sites.sort_by_key(|site| tables::owner(*site));
                Some(sites)
            }
            (Owner::Township, _) => None,
        }
    }

    /// The values that count, of a measure that counts values: (office, value).
    fn reaching(&self, kind: &Kind, measure: &Measure) -> BTreeSet<(Unit, u64)> {
        let Figures { views, catalogue, ask, .. } = self.figures;
        let wanted = wants(catalogue, &|id| id == measure.id);
        let level = [ask.question.level];
        let found = gather(*views, catalogue, &wanted, self.days, (self.figures.membership, &level));
        let keys = found.iter().flat_map(|found| found.keys((measure.tag, measure.window), &ask.whom));
        keys.filter(|(.., sum)| reaches(kind, measure, *sum)).map(|(unit, key, _)| (unit, key)).collect()
    }

    fn items(
        &self,
        part: usize,
        kind: &Kind,
        measure: &Measure,
        record: &Record,
        keys: Option<&BTreeSet<(Unit, u64)>>,
    ) -> Vec<Item> {
        let spread = matches!(measure.of, Of::Spread { .. });
        // (row, value or days) → what it adds, and the first day of it.
        let mut sums: BTreeMap<(Option<u32>, u64), (i64, Day, Unit)> = BTreeMap::new();
        for (row, cell) in contribution_to(kind, measure, record) {
            if !self.counts(measure, &cell, keys) {
                continue;
            }
            let apart = if spread || keys.is_some() { cell.split } else { 0 };
            let sum = sums.entry((row, apart)).or_insert((0, cell.day, cell.unit));
            sum.0 = sum.0.wrapping_add(cell.sum);
        }
        let counted = sums.into_iter().filter(|(_, (sum, ..))| *sum != 0);
        let item = |((row, apart), (amount, day, unit)): ((Option<u32>, u64), (i64, Day, Unit))| Item {
            part,
            of: ItemOf::Record(record.id),
            unit,
            row,
            day: Some(day),
            amount,
            value: keys.and_then(|_| value_of(measure, record, row, apart)),
            days: spread.then(|| unzigzag(apart)),
            covered: None,
        };
        counted.map(item).collect()
    }

    /// Whether a cell of a record counts in what is asked.
    fn counts(&self, measure: &Measure, cell: &Cell, keys: Option<&BTreeSet<(Unit, u64)>>) -> bool {
        let ask = self.figures.ask;
        let runs = running_shelf(measure) == Some(cell.window);
        let window = self.of_days.map_or(measure.window, |rate| window_of(rate, measure));
        let counted = self.days.counted(window, cell.unit, runs);
        if !counted.is_some_and(|days| days.holds(cell.day)) {
            return false;
        }
        if self.of_days.is_some() {
            let last = self.days.last(cell.unit);
            return cell.day <= last && self.place(cell.unit).settled(last) == ask.whom;
        }
        if let Some(keys) = keys {
            return keys.contains(&(cell.unit, cell.split));
        }
        let split = match ask.split {
            Some(split) if measure.id == ask.id => cell.split == u64::from(split) && cell.split != OVERLAP,
            _ => true,
        };
        split && self.place(cell.unit).on(cell.day) == ask.whom
    }
}

/// A page that fills.
struct Page {
    read: usize,
    limit: usize,
    items: Vec<Item>,
    next: Option<Mark>,
}

/// The value by which a record, or a row of it, was counted.
fn value_of(measure: &Measure, record: &Record, row: Option<u32>, key: u64) -> Option<Value> {
    let value = match measure.by?.source {
        Source::Field(tag) => record.fields.get(&tag),
        Source::Column(tag) => {
            let Some(Value::List(rows)) = record.fields.get(&measure.rows.as_ref()?.field) else {
                return None;
            };
            match rows.get(row? as usize)? {
                Value::Group(fields) => fields.get(&tag),
                _ => None,
            }
        }
        // The township for which it counts.
        Source::Unit => return i64::try_from(key).ok().map(Value::Number),
    };
    let is = |value: &&Value| super::contribution::key(value) == Some(key);
    match value? {
        Value::List(values) => values.iter().find(is).cloned(),
        value => Some(value).filter(is).cloned(),
    }
}
