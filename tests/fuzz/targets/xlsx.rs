//! XLSX: a sheet, texts, styles and the part that names the sheets, parted by zero bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [rows, texts, styles, book, links] = xianglian_fuzz::pieces(data);
    let sheet = [b"<worksheet><sheetData>", rows, b"</sheetData></worksheet>"].concat();
    let plain_book = br#"<workbook><sheets><sheet name="a" r:id="r1"/></sheets></workbook>"#;
    let plain_links =
        br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="sheet1.xml"/></Relationships>"#;
    let texts = [b"<sst>", texts, b"</sst>"].concat();
    let styles = [b"<styleSheet>", styles, b"</styleSheet>"].concat();
    let bytes = xianglian_fuzz::pack(&[
        ("xl/workbook.xml", if book.is_empty() { plain_book } else { book }),
        ("xl/_rels/workbook.xml.rels", if links.is_empty() { plain_links } else { links }),
        ("xl/sheet1.xml", if rows.starts_with(b"<worksheet") { rows } else { &sheet }),
        ("xl/sharedStrings.xml", &texts),
        ("xl/styles.xml", &styles),
    ]);
    xianglian_fuzz::check(&bytes);
});
