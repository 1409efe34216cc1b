//! Figures of this office by the values of a field.

use serde::Serialize;
use shared::catalogue::model::{Field, Kind, Shape};
use shared::ledger::{Words, find_field, find_kind};
use shared::program::{Failure, Lang};
use shared::record::{Fields, Record, Value};
use shared::tally::{groupable, grouped};

use super::Node;
use super::tallies::Judged;

/// Figures of a period, group by group.
#[derive(Debug, Clone, Serialize)]
pub struct TalliedBy {
    pub from: String,
    pub to: String,
    pub as_of: String,
    /// Id of the kind whose records are grouped, and of the field; its label.
    pub kind: String,
    pub by: String,
    pub by_label: String,
    pub lines: Vec<GroupLine>,
}

#[derive(Debug, Clone, Serialize)]
pub struct GroupLine {
    /// The value in words; empty for records without one.
    pub group: String,
    pub measure: String,
    pub label: String,
    pub text: String,
    #[serde(flatten)]
    pub judged: Judged,
}

impl Node {
    /// Measures of one kind (all of it if none is named) for every value of a field of its records. The kind is the one
    /// named, else that of the first measure.
    ///
    /// # Errors
    /// `NotFound` for what is not in the catalogue; `Invalid` for figures of other records, and for child rows.
    pub fn tally_by(
        &self,
        by: &str,
        kind: Option<&str>,
        measures: &[String],
        period: Option<&str>,
        lang: Lang,
    ) -> Result<TalliedBy, Failure> {
        let catalogue = self.catalogue();
        self.check_measures(measures)?;
        let kind = match kind {
            Some(name) => find_kind(catalogue, name)?,
            None => self.counted(measures)?,
        };
        let field = find_field(kind, by)?;
        if matches!(field.shape, Shape::Rows(_) | Shape::Blob) {
            return Err(Failure::invalid(
                format!("不能按“{}”分组。", field.label.zh),
                format!("Records cannot be grouped by \"{}\".", field.label.en),
            ));
        }
        if let Some(other) = measures.iter().find(|id| !groupable(catalogue, kind, id)) {
            return Err(Failure::invalid(
                format!("指标“{other}”不能按{}的字段分组。", kind.label.zh),
                format!("\"{other}\" cannot be told by a field of {}.", kind.label.en),
            ));
        }
        let period = period.map(|name| self.period(name)).transpose()?;
        let question = self.question(measures, period);
        let groups = self.read(|views| {
            let words = Words { views, catalogue };
            let names = |record: &Record, local: &Fields| values(&words, field, record, local, lang);
            grouped(views, catalogue, kind, self.office().site(), &question, &names)
        });
        let lines = groups.into_iter().map(|group| GroupLine {
            group: group.name,
            measure: group.id,
            label: lang.of(&group.label).to_owned(),
            text: group.figure.to_string(),
            judged: Judged { target: group.target.map(|target| target.to_string()), met: group.met },
        });
        let (from, to) = self.ends(&question);
        Ok(TalliedBy {
            from,
            to,
            as_of: question.as_of.to_string(),
            kind: kind.id.clone(),
            by: field.id.clone(),
            by_label: lang.of(&field.label).to_owned(),
            lines: lines.collect(),
        })
    }

    /// The kind whose records the first of these figures counts.
    fn counted(&self, measures: &[String]) -> Result<&Kind, Failure> {
        let catalogue = self.catalogue();
        let first = measures.first().and_then(|id| {
            let rate = catalogue.rates().find(|(_, rate)| rate.id == *id);
            let above = rate.and_then(|(_, rate)| rate.numerator.first()).unwrap_or(id);
            catalogue.measure(above)
        });
        first.map(|(kind, _)| kind).ok_or_else(|| {
            Failure::invalid("请写明统计哪种台账：--kind 台账。", "Say which records to count: --kind KIND.")
        })
    }
}

/// The values of a field of a record, in words.
fn values(words: &Words<'_>, field: &Field, record: &Record, local: &Fields, lang: Lang) -> Vec<String> {
    let word = |value: &Value| words.text(Some(field), value).get(lang).trim().to_owned();
    let mut values = match record.fields.get(&field.tag).or_else(|| local.get(&field.tag)) {
        Some(Value::List(list)) => list.iter().map(word).collect(),
        Some(value) => vec![word(value)],
        None => Vec::new(),
    };
    values.retain(|value| !value.is_empty());
    values
}
