//! Which columns a ledger has.

use super::{Export, tongue};
use crate::catalogue::model::{Effect, Field, Kind, Label, Owner, Privacy, Shape};
use crate::exchange::out::heading::{STAYS, Spoken};
use crate::exchange::out::{Align, Column, Spelling};
use crate::ids::Site;
use crate::ledger::{Ledger, find_field};
use crate::program::Failure;

/// What one column shows.
pub(super) enum Shows<'k> {
    /// The place of the row.
    Place,
    Township,
    District,
    Field(Spelling<'k>),
    Status,
    /// The next open deadline.
    Due,
    /// The id of the record, by which it is known again.
    Record,
}

/// The columns of the records, and those of their child rows.
pub(super) struct Columns<'k> {
    pub(super) shows: Vec<Shows<'k>>,
    pub(super) heads: Vec<Column>,
    /// Columns at the left that say which record it is.
    pub(super) frozen: u16,
    pub(super) children: Vec<Children<'k>>,
}

/// Child rows that are written on a sheet of their own, by the number and title of the record.
pub(super) struct Children<'k> {
    pub(super) field: &'k Field,
    pub(super) keys: Vec<Spelling<'k>>,
    pub(super) columns: Vec<Spelling<'k>>,
    pub(super) heads: Vec<Column>,
}

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.to_owned(), en: en.to_owned() }
}

impl<'k> Columns<'k> {
    /// # Errors
    /// `NotFound`: no such field; `Invalid`: a field that stays in the office is asked for to be read by others.
    pub(super) fn of(ledger: &Ledger<'_>, kind: &'k Kind, ask: &Export) -> Result<Self, Failure> {
        let tongue = tongue(ask.lang);
        let spoken = Spoken::new(kind, tongue);
        // Local values are at the side that writes the kind, and nowhere else.
        let ours = matches!(
            (kind.owner, ledger.place.site),
            (Owner::Township, Site::Township(_)) | (Owner::County, Site::Hub)
        );
        let seen = |field: &&Field| field.privacy == Privacy::Sync || (ours && !ask.public);
        let fields = fields(kind, ask)?;
        if let Some(hidden) = fields.iter().find(|field| !ask.columns.is_empty() && !seen(field)) {
            let Label { zh, en } = &hidden.label;
            return Err(Failure::invalid(
                format!("“{zh}”不出本单位，不能放进公开的台账。"),
                format!("\"{en}\" stays in the office and cannot be in a ledger for others."),
            ));
        }
        let mut columns = Self { shows: Vec::new(), heads: Vec::new(), frozen: 0, children: Vec::new() };
        if !ask.all_columns {
            let words = [label("序号", "No."), label("行次", "row"), label("行号", "line")];
            columns.put(Shows::Place, Column::new(spoken.other(&words)).aligned(Align::Center).least(4));
        }
        if ledger.place.site == Site::Hub && kind.owner == Owner::Township {
            columns.put(Shows::Township, Column::new(spoken.township(kind)));
            let words = [label("片", "district"), label("所属片", "its district")];
            columns.put(Shows::District, Column::new(spoken.other(&words)));
        }
        for field in fields.into_iter().filter(seen) {
            match &field.shape {
                Shape::Rows(_) if ask.all_columns => {
                    columns.children.push(Children::of(kind, field, &spoken, ask));
                }
                _ => {
                    let mark = if field.privacy == Privacy::Local { STAYS } else { "" };
                    let head = Column::new(format!("{}{mark}", spoken.field(field)));
                    let head = head.aligned(align(&field.shape)).most(most(&field.shape));
                    if field.tag == kind.title {
                        columns.frozen = u16::try_from(columns.shows.len() + 1).unwrap_or(0);
                    }
                    columns.put(Shows::Field(Spelling::new(field, tongue)), head);
                }
            }
        }
        let words = [
            label("状态", "status"),
            label("办理状态", "standing"),
            label("记录状态", "status of the record"),
        ];
        columns.put(Shows::Status, Column::new(spoken.other(&words)).aligned(Align::Center));
        if ask.all_columns {
            columns.put(Shows::Record, Column::new(spoken.record()));
        } else if has_deadlines(kind) {
            let words =
                [label("期限", "due"), label("办理期限", "deadline"), label("最近期限", "next deadline")];
            columns.put(Shows::Due, Column::new(spoken.other(&words)).aligned(Align::Center));
        }
        // Columns far to the right are no help when they stay in sight; without a title the number says which it is.
        if columns.frozen > FROZEN_MAX {
            columns.frozen = 1;
        } else if columns.frozen == 0 {
            columns.frozen = if ask.all_columns { 1 } else { 2 };
        }
        Ok(columns)
    }

    fn put(&mut self, shows: Shows<'k>, head: Column) {
        self.shows.push(shows);
        self.heads.push(head);
    }
}

/// Whether anything of the kind can be due.
fn has_deadlines(kind: &Kind) -> bool {
    let mut effects = kind.actions.values().flat_map(|action| &action.effects);
    effects.any(|effect| matches!(effect, Effect::Start { .. }))
}

/// Columns that stay in sight at most.
const FROZEN_MAX: u16 = 4;

/// The fields asked for, in their order.
fn fields<'k>(kind: &'k Kind, ask: &Export) -> Result<Vec<&'k Field>, Failure> {
    if !ask.columns.is_empty() {
        return ask.columns.iter().map(|name| find_field(kind, name)).collect();
    }
    let tags: Vec<u32> = if ask.all_columns {
        let form = kind.form.iter().flat_map(|section| section.fields.iter().copied());
        let named = kind.import.iter().map(|import| import.key).chain([kind.title, kind.date]);
        named.chain(form).chain(kind.fields.keys().copied()).collect()
    } else {
        kind.list.clone()
    };
    let mut fields: Vec<&Field> = Vec::new();
    for field in tags.iter().filter_map(|tag| kind.fields.get(tag)) {
        let left_out = ask.all_columns && matches!(field.shape, Shape::Blob);
        if !left_out && !fields.iter().any(|one| one.tag == field.tag) {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// Columns of text that a value takes before it wraps.
fn most(shape: &Shape) -> usize {
    match shape {
        Shape::Choice(_) | Shape::Choices(_) | Shape::Texts { .. } | Shape::Links(_) => 22,
        _ => 36,
    }
}

fn align(shape: &Shape) -> Align {
    match shape {
        Shape::Choice(_) | Shape::Flag | Shape::Township | Shape::Number { .. } => Align::Center,
        Shape::Decimal { .. } => Align::Right,
        _ => Align::Left,
    }
}

impl<'k> Children<'k> {
    fn of(kind: &'k Kind, field: &'k Field, spoken: &Spoken<'_>, ask: &Export) -> Self {
        let tongue = tongue(ask.lang);
        let number = kind.numbering.as_ref().map(|numbering| numbering.field);
        let number = number.or(kind.import.as_ref().map(|import| import.key));
        let mut keys: Vec<&Field> = Vec::new();
        for key in number.into_iter().chain([kind.title]).filter_map(|tag| kind.fields.get(&tag)) {
            let hidden = ask.public && key.privacy == Privacy::Local;
            if !hidden && !keys.iter().any(|one| one.tag == key.tag) {
                keys.push(key);
            }
        }
        let columns: Vec<&Field> = match &field.shape {
            Shape::Rows(columns) => columns
                .values()
                .filter(|column| !matches!(column.shape, Shape::Blob))
                .filter(|column| !ask.public || column.privacy == Privacy::Sync)
                .collect(),
            _ => Vec::new(),
        };
        let place = label("行次", "row");
        let heads = keys.iter().map(|key| Column::new(spoken.field(key)).aligned(align(&key.shape)));
        let heads = heads.chain([Column::new(tongue(&place)).aligned(Align::Center).least(4)]);
        let own =
            columns.iter().map(|column| Column::new(tongue(&column.label)).aligned(align(&column.shape)));
        Self {
            field,
            heads: heads.chain(own).collect(),
            keys: keys.into_iter().map(|key| Spelling::new(key, tongue)).collect(),
            columns: columns.into_iter().map(|column| Spelling::new(column, tongue)).collect(),
        }
    }
}
