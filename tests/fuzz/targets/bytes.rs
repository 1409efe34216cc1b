//! Any bytes as a file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    xianglian_fuzz::check(data);
});
