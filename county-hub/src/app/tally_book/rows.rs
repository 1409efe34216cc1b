//! The rows: townships by districts with their subtotals, what belongs to none, the county.

use shared::exchange::out::Tone;
use shared::ids::{RecordId, TownshipCode};
use shared::program::Lang;
use shared::tally::{Level, Unit as Counted, Whom};

use super::super::tally::Looked;
use super::super::tally_table::Laid;
use super::super::{App, district};

pub(super) struct Row {
    pub(super) whom: Whom,
    /// Name of the district that a township belongs to on the last day, or of the district itself.
    pub(super) district: String,
    pub(super) name: String,
    pub(super) tone: Tone,
}

pub(super) struct Rows {
    pub(super) list: Vec<Row>,
    /// Places in the list of the rows that make the county; empty where there are no parts.
    pub(super) parts: Vec<usize>,
    /// Place of the county.
    pub(super) whole: usize,
}

impl Rows {
    pub(super) fn of(app: &App, looked: &Looked, laid: &Laid<'_>, lang: Lang) -> Self {
        let mut rows = Self { list: Vec::new(), parts: Vec::new(), whole: 0 };
        let districts: Vec<(Option<RecordId>, String)> =
            district::all(app).into_iter().map(|found| (Some(found.id), found.name)).collect();
        let below = laid.units.iter().filter(|(whom, _)| *whom != Whom::County);
        match looked.level {
            Level::County => {}
            Level::District => {
                for (whom, unit) in below {
                    rows.parts.push(rows.list.len());
                    rows.put(*whom, &unit.name, unit.name.clone(), Tone::Plain);
                }
            }
            Level::Township => {
                let below: Vec<_> = below.collect();
                let rest = (None, lang.pick("（其他）", "(other)").to_owned());
                for (id, name) in districts.into_iter().chain([rest]) {
                    let mut any = false;
                    for (whom, unit) in &below {
                        let settled = match whom {
                            Whom::Township(code) => settled(looked, *code),
                            _ => None,
                        };
                        if settled == id {
                            any = true;
                            rows.put(*whom, &name, unit.name.clone(), Tone::Plain);
                        }
                    }
                    let whom = id.map_or(Whom::Rest, Whom::District);
                    // A district without townships may have figures of the days when it had some.
                    let counted = || laid.columns.iter().any(|column| !laid.at(column, whom).0.is_nothing());
                    if any || counted() {
                        rows.parts.push(rows.list.len());
                        let sum = match lang {
                            Lang::Zh => format!("{name}小计"),
                            Lang::En => format!("{name} subtotal"),
                        };
                        rows.put(whom, &name, sum, Tone::Part);
                    }
                }
            }
        }
        rows.whole = rows.list.len();
        let name = match lang {
            Lang::Zh => format!("{}合计", app.config.name),
            Lang::En => format!("{} total", app.config.name),
        };
        rows.put(Whom::County, "", name, Tone::Whole);
        rows
    }

    fn put(&mut self, whom: Whom, district: &str, name: String, tone: Tone) {
        self.list.push(Row { whom, district: district.to_owned(), name, tone });
    }
}

/// The district of a township on the last day asked for, or on the day of judgement if that is earlier.
fn settled(looked: &Looked, code: TownshipCode) -> Option<RecordId> {
    let read = &looked.read;
    let last = read.asked.days.of(Counted::township(code)).map_or(looked.as_of, |days| days.to);
    read.membership.settled(code, last.min(looked.as_of))
}
