//! Printing a record, or a list of records.

use serde::{Deserialize, Serialize};

use super::{Ledger, List, find_record};
use crate::catalogue::model::{Kind, Print};
use crate::exchange::fold::folded;
use crate::print::{GENERAL, Paper, Source, Whole, offered, print, print_general};
use crate::program::{Failure, Text, text};
use crate::record::Record;
use crate::store::View;
use crate::view::read;

/// A form that can be printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormOffer {
    pub id: String,
    pub label: Text,
    /// It lists records, chosen as in a list.
    pub many: bool,
}

/// What is to be printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrintOf {
    /// A record, by what a person calls it; or a form that is of no record, such as `receipt`.
    Named(String),
    /// Records, chosen as in a list; in the list's order, the oldest first.
    List(List),
    /// A kind's form with nothing in it, to be written on.
    Blank(String),
    /// None of these: to see which forms are of no record.
    Office,
}

/// A form of the catalogue, or the one that every kind has.
enum Chosen<'a> {
    Form(&'a Print),
    General,
}

impl Ledger<'_> {
    /// The forms that can be printed of this; of a record those that are offered as it stands, the one that every kind has
    /// as the last.
    ///
    /// # Errors
    /// As [`Ledger::print`].
    pub fn forms(&self, of: &PrintOf) -> Result<Vec<FormOffer>, Failure> {
        let papers = self.papers();
        match of {
            PrintOf::Named(name) if find(&papers, Some(name)).is_some() => {
                Ok(find(&papers, Some(name)).map(offer).into_iter().collect())
            }
            PrintOf::Named(name) => self.store.read(|views| {
                let record = find_record(&self.names(views), None, name)?;
                let local = self.own(views, &record);
                let prints = self.catalogue.kinds.get(&record.kind).map(|kind| kind.prints.as_slice());
                let fits = prints.unwrap_or_default().iter().filter(|print| offered(print, &record, &local));
                Ok(fits.map(offer).chain([general_offer()]).collect())
            }),
            PrintOf::List(ask) => {
                Ok(self.kind(&ask.kind)?.prints.iter().filter(|print| print.many).map(offer).collect())
            }
            PrintOf::Blank(kind) => {
                let single = self.kind(kind)?.prints.iter().filter(|print| !print.many);
                Ok(single.map(offer).chain([general_offer()]).collect())
            }
            PrintOf::Office => Ok(papers.into_iter().map(offer).collect()),
        }
    }

    fn papers(&self) -> Vec<&Print> {
        self.catalogue.papers.iter().collect()
    }

    /// A form on paper. Without the name of a form: the first that is offered. A form may be asked for in any status.
    ///
    /// # Errors
    /// `NotFound`: no such record, kind or form; `Invalid`: several are meant, or it is too long.
    pub fn print(&self, of: &PrintOf, form: Option<&str>) -> Result<Paper, Failure> {
        self.store.read(|views| {
            let source = Source {
                views,
                catalogue: self.catalogue,
                townships: self.townships,
                place: self.place,
                today: self.clock.today(),
            };
            match of {
                PrintOf::Named(name) if find(&self.papers(), Some(name)).is_some() => {
                    print(&source, None, paper(&self.papers(), Some(name))?, &[])
                }
                PrintOf::Named(name) => {
                    let record = find_record(&self.names(views), None, name)?;
                    self.print_record(views, &source, record, form)
                }
                PrintOf::List(ask) => {
                    let kind = self.kind(&ask.kind)?;
                    let chosen = named(kind.prints.iter().filter(|print| print.many), form, kind)?;
                    let mut rows = self.list_in(views, ask)?.rows;
                    rows.reverse();
                    let whole = |id| read::record(views, id).map(|record| self.whole(views, record));
                    let wholes: Vec<Whole> = rows.iter().filter_map(|row| whole(row.id)).collect();
                    print(&source, Some(kind), chosen, &wholes)
                }
                PrintOf::Blank(name) => {
                    let kind = self.kind(name)?;
                    match self.chosen(kind, form, |print| !print.many)? {
                        Chosen::Form(form) => print(&source, Some(kind), form, &[]),
                        Chosen::General => print_general(&source, kind, &[]),
                    }
                }
                PrintOf::Office => print(&source, None, paper(&self.papers(), form)?, &[]),
            }
        })
    }

    fn print_record(
        &self,
        views: &dyn View,
        source: &Source<'_>,
        record: Record,
        form: Option<&str>,
    ) -> Result<Paper, Failure> {
        let kind = self.kind_of(record.kind)?;
        let whole = self.whole(views, record);
        let fits = |print: &Print| offered(print, &whole.0, &whole.1);
        match self.chosen(kind, form, fits)? {
            Chosen::Form(form) => print(source, Some(kind), form, &[whole]),
            Chosen::General => print_general(source, kind, &[whole]),
        }
    }

    fn whole(&self, views: &dyn View, record: Record) -> Whole {
        let local = self.own(views, &record);
        (record, local)
    }

    fn chosen<'k>(
        &self,
        kind: &'k Kind,
        form: Option<&str>,
        fits: impl Fn(&Print) -> bool,
    ) -> Result<Chosen<'k>, Failure> {
        let general = general_offer().label;
        match form {
            None => Ok(kind.prints.iter().find(|print| fits(print)).map_or(Chosen::General, Chosen::Form)),
            Some(name) if name == GENERAL || name == general.zh => Ok(Chosen::General),
            Some(name) => {
                named(kind.prints.iter().filter(|print| !print.many), Some(name), kind).map(Chosen::Form)
            }
        }
    }
}

fn offer(print: &Print) -> FormOffer {
    FormOffer { id: print.id.clone(), label: Text::from(&print.label), many: print.many }
}

fn general_offer() -> FormOffer {
    FormOffer { id: GENERAL.to_owned(), label: text("登记表", "Record sheet"), many: false }
}

/// A form by its id or label; without a name the first.
fn named<'a>(
    prints: impl Iterator<Item = &'a Print>,
    name: Option<&str>,
    kind: &Kind,
) -> Result<&'a Print, Failure> {
    let prints: Vec<&Print> = prints.collect();
    find(&prints, name).ok_or_else(|| {
        let (zh, en) = (&kind.label.zh, &kind.label.en);
        unknown(name, &prints, format!("{zh}没有这种打印格式"), format!("{en} has no such form"))
    })
}

fn paper<'a>(prints: &[&'a Print], name: Option<&str>) -> Result<&'a Print, Failure> {
    find(prints, name).ok_or_else(|| {
        unknown(name, prints, "没有这种打印格式".to_owned(), "There is no such form".to_owned())
    })
}

fn find<'a>(prints: &[&'a Print], name: Option<&str>) -> Option<&'a Print> {
    let Some(name) = name else { return prints.first().copied() };
    let plain = folded(name);
    let fits = |print: &&&Print| {
        [&print.id, &print.label.zh, &print.label.en].iter().any(|known| folded(known) == plain)
    };
    prints.iter().find(fits).copied()
}

fn unknown(name: Option<&str>, prints: &[&Print], zh: String, en: String) -> Failure {
    let name = name.map_or_else(String::new, |name| format!("：{name}"));
    let (known_zh, known_en): (Vec<String>, Vec<String>) =
        prints.iter().map(|print| (format!("{}（{}）", print.label.zh, print.id), print.id.clone())).unzip();
    let failure = Failure::not_found(format!("{zh}{name}。"), format!("{en}{name}."));
    if known_zh.is_empty() {
        failure.advise(
            format!("可以打印登记表（{GENERAL}）。"),
            format!("Every record can be printed as {GENERAL}."),
        )
    } else {
        failure.advise(format!("可用：{}", known_zh.join("、")), format!("Known: {}.", known_en.join(", ")))
    }
}

/// What is to be said of characters that stand as empty boxes; none where all are there.
pub fn missing_text(missing: &[char]) -> Option<Text> {
    let listed: Vec<String> = missing.iter().map(|c| format!("{c}（U+{:04X}）", u32::from(*c))).collect();
    let plain: Vec<String> = missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
    (!missing.is_empty()).then(|| {
        text(
            format!("字库里没有这些字，纸上留了空框，请手写：{}。", listed.join("、")),
            format!(
                "No font has these characters; empty boxes are left to write them in: {}.",
                plain.join(", ")
            ),
        )
    })
}
