//! Lists of records.

use serde::{Deserialize, Serialize};

use super::{kind_named, value_text};
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, Site};
use crate::limits::LIST_ROWS_MAX;
use crate::program::{Failure, Lang, Table};
use crate::record::EntryFlags;
use crate::store::View;
use crate::view::read;

/// Which records are to be listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Id, code or Chinese name of the kind.
    pub kind: String,
    /// Owner: a township code or `hub`; none lists every owner's.
    pub owner: Option<String>,
    /// At most [`LIST_ROWS_MAX`].
    pub limit: usize,
}

/// Records of one kind, the newest date of each owner first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// Chinese and English headings of the list's columns.
    pub columns: Vec<(String, String)>,
    pub rows: Vec<Row>,
    /// There are further ones.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub id: RecordId,
    pub owner: String,
    pub rev: u32,
    pub status: String,
    pub status_zh: String,
    pub status_en: String,
    pub voided: bool,
    /// One (Chinese, English) text for each column.
    pub cells: Vec<(String, String)>,
}

/// # Errors
/// `NotFound`: no such kind; `Invalid`: the owner is not a site.
pub fn list(views: &dyn View, catalogue: &Catalogue, ask: &List) -> Result<Listing, Failure> {
    let kind = kind_named(catalogue, &ask.kind)?;
    let owner: Option<Site> = ask.owner.as_deref().map(str::parse).transpose()?;
    let limit = ask.limit.clamp(1, LIST_ROWS_MAX);
    let columns: Vec<_> = kind.list.iter().filter_map(|tag| kind.fields.get(tag)).collect();
    let (mut rows, mut more) = (Vec::new(), false);
    let mut visit = |line: read::Listed| {
        if rows.len() == limit {
            more = true;
            return false;
        }
        let Some(record) = read::record(views, line.id) else { return true };
        let local = read::local(views, line.id);
        let status = kind.statuses.get(&record.status);
        let cell = |field: &&crate::catalogue::model::Field| {
            let value = record.fields.get(&field.tag).or_else(|| local.get(&field.tag));
            let text =
                |lang| value.map_or_else(String::new, |value| value_text(Some(&field.shape), value, lang));
            (text(Lang::Zh), text(Lang::En))
        };
        rows.push(Row {
            id: record.id,
            owner: line.owner.to_string(),
            rev: record.rev,
            status: status.map_or_else(|| record.status.to_string(), |status| status.id.clone()),
            status_zh: status.map_or_else(|| record.status.to_string(), |status| status.label.zh.clone()),
            status_en: status.map_or_else(|| record.status.to_string(), |status| status.label.en.clone()),
            voided: record.flags.has(EntryFlags::VOIDED),
            cells: columns.iter().map(cell).collect(),
        });
        true
    };
    match owner {
        Some(owner) => read::list(views, kind.tag, owner, None, &mut visit),
        None => read::list_all(views, kind.tag, &mut visit),
    }
    let columns = columns.iter().map(|field| (field.label.zh.clone(), field.label.en.clone())).collect();
    Ok(Listing { columns, rows, more })
}

impl Listing {
    /// A table for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let own = [lang.pick("记录", "record"), lang.pick("单位", "owner"), lang.pick("状态", "status")];
        let heads = own.into_iter().chain(self.columns.iter().map(|(zh, en)| lang.pick(zh, en)));
        let mut table = Table::left(heads);
        for row in &self.rows {
            let status = lang.pick(&row.status_zh, &row.status_en);
            let status = if row.voided { lang.pick("作废", "void") } else { status };
            let own = [row.id.to_string(), row.owner.clone(), status.to_owned()];
            table.row(own.into_iter().chain(row.cells.iter().map(|(zh, en)| lang.pick(zh, en).to_owned())));
        }
        let mut out = table.render();
        if self.more {
            out.push_str(lang.pick("（还有更多，用 --limit 加大）\n", "(there are more; raise --limit)\n"));
        }
        out
    }
}
