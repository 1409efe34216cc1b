//! Tables of web pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    xianglian_fuzz::check(&[b"<table>", data].concat());
});
