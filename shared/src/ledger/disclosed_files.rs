//! What is published, as files: for each list a table (CSV) and a page (HTML) that needs nothing else.

use super::{Disclosure, PublicList};
use crate::exchange::{comma, page};

/// A name and its bytes.
pub type PublicFile = (String, Vec<u8>);

impl Disclosure {
    /// The files, with `index.html` first; `office` is what the office is called. The same lists give the same bytes.
    pub fn files(&self, office: &str) -> Vec<PublicFile> {
        let mut files = vec![("index.html".to_owned(), self.index(office).into_bytes())];
        for list in &self.lists {
            let name = self.name(list);
            files.push((format!("{name}.html"), self.page(list, office).into_bytes()));
            files.push((format!("{name}.csv"), table(list).into_bytes()));
        }
        files
    }

    /// A file's name without its ending.
    fn name(&self, list: &PublicList) -> String {
        let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
        let label: String = list.label.zh.chars().map(plain).collect();
        let period: String = self.period.chars().map(plain).collect();
        format!("{label}_{period}")
    }

    fn index(&self, office: &str) -> String {
        let row = |list: &PublicList| {
            let name = self.name(list);
            vec![
                page::link(&format!("{name}.html"), &list.label.zh),
                list.rows.len().to_string(),
                page::link(&format!("{name}.csv"), "表格"),
            ]
        };
        let rows: Vec<_> = self.lists.iter().map(row).collect();
        let title = format!("{office}人大工作公开（{}）", self.period);
        page::page(&title, &page::sheet(&["内容", "条数", "下载"], &rows))
    }

    fn page(&self, list: &PublicList, office: &str) -> String {
        let heads: Vec<&str> =
            std::iter::once("序号").chain(list.heads.iter().map(|head| head.zh.as_str())).collect();
        let mut body = page::note(&format!("{office}　共 {} 条", list.rows.len()));
        let mut line = 0;
        for run in list.rows.chunk_by(|a, b| a.group == b.group) {
            if let (Some(group), Some(first)) = (&list.group, run.first()) {
                let said = if first.group.is_empty() { "未填" } else { first.group.as_str() };
                body.push_str(&page::heading(&format!("{}：{said}（{} 条）", group.zh, run.len())));
            }
            let row = |row: &super::PublicRow| {
                line += 1;
                let cells = row.cells.iter().map(|cell| page::text(cell));
                std::iter::once(line.to_string()).chain(cells).collect()
            };
            body.push_str(&page::sheet(&heads, &run.iter().map(row).collect::<Vec<Vec<String>>>()));
        }
        if list.rows.is_empty() {
            body.push_str(&page::note("本期没有应公开的内容。"));
        }
        let when = if list.standing { "现况".to_owned() } else { self.period.clone() };
        page::page(&format!("{}（{when}）", list.label.zh), &body)
    }
}

fn table(list: &PublicList) -> String {
    let group = list.group.as_ref().map(|group| group.zh.clone());
    let mut heads = vec!["序号".to_owned()];
    heads.extend(group.iter().cloned());
    heads.extend(list.heads.iter().map(|head| head.zh.clone()));
    let mut out = format!("{}{}", comma::MARK, comma::line(&heads));
    for (line, row) in list.rows.iter().enumerate() {
        let mut cells = vec![(line + 1).to_string()];
        cells.extend(group.iter().map(|_| row.group.clone()));
        cells.extend(row.cells.iter().cloned());
        out.push_str(&comma::line(&cells));
    }
    out
}
