//! Writes inputs to begin with, one folder for each target: `seeds FOLDER`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "corpus".to_owned());
    let put = |target: &str, name: &str, bytes: &[u8]| -> std::io::Result<()> {
        let folder = Path::new(&folder).join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)
    };
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><r><t>x</t></r></is></c></row>\
        <row><c s=\"1\"><f>1+1</f><v>42839.5</v></c><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"str\"><f/></c></row>\
        </sheetData><mergeCells><mergeCell ref=\"A1:A3\"/></mergeCells><sheetData>";
    let texts = "<si><t>a_x000D_b&amp;&#26696;</t></si><si><r><t>b</t></r><rPh><t>c</t></rPh></si>";
    let styles = "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;y&quot;m\"/></numFmts>\
        <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"176\"/></cellXfs>";
    put("xlsx", "one", format!("{rows}\0{texts}\0{styles}").as_bytes())?;
    put("xlsx", "bare", b"<row><c><v>1</v></c></row>")?;
    let open = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"3\"/>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"2017-04-14\"/><table:table-cell table:formula=\"a\"/></table:table-row>\
        <table:table-row><table:table-cell table:number-rows-spanned=\"2\" office:value-type=\"string\"><office:annotation/><text:p>a<text:s text:c=\"2\"/>b</text:p></table:table-cell></table:table-row>\
        <table:table-row><table:covered-table-cell/><table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/></table:table-row>";
    put("ods", "one", format!("{open}\0<a><encryption-data/></a>").as_bytes())?;
    put("ods", "plain", open.as_bytes())?;
    put("xml", "one", b"<Row ss:Index=\"2\"><Cell ss:MergeDown=\"1\" ss:Index=\"3\"><Data ss:Type=\"DateTime\">2017-04-14T00:00:00</Data></Cell><Cell ss:Formula=\"a\"/></Row>")?;
    put("html", "one", b"<tr><th rowspan=2 colspan=3>a<td>b<br>c&nbsp;&lt;<table><tr><td>x</table><tr><td>d</td></tr></table><style>td{}</style>")?;
    put("text", "one", "\u{4}案号,案由\n1,\"a\"\"b\n\"\n".as_bytes())?;
    put("text", "wide", b"\x01a\0,\0b\0\n\0")?;
    for kind in 0..40u8 {
        let line = "1,修路,2017.4.14,是,A、B；C,３,0.5,2017年4月14日 9:30,甲|乙；丙,330282002\n";
        put("ledger", &format!("kind{kind}"), &[&[kind], line.as_bytes()].concat())?;
    }
    let xls = stream();
    put("xls", "one", &[&[1], xls.as_slice()].concat())?;
    put("bytes", "xls", &xianglian_fuzz::container("/Workbook", &xls))?;
    put("bytes", "xlsx", &xianglian_fuzz::pack(&[("xl/workbook.xml", b"<workbook/>")]))?;
    put("bytes", "ods", &xianglian_fuzz::pack(&[("content.xml", b"<a/>")]))
}

/// The records of a small workbook.
fn stream() -> Vec<u8> {
    let record =
        |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let sst = [&[1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1][..], &[0x48, 0x68, 0xF7, 0x53]].concat();
    let head = [
        record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]),
        record(0x041E, &[176, 0, 4, 0, 0, b'y', b'y', b'm', b'm']),
        record(0x00E0, &[0; 20]),
        record(0x00E0, &[&[0, 0, 176, 0][..], &[0; 16]].concat()),
        record(0x00FC, &sst),
    ]
    .concat();
    let at = (head.len() + 4 + 9 + 4) as u32;
    let cells = [
        record(0x0809, &[0, 6, 0x10, 0, 0, 0, 0, 0]),
        record(0x00FD, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        record(0x0203, &[&[0, 0, 1, 0, 1, 0][..], &42_839.5f64.to_le_bytes()].concat()),
        record(0x027E, &[0, 0, 2, 0, 0, 0, 0x1E, 0, 0, 0]),
        record(0x00BD, &[1, 0, 0, 0, 0, 0, 6, 0, 0, 0, 1, 0, 6, 0, 0, 0, 1, 0]),
        record(0x0006, &[&[2, 0, 0, 0, 0, 0][..], &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF], &[0; 8]].concat()),
        record(0x0207, &[2, 0, 0, b'o', b'k']),
        record(0x0204, &[3, 0, 0, 0, 0, 0, 1, 0, 0, b'x']),
        record(0x0205, &[3, 0, 1, 0, 0, 0, 1, 0]),
        record(0x00E5, &[1, 0, 0, 0, 3, 0, 5, 0, 5, 0]),
        record(0x000A, &[]),
    ]
    .concat();
    let sheet = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'a']].concat());
    [head, sheet, record(0x000A, &[]), cells].concat()
}
