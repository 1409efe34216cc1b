//! Finding things in the catalogue by the names that people and programs use.

use super::model::{
    Action, Amount, Catalogue, Choice, Condition, Coverage, DeadlineKind, Field, Give, Kind, LegalProfile,
    Length, Measure, Piece, Privacy, Rate, Shape, Status,
};
use crate::record::Value;

impl Catalogue {
    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.values().find(|kind| kind.id == id)
    }

    pub fn kind_tag(&self, tag: u32) -> Option<&Kind> {
        self.kinds.get(&tag)
    }

    /// By code, such as `DL-SG-REPLY`.
    pub fn deadline(&self, code: &str) -> Option<&DeadlineKind> {
        self.deadlines.values().find(|kind| kind.code == code)
    }

    /// The profile of this id, else the national one.
    pub fn profile(&self, id: &str) -> Option<&LegalProfile> {
        self.profiles.get(id).or_else(|| self.profiles.get("national"))
    }

    /// By id, such as `A1`, with the kind whose records it counts.
    pub fn measure(&self, id: &str) -> Option<(&Kind, &Measure)> {
        self.measures().find(|(_, measure)| measure.id == id)
    }

    pub fn measure_tag(&self, tag: u32) -> Option<(&Kind, &Measure)> {
        self.measures().find(|(_, measure)| measure.tag == tag)
    }

    /// Every measure with its kind, by kind, in the order of the file.
    pub fn measures(&self) -> impl Iterator<Item = (&Kind, &Measure)> {
        self.kinds.values().flat_map(|kind| kind.measures.iter().map(move |measure| (kind, measure)))
    }

    /// Every rate with the kind in whose file it stands.
    pub fn rates(&self) -> impl Iterator<Item = (&Kind, &Rate)> {
        self.kinds.values().flat_map(|kind| kind.rates.iter().map(move |rate| (kind, rate)))
    }
}

impl Catalogue {
    /// Every coverage with the kind in whose file it stands.
    pub fn coverages(&self) -> impl Iterator<Item = (&Kind, &Coverage)> {
        self.kinds.values().flat_map(|kind| kind.coverages.iter().map(move |coverage| (kind, coverage)))
    }

    /// Whether there is a measure, rate or coverage of this id.
    pub fn has_figure(&self, id: &str) -> bool {
        self.measure(id).is_some()
            || self.rates().any(|(_, rate)| rate.id == id)
            || self.coverages().any(|(_, coverage)| coverage.id == id)
    }
}

impl Kind {
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.values().find(|field| field.id == id)
    }

    pub fn status(&self, id: &str) -> Option<&Status> {
        self.statuses.values().find(|status| status.id == id)
    }

    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.values().find(|action| action.id == id)
    }

    /// Actions that create a record.
    pub fn creations(&self) -> impl Iterator<Item = &Action> {
        self.actions.values().filter(|action| action.from.is_empty())
    }

    /// Actions open to a record in this status.
    pub fn actions_from(&self, status: u32) -> impl Iterator<Item = &Action> {
        self.actions.values().filter(move |action| action.from.contains(&status))
    }

    pub fn is_open(&self, status: u32) -> bool {
        self.statuses.get(&status).is_some_and(|status| status.open)
    }

    pub fn is_draft(&self, status: u32) -> bool {
        self.statuses.get(&status).is_some_and(|status| status.draft)
    }

    /// Whether a field must never leave the office; a field that is not known here is not held to be private.
    /// Fields that say which matter a record is about: its title, its date, and whatever else creation asks for that
    /// somebody has to say, without the number. Two records of one office that agree in them are taken for the same.
    pub fn identity(&self) -> Vec<u32> {
        let starts = || self.actions.values().filter(|action| action.from.is_empty());
        let asked = |field: &&Field| {
            starts().filter_map(|action| action.to).any(|to| field.required_in.contains(&to))
        };
        let number = |tag: u32| {
            self.numbering.as_ref().is_some_and(|numbering| numbering.field == tag)
                || self.import.as_ref().is_some_and(|import| import.key == Some(tag))
        };
        let said = |field: &&Field| !field.derived && field.compute.is_none();
        let plain = |field: &&Field| !matches!(field.shape, Shape::Rows(_) | Shape::Blob);
        let main = [self.title, self.date];
        let others = self.fields.values().filter(|f| asked(f) && said(f) && plain(f) && !number(f.tag));
        let others = others.map(|field| field.tag).filter(|tag| !main.contains(tag));
        main.into_iter().chain(others).collect()
    }

    pub fn is_local(&self, field: u32) -> bool {
        self.fields.get(&field).is_some_and(|field| field.privacy == Privacy::Local)
    }
}

impl Condition {
    /// Tags of the record's own fields that it looks at.
    pub fn fields(&self) -> Vec<u32> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::fields).collect(),
            Self::Not(inner) => inner.fields(),
            Self::Filled(field) | Self::In { field, .. } | Self::Linked { field, .. } => vec![*field],
            Self::Within { amount, .. } => amount.fields(),
            Self::Share { part, whole, .. } => [part.fields(), whole.fields()].concat(),
            Self::InOrder { first, second } => vec![*first, *second],
            _ => Vec::new(),
        }
    }

    /// Numbers of the record's own deadlines that it looks at.
    pub fn deadlines(&self) -> Vec<u32> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::deadlines).collect(),
            Self::Not(inner) => inner.deadlines(),
            Self::HasDeadline(number)
            | Self::MetInTime(number)
            | Self::Overdue(number)
            | Self::DeadlineOpen(number) => vec![*number],
            _ => Vec::new(),
        }
    }

    /// Link fields of the record whose targets it looks at.
    pub fn linked(&self) -> Vec<u32> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::linked).collect(),
            Self::Not(inner) => inner.linked(),
            Self::Linked { field, .. } => vec![*field],
            Self::Within { amount, .. } => amount.linked(),
            Self::Share { part, whole, .. } => [part.linked(), whole.linked()].concat(),
            _ => Vec::new(),
        }
    }
}

impl Amount {
    /// Tags of the record's own fields that it looks at.
    pub fn fields(&self) -> Vec<u32> {
        match self {
            Self::Fixed(_) | Self::Records { .. } | Self::Revision { of: None } => Vec::new(),
            Self::Field(field)
            | Self::Rows { field, .. }
            | Self::Linked { field, .. }
            | Self::Revision { of: Some(field) } => vec![*field],
            Self::Add(list) | Self::Subtract(list) => list.iter().flat_map(Self::fields).collect(),
            Self::Days { from, to } => vec![*from, *to],
            Self::Part { field, .. } => vec![*field],
        }
    }

    /// Link fields of the record whose targets it looks at.
    pub fn linked(&self) -> Vec<u32> {
        match self {
            Self::Linked { field, .. } => vec![*field],
            Self::Add(list) | Self::Subtract(list) => list.iter().flat_map(Self::linked).collect(),
            _ => Vec::new(),
        }
    }
}

impl Give {
    /// Tags of the fields that the value is taken from.
    pub fn fields(&self) -> Vec<u32> {
        let named = |piece: &Piece| if let Piece::Field(tag) = piece { Some(*tag) } else { None };
        match self {
            Self::Field(tag) => vec![*tag],
            Self::Amount(amount) => amount.fields(),
            Self::Text(pieces) => pieces.iter().filter_map(named).collect(),
            _ => Vec::new(),
        }
    }
}

impl Field {
    /// The choices of a choice field, else none.
    pub fn choices(&self) -> &[Choice] {
        match &self.shape {
            Shape::Choice(choices) | Shape::Choices(choices) => choices,
            _ => &[],
        }
    }

    pub fn choice(&self, id: u32) -> Option<&Choice> {
        self.choices().iter().find(|choice| choice.id == id)
    }

    /// By key, such as `SATISFIED`.
    pub fn choice_key(&self, key: &str) -> Option<&Choice> {
        self.choices().iter().find(|choice| choice.key == key)
    }

    /// The choice that an office file means: its key, either label, or one of the other spellings, without the spaces
    /// around it.
    pub fn choice_spelt(&self, text: &str) -> Option<&Choice> {
        let text = text.trim();
        self.choices().iter().find(|choice| {
            choice.key == text
                || choice.label.zh == text
                || choice.label.en == text
                || choice.headings.iter().any(|h| h == text)
        })
    }

    /// The value of the choice with this key, ready for a record.
    pub fn choice_value(&self, key: &str) -> Option<Value> {
        self.choice_key(key).map(|choice| Value::Choice(choice.id))
    }
}

impl LegalProfile {
    /// How long this kind of deadline runs; none where the record gives the last day.
    pub fn length(&self, deadline: u32) -> Option<&Length> {
        self.lengths.get(&deadline)
    }

    /// What a computed deadline remembers, such as `zhejiang/2016`.
    pub fn stamp(&self) -> String {
        format!("{}/{}", self.id, self.version)
    }
}
