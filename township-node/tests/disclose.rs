//! What an office publishes, as a clerk meets it: made-up years of work, the real binary.

mod bench;

use bench::Bench;
use shared::personal;

#[test]
fn a_sampled_office_publishes_and_lets_no_number_out() {
    let bench = Bench::town();
    bench.ok(&["sample", "--years", "1", "--seed", "7", "--yes"]);
    let out = bench.data().join("公开");
    let folder = out.to_str().unwrap();
    let year = bench.ok(&["record", "list", "proposal", "--limit", "1"])["rows"][0]["date"].as_str().unwrap()
        [..4]
        .to_owned();
    let looked = bench.ok(&["disclose", "--period", &year]);
    assert!(looked["folder"].is_null() && !out.exists(), "nothing is written unasked");
    let done = bench.ok(&["disclose", "--period", &year, "--out", folder]);
    assert!(done["records"].as_u64().unwrap() > 0, "{done}");
    let mut files = 0;
    for entry in std::fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(personal::find(&text), [], "{}", path.display());
        files += 1;
    }
    assert_eq!(files, done["files"].as_array().unwrap().len());
    let again = bench.talk(&["disclose", "--period", &year, "--out", folder], 6);
    assert!(again.contains("不是空的"), "{again}");
}
