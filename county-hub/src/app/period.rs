//! Closing a period: its figures are sealed, shown beside the present ones, and recounted from the streams.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::ids::Epoch;
use shared::ledger::figures_period;
use shared::program::{Failure, Text, beijing_minute, rfc3339, text};
use shared::record::Day;
use shared::store::View;
use shared::tally::seal::{
    Finding, Kept, Key, Offices, PieceError, Seal, SealAsk, SealError, Sealer, Told, seals,
};
use shared::tally::{Change, Figure};

use super::ask::Ask;
use super::tally::{Measure, Unit, check_measures, level};
use super::town::Towns;
use super::{App, tally_names};

/// Seals the figures of a period that is over.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Close {
    /// As in [`super::tally::Question`].
    pub period: String,
    /// Day of judgement; today if it is not given. Not before the period's last day, not ahead.
    pub as_of: Option<String>,
    /// Although the period has been sealed before.
    pub again: bool,
}

/// Every seal, the oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List {}

/// A sealed period beside what is counted now.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Show {
    pub period: String,
    /// Which seal of the period, by its number in the list; the last one if it is not given.
    pub number: Option<u64>,
    /// Ids of measures; empty shows all that have changed.
    pub measures: Vec<String>,
    /// `county`, `district` or `township`.
    pub level: String,
    /// Also what has not changed.
    pub all: bool,
}

/// Recounts a seal from the streams alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    pub period: String,
    pub number: Option<u64>,
}

/// A seal, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// By which it may be asked for.
    pub number: u64,
    pub period: String,
    pub as_of: String,
    /// RFC 3339, and for people.
    pub sealed_at: String,
    pub sealed_at_beijing: String,
    pub software: String,
    pub catalogue: String,
    /// Figures, and the BLAKE3 of their text.
    pub lines: u32,
    pub figures: String,
    /// Streams and entries of the frontier.
    pub streams: usize,
    pub entries: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub seal: Line,
    pub level: String,
    /// The days, as the seal has them.
    pub days: Vec<String>,
    pub rows: Vec<Row>,
    /// Figures of the level that have changed since.
    pub changed: usize,
}

/// One sealed figure and the present one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub measure: Measure,
    pub unit: Unit,
    /// As it is printed; none: it was not sealed, because the catalogue did not know it or nobody had it.
    pub sealed: Option<String>,
    pub now: Option<String>,
    /// 调整: from the sealed figure to the present one, `+3`; none where either has no value.
    pub adjustment: Option<String>,
    pub changed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub seal: Line,
    /// Whether the recount has given the same bytes.
    pub good: bool,
    /// Entries folded again.
    pub entries: u64,
    pub differences: usize,
    /// What differs; at most [`shared::limits::SEAL_FINDINGS_MAX`].
    pub findings: Vec<Text>,
    /// This program is another version than the one that sealed.
    pub other_software: bool,
}

impl Ask for Close {
    type Answer = Line;

    /// # Errors
    /// `Invalid`: no such period; `Refused`: it is not over; `Conflict`: it is sealed already.
    fn answer(self, app: &App) -> Result<Line, Failure> {
        let period = figures_period(&self.period)?;
        let today = app.today();
        let as_of: Day = self.as_of.as_deref().map(str::parse).transpose()?.unwrap_or(today);
        let days = app.store.read(|views| period.days(views, &app.catalogue, as_of).days.envelope());
        let Some(days) = days else {
            return Err(Failure::not_found(
                format!("没有乡镇登记过“{period}”。"),
                format!("No township has entered \"{period}\"."),
            ));
        };
        if as_of > today || as_of <= days.to {
            return Err(Failure::new(
                ErrorCode::Refused,
                format!("{period} 到 {} 才结束；判断日须在其后，且不晚于今天。", days.to),
                format!("{period} ends on {}; the day of judgement is after it and not ahead.", days.to),
            ));
        }
        let earlier = app.store.read(seals).into_iter().rfind(|seal| seal.period == period);
        if let Some(seal) = earlier.filter(|_| !self.again) {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("{period} 已在 {} 封存。", beijing_minute(seal.at_ms)),
                format!("{period} was sealed at {}.", beijing_minute(seal.at_ms)),
            )
            .advise(
                "封存后的变化见 period show；确需重新封存请加 --again。",
                "See what has changed since with period show; seal it again with --again.",
            ));
        }
        let mut fresh = [0; 8];
        app.clock.random(&mut fresh);
        let fresh = Epoch(u64::from_le_bytes(fresh));
        let ask = SealAsk { period, as_of, at_ms: app.now(), fresh };
        let seal = app.sealer(|sealer| sealer.seal(&ask)).map_err(|error| match error {
            SealError::Store(error) => Failure::from(error),
            SealError::Piece(error) => broken(&error),
        })?;
        tracing::info!(period = %seal.period, figures = seal.lines, "period sealed");
        Ok(line(&seal))
    }
}

impl Ask for List {
    type Answer = Vec<Line>;

    fn answer(self, app: &App) -> Result<Vec<Line>, Failure> {
        Ok(app.store.read(seals).iter().map(line).collect())
    }
}

impl Ask for Show {
    type Answer = Shown;

    fn answer(self, app: &App) -> Result<Shown, Failure> {
        let wanted = level(&self.level)?;
        check_measures(app, &self.measures)?;
        let seal = app.seal(&self.period, self.number)?;
        let sealed = app.sealer(|sealer| sealer.sealed(&seal)).map_err(|error| broken(&error))?;
        let now = app.sealer(|sealer| sealer.present(&seal))?;
        let asked = |id: &str| self.measures.is_empty() || self.measures.iter().any(|known| known == id);
        let names = tally_names::Names::of(app);
        let mut rows = Vec::new();
        let mut changed = 0;
        for (key, (ours, theirs)) in beside(&sealed, &now) {
            if key.level != wanted || !asked(&key.id) {
                continue;
            }
            let row = row(&names, &key, ours, theirs);
            changed += usize::from(row.changed);
            if row.changed || self.all || !self.measures.is_empty() {
                rows.push(row);
            }
        }
        let days = sealed.head.iter().filter_map(|line| line.strip_prefix("days\t"));
        Ok(Shown {
            seal: line(&seal),
            level: if self.level.is_empty() { "county".to_owned() } else { self.level },
            days: days.map(|days| days.replace('\t', " ")).collect(),
            rows,
            changed,
        })
    }
}

impl Ask for Check {
    type Answer = Verdict;

    fn answer(self, app: &App) -> Result<Verdict, Failure> {
        let seal = app.seal(&self.period, self.number)?;
        let checked = app.sealer(|sealer| sealer.check(&seal, &|_| ()))?;
        let names = tally_names::Names::of(app);
        let verdict = Verdict {
            seal: line(&seal),
            good: checked.is_good(),
            entries: checked.entries,
            differences: checked.differences,
            findings: checked.findings.iter().map(|finding| said(&names, finding)).collect(),
            other_software: seal.software != crate::SOFTWARE,
        };
        if !verdict.good {
            tracing::error!(period = %seal.period, differences = verdict.differences, "a seal is not what the streams give");
        }
        Ok(verdict)
    }
}

impl App {
    fn sealer<T>(&self, work: impl FnOnce(&Sealer<'_>) -> T) -> T {
        work(&Sealer {
            store: &self.store,
            catalogue: &self.catalogue,
            offices: &listed,
            software: crate::SOFTWARE,
        })
    }

    fn seal(&self, period: &str, number: Option<u64>) -> Result<Seal, Failure> {
        let name = figures_period(period)?;
        let all = self.store.read(seals);
        let found = all.into_iter().rfind(|seal| seal.period == name && number.is_none_or(|n| n == seal.seq));
        found.ok_or_else(|| {
            Failure::not_found(format!("{name} 还没有封存。"), format!("{name} has not been sealed."))
                .advise("已封存的期间见 period list。", "See what is sealed with period list.")
        })
    }
}

/// The townships that the notes of the hub list.
fn listed(views: &dyn View) -> Offices {
    Towns::read(views).iter().map(|town| (town.code, Some(town.kind))).collect()
}

fn line(seal: &Seal) -> Line {
    Line {
        number: seal.seq,
        period: seal.period.to_string(),
        as_of: seal.as_of.to_string(),
        sealed_at: rfc3339(seal.at_ms),
        sealed_at_beijing: beijing_minute(seal.at_ms),
        software: seal.software.clone(),
        catalogue: seal.catalogue.clone(),
        lines: seal.lines,
        figures: seal.figures.iter().map(|byte| format!("{byte:02x}")).collect(),
        streams: seal.frontier.len(),
        entries: seal.frontier.iter().map(|(_, head)| head.len).sum(),
    }
}

/// Sealed and present figures by what they are of.
fn beside(sealed: &Told, now: &Told) -> BTreeMap<Key, (Option<Figure>, Option<Figure>)> {
    let mut both: BTreeMap<Key, (Option<Figure>, Option<Figure>)> = BTreeMap::new();
    for (key, figure) in &sealed.lines {
        both.entry(key.clone()).or_default().0 = Some(*figure);
    }
    for (key, figure) in &now.lines {
        both.entry(key.clone()).or_default().1 = Some(*figure);
    }
    both
}

fn row(names: &tally_names::Names<'_>, key: &Key, sealed: Option<Figure>, now: Option<Figure>) -> Row {
    // Whoever is not named had nothing to count.
    let nothing = |other: Option<Figure>| other.map(|figure| figure.nothing());
    let (ours, theirs) = (sealed.or(nothing(now)), now.or(nothing(sealed)));
    let change = ours.zip(theirs).and_then(|(ours, theirs)| Change::between(&ours, &theirs));
    let printed = |figure: Option<Figure>| figure.map(|figure| names.printed(&key.id, &figure));
    Row {
        measure: names.measure(&key.id, key.split),
        unit: names.unit(key.whom),
        sealed: printed(sealed),
        now: printed(now),
        changed: ours.zip(theirs).is_some_and(|(ours, theirs)| differs(&ours, &theirs)),
        adjustment: change.map(|change| change.to_string()),
    }
}

/// Whether two figures are not of one value: 1/2 and 2/4 are, and so are two without a case.
fn differs(ours: &Figure, theirs: &Figure) -> bool {
    match ours.compare(theirs) {
        Some(order) => order.is_ne(),
        None => ours.has_value() != theirs.has_value(),
    }
}

fn broken(error: &PieceError) -> Failure {
    Failure::new(ErrorCode::Damaged, "封存的数字已无法读出。", "The sealed figures cannot be read any more.")
        .because(error)
}

/// What a check has found, in words.
fn said(names: &tally_names::Names<'_>, finding: &Finding) -> Text {
    match finding {
        Finding::Damaged { segment, offset, why } => text(
            format!("数据文件第 {segment} 段在字节 {offset} 处损坏（{why}）"),
            format!("the journal is damaged in segment {segment} at byte {offset} ({why})"),
        ),
        Finding::Head { stream, sealed, found } => text(
            format!(
                "数据流 {stream} 与封存时不同：封存时第 {} 条后链尾为 {:?}，现在第 {} 条后为 {:?}",
                sealed.len, sealed.hash, found.len, found.hash
            ),
            format!(
                "the stream {stream} is not the one that was sealed: after entry {} its head was {:?}, now after entry {} it is {:?}",
                sealed.len, sealed.hash, found.len, found.hash
            ),
        ),
        Finding::NoMoment => text(
            "各数据流从未同时处于封存时的状态",
            "the streams never stood at one moment where the seal has them",
        ),
        Finding::Broken { kept, why } => {
            let (zh, en) = match kept {
                Kept::Figures => ("封存的数字", "the sealed figures"),
                Kept::Catalogue => ("封存的台账目录", "the sealed catalogue"),
            };
            text(format!("{zh}与封存时不同（{why}）"), format!("{en} are not what was sealed ({why})"))
        }
        Finding::Catalogue { why } => text(
            format!("封存的台账目录无法载入（{why}）"),
            format!("the sealed catalogue does not load ({why})"),
        ),
        Finding::Days { sealed, found } => text(
            format!("期间的日期不同：封存为 {sealed}，重算为 {found}"),
            format!("the days differ: sealed {sealed}, recounted {found}"),
        ),
        Finding::Figure { key, sealed, found } => {
            let measure = names.measure(&key.id, key.split);
            let unit = names.unit(key.whom).name;
            let split = if measure.split.is_empty() { String::new() } else { format!("·{}", measure.split) };
            let figure = |figure: &Option<Figure>| {
                figure.map_or_else(|| "∅".to_owned(), |figure| names.printed(&key.id, &figure))
            };
            let (ours, theirs) = (figure(sealed), figure(found));
            text(
                format!("{unit} {}{split} {}：封存为 {ours}，重算为 {theirs}", key.id, measure.zh),
                format!("{unit} {}{split} {}: sealed {ours}, recounted {theirs}", key.id, measure.en),
            )
        }
    }
}
