//! Child rows: a table whose every cell is a control. Buttons that send the form bring and take rows; on a phone every row
//! is a card.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::control::{Place, Sheet, control, less, more, shown_numbers};
use super::names;
use crate::catalogue::model::{Field, Shape};

pub(super) fn rows(sheet: Sheet<'_>, field: &Field, columns: &BTreeMap<u32, Field>, name: &str) -> Markup {
    let w = sheet.w;
    let numbers = shown_numbers(sheet, name);
    html! {
        div.rows id=(format!("{}-rows", names::id(name))) {
            // Says that the rows were asked for, where there is none; and where the page is to be looked at.
            input type="hidden" name=(name) value="";
            div.scroll tabindex="0" role="region" aria-label=(sheet.label(field)) {
                table role="table" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th.nth role="columnheader" scope="col" id=(names::id(name)) tabindex="-1" { (w.row) }
                            @for column in columns.values() {
                                th role="columnheader" scope="col" class=(width(column)) {
                                    (sheet.label(column))
                                    @if !column.required_in.is_empty() { " " span.must { (w.required) } }
                                }
                            }
                            th.less role="columnheader" scope="col" { span.unseen { (w.remove) } }
                        }
                    }
                    tbody role="rowgroup" {
                        @for (nth, number) in numbers.iter().enumerate() { (row(sheet, columns, name, *number, nth + 1)) }
                    }
                }
            }
            (more(sheet, name, w.one_more_row))
        }
    }
}

fn row(sheet: Sheet<'_>, columns: &BTreeMap<u32, Field>, name: &str, number: usize, nth: usize) -> Markup {
    let w = sheet.w;
    html! {
        tr role="row" {
            th.nth role="rowheader" scope="row" { (nth) }
            @for column in columns.values() {
                @let label = sheet.label(column);
                @let called = (w.in_row)(nth, label);
                td role="cell" data-label=(label) { (control(sheet, column, &names::column(name, number, column), Place::Cell(&called))) }
            }
            td.less role="cell" { (less(sheet, name, number, &(w.nth_row)(nth))) }
        }
    }
}

/// How much room a column needs.
fn width(column: &Field) -> &'static str {
    match &column.shape {
        Shape::Number { .. } | Shape::Decimal { .. } | Shape::Flag => "narrow",
        Shape::Text { max, .. } if *max > 60 => "broad",
        _ => "",
    }
}
