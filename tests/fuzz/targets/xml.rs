//! The XML of Excel 2003.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let head =
        br#"<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>"#;
    xianglian_fuzz::check(&[head, data].concat());
    xianglian_fuzz::check(&[head, data, b"</Table></Worksheet></Workbook>"].concat());
});
