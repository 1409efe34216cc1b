//! Tables as CSV that the office's own programs open by a double click: UTF-8 with its mark in front, lines that end
//! with CRLF.

/// What a file begins with, so that Excel and WPS read it as UTF-8.
pub const MARK: &str = "\u{feff}";

/// One line. A text that a spreadsheet would take for a formula gets an apostrophe in front: what was written in an
/// office must not be run on another machine.
pub fn line<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text.as_ref())).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_come_back_as_they_were() {
        let cells = ["1", "一，二", "a,b", "他说\"好\"", "上\n下", "", " 空 ", "-3.5"];
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_reader(std::io::Cursor::new(line(&cells)));
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(row.iter().collect::<Vec<_>>(), cells);
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(line(&["=1+1", "@a", "+86", "-乙", "甲=乙"]), "'=1+1,'@a,+86,'-乙,甲=乙\r\n");
    }
}
