//! How figures and units are called, where only their ids are at hand.

use std::collections::BTreeMap;

use shared::catalogue::model::{Catalogue, Label, RateForm};
use shared::ids::RecordId;
use shared::tally::{Figure, Part, Whom, part_named};

use super::tally::{Measure, Unit};
use super::{App, district};

pub(super) struct Names<'a> {
    app: &'a App,
    labels: BTreeMap<&'a str, &'a Label>,
    districts: BTreeMap<RecordId, String>,
}

impl<'a> Names<'a> {
    pub(super) fn of(app: &'a App) -> Self {
        let catalogue: &Catalogue = &app.catalogue;
        let measures = catalogue.measures().map(|(_, measure)| (measure.id.as_str(), &measure.label));
        let rates = catalogue.rates().map(|(_, rate)| (rate.id.as_str(), &rate.label));
        let coverages = catalogue.coverages().map(|(_, coverage)| (coverage.id.as_str(), &coverage.label));
        Self {
            app,
            labels: measures.chain(rates).chain(coverages).collect(),
            districts: district::all(app).into_iter().map(|found| (found.id, found.name)).collect(),
        }
    }

    /// A figure, or a part of it; what the present catalogue does not know goes by its id.
    pub(super) fn measure(&self, id: &str, split: Option<u32>) -> Measure {
        let part: Option<Part> = split.map(|split| part_named(&self.app.catalogue, id, split));
        let label = self.labels.get(id);
        Measure {
            id: id.to_owned(),
            zh: label.map_or_else(|| id.to_owned(), |label| label.zh.clone()),
            en: label.map_or_else(|| id.to_owned(), |label| label.en.clone()),
            split: part.as_ref().map(|part| part.key.clone()).unwrap_or_default(),
            split_zh: part.as_ref().map(|part| part.label.zh.clone()).unwrap_or_default(),
            split_en: part.as_ref().map(|part| part.label.en.clone()).unwrap_or_default(),
            target: String::new(),
        }
    }

    pub(super) fn unit(&self, whom: Whom) -> Unit {
        let (level, id, name) = match whom {
            Whom::County => ("county", String::new(), self.app.config.name.clone()),
            Whom::Rest => ("rest", String::new(), "（其他）".to_owned()),
            Whom::Township(code) => ("township", code.to_string(), self.app.towns().name(code)),
            Whom::District(id) => {
                let name = self.districts.get(&id).cloned();
                ("district", id.to_string(), name.unwrap_or_else(|| id.to_string()))
            }
        };
        Unit { level: level.to_owned(), id, name, within: None }
    }

    /// As it is printed; a grade by its name.
    pub(super) fn printed(&self, id: &str, figure: &Figure) -> String {
        let Figure::Grade(Some(grade)) = figure else { return figure.to_string() };
        let rate = self.app.catalogue.rates().find(|(_, rate)| rate.id == id);
        let name = rate.and_then(|(_, rate)| match &rate.form {
            RateForm::Grade { grades, .. } => grades.get(*grade as usize),
            _ => None,
        });
        name.map_or_else(|| figure.to_string(), |name| name.zh.clone())
    }
}
