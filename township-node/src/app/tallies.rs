//! Figures of this office.

use serde::Serialize;
use shared::code::ErrorCode;
use shared::program::{Failure, Lang};
use shared::tally::{Level, Membership, Period, Question, Whom, query};

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
    /// As it is printed: `284`, `77.5 %`, `—`.
    pub text: String,
}

impl Node {
    /// Measures and rates by id; none named: all that have cases.
    ///
    /// # Errors
    /// `NotFound` for a measure that is not in the catalogue.
    pub fn tally(&self, measures: &[String], period: Option<Period>, lang: Lang) -> Result<Tallied, Failure> {
        let catalogue = self.catalogue();
        let known = |id: &str| {
            catalogue.measures().any(|(_, measure)| measure.id == id)
                || catalogue.rates().any(|(_, rate)| rate.id == id)
        };
        if let Some(unknown) = measures.iter().find(|id| !known(id)) {
            return Err(Failure::new(
                ErrorCode::NotFound,
                format!("没有指标“{unknown}”。"),
                format!("There is no measure \"{unknown}\"."),
            )
            .advise("不写指标名可列出全部。", "Leave the names out to see all."));
        }
        let period = period.unwrap_or(Period::ALL);
        let as_of = self.clock().today();
        let own = Whom::Township(self.office().code());
        let question = Question { level: Level::Township, period, as_of, ids: measures.to_vec() };
        let (lines, held) = self.read(|views| {
            let membership = Membership::read(views, catalogue);
            (query(views, catalogue, &membership, &question), shared::view::held::count(views, None))
        });
        let lines = lines.into_iter().filter(|line| line.whom == own).map(|line| TallyLine {
            split: line.split.and_then(|choice| self.split_label(&line.id, choice, lang)),
            label: lang.of(&line.label).to_owned(),
            measure: line.id,
            text: line.figure.to_string(),
        });
        Ok(Tallied {
            from: period.from.to_string(),
            to: period.to.to_string(),
            as_of: as_of.to_string(),
            lines: lines.collect(),
            held,
        })
    }

    fn split_label(&self, measure: &str, choice: u32, lang: Lang) -> Option<String> {
        let (kind, measure) = self.catalogue().measure(measure)?;
        let field = kind.fields.get(&measure.split?)?;
        Some(
            field
                .choice(choice)
                .map_or_else(|| format!("?{choice}"), |choice| lang.of(&choice.label).to_owned()),
        )
    }
}
