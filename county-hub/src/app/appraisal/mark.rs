//! Check scores of one township, item by item, put down by the county's office.

use serde::{Deserialize, Serialize};
use shared::catalogue::model::Shape;
use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;
use shared::record::{Decimal, Value};

use super::suggest::write;
use super::{SCORE, Scheme, scores};
use crate::app::App;
use crate::app::named::{Said, kind};

/// `1=9.5` puts nine and a half points down for item 1; `1=` takes them back. `*=suggested` and `*=self` take over what
/// stands there, for every item that has no check score yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mark {
    pub year: i16,
    pub township: TownshipCode,
    pub marks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    pub record: RecordId,
    /// Items that have a check score now, of so many.
    pub marked: u32,
    pub items: u32,
}

impl crate::app::ask::Ask for Mark {
    type Answer = Marked;

    fn answer(self, app: &App) -> Result<Marked, Failure> {
        let found = kind(app, SCORE)?;
        let record = app.store.read(|views| {
            let scheme = Scheme::of(app, views, self.year)?;
            let record = scores(app, views, scheme.record)?.remove(&self.township);
            record.ok_or_else(|| {
                Failure::not_found(
                    format!("{}没有列入{}年考核。", app.towns().name(self.township), self.year),
                    format!("The township {} is not appraised for {}.", self.township, self.year),
                )
            })
        })?;
        let columns = match found.field("items").map(|field| &field.shape) {
            Some(Shape::Rows(columns)) => columns,
            _ => return Err(Failure::internal("the score has no items")),
        };
        let check = columns.values().find(|column| column.id == "check").map(|column| column.tag);
        let check = check.ok_or_else(|| Failure::internal("the items have no check score"))?;
        let said = Said::of(found, &record);
        let mut rows: Vec<_> = said.rows("items").iter().map(|row| (*row, row.fields().clone())).collect();
        for mark in &self.marks {
            let (item, score) = mark.split_once('=').ok_or_else(|| unreadable(mark))?;
            if item == "*" && matches!(score, "suggested" | "self") {
                for (row, fields) in &mut rows {
                    if let Some(value) = row.value(score) {
                        fields.entry(check).or_insert_with(|| value.clone());
                    }
                }
                continue;
            }
            let number: i64 = item.trim().parse().map_err(|_| unreadable(mark))?;
            let row = rows.iter_mut().find(|(row, _)| row.number("no") == Some(number));
            let (_, fields) = row.ok_or_else(|| {
                Failure::not_found(format!("没有第{number}项。"), format!("There is no item {number}."))
            })?;
            match score.trim() {
                "" => fields.remove(&check),
                score => {
                    let score: Decimal = score.parse().map_err(|_| unreadable(mark))?;
                    fields.insert(check, Value::Decimal(score))
                }
            };
        }
        let marked = rows.iter().filter(|(_, fields)| fields.contains_key(&check)).count();
        let (marked, items) =
            (u32::try_from(marked).unwrap_or(u32::MAX), u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let value = Value::List(rows.into_iter().map(|(_, fields)| Value::Group(fields)).collect());
        let record = write(app, found, record.id, Some(value))?;
        Ok(Marked { record, marked, items })
    }
}

fn unreadable(mark: &str) -> Failure {
    Failure::invalid(
        format!("看不懂“{mark}”，应写成 序号=分数，如 3=9.5。"),
        format!("\"{mark}\" is not understood; write item=points, such as 3=9.5."),
    )
}
