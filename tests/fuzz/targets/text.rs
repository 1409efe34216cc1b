//! Bytes as text in any encoding.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The first byte chooses the mark at the beginning.
    let Some((first, rest)) = data.split_first() else { return };
    let mark: &[u8] = match first % 5 {
        0 => b"\xEF\xBB\xBF",
        1 => b"\xFF\xFE",
        2 => b"\xFE\xFF",
        3 => b"sep=;\n",
        _ => b"",
    };
    xianglian_fuzz::check(&[mark, rest].concat());
});
