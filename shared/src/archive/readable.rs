//! What a package holds for people: the catalogue of pieces, one page for each record, attachments. All of it is a function
//! of the entries in the package, so a check makes it again and compares.

use std::collections::BTreeMap;
use std::io;

use super::contents::Contents;
use super::guide;
use super::index::Index;
use super::sums::{Sums, hex};
use crate::catalogue::model::{ArchiveMark, Kind};
use crate::exchange::{comma, page};
use crate::ids::RecordId;
use crate::ledger::Words;
use crate::record::{Record, Value};

mod record;

/// The page of the record that stands at this place of the index.
fn page_name(place: usize) -> String {
    format!("记录/{:04}.html", place + 1)
}

/// Calls `part` with the name and the bytes of everything for people, in the order of the package.
///
/// # Errors
/// Those of `part`.
pub(super) fn parts(
    index: &Index,
    contents: &Contents,
    part: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    part("说明.txt", guide::text(index).as_bytes())?;
    let list = List::of(index, contents);
    part("归档文件目录.csv", list.csv().as_bytes())?;
    part("归档文件目录.txt", list.text(index).as_bytes())?;
    part("目录.html", list.html(index, contents).as_bytes())?;
    let mut attached = vec![];
    for (place, line) in index.records.iter().enumerate() {
        let Some(found) = contents.record(line.id) else { continue };
        part(&page_name(place), record::page(contents, &found).as_bytes())?;
        let local = contents.local(line.id);
        let kind = contents.catalogue.kinds.get(&found.kind);
        for (tag, value) in found.fields.iter().chain(&local) {
            let Value::Blob(bytes) = value else { continue };
            let field = kind.and_then(|kind| kind.fields.get(tag));
            let field_id = field.map_or_else(|| tag.to_string(), |field| field.id.clone());
            let name = format!("附件/{:04}-{field_id}.bin", place + 1);
            part(&name, bytes)?;
            let Sums { bytes, blake3, sha256 } = Sums::of(bytes);
            let label = field.map_or(field_id, |field| field.label.zh.clone());
            attached.push([name, line.id.to_string(), label, bytes.to_string(), hex(&blake3), hex(&sha256)]);
        }
    }
    if !attached.is_empty() {
        let head = ["文件", "记录号", "栏目", "字节", "BLAKE3", "SHA-256"];
        let lines: String = attached.iter().map(|row| comma::line(row)).collect();
        part("附件/附件清单.csv", format!("{}{}{lines}", comma::MARK, comma::line(&head)).as_bytes())?;
    }
    Ok(())
}

/// 归档文件目录
struct List {
    heads: Vec<String>,
    /// The record and its cells, the line number first.
    rows: Vec<(RecordId, Vec<String>)>,
    title: Option<usize>,
}

impl List {
    fn of(index: &Index, contents: &Contents) -> Self {
        let kind = contents.catalogue.kinds.values().find(|kind| kind.archive.is_some());
        let mark = kind.and_then(|kind| kind.archive.as_ref());
        let columns: &[u32] = mark.map_or(&[], |mark| &mark.columns);
        let label =
            |tag: &u32| kind.and_then(|kind| kind.fields.get(tag)).map(|field| field.label.zh.clone());
        let mut heads = vec!["序号".to_owned()];
        heads.extend(columns.iter().filter_map(label));
        let title = kind.and_then(|kind| columns.iter().position(|tag| *tag == kind.title)).map(|at| at + 1);
        let row = |(line, id): (usize, &RecordId)| {
            let mut cells = vec![(line + 1).to_string()];
            cells.extend(columns.iter().map(|tag| cell(contents, kind, *id, *tag)));
            (*id, cells)
        };
        Self { heads, rows: index.items.iter().enumerate().map(row).collect(), title }
    }

    fn csv(&self) -> String {
        let lines: String = self.rows.iter().map(|(_, cells)| comma::line(cells)).collect();
        format!("{}{}{lines}", comma::MARK, comma::line(&self.heads))
    }

    fn text(&self, index: &Index) -> String {
        let mut out = format!(
            "归档文件目录\n立档单位：{}（{}）\n归档范围：{}\n共 {} 件\n",
            index.office,
            index.township,
            index.title,
            self.rows.len()
        );
        for (_, cells) in &self.rows {
            out.push('\n');
            for (head, cell) in self.heads.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                out.push_str(&format!("{head}：{}\n", cell.replace(['\n', '\r'], " ")));
            }
        }
        out
    }

    fn html(&self, index: &Index, contents: &Contents) -> String {
        let mark = contents.catalogue.kinds.values().find_map(|kind| kind.archive.as_ref());
        let places: BTreeMap<RecordId, usize> =
            index.records.iter().enumerate().map(|(place, line)| (line.id, place)).collect();
        let place = |id: RecordId| places.get(&id).copied();
        let words = Words { views: &contents.views, catalogue: &contents.catalogue };
        let mut heads = self.heads.clone();
        heads.push("所含台账".to_owned());
        let row = |(id, cells): &(RecordId, Vec<String>)| {
            let mut out: Vec<String> = cells.iter().map(|cell| page::text(cell)).collect();
            if let (Some(at), Some(place)) = (self.title, place(*id))
                && let Some(cell) = cells.get(at)
            {
                out[at] = page::link(&page_name(place), cell);
            }
            let held = held_by(contents, mark, *id).into_iter().map(|id| {
                let title = words.title(id);
                match (place(id), index.left_out.iter().find(|left| left.id == id)) {
                    (Some(place), _) => page::link(&page_name(place), &title),
                    (None, Some(left)) => page::text(&format!("{title}（{}）", left.why.label().zh)),
                    (None, None) => page::text(&title),
                }
            });
            out.push(held.collect::<Vec<_>>().join("\n"));
            out
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(row).collect();
        let about = format!(
            "立档单位：{}（{}）　归档范围：{}　共 {} 件",
            index.office,
            index.township,
            index.title,
            rows.len()
        );
        page::page("归档文件目录", &(page::note(&about) + &page::sheet(&heads, &rows)))
    }
}

/// A cell of the catalogue of pieces: days as the standard wants them, YYYYMMDD.
fn cell(contents: &Contents, kind: Option<&Kind>, id: RecordId, tag: u32) -> String {
    let local = contents.local(id);
    let record = contents.record(id);
    let value = record.as_ref().and_then(|record| record.fields.get(&tag)).or_else(|| local.get(&tag));
    let words = Words { views: &contents.views, catalogue: &contents.catalogue };
    match value {
        None => String::new(),
        Some(Value::Date(day)) => day.to_string().replace('-', ""),
        Some(value) => words.text(kind.and_then(|kind| kind.fields.get(&tag)), value).zh,
    }
}

/// The records that a piece holds, in the order in which it names them.
pub(super) fn held_by(contents: &Contents, mark: Option<&ArchiveMark>, id: RecordId) -> Vec<RecordId> {
    let local = contents.local(id);
    let record: Option<Record> = contents.record(id);
    let value = mark.and_then(|mark| {
        record
            .as_ref()
            .and_then(|record| record.fields.get(&mark.records))
            .or_else(|| local.get(&mark.records))
    });
    let Some(Value::List(values)) = value else { return Vec::new() };
    let link = |value: &Value| if let Value::Link(id) = value { Some(*id) } else { None };
    values.iter().filter_map(link).collect()
}
