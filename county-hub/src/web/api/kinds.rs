//! The catalogue: what the ids, keys and codes in other answers mean.

use shared::catalogue::model::{Choice, Field as Known, Kind as KnownKind, Owner, Privacy, Shape as Form};
use shared::program::Failure;

use crate::app::key::Door;
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};
use crate::web::schema::{Words, answer};

pub(super) static ROUTE: Route = Route {
    id: "kinds",
    path: "/api/v1/kinds",
    door: Some(Door::Api),
    zh: "有哪些台账、字段、状态和指标",
    en: "Which kinds, fields, statuses and measures there are",
    params: &[],
    gives: Gives::json::<Kinds>(),
    keeping: Keeping::Tagged,
    missing: false,
    answer,
};

answer! {
    /// The catalogue in use.
    pub struct Kinds {
        /// Changes when any of it does.
        pub catalogue: String,
        pub kinds: Vec<Kind>,
    }

    /// A kind of record.
    pub struct Kind {
        pub id: String,
        /// Frozen number, as gRPC has it.
        pub tag: u32,
        pub code: String,
        pub label: Words,
        /// county or township: who writes it.
        pub owner: String,
        /// Id of the field that is its title.
        pub title: String,
        /// Id of the date by which it is counted.
        pub date: String,
        /// Whether its days stand in the calendar.
        pub calendar: bool,
        pub fields: Vec<KindField>,
        pub statuses: Vec<KindStatus>,
        pub measures: Vec<KindMeasure>,
    }

    /// A field, or a column of rows.
    pub struct KindField {
        pub id: String,
        pub tag: u32,
        pub label: Words,
        /// text, number, decimal, flag, date, time, choice, choices, texts, link, links, township, townships, blob, rows.
        pub r#type: String,
        /// Stays in the office: it is in no answer.
        pub local: bool,
        pub choices: Vec<KindChoice>,
        /// Ids of the kinds that a link leads to.
        pub kinds: Vec<String>,
        /// Columns of the rows.
        pub columns: Vec<KindField>,
    }

    /// A choice.
    pub struct KindChoice {
        pub key: String,
        pub label: Words,
    }

    /// A status.
    pub struct KindStatus {
        pub id: String,
        pub tag: u32,
        pub label: Words,
        /// Work remains to be done.
        pub open: bool,
    }

    /// A measure, a rate or a coverage.
    pub struct KindMeasure {
        pub id: String,
        pub label: Words,
    }
}

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let catalogue = asked.app.catalogue();
    let named = |tags: &[u32]| {
        tags.iter().filter_map(|tag| catalogue.kinds.get(tag)).map(|kind| kind.id.clone()).collect()
    };
    let kinds = catalogue.kinds.values().map(|known| kind(known, &named)).collect();
    Reply::json(&Kinds { catalogue: catalogue.version.clone(), kinds })
}

fn kind(kind: &KnownKind, named: &impl Fn(&[u32]) -> Vec<String>) -> Kind {
    let id = |tag: u32| kind.fields.get(&tag).map(|field| field.id.clone()).unwrap_or_default();
    let measures = kind.measures.iter().map(|measure| (&measure.id, &measure.label));
    let rates = kind.rates.iter().map(|rate| (&rate.id, &rate.label));
    let coverages = kind.coverages.iter().map(|coverage| (&coverage.id, &coverage.label));
    Kind {
        id: kind.id.clone(),
        tag: kind.tag,
        code: kind.code.clone(),
        label: Words::from(&kind.label),
        owner: match kind.owner {
            Owner::County => "county".to_owned(),
            Owner::Township => "township".to_owned(),
        },
        title: id(kind.title),
        date: id(kind.date),
        calendar: kind.calendar.is_some(),
        fields: kind.fields.values().map(|known| field(known, named)).collect(),
        statuses: kind
            .statuses
            .values()
            .map(|status| KindStatus {
                id: status.id.clone(),
                tag: status.tag,
                label: Words::from(&status.label),
                open: status.open,
            })
            .collect(),
        measures: measures
            .chain(rates)
            .chain(coverages)
            .map(|(id, label)| KindMeasure { id: id.clone(), label: Words::from(label) })
            .collect(),
    }
}

fn field(field: &Known, named: &impl Fn(&[u32]) -> Vec<String>) -> KindField {
    let shape = &field.shape;
    let choice = |choice: &Choice| KindChoice { key: choice.key.clone(), label: Words::from(&choice.label) };
    KindField {
        id: field.id.clone(),
        tag: field.tag,
        label: Words::from(&field.label),
        r#type: type_name(shape).to_owned(),
        local: field.privacy == Privacy::Local,
        choices: match shape {
            Form::Choice(choices) | Form::Choices(choices) => choices.iter().map(choice).collect(),
            _ => Vec::new(),
        },
        kinds: match shape {
            Form::Link(kinds) | Form::Links(kinds) => named(kinds),
            _ => Vec::new(),
        },
        columns: match shape {
            Form::Rows(columns) => columns.values().map(|column| self::field(column, named)).collect(),
            _ => Vec::new(),
        },
    }
}

/// As the files of the catalogue say it.
fn type_name(shape: &Form) -> &'static str {
    match shape {
        Form::Text { .. } => "text",
        Form::Number { .. } => "number",
        Form::Decimal { .. } => "decimal",
        Form::Flag => "flag",
        Form::Date => "date",
        Form::Time => "time",
        Form::Choice(_) => "choice",
        Form::Choices(_) => "choices",
        Form::Texts { .. } => "texts",
        Form::Link(_) => "link",
        Form::Links(_) => "links",
        Form::Township => "township",
        Form::Townships => "townships",
        Form::Blob => "blob",
        Form::Rows(_) => "rows",
    }
}
