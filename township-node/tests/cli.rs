//! The program as a clerk meets it: the real binary, its output, its exit codes.

mod bench;

use bench::Bench;
use serde_json::{Value as Json, json};

const TITLE: &str = "关于加强农村生活污水治理的建议";

fn received(bench: &Bench) -> Json {
    bench.ok(&[
        "record",
        "new",
        "proposal",
        "--action",
        "receive",
        "--set",
        &format!("案由={TITLE}"),
        "--set",
        "提出日期=2026.1.12",
        "--set",
        "提出时间=大会期间",
        "--set",
        "性质类别=城建环保",
        "--set",
        "领衔人=某代表",
        "--set",
        "正文=只在本机保存的正文",
    ])
}

#[test]
fn init_makes_a_commented_file_once() {
    let bench = Bench::empty();
    let made = bench.ok(&["init", "--township", "330282002", "--name", "坎墩镇"]);
    assert_eq!(made["township"], "330282002");
    let file = std::fs::read_to_string(bench.data().join("township.toml")).unwrap();
    assert!(file.contains("code = \"330282002\"") && file.contains("# 九位乡镇代码"), "{file}");
    let again = bench.fails(&["init"], 6);
    assert_eq!(again["code"], "conflict");
    let shown = bench.ok(&["config", "show"]);
    let kind =
        shown["settings"].as_array().unwrap().iter().find(|row| row["key"] == "township.kind").unwrap();
    assert_eq!(kind["value"], "TOWN");
}

#[test]
fn a_folder_that_is_not_a_nodes_is_said_so_in_both_languages() {
    let bench = Bench::empty();
    let zh = bench.talk(&["status"], 7);
    assert!(zh.contains("还不是乡联的数据文件夹") && zh.contains("init"), "{zh}");
    let en = bench.talk(&["--lang", "en", "status"], 7);
    assert!(en.contains("is not a data folder of Xianglian yet"), "{en}");
}

#[test]
fn a_suggestion_goes_through_all_its_steps() {
    let bench = Bench::town();
    let record = received(&bench);
    assert_eq!((&record["status"], &record["sync"]), (&json!("submitted"), &json!("waiting")));
    assert_eq!(record["local"]["body"], "只在本机保存的正文");
    assert_eq!(record["fields"].get("body"), None);
    let id = record["short"].as_str().unwrap();

    let record = bench.ok(&["record", "do", id, "登记"]);
    assert_eq!(record["fields"]["proposal_no"], 1);
    let steps: &[(&[&str], &str)] = &[
        (&["review", "--as", "人大主席", "--set", "审核=立案"], "reviewed"),
        (
            &["assign", "--as", "T_CHAIR", "--set", "交办日期=2026-01-20", "--set", "主办单位=镇城建办"],
            "assigned",
        ),
        (&["accept", "--set", "签收日期=2026-01-21"], "handling"),
        (&["reply", "--set", "主办答复日期=2026-03-02", "--set", "办理结果=A"], "replied"),
        (
            &[
                "evaluate",
                "--staff",
                "u2",
                "--set",
                "对办理态度=满意",
                "--set",
                "对办理结果=基本满意",
                "--set",
                "评价日期=2026-03-05",
            ],
            "evaluated",
        ),
        (&["close", "--as", "T_CHAIR", "--set", "办结日期=2026-03-06"], "closed"),
        (
            &[
                "report",
                "--as",
                "T_PRESIDIUM",
                "--set",
                "报告的会议=五届四次会议",
                "--set",
                "报告日期=2026-07-01",
            ],
            "reported",
        ),
        (&["archive", "--set", "归档日期=2026-08-01", "--set", "档号=2026-R07-1"], "archived"),
    ];
    for (args, status) in steps {
        let record = bench.ok(&[&["record", "do", id], *args].concat());
        assert_eq!(record["status"], *status, "{args:?}");
    }
    let reply = bench.ok(&["record", "show", id])["deadlines"].as_array().unwrap().clone();
    let reply = reply.iter().find(|deadline| deadline["code"] == "DL-SG-REPLY").unwrap().clone();
    assert_eq!(reply["done"], "2026-03-02");
    let history = bench.ok(&["record", "history", TITLE]);
    assert_eq!(history.as_array().unwrap().len(), 10);
    assert_eq!(history[6]["staff"], "u2");
    let tally = bench.ok(&["tally", "A1", "A7", "--period", "2026"]);
    let figures: Vec<_> =
        tally["lines"].as_array().unwrap().iter().map(|line| line["text"].clone()).collect();
    assert_eq!(figures, [json!("1"), json!("1")]);
    let rebuilt = bench.ok(&["rebuild"]);
    assert_eq!(rebuilt["entries"], 11, "ten changes and one private part");
    assert_eq!(bench.ok(&["verify"])["entries"], 11);
    assert_eq!(bench.ok(&["record", "show", id])["status"], "archived");
}

#[test]
fn a_petition_goes_through_all_its_steps_and_its_private_part_stays() {
    let bench = Bench::town().with_env("XIANGLIAN_OFFICE_ACCOUNTS", "人大主席=c1");
    let new = [
        "record",
        "new",
        "信访",
        "--set",
        "标题=路灯不亮",
        "--set",
        "收到日期=2026-01-12",
        "--set",
        "登记日期=2026-01-13",
        "--set",
        "信访形式=来信",
        "--set",
        "来源=群众",
        "--set",
        "信访人姓名=某人",
        "--set",
        "信访人住址=某村",
        "--set",
        "信访人数=1",
        "--set",
        "信访类别=申诉求决类",
        "--set",
        "内容分类=道路交通",
        "--set",
        "内容摘要=三个月不亮",
        "--set",
        "初信初访=初信初访",
    ];
    let record = bench.ok(&new);
    assert_eq!(record["fields"]["case_no"], "坎墩人信〔2026〕1号");
    assert_eq!(record["local"]["petitioner_name"], "某人");
    let steps: &[(&[&str], &str)] = &[
        (&["拟办", "--set", "拟办方式=转站所", "--set", "拟办意见=请城建办处理"], "proposed"),
        (&["批准", "--as", "人大主席"], "approved"),
        (&["告知信访人", "--set", "告知日期=2026-01-14", "--set", "告知方式=书面"], "approved"),
        (&["转办", "--set", "转办单位=城建办", "--set", "转办日期=2026-01-15"], "transferred"),
        (&["签收受理", "--set", "受理日期=2026-01-16"], "handling"),
        (
            &["办结回复", "--set", "办理结果=解决", "--set", "回复日期=2026-02-01", "--set", "回复方式=书面"],
            "replied",
        ),
        (&["登记满意度", "--set", "满意度=满意"], "replied"),
        (
            &["报告", "--as", "人大主席", "--set", "报告对象=主席团", "--set", "报告日期=2026-02-10"],
            "reported",
        ),
        (
            &["归档", "--set", "归档日期=2026-02-11", "--set", "档号=R06-1", "--set", "保管期限=10年"],
            "archived",
        ),
    ];
    for (args, status) in steps {
        let record = bench.ok(&[&["record", "do", "路灯不亮"], *args].concat());
        assert_eq!(record["status"], *status, "{args:?}");
    }
    let record = bench.ok(&["record", "show", "坎墩人信〔2026〕1号"]);
    for private in ["title", "petitioner_name", "summary", "proposal_text"] {
        assert!(
            record["fields"].get(private).is_none() && record["local"].get(private).is_some(),
            "{private}"
        );
    }
    assert_eq!(bench.ok(&["tally", "B11"])["lines"][0]["text"], "100.0 %");
}

#[test]
fn who_may_not_judge_an_own_answer_is_told_what_to_do() {
    let bench = Bench::town();
    let id = received(&bench)["short"].as_str().unwrap().to_owned();
    for step in [
        &["register"][..],
        &["review", "--as", "人大主席", "--set", "审核=立案"],
        &["assign", "--as", "人大主席", "--set", "交办日期=2026-01-20", "--set", "主办单位=镇城建办"],
        &["accept", "--set", "签收日期=2026-01-21"],
        &["reply", "--set", "主办答复日期=2026-03-02", "--set", "办理结果=A"],
    ] {
        bench.ok(&[&["record", "do", &id], step].concat());
    }
    let evaluate = [
        "record",
        "do",
        &id,
        "evaluate",
        "--set",
        "对办理态度=满意",
        "--set",
        "对办理结果=满意",
        "--set",
        "评价日期=2026-03-05",
    ];
    let said = bench.talk(&evaluate, 4);
    assert!(said.contains("不能再办理") && said.contains("--staff"), "{said}");
    let next = bench.ok(&["record", "show", &id])["next"].clone();
    let next = next.as_array().unwrap().iter().find(|next| next["action"] == "evaluate").unwrap().clone();
    assert!(next["blocked"]["zh"].as_str().unwrap().contains("另一位经办人"), "{next}");
    bench.ok(&[&evaluate[..], &["--staff", "u2"]].concat());
}

#[test]
fn refusals_say_what_is_missing_and_change_nothing() {
    let bench = Bench::town();
    let id = received(&bench)["short"].as_str().unwrap().to_owned();
    let refusal = bench.fails(&["record", "do", &id, "assign"], 4);
    assert_eq!(refusal["code"], "refused");
    let zh = bench.talk(&["record", "do", &id, "review"], 4);
    assert!(zh.contains("当前状态为“已提交”") || zh.contains("应由主席团"), "{zh}");
    let wrong = bench.fails(&["record", "edit", &id, "--set", "提出日期=五月", "--set", "性质类别=天文"], 3);
    assert_eq!(wrong["details"].as_array().unwrap().len(), 2, "{wrong}");
    let en = bench.talk(&["--lang", "en", "record", "edit", &id, "--set", "提出日期=2026-02-30"], 3);
    assert!(en.contains("raised_on: there is no such day"), "{en}");
    assert_eq!(bench.ok(&["record", "show", &id])["rev"], 1);
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let bench = Bench::town();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["record", "list", "星象"], 5, "可用"),
        (&["record", "show", "没有这条"], 5, "没有找到"),
        (&["record", "new", "proposal", "--action", "飞行"], 5, "可用的步骤"),
        (&["record", "new", "proposal", "--action", "receive", "--set", "颜色=红"], 5, "可用的字段"),
        (&["record", "new", "proposal", "--action", "receive", "--set", "案由"], 3, "字段=内容"),
        (&["record", "new", "proposal"], 2, "--action"),
        (&["record", "list", "proposal", "--as"], 2, ""),
        (&["record", "list", "proposal", "--status", "飞"], 5, "可用的状态"),
        (&["record", "list", "proposal", "--period", "去年"], 3, "不是期间"),
        (&["tally", "Z99"], 5, "没有指标"),
        (&["held", "show", "1"], 5, "没有编号"),
        (&["import", "proposal", "/nowhere/at/all.csv"], 5, "无法读取"),
        (&["join", "XL1-AAAA"], 3, ""),
        (&["sync"], 8, "尚未加入"),
    ];
    for (args, exit, part) in cases {
        let said = bench.talk(args, *exit);
        assert!(said.contains(part), "{args:?}: {said}");
    }
}

const LEDGER: &str = "案号,案由,提出乡镇,登记日期,状态,性质类别,审核,交办日期,主办单位,协办单位,主办答复日期,办理结果类别,当前环节\n\
    1,修路,坎墩镇,2017.4.14,大会期间,城建环保,立案,2017-04-20,市交通局,市财政局；市公安局,2017-06-22,A,反馈\n\
    2,通水,坎墩镇,2017-04-15,大会期间,农业农村,立案,2017-04-20,市水利局,,,,办理\n";

#[test]
fn a_ledger_comes_in_once_and_bad_rows_are_named() {
    let bench = Bench::town();
    let file = bench.file("ledger.csv", LEDGER);
    let dry = bench.ok(&["import", "代表建议", &file, "--dry-run"]);
    assert_eq!((&dry["dry"], &dry["new"]), (&json!(true), &json!(2)));
    assert_eq!(bench.ok(&["import", "代表建议", &file])["new"], 2);
    let again = bench.ok(&["import", "代表建议", &file]);
    assert_eq!((&again["new"], &again["unchanged"]), (&json!(0), &json!(2)));
    let record = bench.ok(&["record", "show", "1"]);
    assert_eq!((&record["status"], &record["imported"]), (&json!("replied"), &json!(true)));

    let bad = format!(
        "{LEDGER}3,建校,坎墩镇,五月,大会期间,城建环保,立案,,,,,,\n4,架桥,周巷镇,2017-04-16,大会期间,城建环保,立案,,,,,,\n"
    );
    let bad = bench.file("bad.csv", &bad);
    let failure = bench.fails(&["import", "proposal", &bad], 3);
    let details: Vec<String> =
        failure["details"].as_array().unwrap().iter().map(|d| d["zh"].to_string()).collect();
    assert!(details.iter().any(|d| d.contains("第4行D列（登记日期）“五月”")), "{details:?}");
    assert!(details.iter().any(|d| d.contains("周巷镇 1")), "{details:?}");
    let report = bench.data().join("report.csv");
    let good = bench.ok(&["import", "proposal", &bad, "--good-rows", "--report", report.to_str().unwrap()]);
    assert_eq!((&good["unchanged"], &good["refused"], &good["elsewhere"]), (&json!(2), &json!(1), &json!(1)));
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.starts_with("\u{feff}行,列,表头,内容,原因\r\n4,\"D\",\"登记日期\",\"五月\""), "{report}");
}

#[test]
fn lists_are_filtered_and_links_found_by_title() {
    let bench = Bench::town();
    bench.ok(&["import", "proposal", &bench.file("ledger.csv", LEDGER)]);
    received(&bench);
    let count = |args: &[&str]| {
        bench.ok(&[&["record", "list", "proposal"], args].concat())["rows"].as_array().unwrap().len()
    };
    assert_eq!(count(&[]), 3);
    assert_eq!(count(&["--period", "2017"]), 2);
    assert_eq!(count(&["--status", "已答复"]), 1);
    assert_eq!(count(&["--where", "主办单位=市水利局"]), 1);
    assert_eq!(count(&["--where", "协办单位=市公安局"]), 1);
    assert_eq!(count(&["--limit", "1"]), 1);
    let text = bench.says(&["record", "list", "proposal", "--open"]);
    assert!(text.contains("待上报") && text.contains(TITLE), "{text}");
}

#[test]
fn a_backup_is_a_node_of_its_own_and_is_not_overwritten() {
    let bench = Bench::town();
    let id = received(&bench)["short"].as_str().unwrap().to_owned();
    let copy = bench.data().join("copy");
    let copy = copy.to_str().unwrap();
    assert!(bench.ok(&["backup", copy])["bytes"].as_u64().unwrap() > 0);
    bench.fails(&["backup", copy], 6);
    let other = bench.with_data(copy);
    assert_eq!(other.ok(&["record", "show", &id])["fields"]["title"], TITLE);
    assert_eq!(other.ok(&["status"])["folder"], "copied");
    assert_eq!(bench.ok(&["status"])["folder"], "same");
}

#[test]
fn a_folder_put_back_from_a_copy_is_known_as_restored() {
    let bench = Bench::town();
    received(&bench);
    let copy = bench.data().with_extension("copy");
    bench::copy_folder(bench.data(), &copy);
    bench.ok(&["record", "do", TITLE, "register"]);
    std::fs::remove_dir_all(bench.data()).unwrap();
    bench::copy_folder(&copy, bench.data());
    assert_eq!(bench.ok(&["status"])["folder"], "restored");
    assert_eq!(bench.ok(&["record", "show", TITLE])["status"], "submitted");
    assert_eq!(bench.ok(&["status"])["folder"], "restored", "until the county has been asked");
}

#[test]
fn a_flipped_byte_in_the_journal_is_found() {
    let bench = Bench::town();
    received(&bench);
    bench.ok(&["record", "do", TITLE, "register"]);
    assert!(bench.says(&["verify"]).contains("township/330282002"));
    let segment = bench.data().join("store").join("journal").join("00000001.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    assert_eq!(bench.fails(&["verify"], 13)["code"], "damaged");
}

#[test]
fn catalogue_files_are_checked_by_line() {
    let bench = Bench::town();
    assert!(bench.ok(&["catalogue", "check"])["kinds"].as_u64().unwrap() > 2);
    let kind = bench.ok(&["catalogue", "show", "R07"]);
    assert_eq!(kind["id"], "proposal");
    bench.file("broken/kind.toml", "id = \"x\"\ntag = \"seven\"\n");
    let folder = bench.data().join("broken");
    let said = bench.talk(&["catalogue", "check", folder.to_str().unwrap()], 7);
    assert!(said.contains("kind.toml:2:"), "{said}");
}

#[test]
fn settings_come_from_flags_environment_and_file_in_this_order() {
    let bench = Bench::town();
    let value = |bench: &Bench, args: &[&str]| {
        let shown = bench.ok(&[args, &["config", "show"]].concat());
        shown["settings"].as_array().unwrap().iter().find(|row| row["key"] == "lang").unwrap()["value"]
            .clone()
    };
    assert_eq!(value(&bench, &[]), "zh");
    let bench = bench.with_env("XIANGLIAN_LANG", "en");
    assert_eq!(value(&bench, &[]), "en");
    assert_eq!(value(&bench, &["--lang", "zh"]), "zh");
    let bench = bench.with_env("XIANGLIAN_SYNC_SLOT", "900");
    let failure = bench.fails(&["status"], 7);
    assert!(
        failure["message"]["en"].as_str().unwrap().contains("environment XIANGLIAN_SYNC_SLOT"),
        "{failure}"
    );
}

#[test]
fn help_is_there_for_every_sub_command() {
    let bench = Bench::empty();
    for command in [
        "init",
        "join",
        "run",
        "sync",
        "daily",
        "status",
        "record",
        "held",
        "import",
        "sample",
        "tally",
        "verify",
        "rebuild",
        "backup",
        "catalogue",
        "config",
    ] {
        let help = bench.says(&[command, "--help"]);
        assert!(help.contains("Usage: township-node"), "{command}: {help}");
    }
}
