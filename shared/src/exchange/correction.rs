//! What a clerk says that headings mean, and what an office remembers of it.
//!
//! Nothing is read or written here: the file in which an office keeps it is its program's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fold::{folded, tidy};
use crate::catalogue::model::Kind;
use crate::limits;

/// What a heading means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A field of the kind, by tag.
    Field(u32),
    /// The township that the row belongs to.
    Township,
    /// The column is left out.
    Leave,
}

/// From where it is known what a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The spellings of the catalogue.
    Catalogue,
    /// Said for an earlier file.
    Remembered,
    /// Said for this one.
    Given,
}

/// What headings of one kind mean, other than the catalogue says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections {
    by_heading: BTreeMap<String, (Meaning, Basis)>,
}

impl Corrections {
    /// The later of two about one heading stands.
    pub fn add(&mut self, heading: &str, meaning: Meaning, basis: Basis) {
        self.by_heading.insert(folded(heading), (meaning, basis));
    }

    pub(super) fn find(&self, folded: &str) -> Option<(Meaning, Basis)> {
        self.by_heading.get(folded).copied()
    }

    pub(super) fn given(&self) -> impl Iterator<Item = &String> {
        self.by_heading.iter().filter(|(_, (_, basis))| *basis == Basis::Given).map(|(heading, _)| heading)
    }
}

/// Words for what is no field; no id of a field begins so.
const TOWNSHIP: &str = "@township";
const LEAVE: &str = "@leave";

/// One heading that an office has corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Noted {
    /// As it stood in the file.
    heading: String,
    /// The id of a field, or a word for what is no field.
    means: String,
}

/// What an office remembers: for each kind what headings mean. Bounded by [`limits::IMPORT_REMEMBERED_MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// By the id of the kind and the folded heading.
    kinds: BTreeMap<String, BTreeMap<String, Noted>>,
}

impl Remembered {
    /// Reads what [`Remembered::text`] wrote; `None` if it is something else.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn text(&self) -> String {
        // Maps of texts always have a form in JSON.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What is remembered of a kind. Fields that the catalogue has no more are passed over.
    pub fn of(&self, kind: &Kind) -> Corrections {
        let mut corrections = Corrections::default();
        for noted in self.kinds.get(&kind.id).into_iter().flat_map(BTreeMap::values) {
            let meaning = match noted.means.as_str() {
                TOWNSHIP => Some(Meaning::Township),
                LEAVE => Some(Meaning::Leave),
                id => kind.field(id).map(|field| Meaning::Field(field.tag)),
            };
            if let Some(meaning) = meaning {
                corrections.add(&noted.heading, meaning, Basis::Remembered);
            }
        }
        corrections
    }

    /// Remembers a heading of a kind. Beyond the bound nothing is added.
    pub fn note(&mut self, kind: &Kind, heading: &str, meaning: Meaning) {
        let means = match meaning {
            Meaning::Township => TOWNSHIP.to_owned(),
            Meaning::Leave => LEAVE.to_owned(),
            Meaning::Field(tag) => match kind.fields.get(&tag) {
                Some(field) => field.id.clone(),
                None => return,
            },
        };
        let heading: String = tidy(heading).chars().take(limits::IMPORT_HEADING_CHARS_MAX).collect();
        let known = self.kinds.entry(kind.id.clone()).or_default();
        if known.len() < limits::IMPORT_REMEMBERED_MAX || known.contains_key(&folded(&heading)) {
            known.insert(folded(&heading), Noted { heading, means });
        }
    }

    /// Forgets one heading of a kind, or all; says whether there was anything.
    pub fn forget(&mut self, kind: &Kind, heading: Option<&str>) -> bool {
        match heading {
            None => self.kinds.remove(&kind.id).is_some_and(|known| !known.is_empty()),
            Some(heading) => {
                self.kinds.get_mut(&kind.id).is_some_and(|known| known.remove(&folded(heading)).is_some())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::kind;
    use super::*;

    #[test]
    fn what_is_remembered_is_read_back_and_can_be_forgotten() {
        let kind = kind();
        let mut remembered = Remembered::default();
        remembered.note(&kind, "承办 单位：", Meaning::Field(4));
        remembered.note(&kind, "报送单位", Meaning::Township);
        remembered.note(&kind, "备注", Meaning::Leave);
        remembered.note(&kind, "没有", Meaning::Field(99));
        let mut remembered = Remembered::read(&remembered.text()).expect("its own text");
        let known = remembered.of(&kind);
        assert_eq!(known.find("承办单位"), Some((Meaning::Field(4), Basis::Remembered)));
        assert_eq!(known.find("报送单位"), Some((Meaning::Township, Basis::Remembered)));
        assert_eq!(known.find("备注"), Some((Meaning::Leave, Basis::Remembered)));
        assert_eq!(known.find("没有"), None);
        assert!(remembered.forget(&kind, Some("备 注")) && !remembered.forget(&kind, Some("备注")));
        assert_eq!(remembered.of(&kind).find("备注"), None);
        assert!(remembered.forget(&kind, None) && !remembered.forget(&kind, None));
        assert_eq!(remembered.of(&kind), Corrections::default());
        assert_eq!(Remembered::read("{"), None);
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let kind = kind();
        let mut remembered = Remembered::default();
        for n in 0..limits::IMPORT_REMEMBERED_MAX + 9 {
            remembered.note(&kind, &format!("第{n}列"), Meaning::Leave);
        }
        remembered.note(&kind, "第0列", Meaning::Field(1));
        assert_eq!(remembered.kinds["sample"].len(), limits::IMPORT_REMEMBERED_MAX);
        assert_eq!(remembered.of(&kind).find("第0列"), Some((Meaning::Field(1), Basis::Remembered)));
        remembered.note(&kind, &"长".repeat(10_000), Meaning::Leave);
        assert!(remembered.text().len() < 200_000);
    }

    /// A field that a later catalogue does not have any more is no reason to refuse the file.
    #[test]
    fn fields_that_are_gone_are_passed_over() {
        let text = r#"{"kinds":{"sample":{"承办":{"heading":"承办","means":"gone"}},"other":{}}}"#;
        let remembered = Remembered::read(text).expect("a form");
        assert_eq!(remembered.of(&kind()), Corrections::default());
    }
}
