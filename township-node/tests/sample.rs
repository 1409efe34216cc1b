//! Made-up work, as somebody meets it who tries the program.

mod bench;

use bench::Bench;

/// 石桥镇 of a county that does not exist.
fn fictional() -> Bench {
    let bench = Bench::empty();
    bench.ok(&["init", "--township", "999901101", "--name", "石桥镇"]);
    bench
}

#[test]
fn a_made_up_township_fills_its_folder_once() {
    let bench = fictional();
    let made = bench.ok(&["sample", "--kind", "publicity", "--count", "12", "--seed", "7"]);
    assert!(made["records"].as_u64().unwrap() >= 12, "{made}");
    assert_eq!(made["kinds"][0]["kind"], "publicity");
    assert_eq!(bench.ok(&["verify"])["held"], 0);
    let listed = bench.ok(&["record", "list", "publicity"]);
    assert_eq!(listed["rows"].as_array().unwrap().len(), 12);
    assert_eq!(bench.fails(&["sample", "--kind", "publicity"], 6)["code"], "conflict");
}

#[test]
fn a_real_township_is_asked_first() {
    let bench = Bench::town();
    let refused = bench.fails(&["sample", "--kind", "publicity", "--count", "3"], 4);
    assert_eq!(refused["code"], "refused");
    let made = bench.ok(&["sample", "--kind", "publicity", "--count", "3", "--yes"]);
    assert_eq!(made["records"], 3);
}

#[test]
fn the_same_seed_fills_two_folders_alike() {
    let told = |seed: &str| {
        let bench = fictional();
        bench.ok(&["sample", "--kind", "text_document", "--count", "6", "--seed", seed]);
        bench.ok(&["record", "list", "text_document"])["rows"].clone()
    };
    assert_eq!(told("3"), told("3"));
    assert_ne!(told("3"), told("4"));
}

#[test]
fn what_is_out_of_bounds_or_no_business_of_the_office_is_refused() {
    let bench = fictional();
    bench.fails(&["sample", "--years", "31"], 3);
    bench.fails(&["sample", "--kind", "publicity", "--count", "0"], 3);
    bench.fails(&["sample", "--kind", "seminar"], 3);
    bench.talk(&["sample", "--count", "3"], 2);
}
