//! Joining and exchanging as a clerk meets them: the real binary against a hub in this process, over TLS.

mod bench;
#[path = "bench/county.rs"]
mod county;

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use bench::{Bench, copy_folder};
use county::County;
use serde_json::{Value as Json, json};

fn joined(county: &County) -> Bench {
    let bench = Bench::empty();
    let said = bench.ok(&["join", &county.token()]);
    assert_eq!((&said["township"], &said["name"]), (&json!("330282002"), &json!("坎墩镇")));
    bench
}

fn write(bench: &Bench, title: &str) -> String {
    let title = format!("案由={title}");
    let record = bench.ok(&[
        "record",
        "new",
        "proposal",
        "--action",
        "receive",
        "--set",
        &title,
        "--set",
        "提出日期=2026.1.12",
        "--set",
        "提出时间=大会期间",
        "--set",
        "性质类别=城建环保",
        "--set",
        "正文=CANARY-LOCAL-不出本机",
    ]);
    record["short"].as_str().unwrap().to_owned()
}

#[test]
fn a_days_work_is_sent_and_the_receipt_is_shown() {
    let county = County::open();
    let bench = joined(&county);
    let id = write(&bench, "修路");
    assert_eq!(bench.ok(&["status"])["waiting"], 1);

    let done = bench.ok(&["sync"]);
    assert_eq!((&done["sent"], &done["waiting"], &done["held"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!(county.entries(), 1);
    let status = bench.ok(&["status"]);
    assert_eq!(status["receipt"]["number"], done["receipt"]);
    assert_eq!((&status["waiting"], &status["last_failure"]), (&json!(0), &Json::Null));
    assert!(status["certificate_days"].as_i64().unwrap() > 300);
    assert_eq!(bench.ok(&["record", "show", &id])["sync"], "sent");
    assert!(bench.says(&["status"]).contains("县里已收到"));

    let again = bench.ok(&["sync"]);
    assert_eq!((&again["sent"], &again["received"]), (&json!(0), &json!(0)));
    assert!(bench.says(&["sync"]).starts_with("县里已收到 "));
    assert_eq!(bench.ok(&["verify"])["held"], 0);
}

#[test]
fn work_from_before_joining_is_sent_too() {
    let county = County::open();
    let bench = Bench::town();
    write(&bench, "加入之前的工作");
    bench.ok(&["join", &county.token()]);
    assert_eq!(bench.ok(&["sync"])["sent"], 1);
}

#[test]
fn a_token_is_good_once_and_for_its_township() {
    let county = County::open();
    let token = county.token();
    let bench = Bench::empty();
    bench.ok(&["join", &token]);
    let used = Bench::empty().talk(&["join", &token], 9);
    assert!(used.contains("加入码已经用过"), "{used}");
    let other = Bench::empty();
    other.ok(&["init", "--township", "330282003", "--name", "别处镇"]);
    let wrong = other.talk(&["join", &county.token()], 6);
    assert!(wrong.contains("330282003") && wrong.contains("330282002"), "{wrong}");
}

#[test]
fn a_line_that_is_down_is_told_apart_from_the_last_success() {
    let county = County::open();
    let bench = joined(&county);
    write(&bench, "修路");
    bench.ok(&["sync"]);
    county.close();
    write(&bench, "通水");
    let said = bench.talk(&["sync"], 10);
    assert!(said.contains("连不上") && said.contains("没有丢失"), "{said}");
    let status = bench.ok(&["status"]);
    assert!(status["last_success"].is_string() && status["last_failure"].is_string(), "{status}");
    assert!(status["failure"].as_str().unwrap().contains("连不上"), "{status}");
    assert_eq!(status["waiting"], 1);
}

#[test]
fn a_folder_put_back_from_a_copy_takes_back_what_the_county_has_and_keeps_the_new() {
    let county = County::open();
    let bench = joined(&county);
    write(&bench, "复制之前");
    bench.ok(&["sync"]);
    let copy = bench.data().with_extension("copy");
    copy_folder(bench.data(), &copy);
    write(&bench, "复制之后");
    bench.ok(&["sync"]);

    std::fs::remove_dir_all(bench.data()).unwrap();
    copy_folder(&copy, bench.data());
    write(&bench, "恢复之后");
    assert_eq!(bench.ok(&["status"])["folder"], "restored");
    let done = bench.ok(&["sync"]);
    assert_eq!(done["recovered"], json!({ "taken_back": 1, "reappended": 1, "lost": 0 }), "{done}");
    for title in ["复制之前", "复制之后", "恢复之后"] {
        assert_eq!(bench.ok(&["record", "show", title])["status"], "submitted", "{title}");
    }
    let status = bench.ok(&["status"]);
    assert_eq!((&status["folder"], &status["waiting"]), (&json!("same"), &json!(0)), "{status}");
    assert_eq!(status["recovered"].as_array().unwrap().len(), 1);
    assert_eq!(county.entries(), 3);
    bench.ok(&["verify"]);
}

#[test]
fn a_copied_folder_is_a_new_office_pc_and_keeps_its_unsent_work() {
    let county = County::open();
    let bench = joined(&county);
    write(&bench, "原来的电脑");
    bench.ok(&["sync"]);
    let copy = bench.data().with_extension("elsewhere");
    copy_folder(bench.data(), &copy);
    let other = bench.with_data(copy.to_str().unwrap());
    write(&other, "新的电脑");
    assert_eq!(other.ok(&["status"])["folder"], "copied");
    let said = other.talk(&["sync"], 11);
    assert!(said.contains("新的办公电脑"), "{said}");

    other.ok(&["join", &county.token()]);
    assert_eq!(other.ok(&["sync"])["sent"], 1);
    assert_eq!(county.entries(), 2);
    let old = bench.talk(&["sync"], 9);
    assert!(old.contains("吊销"), "{old}");
    assert!(bench.ok(&["status"])["failure"].as_str().unwrap().contains("吊销"));
}

struct Service(Child);

impl Service {
    fn start(bench: &Bench) -> Self {
        // Several run at one time; only one could have the port of the pages.
        let mut command = bench.command(&["--log", "debug", "run", "--web-listen", "off"]);
        Self(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Asks it to end, as a service manager does; gives its log.
    fn end(mut self) -> String {
        let told =
            std::process::Command::new("kill").arg("-TERM").arg(self.0.id().to_string()).status().unwrap();
        assert!(told.success());
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(self.0.wait().unwrap().success(), "{log}");
        log
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

/// Asks again until the answer is there; fails after half a minute.
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    panic!("{what}: nothing for 30 s")
}

#[test]
fn the_service_catches_up_at_its_start_and_says_how_it_stands() {
    let county = County::open();
    let bench = joined(&county);
    write(&bench, "CANARY-TITLE");
    let service = Service::start(&bench);
    until("the first exchange", || (county.entries() == 1).then_some(()));
    let status = until("its status", || {
        let status = bench.ok(&["status"]);
        (status["waiting"] == 0).then_some(status)
    });
    assert_eq!(status["service"]["state"], "waiting");
    assert!(status["service"]["next_sync"].is_string());
    let busy = bench.talk(&["record", "list", "proposal"], 14);
    assert!(busy.contains("正被另一个程序使用"), "{busy}");

    let log = service.end();
    assert!(log.contains("synced") && log.contains("node stopped"), "{log}");
    for secret in ["CANARY", "坎墩镇不出"] {
        assert!(!log.contains(secret), "{log}");
    }
    assert_eq!(bench.ok(&["status"])["waiting"], 0, "the folder is free again");
}

#[test]
fn the_service_tries_again_by_itself_when_the_line_is_down() {
    let county = County::open();
    let bench = joined(&county);
    county.close();
    let service = Service::start(&bench);
    let status = until("the failed attempt", || {
        let bytes = std::fs::read(bench.data().join("status.json")).ok()?;
        let health: Json = serde_json::from_slice(&bytes).ok()?;
        (health["failures"] == 1 && health["state"] == "waiting").then_some(health)
    });
    let next = status["next_sync"].as_str().unwrap();
    assert!(next > status["at"].as_str().unwrap(), "{status}");
    let log = service.end();
    assert!(log.contains("sync failed"), "{log}");
}
