//! To whom the records of a county kind go: as its file says it, and as one record says it. Which streams that means is
//! not here: that depends on the day.

use std::collections::BTreeSet;

use super::model::{Each, Effect, Field, Owner, Shape};
use super::names::Names;
use super::read::{Tab, Word};
use super::rules::Rules;
use crate::ids::{RecordId, TownshipCode};
use crate::record::{Fields, Value};

/// Where the records of a county-owned kind flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Every node.
    All,
    /// The township named in this field.
    TownshipIn(u32),
    /// The members of the district that this field links to, all nodes if it is empty.
    DistrictIn(u32),
    /// Each record says it itself.
    Chosen(Chosen),
    /// Nobody.
    Nobody,
}

/// The fields, by tag, in which a record says to whom it goes, and the choices of the first of them, by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Choice between the three below.
    pub to: u32,
    pub to_all: u32,
    pub to_district: u32,
    pub to_townships: u32,
    /// Link to a district.
    pub district: u32,
    /// List of townships.
    pub townships: u32,
}

/// To whom one record goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressees {
    All,
    /// The members of the day.
    District(RecordId),
    /// Never empty.
    Townships(BTreeSet<TownshipCode>),
    Nobody,
}

impl Address {
    /// To whom a record with these values goes.
    ///
    /// # Errors
    /// The tag of the field that does not say what it should.
    pub fn of(&self, fields: &Fields) -> Result<Addressees, u32> {
        match self {
            Self::All => Ok(Addressees::All),
            Self::Nobody => Ok(Addressees::Nobody),
            Self::TownshipIn(tag) => {
                let code = fields.get(tag).and_then(Value::township).ok_or(*tag)?;
                Ok(Addressees::Townships([code].into()))
            }
            Self::DistrictIn(tag) => match fields.get(tag) {
                None => Ok(Addressees::All),
                Some(Value::Link(district)) => Ok(Addressees::District(*district)),
                Some(_) => Err(*tag),
            },
            Self::Chosen(chosen) => chosen.of(fields),
        }
    }
}

impl Chosen {
    fn of(&self, fields: &Fields) -> Result<Addressees, u32> {
        let Some(Value::Choice(to)) = fields.get(&self.to) else { return Err(self.to) };
        match *to {
            to if to == self.to_all => Ok(Addressees::All),
            to if to == self.to_district => match fields.get(&self.district) {
                Some(Value::Link(district)) => Ok(Addressees::District(*district)),
                _ => Err(self.district),
            },
            to if to == self.to_townships => {
                let codes: BTreeSet<TownshipCode> = townships(fields.get(&self.townships)).collect();
                if codes.is_empty() { Err(self.townships) } else { Ok(Addressees::Townships(codes)) }
            }
            _ => Err(self.to),
        }
    }
}

/// The townships that a list names.
pub fn townships(value: Option<&Value>) -> impl Iterator<Item = TownshipCode> {
    let list = match value {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(Value::township)
}

/// Ids of the common fields of `address = "chosen"`, and of the choices of the first.
const TO: &str = "addressed_to";
const DISTRICT: &str = "to_district";
const TOWNSHIPS: &str = "to_townships";
const CHOICES: [&str; 3] = ["ALL", "DISTRICT", "TOWNSHIPS"];

/// `address = "all"`, `"nobody"`, `"chosen"`, `{ township = "field" }` or `{ district = "field" }`.
pub(super) fn address(top: &Tab<'_>, names: &Names<'_>) -> Address {
    let Some(value) = top.value("address") else { return Address::Nobody };
    match value.as_str() {
        Some("all") => return Address::All,
        Some("nobody") => return Address::Nobody,
        Some(text @ "chosen") => {
            return chosen(Word { text, at: value.span }, names).map_or(Address::All, Address::Chosen);
        }
        Some(other) => {
            let at = value.span;
            top.report.say(at, format!("`address` is not \"{other}\""), format!("address 不能是 `{other}`"));
            return Address::Nobody;
        }
        None => {}
    }
    let Some(tab) = Tab::new(value, top.report) else { return Address::Nobody };
    let township = |shape: &Shape| matches!(shape, Shape::Township);
    let link = |shape: &Shape| matches!(shape, Shape::Link(_));
    let found = if let Some(word) = tab.word("township") {
        names.field_of(word, "a township", "乡镇", township).map(Address::TownshipIn)
    } else {
        names.field_of(tab.need_word("district"), "a link", "关联", link).map(Address::DistrictIn)
    };
    tab.done();
    found.unwrap_or(Address::Nobody)
}

/// The kind has the three fields, and they are what they should be.
fn chosen(word: Word<'_>, names: &Names<'_>) -> Option<Chosen> {
    let find = |id: &str, fits: &dyn Fn(&Shape) -> bool| {
        let field = names.fields.values().find(|field| field.id == id && fits(&field.shape));
        if field.is_none() {
            names.report.say(
                word.at,
                format!("address \"chosen\" needs the common field `{id}`: name it in `uses`"),
                format!("address = \"chosen\" 需要公共字段 `{id}`，请写进 uses"),
            );
        }
        field
    };
    let to = find(TO, &|shape| matches!(shape, Shape::Choice(_)));
    let district = find(DISTRICT, &|shape| matches!(shape, Shape::Link(_)));
    let townships = find(TOWNSHIPS, &|shape| matches!(shape, Shape::Townships));
    let (to, district, townships) = (to?, district?, townships?);
    let [to_all, to_district, to_townships] = CHOICES.map(|key| choice(word, to, key, names));
    Some(Chosen {
        to: to.tag,
        to_all: to_all?,
        to_district: to_district?,
        to_townships: to_townships?,
        district: district.tag,
        townships: townships.tag,
    })
}

fn choice(word: Word<'_>, field: &Field, key: &str, names: &Names<'_>) -> Option<u32> {
    let found = field.choice_key(key).map(|choice| choice.id);
    if found.is_none() {
        names.report.say(
            word.at,
            format!("address \"chosen\" needs the choice `{key}` of `{}`", field.id),
            format!("address = \"chosen\" 需要 `{}` 的选项 `{key}`", field.id),
        );
    }
    found
}

impl Rules<'_> {
    /// What looks at addressees is a record of the county that has some; a township's record counts for that township.
    pub(super) fn addressed(&self) {
        let county = self.kind.owner == Owner::County;
        let chosen = matches!(self.kind.address, Address::Chosen(_));
        if chosen && !county {
            self.report.say(
                self.places.kind,
                "only county records say to whom they go",
                "只有县级记录才写下发范围",
            );
        }
        let each = |effect: &Effect| matches!(effect, Effect::Create(c) if c.each == Some(Each::Addressees));
        for action in self.kind.actions.values().filter(|action| action.effects.iter().any(each)) {
            if !county || self.kind.address == Address::Nobody {
                self.report.say(
                    self.at_action(action),
                    format!("action `{}` makes a record for each addressee, but there are none", action.id),
                    format!("操作 `{}` 要逐个下发对象生成记录，但本台账不下发", action.id),
                );
            }
        }
        for (measure, at) in self.kind.measures.iter().zip(&self.places.measures) {
            if measure.township.is_some() && !county {
                self.report.say(
                    *at,
                    format!("measure `{}`: what a township writes counts for that township", measure.id),
                    format!("指标 `{}`：乡镇登记的记录只计入该乡镇", measure.id),
                );
            }
        }
    }
}
