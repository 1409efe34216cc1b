//! Figures of this office.

use serde::Serialize;
use shared::code::ErrorCode;
use shared::ledger::{Words, short};
use shared::program::{Failure, Lang};
use shared::store::View;
use shared::tally::{Level, Line, Membership, Missing, Period, Question, Unit, Whom, query, terms};

use super::Node;

/// Figures of a period.
#[derive(Debug, Clone, Serialize)]
pub struct Tallied {
    pub from: String,
    pub to: String,
    pub as_of: String,
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
    /// Measures, rates and coverages by id; none named: all of them.
    ///
    /// # Errors
    /// `NotFound` for a measure that is not in the catalogue.
    pub fn tally(&self, measures: &[String], period: Option<Period>, lang: Lang) -> Result<Tallied, Failure> {
        let catalogue = self.catalogue();
        self.check_measures(measures)?;
        let question = self.question(measures, period);
        let own = Whom::Township(self.office().code());
        let (lines, held) = self.read(|views| {
            let membership = Membership::read(views, catalogue);
            let lines = query(views, catalogue, &membership, &question).into_iter();
            // A grade is told by its name; which of all grades it is says nothing more of one office.
            let grade = |line: &Line| line.split.is_some() && catalogue.measure(&line.id).is_none();
            let ours = lines.filter(|line| line.whom == own && !grade(line));
            let names = |line: &Line| match measures {
                [] => Vec::new(),
                _ => self.missing(views, &line.missing, lang),
            };
            let lines: Vec<TallyLine> = ours.map(|line| tally_line(&line, names(&line), lang)).collect();
            (lines, shared::view::held::count(views, None))
        });
        Ok(Tallied {
            from: question.period.from.to_string(),
            to: question.period.to.to_string(),
            as_of: question.as_of.to_string(),
            lines,
            held,
        })
    }

    /// A period as people write it; `term` and `届` stand for the days since the present term of office began.
    ///
    /// # Errors
    /// `Invalid` for what is no period, `NotFound` where no record says when the term began.
    pub fn period(&self, name: &str) -> Result<Period, Failure> {
        if !matches!(name.trim(), "term" | "届" | "本届") {
            return shared::ledger::period_named(name);
        }
        let (today, own) = (self.clock().today(), Unit::township(self.office().code()));
        let begun = self.read(|views| {
            let terms = terms(views, self.catalogue());
            terms.get(&own).and_then(|days| days.range(..=today).next_back().copied())
        });
        match begun {
            Some(from) => Ok(Period { from, to: today }),
            None => Err(Failure::not_found(
                "还没有登记本届从哪天开始。",
                "No record says when the present term began.",
            )
            .advise("请先登记届次。", "Enter the term of office first.")),
        }
    }

    pub(super) fn question(&self, measures: &[String], period: Option<Period>) -> Question {
        let office = self.office();
        Question {
            ids: measures.to_vec(),
            level: Level::Township,
            period: period.unwrap_or(Period::ALL),
            as_of: self.clock().today(),
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

fn tally_line(line: &Line, missing: Vec<MissingName>, lang: Lang) -> TallyLine {
    let word = line.word.as_ref().map(|word| lang.of(word).to_owned());
    TallyLine {
        measure: line.id.clone(),
        label: lang.of(&line.label).to_owned(),
        split: line.part.as_ref().map(|part| lang.of(&part.label).to_owned()),
        text: word.unwrap_or_else(|| line.figure.to_string()),
        judged: Judged { target: line.target.map(|target| target.to_string()), met: line.met },
        missing,
    }
}
