//! The life of one record, told step by step in the words of its kind.

use std::collections::BTreeSet;

use super::random::Random;
use super::step::{Handle, Meant, Step};
use super::words;
use crate::catalogue::model::{Action, Catalogue, Effect, Field, Kind, NodeKind, Reason, Shape};
use crate::command::Act;
use crate::ids::Site;
use crate::record::{Actor, Day, Decimal, Fields, Role, Value};

/// Office hours begin at 8:30 in Beijing and last so many minutes.
const OPENS_MINUTE: i64 = 8 * 60 + 30;
const HOURS_MINUTES: i32 = 9 * 60;

/// What a script says about a field.
#[derive(Debug, Clone)]
pub(super) enum Say {
    Text(String),
    Number(i64),
    /// Units and their decimal places.
    Decimal(i64, u8),
    Flag(bool),
    Date(Day),
    /// Key of a choice.
    Key(&'static str),
    Keys(Vec<&'static str>),
    Texts(Vec<String>),
    Of(Handle),
    OfAll(Vec<Handle>),
    Township(u32),
    /// Child rows: (column, value).
    Rows(Vec<Vec<(&'static str, Say)>>),
}

pub(super) fn text(text: impl Into<String>) -> Say {
    Say::Text(text.into())
}

/// The one who tells: everything of one site.
pub(super) struct Teller<'a> {
    pub catalogue: &'a Catalogue,
    pub random: Random,
    pub site: Site,
    /// `None` for the county.
    pub node: Option<NodeKind>,
    pub from: Day,
    pub to: Day,
    pub steps: Vec<Step>,
    /// Names in scripts that the catalogue does not know.
    pub unknown: BTreeSet<String>,
    /// First handle of this site; each site has 2³² of its own.
    pub handles: u64,
}

impl<'a> Teller<'a> {
    /// A kind that this site may write, if the catalogue has it.
    pub(super) fn kind(&self, id: &str) -> Option<&'a Kind> {
        self.catalogue.kind(id).filter(|kind| self.node.is_none_or(|node| kind.nodes.contains(&node)))
    }

    /// Creates a record. `None` if the site does not keep the kind or the day lies outside the story.
    pub(super) fn begin(
        &mut self,
        kind: &'a Kind,
        round: u8,
        day: Day,
        action: &str,
        say: Vec<(&str, Say)>,
    ) -> Option<Life<'_, 'a>> {
        let handle = Handle(self.handles);
        let mut life = Life {
            teller: self,
            kind,
            handle,
            day,
            minute: 0,
            status: 0,
            filled: BTreeSet::new(),
            round,
            made: false,
        };
        life.step(action, day, say).then_some(life)
    }

    /// A working day not before this one, as far as weekends go.
    pub(super) fn working(day: Day) -> Day {
        match day.weekday() {
            6 => day.plus(2),
            7 => day.plus(1),
            _ => day,
        }
    }
}

/// A record on its way.
pub(super) struct Life<'t, 'a> {
    pub teller: &'t mut Teller<'a>,
    kind: &'a Kind,
    pub handle: Handle,
    pub day: Day,
    minute: i64,
    status: u32,
    filled: BTreeSet<u32>,
    round: u8,
    made: bool,
}

impl<'a> Life<'_, 'a> {
    pub(super) fn random(&mut self) -> &mut Random {
        &mut self.teller.random
    }

    /// The next step, so many days later; false if it lies beyond the end of the story, where the record stays as it is.
    pub(super) fn then(&mut self, action: &str, after_days: i32, say: Vec<(&str, Say)>) -> bool {
        let day = self.day.plus(after_days);
        self.step(action, day, say)
    }

    /// From here on the steps need so many exchanges before them.
    pub(super) fn after_exchange(&mut self, round: u8) {
        self.round = self.round.max(round);
    }

    fn step(&mut self, name: &str, day: Day, say: Vec<(&str, Say)>) -> bool {
        let day = Teller::working(day).max(self.day);
        if day > self.teller.to {
            return false;
        }
        let Some(action) = self.kind.action(name) else {
            self.teller.unknown.insert(format!("{}: {name}", self.kind.id));
            return false;
        };
        if day > self.day {
            self.minute = 0;
        }
        self.day = day;
        self.minute = (self.minute + 1).max(i64::from(self.teller.random.between(0, HOURS_MINUTES - 60)));
        let mut set: Vec<(u32, Meant)> = Vec::new();
        for (id, said) in say {
            let meant = self.kind.field(id).and_then(|field| Some((field.tag, meant(field, said)?)));
            match meant {
                Some(pair) => set.push(pair),
                None => {
                    self.teller.unknown.insert(format!("{}: {name}: {id}", self.kind.id));
                }
            }
        }
        self.fill(action, &mut set);
        let reason = self.reason(action);
        let role = action.roles.first().copied().unwrap_or(Role::System);
        let (site, round) = (self.teller.site, self.round);
        self.teller.steps.push(Step {
            day,
            at_ms: (i64::from(day.0) * 1440 + OPENS_MINUTE + self.minute - 8 * 60) * 60_000,
            site,
            round,
            handle: self.handle,
            creates: !self.made,
            kind: self.kind.tag,
            act: if name == "edit" { Act::Edit } else { Act::Take(action.tag) },
            reason,
            actor: Actor { staff: role.code().to_lowercase(), role, on_behalf: false },
            set,
            clear: Vec::new(),
            made: Vec::new(),
        });
        if !self.made {
            self.made = true;
            self.teller.handles += 1;
        }
        self.status = action.to.unwrap_or(self.status);
        true
    }

    /// What the step must give and the script does not say.
    fn fill(&mut self, action: &Action, set: &mut Vec<(u32, Meant)>) {
        self.filled.extend(set.iter().map(|(tag, _)| *tag));
        let kind = self.kind;
        if !self.made {
            self.filled
                .extend(kind.fields.values().filter(|field| field.default.is_some()).map(|field| field.tag));
        }
        for effect in &action.effects {
            if let Effect::Set { field, .. } = effect {
                self.filled.insert(*field);
            }
        }
        let status = action.to.unwrap_or(self.status);
        for field in kind.fields.values() {
            let needed = action.requires.contains(&field.tag) || field.required_in.contains(&status);
            if !needed || field.derived || self.filled.contains(&field.tag) {
                continue;
            }
            match self.guess(field) {
                Some(value) => {
                    self.filled.insert(field.tag);
                    set.push((field.tag, Meant::Value(value)));
                }
                None => {
                    self.teller.unknown.insert(format!("{}: {}: {} is needed", kind.id, action.id, field.id));
                }
            }
        }
    }

    /// A plain value for a field of which the script does not speak.
    fn guess(&mut self, field: &Field) -> Option<Value> {
        let random = &mut self.teller.random;
        Some(match &field.shape {
            Shape::Text { pattern: Some(_), .. } | Shape::Blob | Shape::Link(_) | Shape::Links(_) => {
                return None;
            }
            Shape::Text { max, .. } => Value::Text(random.pick(&words::PLAIN).chars().take(*max).collect()),
            Shape::Texts { max } => {
                Value::List(vec![Value::Text(random.pick(&words::UNITS).chars().take(*max).collect())])
            }
            Shape::Number { min, max } => Value::Number((*min).max(1).min(*max)),
            Shape::Decimal { min, .. } => Value::Decimal(Decimal { units: *min, scale: 0 }),
            Shape::Flag => Value::Flag(false),
            Shape::Date => Value::Date(self.day),
            Shape::Time => Value::Time(i64::from(self.day.0) * Day::MS),
            Shape::Choice(choices) => Value::Choice(random.pick(choices).id),
            Shape::Choices(choices) => Value::List(vec![Value::Choice(random.pick(choices).id)]),
            Shape::Township => match self.teller.site {
                Site::Township(code) => Value::Number(i64::from(code.number())),
                Site::Hub => return None,
            },
            Shape::Townships => return None,
            Shape::Rows(columns) => {
                let wanted: Vec<&Field> =
                    columns.values().filter(|column| !column.required_in.is_empty()).collect();
                let mut row = Fields::new();
                for column in wanted {
                    row.insert(column.tag, self.guess(column)?);
                }
                Value::List(vec![Value::Group(row)])
            }
        })
    }

    fn reason(&mut self, action: &Action) -> String {
        let random = &mut self.teller.random;
        match action.reason {
            Reason::None => String::new(),
            Reason::Optional if !random.chance(30) => String::new(),
            Reason::Optional | Reason::Required => (*random.pick(&words::REASONS)).to_owned(),
        }
    }
}

/// What is said, as a value of the field; `None` if it does not fit the field's shape or names no choice of it.
fn meant(field: &Field, said: Say) -> Option<Meant> {
    Some(Meant::Value(match (said, &field.shape) {
        (Say::Of(handle), Shape::Link(_)) => return Some(Meant::Record(handle)),
        (Say::OfAll(handles), Shape::Links(_)) => return Some(Meant::Records(handles)),
        (said, shape) => plain(said, shape)?,
    }))
}

fn plain(said: Say, shape: &Shape) -> Option<Value> {
    let choice = |key: &str, choices: &[crate::catalogue::model::Choice]| {
        choices.iter().find(|choice| choice.key == key).map(|choice| Value::Choice(choice.id))
    };
    Some(match (said, shape) {
        (Say::Text(text), Shape::Text { max, .. }) => Value::Text(text.chars().take(*max).collect()),
        (Say::Texts(texts), Shape::Texts { .. }) => Value::List(texts.into_iter().map(Value::Text).collect()),
        (Say::Number(number), Shape::Number { .. }) => Value::Number(number),
        (Say::Decimal(units, scale), Shape::Decimal { .. }) => Value::Decimal(Decimal { units, scale }),
        (Say::Flag(flag), Shape::Flag) => Value::Flag(flag),
        (Say::Date(day), Shape::Date) => Value::Date(day),
        (Say::Key(key), Shape::Choice(choices)) => choice(key, choices)?,
        (Say::Keys(keys), Shape::Choices(choices)) => {
            Value::List(keys.iter().map(|key| choice(key, choices)).collect::<Option<_>>()?)
        }
        (Say::Township(code), Shape::Township) => Value::Number(i64::from(code)),
        (Say::Rows(rows), Shape::Rows(columns)) => {
            let row = |said: Vec<(&str, Say)>| {
                let cell = |(id, said): (&str, Say)| {
                    let column = columns.values().find(|column| column.id == id)?;
                    Some((column.tag, plain(said, &column.shape)?))
                };
                said.into_iter().map(cell).collect::<Option<Fields>>().map(Value::Group)
            };
            Value::List(rows.into_iter().map(row).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
