//! Figures of this office.

use serde::Serialize;
use shared::catalogue::model::Label;
use shared::code::ErrorCode;
use shared::ledger::{DrillShown, Sight, Words, page_mark, short};
use shared::program::{Failure, Lang};
use shared::store::View;
use shared::tally::{
    Asked, Before, Compare, Drill, Figure, Level, Line, Membership, Missing, Period, PeriodName, Question,
    Span, Unit, Whom, compared, query, split_named,
};

use super::Node;

/// Figures of a period.
#[derive(Debug, Clone, Serialize)]
pub struct Tallied {
    pub from: String,
    pub to: String,
    pub as_of: String,
    /// Days of the earlier period beside which the figures stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_to: Option<String>,
    pub lines: Vec<TallyLine>,
    /// Changes stored here and not counted.
    pub held: u32,
}

#[derive(Debug, Clone, Serialize)]
pub struct TallyLine {
    pub measure: String,
    pub label: String,
    /// The choice, for measures that are split.
    pub split: Option<String>,
    /// As it is printed: `284`, `77.5 %`, `—`, the name of a grade.
    pub text: String,
    #[serde(flatten)]
    pub judged: Judged,
    /// The figure of the earlier period, as it is printed, and what has changed since: `+3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// What a list has and work has not reached; told of figures that were asked for by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingName>,
}

/// A figure beside its target.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Judged {
    /// As it is printed: `≥ 4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// Somebody or something that is missing: a record by id and title, a choice by key and label, a township by code and name.
#[derive(Debug, Clone, Serialize)]
pub struct MissingName {
    pub id: String,
    pub short: String,
    pub name: String,
}

impl Node {
    /// Measures, rates and coverages by id; none named: all of them. With `compare` beside an earlier period.
    ///
    /// # Errors
    /// `NotFound` for a measure that is not in the catalogue; `Invalid` where there is no such earlier period.
    pub fn tally(
        &self,
        measures: &[String],
        period: Option<&str>,
        compare: Option<Compare>,
        lang: Lang,
    ) -> Result<Tallied, Failure> {
        let catalogue = self.catalogue();
        self.check_measures(measures)?;
        let asked = period.map(|name| self.period(name)).transpose()?;
        let question = self.question(measures, asked);
        let before = compare.map(|compare| self.before(period, compare)).transpose()?;
        let own = Whom::Township(self.office().code());
        let (lines, held) = self.read(|views| {
            let membership = Membership::read(views, catalogue);
            let lines: Vec<(Line, Option<Before>)> = match &before {
                Some(before) => compared(views, catalogue, &membership, &question, before),
                None => {
                    let lines = query(views, catalogue, &membership, &question).into_iter();
                    lines.map(|line| (line, None)).collect()
                }
            };
            // A grade is told by its name; which of all grades it is says nothing more of one office.
            let grade = |line: &Line| line.split.is_some() && catalogue.measure(&line.id).is_none();
            let ours = lines.into_iter().filter(|(line, _)| line.whom == own && !grade(line));
            let names = |line: &Line| match measures {
                [] => Vec::new(),
                _ => self.missing(views, &line.missing, lang),
            };
            let line = |(line, before): (Line, Option<Before>)| {
                let missing = names(&line);
                tally_line(&line, before.as_ref(), missing, lang)
            };
            (ours.map(line).collect(), shared::view::held::count(views, None))
        });
        let (from, to) = self.ends(&question);
        let earlier = before.and_then(|before| before.days.of(self.unit()));
        Ok(Tallied {
            from,
            to,
            as_of: question.as_of.to_string(),
            before_from: earlier.map(|days| days.from.to_string()),
            before_to: earlier.map(|days| days.to.to_string()),
            lines,
            held,
        })
    }

    fn before(&self, period: Option<&str>, compare: Compare) -> Result<Asked, Failure> {
        let name = period.map(shared::ledger::figures_period).transpose()?;
        let today = self.clock().today();
        let found =
            name.and_then(|name| self.read(|views| name.before(views, self.catalogue(), today, compare)));
        found.ok_or_else(|| {
            Failure::invalid(
                "没有可比的期间：请写明 --period，如 2026、2026Q3；次、届只能环比。",
                "There is no earlier period: name one with --period, such as 2026 or 2026Q3; sessions and terms have a previous one only.",
            )
        })
    }

    /// The records that make one figure.
    ///
    /// # Errors
    /// `NotFound` for what is not in the catalogue, `Invalid` for a mark that no page has ended with.
    pub fn drill(
        &self,
        measure: &str,
        split: Option<&str>,
        period: Option<&str>,
        (limit, after): (Option<u32>, Option<&str>),
    ) -> Result<DrillShown, Failure> {
        let catalogue = self.catalogue();
        self.check_measures(&[measure.to_owned()])?;
        let asked = period.map(|name| self.period(name)).transpose()?;
        let no_part = |name: &str| {
            Failure::not_found(
                format!("指标 {measure} 没有“{name}”这一项。"),
                format!("{measure} has no part \"{name}\"."),
            )
        };
        let split = split.map(|name| split_named(catalogue, measure, name).ok_or_else(|| no_part(name)));
        let no_page = || Failure::invalid("分页标记有误。", "The mark of the page is wrong.");
        let drill = Drill {
            question: self.question(&[], asked),
            id: measure.to_owned(),
            split: split.transpose()?,
            whom: Whom::Township(self.office().code()),
            limit: limit.map_or(shared::limits::DRILL_ITEMS_MAX, |limit| limit.max(1) as usize),
            after: after.map(|after| page_mark(after).ok_or_else(no_page)).transpose()?,
        };
        self.read(|views| {
            let membership = Membership::read(views, catalogue);
            let drilled = shared::tally::drill(views, catalogue, &membership, &drill)?;
            let sight = Sight {
                views,
                catalogue,
                sees: &|_| true,
                township: &|code| match code == self.office().code() {
                    true => self.office().township.name.clone(),
                    false => code.to_string(),
                },
            };
            Some(sight.shown(measure, &drilled))
        })
        .ok_or_else(no_page)
    }

    /// A period as people write it; of sessions and terms (`2026S1`, `term`, …) the days of this office.
    ///
    /// # Errors
    /// `Invalid` for what is no period, `NotFound` where the records of the office tell no such session or term.
    pub fn period(&self, name: &str) -> Result<Asked, Failure> {
        let (name, today) = (shared::ledger::figures_period(name)?, self.clock().today());
        let asked = self.read(|views| name.days(views, self.catalogue(), today));
        if asked.days.of(self.unit()).is_some() {
            return Ok(asked);
        }
        Err(match name {
            PeriodName::Term(_) | PeriodName::PresentTerm => Failure::not_found(
                "还没有登记这一届（本届）从哪天开始。",
                "No record says when that term began.",
            )
            .advise("请先登记届次。", "Enter the term of office first."),
            _ => Failure::not_found(
                "还没有登记这一次人民代表大会会议。",
                "No record tells of that session of the congress.",
            )
            .advise("请先在会议台账登记并开会。", "Enter the session in the ledger of meetings first."),
        })
    }

    pub(super) fn unit(&self) -> Unit {
        Unit::township(self.office().code())
    }

    /// First and last day of this office.
    pub(super) fn ends(&self, question: &Question) -> (String, String) {
        let days = question.days.of(self.unit()).unwrap_or(Period::ALL);
        (days.from.to_string(), days.to.to_string())
    }

    pub(super) fn question(&self, measures: &[String], period: Option<Asked>) -> Question {
        let office = self.office();
        let all = || Asked { days: Span::Same(Period::ALL), as_of: self.clock().today() };
        let Asked { days, as_of } = period.unwrap_or_else(all);
        Question {
            ids: measures.to_vec(),
            level: Level::Township,
            days,
            as_of,
            offices: [(office.code(), Some(office.kind()))].into(),
        }
    }

    pub(super) fn check_measures(&self, measures: &[String]) -> Result<(), Failure> {
        match measures.iter().find(|id| !self.catalogue().has_figure(id)) {
            None => Ok(()),
            Some(unknown) => Err(Failure::new(
                ErrorCode::NotFound,
                format!("没有指标“{unknown}”。"),
                format!("There is no measure \"{unknown}\"."),
            )
            .advise("不写指标名可列出全部。", "Leave the names out to see all.")),
        }
    }

    fn missing(&self, views: &dyn View, missing: &[Missing], lang: Lang) -> Vec<MissingName> {
        let words = Words { views, catalogue: self.catalogue() };
        let name = |missing: &Missing| match missing {
            Missing::Record(id) => {
                MissingName { id: id.to_string(), short: short(*id), name: words.title(*id) }
            }
            Missing::Choice(_, part) => MissingName {
                id: part.key.clone(),
                short: part.key.clone(),
                name: lang.of(&part.label).to_owned(),
            },
            // The lines of a node are those of its own township.
            Missing::Township(code) => MissingName {
                id: code.to_string(),
                short: code.to_string(),
                name: self.office().township.name.clone(),
            },
        };
        missing.iter().map(name).collect()
    }
}

fn tally_line(line: &Line, before: Option<&Before>, missing: Vec<MissingName>, lang: Lang) -> TallyLine {
    let printed = |figure: &Figure, word: Option<&Label>| {
        word.map_or_else(|| figure.to_string(), |word| lang.of(word).to_owned())
    };
    TallyLine {
        measure: line.id.clone(),
        label: lang.of(&line.label).to_owned(),
        split: line.part.as_ref().map(|part| lang.of(&part.label).to_owned()),
        text: printed(&line.figure, line.word.as_ref()),
        judged: Judged { target: line.target.map(|target| target.to_string()), met: line.met },
        before: before.map(|before| printed(&before.figure, before.word.as_ref())),
        change: before.and_then(|before| before.change).map(|change| change.to_string()),
        missing,
    }
}
