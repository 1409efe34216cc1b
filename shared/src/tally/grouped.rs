//! Figures of the records of one kind by the values of a field, such as a ledger by handling unit. Worked out from the
//! records themselves: no cell knows the field.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::{Days, Found};
use super::contribution::{contribution, running_shelf, standing};
use super::figure::Figure;
use super::question::Question;
use super::reading::Reading;
use crate::catalogue::model::{Catalogue, Kind, Label, Measure, RateForm, Target};
use crate::ids::Site;
use crate::record::{Fields, Record};
use crate::store::View;
use crate::view::read;

/// One figure of one group.
#[derive(Debug, Clone)]
pub struct Group {
    /// The value in words; what has none stands under the empty text, first.
    pub name: String,
    pub id: String,
    pub label: Label,
    pub figure: Figure,
    pub target: Option<Target>,
    /// A group is no office: only what holds of any number of cases is judged.
    pub met: Option<bool>,
}

/// Whether a measure or rate can be told by groups of records of this kind: it counts them alone, and is not one of offices
/// (grades, gaps, paces).
pub fn groupable(catalogue: &Catalogue, kind: &Kind, id: &str) -> bool {
    let ours = |id: &str| kind.measures.iter().any(|measure| measure.id == id);
    let rate = catalogue.rates().find(|(_, rate)| rate.id == id);
    ours(id) || rate.is_some_and(|(_, rate)| rate.parts().all(|id| ours(id)) && !of_offices(&rate.form))
}

fn of_offices(form: &RateForm) -> bool {
    form.of_days() || matches!(form, RateForm::Grade { .. } | RateForm::Pace)
}

/// The measures and rates asked for that count records of this kind (all of the kind's file if none is), for every value
/// that a record of `owner` has: `names` tells a record's values in words, and a record with several counts for each. Groups
/// in the order of their names, within them the figures in the order of the catalogue. What is not [`groupable`] is left
/// out.
pub fn grouped(
    views: &dyn View,
    catalogue: &Catalogue,
    kind: &Kind,
    owner: Site,
    question: &Question,
    names: &dyn Fn(&Record, &Fields) -> Vec<String>,
) -> Vec<Group> {
    let asked = |id: &str| question.ids.is_empty() || question.ids.iter().any(|wanted| wanted == id);
    let days = Days::of(views, catalogue, question);
    let measures: BTreeMap<u32, &Measure> = kind.measures.iter().map(|m| (m.tag, m)).collect();
    let mut found: Found<String> = Found::new();
    let mut groups = BTreeSet::new();
    read::list(views, kind.tag, owner, None, &mut |line| {
        let Some(record) = read::record(views, line.id).filter(|record| standing(kind, record).is_some())
        else {
            return true;
        };
        let mut of: BTreeSet<String> = names(&record, &read::local(views, line.id)).into_iter().collect();
        if of.is_empty() {
            of.insert(String::new());
        }
        for cell in contribution(kind, &record) {
            let Some(measure) = measures.get(&cell.measure) else { continue };
            let runs = running_shelf(measure) == Some(cell.window);
            let counted = days.counted(measure.window, cell.unit, runs);
            if !counted.is_some_and(|days| days.holds(cell.day)) {
                continue;
            }
            for name in &of {
                if measure.by.is_some() {
                    let slot = (measure.tag, measure.window);
                    found.add_key(slot, name.clone(), cell.unit, cell.split, cell.sum);
                } else {
                    found.add_sum(measure.tag, name.clone(), cell.split, cell.sum);
                }
                groups.insert(name.clone());
            }
        }
        true
    });
    let reading = Reading { catalogue, found: &found, days: &days, offices: &[] };
    let mut lines = Vec::new();
    for name in groups {
        let mut line = |id: &str, label: &Label, target: Option<Target>, figure: Figure| {
            let met = target.filter(|_| !figure.adds_up()).and_then(|target| figure.meets(target));
            let (name, id, label) = (name.clone(), id.to_owned(), label.clone());
            lines.push(Group { name, id, label, figure, target, met });
        };
        for measure in kind.measures.iter().filter(|measure| asked(&measure.id)) {
            let figure = reading.measure(kind, measure, &name);
            line(&measure.id, &measure.label, measure.target, figure);
        }
        for (_, rate) in catalogue.rates().filter(|(_, rate)| asked(&rate.id)) {
            if groupable(catalogue, kind, &rate.id) {
                line(&rate.id, &rate.label, rate.target, reading.rate(rate, &name));
            }
        }
    }
    lines
}
