//! The columns: figures, beside them those of the period before, whether targets are met, places; and what proves them.

use shared::catalogue::model::{Catalogue, Owner};
use shared::exchange::column_letters;
use shared::exchange::out::{Align, Book, Column as Head, Put, Real, Sheet, Shown, Tone, WriteError};
use shared::program::Lang;
use shared::tally::{Change, Figure, Form, Rank, Unranked, Whom};

use super::super::tally::{Looked, Question};
use super::super::tally_table::{Column, Laid};
use super::rows::{Row, Rows};

/// Columns that say which row it is.
const NAMES: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    Figure,
    Before,
    Change,
    Met,
    Place,
    Numerator,
    Denominator,
}

pub(super) struct Columns<'a> {
    lang: Lang,
    /// Among whom places are given.
    within_district: bool,
    measures: &'a [Column],
    pub(super) list: Vec<(usize, Shows)>,
    rates: Vec<usize>,
    /// Those that count some of the county's own work, which no district has part in: its parts do not make the whole.
    own: Vec<usize>,
    compare: String,
}

impl<'a> Columns<'a> {
    pub(super) fn of(
        question: &Question,
        looked: &Looked,
        laid: &'a Laid<'_>,
        catalogue: &Catalogue,
        lang: Lang,
    ) -> Self {
        let mut list = Vec::new();
        let mut rates = Vec::new();
        let compared = looked.read.before.is_some();
        for (at, column) in laid.columns.iter().enumerate() {
            let cells: Vec<_> = laid.units.iter().map(|(whom, _)| laid.at(column, *whom)).collect();
            list.push((at, Shows::Figure));
            if compared {
                list.extend([(at, Shows::Before), (at, Shows::Change)]);
            }
            if cells.iter().any(|(_, _, met, _)| met.is_some()) {
                list.push((at, Shows::Met));
            }
            if laid.places.is_some() && column.0.is_none() {
                list.push((at, Shows::Place));
            }
            if cells.iter().any(|(figure, ..)| matches!(figure, Figure::Rate { .. })) {
                rates.push(at);
            }
        }
        let year = matches!(question.compare.as_deref(), Some("year" | "同比"));
        let compare = match lang {
            Lang::Zh => {
                if year {
                    "去年同期"
                } else {
                    "上期"
                }
            }
            Lang::En => {
                if year {
                    "a year ago"
                } else {
                    "period before"
                }
            }
        };
        let within_district = question.rank.as_ref().is_some_and(|rank| rank.within_district);
        let columns = laid.columns.iter().enumerate();
        let own =
            columns.filter(|(_, column)| counts_own(catalogue, &column.1.id)).map(|(at, _)| at).collect();
        let compare = compare.to_owned();
        Self { lang, within_district, measures: &laid.columns, list, rates, own, compare }
    }

    /// What the rates among them are made of.
    pub(super) fn parts(&self) -> Self {
        let both = |at: &usize| [(*at, Shows::Numerator), (*at, Shows::Denominator)];
        let list = self.rates.iter().flat_map(both).collect();
        Self { list, rates: Vec::new(), own: self.own.clone(), compare: self.compare.clone(), ..*self }
    }

    pub(super) fn heads(&self) -> Vec<Head> {
        let names = [self.lang.pick("片", "district"), self.lang.pick("单位", "unit")];
        let own = self
            .list
            .iter()
            .map(|(at, shows)| Head::new(self.head(*at, *shows)).aligned(Align::Right).most(16));
        names.map(Head::new).into_iter().chain(own).collect()
    }

    fn head(&self, at: usize, shows: Shows) -> String {
        let measure = &self.measures[at].1;
        let id = &measure.id;
        match shows {
            Shows::Figure => {
                let name = self.lang.pick(&measure.zh, &measure.en);
                let part = self.lang.pick(&measure.split_zh, &measure.split_en);
                let part = if measure.split.is_empty() { String::new() } else { format!("·{part}") };
                let target = if measure.target.is_empty() {
                    String::new()
                } else {
                    format!("（{}）", measure.target)
                };
                format!("{id} {name}{part}{target}")
            }
            Shows::Before => format!("{id} {}", self.compare),
            Shows::Change => format!("{id} {}", self.lang.pick("增减", "change")),
            Shows::Met => format!("{id} {}", self.lang.pick("达标", "target met")),
            Shows::Place => format!("{id} {}", self.lang.pick("名次", "place")),
            Shows::Numerator => format!("{id} {}", self.lang.pick("分子", "numerator")),
            Shows::Denominator => format!("{id} {}", self.lang.pick("分母", "denominator")),
        }
    }

    /// Writes the rows, and one that proves that the parts make the whole; how many sums were proved, and how many are
    /// wrong.
    pub(super) fn table(
        &self,
        book: &mut Book,
        sheet: Sheet,
        rows: &Rows,
        laid: &Laid<'_>,
    ) -> Result<(usize, usize), WriteError> {
        let first = book.next_row(sheet);
        for row in &rows.list {
            let names = [Put::text(&row.district), Put::text(&row.name)];
            let own = self.list.iter().map(|(at, shows)| self.put(*at, *shows, row, laid));
            let cells: Vec<Put> = names.into_iter().chain(own).collect();
            book.row(sheet, &cells, row.tone)?;
        }
        if rows.parts.is_empty() {
            return Ok((0, 0));
        }
        let (mut checked, mut wrong) = (0, 0);
        let word = self.lang.pick("核对：各片之和＝合计", "check: the parts make the whole");
        let mut cells = vec![Put::Empty, Put::text(word)];
        for (nth, (at, shows)) in self.list.iter().enumerate() {
            let cell = self.sum(*at, *shows, rows, laid).map_or(Put::Empty, |holds| {
                checked += 1;
                wrong += usize::from(!holds);
                let letters = column_letters(NAMES + nth);
                let address = |row: &usize| format!("{letters}{}", first as usize + row);
                let parts: Vec<String> = rows.parts.iter().map(address).collect();
                let whole = address(&rows.whole);
                let (yes, no) = (self.lang.pick("相符", "holds"), self.lang.pick("不符", "WRONG"));
                Put::Formula {
                    formula: format!("=IF(ROUND(SUM({})-{whole},3)=0,\"{yes}\",\"{no}\")", parts.join(",")),
                    result: (if holds { yes } else { no }).to_owned(),
                }
            });
            cells.push(cell);
        }
        book.row(sheet, &cells, Tone::Check)?;
        Ok((checked, wrong))
    }

    /// Whether the parts make the whole; none for figures that do not add up.
    fn sum(&self, at: usize, shows: Shows, rows: &Rows, laid: &Laid<'_>) -> Option<bool> {
        if self.own.contains(&at) {
            return None;
        }
        let figure = |row: usize| laid.at(&self.measures[at], rows.list[row].whom).0;
        let whole = figure(rows.whole);
        let part = |figure: Figure| -> Option<i64> {
            let (numerator, denominator) = figure.parts();
            match shows {
                Shows::Figure if matches!(figure, Figure::Count(_) | Figure::Thousandths(_)) => {
                    Some(numerator)
                }
                Shows::Numerator => Some(numerator),
                Shows::Denominator => denominator,
                _ => None,
            }
        };
        let whole = part(whole)?;
        let sum: Option<i64> = rows.parts.iter().map(|row| part(figure(*row))).sum();
        Some(sum == Some(whole))
    }

    fn put(&self, at: usize, shows: Shows, row: &Row, laid: &Laid<'_>) -> Put {
        let column = &self.measures[at];
        let (figure, named, met, before) = laid.at(column, row.whom);
        let word =
            |word: Option<&shared::catalogue::model::Label>| word.map(|word| self.lang.of(word).to_owned());
        match shows {
            Shows::Figure => figured(&figure, word(named)),
            Shows::Before => match &before {
                Some(before) => figured(&before.figure, word(before.word.as_ref())),
                None => Put::Empty,
            },
            Shows::Change => match &before {
                Some(before) => before.change.as_ref().map_or_else(nothing, changed),
                None => Put::Empty,
            },
            Shows::Met => Put::text(match met {
                Some(true) => "✓",
                Some(false) => "✗",
                None => "",
            }),
            Shows::Place => self.place(at, row.whom, laid),
            Shows::Numerator => Put::whole(figure.parts().0),
            Shows::Denominator => figure.parts().1.map_or(Put::Empty, Put::whole),
        }
    }

    fn place(&self, at: usize, whom: Whom, laid: &Laid<'_>) -> Put {
        let id = self.measures[at].1.id.clone();
        match laid.places.as_ref().and_then(|places| places.get(&(id, whom))) {
            Some(Rank::Place(place)) => Put::Whole(i64::from(*place)),
            Some(Rank::Out(why)) => Put::text(match why {
                Unranked::Vetoed => self.lang.pick("— 一票否决", "— vetoed"),
                Unranked::Unreported => self.lang.pick("— 未上报", "— not reported"),
                Unranked::NoFigure => "—",
            }),
            None => Put::Empty,
        }
    }

    /// Measures that have places.
    fn ranked(&self) -> Vec<usize> {
        self.list.iter().filter(|(_, shows)| *shows == Shows::Place).map(|(at, _)| *at).collect()
    }

    pub(super) fn place_heads(&self) -> Vec<Head> {
        let names = [self.lang.pick("片", "district"), self.lang.pick("乡镇", "township")].map(Head::new);
        let own = self.ranked().into_iter().flat_map(|at| {
            [Shows::Place, Shows::Figure]
                .map(|shows| Head::new(self.head(at, shows)).aligned(Align::Right).most(18))
        });
        names.into_iter().chain(own).collect()
    }

    /// The townships in the order of their places by the first measure; those without a place last.
    pub(super) fn place_rows(&self, rows: &Rows, laid: &Laid<'_>) -> Vec<Vec<Put>> {
        let ranked = self.ranked();
        let Some(first) = ranked.first() else { return Vec::new() };
        let mut townships: Vec<(usize, &Row)> =
            rows.list.iter().filter(|row| matches!(row.whom, Whom::Township(_))).enumerate().collect();
        let place = |row: &Row| match self.place(*first, row.whom, laid) {
            Put::Whole(place) => place,
            _ => i64::MAX,
        };
        // Rows stand by districts already, so those of one place keep that order.
        if self.within_district {
            let group = |name: &str| rows.list.iter().position(|row| row.district == name);
            townships.sort_by_key(|(at, row)| (group(&row.district), place(row), *at));
        } else {
            townships.sort_by_key(|(at, row)| (place(row), *at));
        }
        let row = |(_, row): (usize, &Row)| {
            let own = ranked
                .iter()
                .flat_map(|at| [self.place(*at, row.whom, laid), self.put(*at, Shows::Figure, row, laid)]);
            [Put::text(&row.district), Put::text(&row.name)].into_iter().chain(own).collect()
        };
        townships.into_iter().map(row).collect()
    }
}

/// No case: never 0 and never 100 %.
fn nothing() -> Put {
    Put::text("—")
}

/// A figure as a number of a cell, shown as it is printed everywhere else.
fn figured(figure: &Figure, word: Option<String>) -> Put {
    if let Some(word) = word {
        return Put::text(word);
    }
    let Some((n, d)) = figure.value() else { return nothing() };
    let value = n as f64 / d as f64;
    let real = |value, shown| Put::Real(Real { value, shown });
    match figure {
        Figure::Count(n) | Figure::Days(Some(n)) => Put::whole(*n),
        Figure::Rate { form: Form::Percent, .. } => real(value / 100.0, Shown::Percent),
        Figure::Difference { .. } if n % d == 0 => real(value, Shown::ChangeWhole),
        Figure::Difference { .. } | Figure::Pace { .. } => real(value, Shown::ChangeTenths),
        Figure::Thousandths(_) | Figure::Rate { .. } | Figure::Median { .. } => real(value, Shown::Tenths),
        Figure::Days(None) | Figure::Grade(_) => Put::text(figure.to_string()),
    }
}

/// A change as it is printed, but a number.
fn changed(change: &Change) -> Put {
    let text = change.to_string();
    let shown = if text.contains('.') { Shown::ChangeTenths } else { Shown::ChangeWhole };
    match text.trim_start_matches(['±', '+']).parse() {
        Ok(value) => Put::Real(Real { value, shown }),
        Err(_) => Put::Text(text),
    }
}

/// Whether a figure counts records of the county that are of no township: those to all, or to nobody, count for the county
/// alone.
fn counts_own(catalogue: &Catalogue, id: &str) -> bool {
    if let Some((kind, measure)) = catalogue.measure(id) {
        return kind.owner == Owner::County && measure.township.is_none();
    }
    let rate = catalogue.rates().find(|(_, rate)| rate.id == id);
    let parts = rate.map(|(_, rate)| rate.numerator.iter().chain(&rate.denominator));
    parts.is_some_and(|mut parts| parts.any(|part| part != id && counts_own(catalogue, part)))
}
