//! Tables for a terminal, aligned for Chinese width.

use unicode_width::UnicodeWidthStr as _;

/// Columns that a text takes on a terminal: a Chinese character takes two.
pub fn columns(text: &str) -> usize {
    // Ambiguous characters (“ ” — ·) count as one column, as in most terminals that offices use.
    text.width()
}

/// The text cut to at most `most` columns, with `…` where something was left out.
pub fn cut(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let width = columns(c.encode_utf8(&mut [0; 4]));
        if used + width + 1 > most {
            break;
        }
        used += width;
        out.push(c);
    }
    out.push('…');
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Rows under headings. Cells are cut at [`Table::CELL_COLUMNS_MAX`] columns; line breaks become spaces.
#[derive(Debug, Clone)]
pub struct Table {
    heads: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub const CELL_COLUMNS_MAX: usize = 48;

    pub fn new<S: Into<String>>(heads: impl IntoIterator<Item = (S, Align)>) -> Self {
        Self {
            heads: heads.into_iter().map(|(head, align)| (head.into(), align)).collect(),
            rows: Vec::new(),
        }
    }

    /// Headings all aligned left.
    pub fn left<S: Into<String>>(heads: impl IntoIterator<Item = S>) -> Self {
        Self::new(heads.into_iter().map(|head| (head, Align::Left)))
    }

    /// Adds a row; missing cells are empty, surplus ones are dropped.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut cells: Vec<String> = cells.into_iter().map(|cell| clean(&cell.into())).collect();
        cells.resize(self.heads.len(), String::new());
        self.rows.push(cells);
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table with a line under its headings; ends with a line break.
    pub fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.heads.len())
            .map(|i| {
                let cells = self.rows.iter().map(|row| columns(&row[i]));
                cells.chain([columns(&self.heads[i].0)]).max().unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        let heads: Vec<&str> = self.heads.iter().map(|(head, _)| head.as_str()).collect();
        self.line(&mut out, &widths, &heads);
        let total = widths.iter().sum::<usize>() + widths.len().saturating_sub(1) * 2;
        out.push_str(&"─".repeat(total));
        out.push('\n');
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            self.line(&mut out, &widths, &cells);
        }
        out
    }

    fn line(&self, out: &mut String, widths: &[usize], cells: &[&str]) {
        let mut line = String::new();
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                line.push_str("  ");
            }
            let pad = " ".repeat(widths[i].saturating_sub(columns(cell)));
            match self.heads[i].1 {
                Align::Left => line.extend([cell, pad.as_str()]),
                Align::Right => line.extend([pad.as_str(), cell]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn clean(cell: &str) -> String {
    // A control character in a record's text must not move the cursor of the reader's terminal.
    let plain: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    cut(&plain, Table::CELL_COLUMNS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_and_ascii_columns_line_up() {
        let mut table = Table::new([("乡镇", Align::Left), ("件数", Align::Right), ("note", Align::Left)]);
        table.row(["坎墩街道", "29", "a"]);
        table.row(["附海镇", "3", "b\nc"]);
        let text = table.render();
        assert_eq!(
            text,
            "乡镇      件数  note\n────────────────────\n坎墩街道    29  a\n附海镇       3  b c\n"
        );
        let ends: Vec<usize> =
            text.lines().skip(2).map(|line| columns(&line[..line.rfind("  ").unwrap()])).collect();
        assert_eq!(ends[0], ends[1]);
    }

    #[test]
    fn long_cells_are_cut_at_a_character() {
        assert_eq!(cut("关于加强农村生活污水治理的建议", 11), "关于加强农…");
        assert_eq!(cut("short", 5), "short");
    }
}
