//! XLS: a stream of records in a sound container. The container itself is tried by `bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // One text is never longer than a few cells' worth; larger streams only cost time.
    let name = if data.first().is_some_and(|first| first % 8 == 0) { "/Book" } else { "/Workbook" };
    xianglian_fuzz::check(&xianglian_fuzz::container(name, data.get(1..).unwrap_or_default()));
});
