//! The archive package as a clerk and a stranger meet it: the real binary, a county in this process.

mod bench;
#[path = "bench/county.rs"]
mod county;

use bench::Bench;
use county::County;

/// A piece of the archive with a suggestion in it, numbered and catalogued.
fn catalogued(bench: &Bench) -> String {
    let proposal = bench.ok(&[
        "record",
        "new",
        "proposal",
        "--action",
        "receive",
        "--set",
        "案由=关于修桥的建议",
        "--set",
        "提出日期=2026-01-12",
        "--set",
        "提出时间=大会期间",
        "--set",
        "性质类别=城建环保",
        "--set",
        "领衔人=某代表",
        "--set",
        "正文=只在本机保存的正文",
    ]);
    let records = format!("对应台账={}", proposal["id"].as_str().unwrap());
    let piece = bench.ok(&[
        "record",
        "new",
        "归档文件",
        "--set",
        "题名=关于修桥的建议及答复",
        "--set",
        "日期=2026-01-12",
        "--set",
        "归档内容=建议议案",
    ]);
    let id = piece["short"].as_str().unwrap().to_owned();
    bench.ok(&[
        "record",
        "do",
        &id,
        "arrange",
        "--set",
        "责任者=镇人大",
        "--set",
        "页数=3",
        "--set",
        "保管期限=永久",
        "--set",
        &records,
    ]);
    bench.ok(&[
        "record",
        "do",
        &id,
        "number",
        "--set",
        "全宗号=X043",
        "--set",
        "归档年度=2026",
        "--set",
        "归档日期=2026-01-20",
        "--set",
        "机构（问题）代码=RDB",
    ]);
    bench.ok(&["record", "do", &id, "catalogue"]);
    id
}

#[test]
fn a_year_is_packed_checked_and_marked() {
    let (county, bench) = (County::open(), Bench::empty());
    bench.ok(&["join", &county.token()]);
    let piece = catalogued(&bench);
    bench.ok(&["sync"]);
    let out = bench.data().join("2026.xlarc");
    let file = out.to_str().unwrap();
    let packed = bench.ok(&["archive", "pack", "2026", "--out", file]);
    assert_eq!(
        (&packed["records"], &packed["unreceipted"], &packed["marked"]),
        (&2.into(), &0.into(), &0.into())
    );
    assert_eq!(bench.ok(&["record", "show", &piece])["status"], "catalogued", "nothing is marked unasked");

    // A stranger: no data folder, only the fingerprint.
    let stranger = Bench::empty();
    let fingerprint = county.fingerprint();
    let report = stranger.ok(&["archive", "verify", file, "--ca", &fingerprint]);
    assert_eq!(report["good"], true);
    let said = stranger.says(&["archive", "verify", file, "--ca", &fingerprint]);
    assert!(said.contains("能证明") && said.contains("不能证明") && said.contains("归档包完好"), "{said}");
    let other = "00".repeat(16);
    let refused = stranger.talk(&["archive", "verify", file, "--ca", &other], 13);
    assert!(refused.contains("县根证书不是给出的那一个"), "{refused}");

    let text = std::fs::read(file).unwrap();
    let mut damaged = text.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let broken = bench.data().join("broken.xlarc");
    std::fs::write(&broken, damaged).unwrap();
    stranger.talk(&["archive", "verify", broken.to_str().unwrap(), "--ca", &fingerprint], 13);

    let there = bench.talk(&["archive", "pack", "2026", "--out", file], 6);
    assert!(there.contains("已经存在"), "{there}");
    let again = bench.data().join("again.xlarc");
    let lacking = bench.talk(&["archive", "pack", "2026", "--out", again.to_str().unwrap(), "--mark"], 3);
    assert!(lacking.contains("盒号") && again.exists(), "{lacking}");
    let third = bench.data().join("third.xlarc");
    let marked =
        bench.ok(&["archive", "pack", "2026", "--out", third.to_str().unwrap(), "--mark", "--set", "盒号=1"]);
    assert_eq!(marked["marked"], 1);
    let shown = bench.ok(&["record", "show", &piece]);
    assert_eq!((&shown["status"], &shown["fields"]["digest"]), (&"boxed".into(), &marked["digest"]));
}
