//! What a list is asked for, as it stands in the query of its address. Read and written here, so that every link of the page
//! keeps what the user has chosen.

use super::super::address::Address;
use crate::catalogue::model::Kind;
use crate::ledger::List;

/// Names of the query that are no fields.
const STATUS: &str = "status";
const OPEN: &str = "open";
const OVERDUE: &str = "overdue";
const PERIOD: &str = "period";
const OWNER: &str = "owner";
const WORDS: &str = "q";
const SORT: &str = "sort";
const PAGE: &str = "page";
const COLUMN: &str = "column";
/// Stands before the id of a field.
pub const FIELD: &str = "f.";

/// By what a list can be sorted that is no field.
pub const BY_STATUS: &str = "status";
pub const BY_DUE: &str = "due";

/// An order of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    /// Id of a column's field, [`BY_STATUS`] or [`BY_DUE`].
    pub by: String,
    pub descending: bool,
}

/// What is asked of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Words to look for; the program that serves the list looks for them.
    pub words: String,
    /// Id of a status.
    pub status: Option<String>,
    pub open: bool,
    pub overdue: bool,
    /// Such as `2026Q3`.
    pub period: Option<String>,
    /// A township code or `hub`.
    pub owner: Option<String>,
    /// Ids of fields, each with what it must say.
    pub fields: Vec<(String, String)>,
    pub sort: Option<Sorting>,
    /// From 1.
    pub page: usize,
    /// Ids of the fields that are shown; empty: those that say something.
    pub columns: Vec<String>,
}

impl Asked {
    /// From the pairs of a query. What is empty or not known is passed over.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut asked = Self { page: 1, ..Self::default() };
        for (name, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let text = || Some(value.to_owned());
            match name {
                WORDS => asked.words = value.to_owned(),
                STATUS => asked.status = text(),
                OPEN => asked.open = true,
                OVERDUE => asked.overdue = true,
                PERIOD => asked.period = text(),
                OWNER => asked.owner = text(),
                PAGE => asked.page = value.parse().unwrap_or(1).max(1),
                COLUMN => asked.columns.push(value.to_owned()),
                SORT => {
                    let (descending, by) = value.strip_prefix('-').map_or((false, value), |by| (true, by));
                    asked.sort = Some(Sorting { by: by.to_owned(), descending });
                }
                _ => {
                    if let Some(field) = name.strip_prefix(FIELD) {
                        asked.fields.push((field.to_owned(), value.to_owned()));
                    }
                }
            }
        }
        asked
    }

    /// The address of the list that shows this.
    pub fn address(&self, path: &str) -> Address {
        let mut address = Address::new(path);
        let some = [
            (WORDS, Some(&self.words).filter(|words| !words.is_empty())),
            (STATUS, self.status.as_ref()),
            (PERIOD, self.period.as_ref()),
            (OWNER, self.owner.as_ref()),
        ];
        for (name, value) in some {
            if let Some(value) = value {
                address = address.and(name, value);
            }
        }
        for (name, set) in [(OPEN, self.open), (OVERDUE, self.overdue)] {
            if set {
                address = address.and(name, "1");
            }
        }
        for (field, value) in &self.fields {
            address = address.and(&format!("{FIELD}{field}"), value);
        }
        if let Some(sort) = &self.sort {
            let sign = if sort.descending { "-" } else { "" };
            address = address.and(SORT, format!("{sign}{}", sort.by));
        }
        for column in &self.columns {
            address = address.and(COLUMN, column);
        }
        if self.page > 1 {
            address = address.and(PAGE, self.page.to_string());
        }
        address
    }

    /// Whether only a part of the ledger is asked for.
    pub fn narrow(&self) -> bool {
        let all = Self {
            page: self.page,
            sort: self.sort.clone(),
            columns: self.columns.clone(),
            ..Self::default()
        };
        *self != all
    }

    /// The same from its first page on, changed.
    #[must_use]
    pub fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut asked = Self { page: 1, ..self.clone() };
        change(&mut asked);
        asked
    }

    /// The question to a ledger; `limit` rows at most.
    pub fn list(&self, kind: &Kind, limit: usize) -> List {
        List {
            kind: kind.id.clone(),
            owner: self.owner.clone(),
            status: self.status.clone(),
            open: self.open,
            overdue: self.overdue,
            period: self.period.clone(),
            fields: self.fields.iter().map(|(field, value)| format!("{field}={value}")).collect(),
            words: self.words.clone(),
            limit: Some(limit),
            after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_back_from_its_address() {
        let asked = Asked {
            words: "路灯 & 桥".to_owned(),
            status: Some("submitted".to_owned()),
            open: true,
            overdue: true,
            period: Some("2026Q3".to_owned()),
            owner: Some("330282002".to_owned()),
            fields: vec![("subject".to_owned(), "URBAN".to_owned())],
            sort: Some(Sorting { by: "due".to_owned(), descending: true }),
            page: 3,
            columns: vec!["no".to_owned(), "subject".to_owned()],
        };
        let address = asked.address("/r/proposal");
        let pairs = address.query().iter().map(|(name, value)| (name.as_str(), value.as_str()));
        assert_eq!(Asked::read(pairs), asked);
        assert!(asked.narrow());
        let plain = Asked::read([("page", "x"), ("strange", "1"), ("q", "  ")]);
        assert_eq!(plain.address("/r/proposal").to_string(), "/r/proposal");
        assert!(!plain.narrow());
        assert_eq!(asked.but(|asked| asked.open = false).page, 1);
    }
}
