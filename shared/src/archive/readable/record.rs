//! One record as a page: its values in the order of its form, its deadlines, and everything that happened to it.

use crate::archive::contents::{Change, Contents};
use crate::catalogue::model::{Field, Kind, Shape};
use crate::exchange::page;
use crate::ledger::{Words, laid_out, status_words, step_words};
use crate::program::beijing_minute;
use crate::record::{DeadlineState, Entry, EntryFlags, Record, Value};

pub(super) fn page(contents: &Contents, record: &Record) -> String {
    let words = Words { views: &contents.views, catalogue: &contents.catalogue };
    let kind = contents.catalogue.kinds.get(&record.kind);
    let local = contents.local(record.id);
    let label = kind.map_or_else(|| format!("种类{}", record.kind), |kind| kind.label.zh.clone());
    let flag = |flag, said: &str| if record.flags.has(flag) { said.to_owned() } else { String::new() };
    let status = format!(
        "{}{}{}",
        status_words(kind, record.status).1.zh,
        flag(EntryFlags::VOIDED, "（已作废）"),
        flag(EntryFlags::IMPORTED, "（历史导入）"),
    );
    let mut about = vec![
        ("台账".to_owned(), page::text(&label)),
        ("状态".to_owned(), page::text(&status)),
        ("记录号".to_owned(), record.id.to_string()),
        ("数据流".to_owned(), record.stream.to_string()),
    ];
    if let Some(number) = words.number(record, &local) {
        about.insert(1, ("编号".to_owned(), page::text(&number.zh)));
    }
    let mut body = page::form(&about);
    for section in laid_out(kind, record, &local) {
        body.push_str(&page::heading(&section.label.zh));
        let row = |tag: &u32| {
            let field = kind.and_then(|kind| kind.fields.get(tag));
            let value = record.fields.get(tag).or_else(|| local.get(tag))?;
            let stays = if local.contains_key(tag) { "（不外报）" } else { "" };
            let label = field.map_or_else(|| tag.to_string(), |field| field.label.zh.clone());
            Some((format!("{label}{stays}"), written(words, field, value)))
        };
        body.push_str(&page::form(&section.tags.iter().filter_map(row).collect::<Vec<_>>()));
    }
    if !record.deadlines.is_empty() {
        body.push_str(&page::heading("期限"));
        let rows: Vec<_> =
            record.deadlines.values().map(|deadline| deadline_row(contents, deadline)).collect();
        body.push_str(&page::sheet(&["期限", "起算日", "截止日", "完成日", "说明"], &rows));
    }
    body.push_str(&page::heading("办理轨迹"));
    let rows: Vec<_> =
        contents.changes(record.id).iter().map(|change| change_row(words, kind, change)).collect();
    let heads = ["条目", "版本", "时间", "步骤", "之后状态", "角色", "经办", "内容", "理由"];
    body.push_str(&page::sheet(&heads, &rows));
    page::page(&words.title(record.id), &body)
}

/// A value; child rows as a table of their own.
fn written(words: Words<'_>, field: Option<&Field>, value: &Value) -> String {
    let (Some(Shape::Rows(columns)), Value::List(rows)) = (field.map(|field| &field.shape), value) else {
        return page::text(&words.text(field, value).zh);
    };
    let rows: Vec<_> =
        rows.iter().filter_map(|row| if let Value::Group(row) = row { Some(row) } else { None }).collect();
    let mut tags: Vec<u32> = rows.iter().flat_map(|row| row.keys().copied()).collect();
    tags.sort_unstable();
    tags.dedup();
    let head = |tag: &u32| columns.get(tag).map_or_else(|| tag.to_string(), |column| column.label.zh.clone());
    let heads: Vec<String> = tags.iter().map(head).collect();
    let cell = |row: &crate::record::Fields, tag: &u32| {
        row.get(tag).map_or_else(String::new, |value| page::text(&words.text(columns.get(tag), value).zh))
    };
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| tags.iter().map(|tag| cell(row, tag)).collect()).collect();
    page::sheet(&heads, &rows)
}

fn deadline_row(contents: &Contents, deadline: &DeadlineState) -> Vec<String> {
    let kind = contents.catalogue.deadlines.get(&deadline.kind);
    let label = kind.map_or_else(|| format!("期限{}", deadline.kind), |kind| kind.label.zh.clone());
    let mut said = Vec::new();
    if deadline.cancelled {
        said.push("已取消".to_owned());
    }
    if deadline.done.is_some_and(|day| day > deadline.effective_due) {
        said.push("逾期完成".to_owned());
    }
    if deadline.extensions > 0 {
        said.push(format!("延期 {} 次", deadline.extensions));
    }
    if deadline.provisional {
        said.push("暂定".to_owned());
    }
    let done = deadline.done.map_or_else(String::new, |day| day.to_string());
    let cells =
        [label, deadline.start.to_string(), deadline.effective_due.to_string(), done, said.join("，")];
    cells.iter().map(|cell| page::text(cell)).collect()
}

fn change_row(words: Words<'_>, kind: Option<&Kind>, change: &Change) -> Vec<String> {
    let Change { stream, seq, entry } = change;
    let stays = if stream.travels() { "" } else { "（不外报）" };
    let private = entry.flags.has(EntryFlags::PRIVATE);
    let step =
        if private { "不外报内容".to_owned() } else { step_words(kind, entry.action, entry.flags).1.zh };
    let mut marks = String::new();
    if entry.flags.has(EntryFlags::RECOVERED) {
        marks.push_str("（恢复后重新登记）");
    }
    if entry.flags.has(EntryFlags::CONFLICTING) {
        marks.push_str("（与另一处修改冲突，未采用）");
    }
    let status = if entry.status == 0 { String::new() } else { status_words(kind, entry.status).1.zh };
    let behalf = if entry.actor.on_behalf { "（代录）" } else { "" };
    let cells = [
        format!("{seq}{stays}"),
        entry.rev.to_string(),
        beijing_minute(entry.at),
        format!("{step}{marks}"),
        status,
        format!("{}{behalf}", entry.actor.role.label().0),
        entry.actor.staff.clone(),
        said(words, kind, entry),
        entry.reason.clone(),
    ];
    cells.iter().map(|cell| page::text(cell)).collect()
}

/// What an entry changed.
fn said(words: Words<'_>, kind: Option<&Kind>, entry: &Entry) -> String {
    let field = |tag: &u32| kind.and_then(|kind| kind.fields.get(tag));
    let label = |tag: &u32| field(tag).map_or_else(|| tag.to_string(), |field| field.label.zh.clone());
    let set =
        entry.set.iter().map(|(tag, value)| format!("{}：{}", label(tag), words.text(field(tag), value).zh));
    let cleared = entry.cleared.iter().map(|tag| format!("{}：（清空）", label(tag)));
    set.chain(cleared).collect::<Vec<_>>().join("\n")
}
