//! Pages that stand alone: HTML without scripts and without anything from elsewhere, fit to be read in any browser and
//! to be printed on A4.

/// What every page looks like. Letters of the machine, so that nothing has to be fetched.
const STYLE: &str = "\
body{font-family:\"Noto Serif CJK SC\",\"Source Han Serif SC\",SimSun,FangSong,serif;color:#000;background:#fff;\
max-width:190mm;margin:8mm auto;padding:0 4mm;line-height:1.5}\
h1{font-size:1.5em;text-align:center}h2{font-size:1.1em;border-bottom:1px solid #000;margin-top:1.4em}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #666;padding:.2em .5em;text-align:left;\
vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}th{background:#eee;font-weight:bold}\
table.sheet th{white-space:nowrap}table.form th{width:25%}.note{color:#444;font-size:.9em}\
@page{size:A4;margin:15mm}@media print{body{margin:0;max-width:none}thead{display:table-header-group}\
tr{break-inside:avoid}a{color:#000;text-decoration:none}}";

/// A whole page; `body` is HTML, the title is text.
pub fn page(title: &str, body: &str) -> String {
    let title = text(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

/// Text as it stands in HTML, in an attribute too.
pub fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

pub fn heading(raw: &str) -> String {
    format!("<h2>{}</h2>\n", text(raw))
}

/// A line in small print.
pub fn note(raw: &str) -> String {
    format!("<p class=\"note\">{}</p>\n", text(raw))
}

/// A link to a file beside the page.
pub fn link(to: &str, raw: &str) -> String {
    format!("<a href=\"{}\">{}</a>", text(to), text(raw))
}

/// A table of rows under headings; headings are text, cells are HTML.
pub fn sheet<S: AsRef<str>>(heads: &[S], rows: &[Vec<String>]) -> String {
    let heads: String = heads.iter().map(|head| format!("<th>{}</th>", text(head.as_ref()))).collect();
    let mut out = format!("<table class=\"sheet\"><thead><tr>{heads}</tr></thead><tbody>\n");
    for row in rows {
        let cells: String = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        out.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    out + "</tbody></table>\n"
}

/// A table of labels and what they say; labels are text, cells are HTML.
pub fn form(rows: &[(String, String)]) -> String {
    let mut out = String::from("<table class=\"form\"><tbody>\n");
    for (label, cell) in rows {
        out.push_str(&format!("<tr><th>{}</th><td>{cell}</td></tr>\n", text(label)));
    }
    out + "</tbody></table>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_never_markup() {
        let evil = "<script>alert('1')</script>\" onload=\"x&";
        let made = page(evil, &(sheet(&[evil], &[vec![text(evil)]]) + &link(evil, evil) + &note(evil)));
        assert!(!made.contains("<script") && !made.contains("onload=\"x"), "{made}");
        assert!(made.contains("&lt;script&gt;alert(&#39;1&#39;)"));
    }
}
