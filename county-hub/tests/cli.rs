//! The program as its user meets it: the real binary, its exit codes, and that it makes no difference to a sub-command
//! whether the hub is running.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

struct Hub {
    folder: tempfile::TempDir,
}

impl Hub {
    /// A new hub of the county 330282.
    fn new() -> Self {
        let hub = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        hub.good(&[
            "init",
            "--county",
            "330282",
            "--name",
            "慈溪市",
            "--profile",
            "zhejiang",
            "--address",
            "10.0.0.5:7443",
        ]);
        hub
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_county-hub"));
        command.args(args).env("COUNTY_HUB_DATA", self.data());
        command
    }

    fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    #[track_caller]
    fn good(&self, args: &[&str]) -> String {
        let output = self.output(args);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{args:?} ended with {:?}\n{out}\n{err}", output.status.code());
        out
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let out = self.good(&[args, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?} printed no JSON ({error}): {out}"))
    }

    /// Runs what must fail; gives its exit code and the code in its JSON.
    #[track_caller]
    fn bad(&self, args: &[&str]) -> (i32, String) {
        let output = self.output(&[args, &["--json"]].concat());
        let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let name = value["error"]["code"].as_str().unwrap_or_default().to_owned();
        (output.status.code().unwrap_or_default(), name)
    }

    /// Starts the hub and waits until its doors are open.
    fn start(&self) -> Running {
        let mut child = self
            .command(&["run", "--listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let open = lines.by_ref().map_while(Result::ok).any(|line| line.contains("doors open"));
        // What the hub says from here on must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let running = Running(child);
        assert!(open, "the hub ended before its doors were open");
        running
    }
}

/// A running hub; killed when dropped.
struct Running(Child);

impl Running {
    /// Tells it to stop, as a service manager does; gives the exit code.
    fn stop(mut self) -> i32 {
        let pid = self.0.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there");
        assert!(told.success());
        self.0.wait().expect("it ends").code().unwrap_or(-1)
    }

    fn kill(mut self) {
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const ADD: [&str; 7] = ["township", "add", "330282107", "--name", "观海卫镇", "--kind", "TOWN"];

#[test]
fn a_hub_is_made_once() {
    let hub = Hub::new();
    assert_eq!(hub.bad(&["init", "--county", "330282", "--name", "慈溪市"]), (6, "conflict".into()));
    let settings = std::fs::read_to_string(hub.data().join("county.toml")).expect("settings");
    assert!(settings.contains("profile = \"zhejiang\"") && settings.contains("# 监听地址"), "{settings}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: PathBuf| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(hub.data()), 0o700);
        assert_eq!(mode(hub.data().join("ca").join("root.key")), 0o600);
    }
}

#[test]
fn what_is_wrong_is_said_with_its_exit_code() {
    let nowhere = Hub { folder: tempfile::tempdir().expect("a temporary folder") };
    assert_eq!(nowhere.bad(&["status"]), (7, "setup".into()));
    assert_eq!(nowhere.output(&["no-such-command"]).status.code(), Some(2));
    assert!(nowhere.output(&["--help"]).status.success());

    let hub = Hub::new();
    assert_eq!(hub.bad(&["township", "show", "330282107"]), (5, "not_found".into()));
    assert_eq!(hub.bad(&["tally", "nix"]), (5, "not_found".into()));
    assert_eq!(hub.bad(&["tally", "--level", "village"]), (3, "invalid".into()));
    assert_eq!(hub.bad(&["record", "new", "seminar", "theme=x"]), (3, "invalid".into()));
    let english = hub.output(&["township", "show", "330282107", "--lang", "en"]);
    assert!(text(&english.stderr).contains("There is no township 330282107."), "{}", text(&english.stderr));

    let listed = "profile = \"atlantis\"";
    let file = hub.data().join("county.toml");
    let settings =
        std::fs::read_to_string(&file).expect("settings").replace("profile = \"zhejiang\"", listed);
    std::fs::write(&file, settings).expect("settings");
    assert_eq!(hub.bad(&["status"]), (7, "setup".into()));
}

#[test]
fn a_stopped_hub_lists_groups_counts_and_verifies() {
    let hub = Hub::new();
    hub.good(&["district", "add", "第一片", "--from", "2017-01-01"]);
    hub.good(&["district", "add", "第二片", "--from", "2017-01-01"]);
    let slip = hub.good(&[&ADD[..], &["--district", "第一片", "--from", "2017-01-01"]].concat());
    assert!(
        slip.contains("加入通知单") && slip.contains("@10.0.0.5:7443") && slip.contains("观海卫镇"),
        "{slip}"
    );
    assert_eq!(hub.bad(&ADD), (6, "conflict".into()));
    hub.good(&["district", "assign", "330282107", "第二片", "--from", "2017-07-01"]);
    let map = hub.json(&["district", "list", "--on", "2017-06-30"]);
    assert_eq!(map["districts"][0]["townships"][0][0], "330282107");
    let check = ["district", "check", "--count", "2", "--period", "2017-06-30..2017-07-01"];
    let gaps = &hub.json(&check)["gaps"];
    assert_eq!(gaps.as_array().map(Vec::len), Some(2), "{gaps}");
    assert_eq!((&gaps[0]["what"], &gaps[0]["days"]), (&"no_lead".into(), &2.into()));
    assert!(hub.good(&check).contains("第一片没有牵头联系人"));
    assert!(hub.good(&[&check[..], &["--lang", "en"]].concat()).contains("nobody leads in 第二片"));
    hub.good(&[
        "district",
        "liaison",
        "第二片",
        "--member",
        "u7",
        "--name",
        "王某",
        "--lead",
        "--from",
        "2017-01-01",
    ]);
    assert_eq!(hub.json(&check)["gaps"].as_array().map(Vec::len), Some(1));

    let towns = hub.json(&["township", "list"]);
    assert_eq!(towns[0]["standing"], "EXPECTED");
    let token = hub.json(&["township", "reenrol", "330282107"]);
    assert!(token["token"].as_str().is_some_and(|token| token.starts_with("XL1-")), "{token}");

    let tally = hub.json(&[
        "tally",
        "A1",
        "A11_solved",
        "--level",
        "township",
        "--period",
        "2017",
        "--as-of",
        "2017-07-01",
    ]);
    assert_eq!(tally["coverage"]["townships"], 1);
    assert_eq!(tally["units"].as_array().map(Vec::len), Some(2));
    let table = hub.good(&["tally", "A1", "A11_solved", "--period", "2017"]);
    assert!(
        table.contains("慈溪市合计") && table.contains('—') && table.contains("数据：0/1 已同步"),
        "{table}"
    );

    assert_eq!(hub.json(&["verify"])["good"], true);
    let entries = hub.json(&["status"])["entries"].as_u64().expect("a number");
    assert_eq!(hub.json(&["rebuild"])["entries"].as_u64(), Some(entries));
    let copy = hub.folder.path().join("copy");
    assert_eq!(
        hub.json(&["backup", copy.to_str().expect("a plain path")])["entries"].as_u64(),
        Some(entries)
    );
    assert_eq!(hub.bad(&["backup", copy.to_str().expect("a plain path")]), (6, "conflict".into()));
    // The copy is a hub itself: to go back to it is to run on it.
    let copied = hub.json(&["status", "--data", copy.to_str().expect("a plain path")]);
    assert_eq!(copied["entries"].as_u64(), Some(entries));
    assert!(hub.good(&["catalogue", "check"]).contains("proposal"));
    let settings = hub.json(&["config", "show"]);
    assert_eq!(settings[0]["value"], "330282");
}

#[test]
fn the_countys_records_go_through_the_gate() {
    let hub = Hub::new();
    hub.good(&ADD);
    let made = hub.json(&[
        "record",
        "new",
        "seminar",
        "--role",
        "C_OFFICE",
        "form=FORUM",
        "theme=工作座谈",
        "held_on=2026-05-01",
        "addressed_to=ALL",
    ]);
    let id = made["record"].as_str().expect("an id");
    let shown = hub.json(&["record", "show", id]);
    assert_eq!(shown["kind"], "seminar");
    assert_eq!(shown["rev"], 1);
    let list = hub.json(&["record", "list", "seminar"]);
    assert_eq!(list["rows"][0]["id"], id);
    let short = made["short"].as_str().expect("a short id");
    assert_eq!(hub.json(&["record", "show", short])["id"], id);
    assert_eq!(hub.json(&["record", "show", "工作座谈"])["fields"]["form"], "FORUM");
    let in_2025 = hub.json(&["record", "list", "seminar", "--period", "2025"]);
    assert_eq!(in_2025["rows"].as_array().map(Vec::len), Some(0));
    assert_eq!(hub.bad(&["record", "list", "seminar", "--status", "飞"]), (5, "not_found".into()));
    let edited = hub.json(&["record", "act", short, "修改", "日期=2026年5月2日"]);
    assert_eq!((&edited["record"], &edited["rev"]), (&made["record"], &2.into()));
    assert_eq!(edited["fields"]["held_on"], "2026-05-02");
    assert_eq!(hub.bad(&["record", "act", id, "void", "--role", "T_CLERK"]).0, 4);
}

#[cfg(unix)]
#[test]
fn it_makes_no_difference_whether_the_hub_runs() {
    let hub = Hub::new();
    let running = hub.start();
    hub.good(&["district", "add", "第一片"]);
    let slip = hub.good(&[&ADD[..], &["--district", "第一片"]].concat());
    assert!(slip.contains("XL1-"), "{slip}");
    assert_eq!(hub.bad(&ADD), (6, "conflict".into()), "a failure crosses the socket whole");
    assert_eq!(hub.json(&["township", "revoke", "330282107"])["standing"], "REVOKED");
    assert!(hub.good(&["status"]).contains("正在运行"));
    assert_eq!(hub.bad(&["run"]), (14, "busy".into()));
    assert_eq!(hub.bad(&["rebuild"]), (14, "busy".into()));
    assert_eq!(hub.json(&["verify"])["good"], true);
    let daily = hub.json(&["daily"]);
    assert_eq!(running.stop(), 0);
    assert_eq!(hub.json(&["daily"]), daily, "nothing to do, running or not");
    assert_eq!((&daily["reacted"]["made"], &daily["reminded"]["deadlines"]), (&0.into(), &0.into()));
    assert!(hub.good(&["daily"]).contains("日常办理"));

    assert!(hub.good(&["status"]).contains("未运行"));
    assert_eq!(hub.json(&["township", "list"])[0]["standing"], "REVOKED");
    let running = hub.start();
    assert_eq!(hub.json(&["district", "list"])["districts"][0]["name"], "第一片");
    running.kill();
    // A hub that was killed leaves its socket behind; nobody is misled by it.
    assert_eq!(hub.json(&["township", "list"])[0]["standing"], "REVOKED");
}
