//! ODS: the content of a package, and the list of its parts.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [rows, manifest] = xianglian_fuzz::pieces(data);
    let content = [
        b"<office:document-content><office:body><office:spreadsheet><table:table table:name=\"a\">",
        rows,
        b"</table:table></office:spreadsheet></office:body></office:document-content>",
    ]
    .concat();
    let content: &[u8] = if rows.starts_with(b"<office") { rows } else { &content };
    let bytes = xianglian_fuzz::pack(&[("META-INF/manifest.xml", manifest), ("content.xml", content)]);
    xianglian_fuzz::check(&bytes);
});
