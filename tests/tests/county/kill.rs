//! Real processes, killed without warning at random moments: while they write, while they sync, while they open, on both
//! sides. What a command has acknowledged is there in the end, once, and every chain holds.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value as Json;
use shared::program::{Clock as _, SystemClock};

const ROUNDS: u32 = 20;
const ROUNDS_LONG: u32 = 600;
/// Longest life of a process that is to be killed, ms: longer than any of the commands takes by far.
const LIFE_MS_MAX: u64 = 400;
const TOWNSHIP: &str = "330282101";

/// A program beside this test's own; built first if it is not there.
fn program(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.ancestors().nth(2).context("the folder of the profile")?;
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--package", name, "--bin", name]).current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(folder.ends_with("release").then_some("--release"));
        ensure!(cargo.status()?.success(), "{name} cannot be built");
    }
    Ok(path)
}

/// An office PC and the county's machine, each with its data on this disk.
struct Machines {
    node: PathBuf,
    hub: PathBuf,
    root: PathBuf,
    address: String,
    /// The hub while it runs.
    running: Option<Child>,
}

impl Machines {
    /// A hub that runs, and a node that has joined it.
    fn new(root: &Path) -> anyhow::Result<Self> {
        // The port is free now, and everybody else here asks for port 0.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let (node, hub) = (program("township-node")?, program("county-hub")?);
        let mut machines = Self { node, hub, root: root.to_owned(), address: address.clone(), running: None };
        let county = [
            "init",
            "--county",
            "330282",
            "--name",
            "慈溪市",
            "--profile",
            "zhejiang",
            "--address",
            &address,
        ];
        machines.good(machines.hub(&county))?;
        let town = ["township", "add", TOWNSHIP, "--name", "掌起镇", "--kind", "TOWN"];
        let invitation = machines.good(machines.hub(&town))?;
        machines.open_hub()?;
        let token = invitation["token"].as_str().context("a token")?;
        machines.good(machines.node(&["join", token]))?;
        Ok(machines)
    }

    fn command(&self, program: &Path, data: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("XDG_STATE_HOME", self.root.join("state")).stdin(Stdio::null());
        command.arg("--data").arg(self.root.join(data)).arg("--json").args(args);
        command
    }

    fn node(&self, args: &[&str]) -> Command {
        self.command(&self.node, "node", args)
    }

    fn hub(&self, args: &[&str]) -> Command {
        self.command(&self.hub, "hub", args)
    }

    /// Runs a command to its end, which must be a good one.
    fn good(&self, mut command: Command) -> anyhow::Result<Json> {
        let Output { status, stdout, stderr } = command.output()?;
        let (out, err) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        ensure!(status.success(), "{command:?} ended with {status}\n{out}\n{err}");
        Ok(serde_json::from_str(&out)?)
    }

    fn spawn_hub(&self) -> anyhow::Result<Child> {
        let mut command = self.hub(&["run", "--listen", &self.address, "--web-listen", "off"]);
        Ok(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?)
    }

    /// Starts the hub and waits until its doors are open.
    fn open_hub(&mut self) -> anyhow::Result<()> {
        let mut child = self.spawn_hub()?;
        let mut lines = BufReader::new(child.stderr.take().context("a pipe")?).lines();
        let mut said = Vec::new();
        let open = lines.by_ref().map_while(Result::ok).any(|line| {
            said.push(line);
            said.last().is_some_and(|line| line.contains("doors open"))
        });
        self.running = Some(child);
        ensure!(open, "the hub ended before its doors were open: {said:#?}");
        // What it says from here on must not fill the pipe.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(())
    }

    fn kill_hub(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.running.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        let _ = self.kill_hub();
    }
}

/// A moment of a process that is to be killed.
fn some_time(random: &mut SmallRng) -> Duration {
    // Short lives are as frequent as long ones, so that opening is hit as often as working.
    let most = random.random_range(1..=LIFE_MS_MAX);
    Duration::from_millis(random.random_range(0..=most))
}

/// Lets a command live so long at most. True if it ended well before that: then what it did was acknowledged.
fn cut_short(mut command: Command, life: Duration) -> anyhow::Result<bool> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    if !falls_silent(child.stdout.take(), life) {
        child.kill()?;
    }
    Ok(child.wait()?.success())
}

/// Waits until a process closes what it speaks through, as it does when it ends, and so long at most. False if it is
/// still there then.
fn falls_silent(pipe: Option<impl Read + Send + 'static>, most: Duration) -> bool {
    let (speaking, silence) = mpsc::channel::<()>();
    thread::spawn(move || {
        let _ = pipe.map(|mut pipe| io::copy(&mut pipe, &mut io::sink()));
        drop(speaking);
    });
    silence.recv_timeout(most) == Err(RecvTimeoutError::Disconnected)
}

/// What is written, and whether it was acknowledged.
#[derive(Default)]
struct Work {
    next: u32,
    acknowledged: BTreeMap<String, bool>,
}

impl Work {
    fn title(&mut self) -> String {
        self.next += 1;
        format!("断电{:05}", self.next)
    }

    /// A piece of publicity at the node; the command is killed if a life is given and it lives longer.
    fn at_node(&mut self, machines: &Machines, life: Option<Duration>) -> anyhow::Result<()> {
        let title = self.title();
        let given = [
            format!("题目={title}"),
            "体裁=消息".to_owned(),
            "媒体=县报".to_owned(),
            "媒体级别=县级".to_owned(),
            "刊发日期=2026-03-02".to_owned(),
        ];
        let mut args = vec!["record", "new", "publicity"];
        args.extend(given.iter().flat_map(|field| ["--set", field.as_str()]));
        let done = match life {
            Some(life) => cut_short(machines.node(&args), life)?,
            None => machines.good(machines.node(&args)).map(|_| true)?,
        };
        self.acknowledged.insert(title, done);
        Ok(())
    }

    /// A district at the county, through the running hub; it flows down to every township.
    fn at_hub(&mut self, machines: &Machines) -> anyhow::Result<()> {
        let title = self.title();
        let done =
            machines.hub(&["district", "add", &title, "--from", "2026-01-01"]).output()?.status.success();
        self.acknowledged.insert(title, done);
        Ok(())
    }
}

/// Texts in a JSON value that are titles of the work, each as often as it stands there.
fn titles(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::String(text) if text.starts_with("断电") => found.push(text.clone()),
        Json::Array(values) => values.iter().for_each(|value| titles(value, found)),
        Json::Object(fields) => fields.values().for_each(|value| titles(value, found)),
        _ => {}
    }
}

/// Everything acknowledged is listed, and nothing twice that was not asked for twice.
fn all_there(work: &Work, side: &str, lists: [Json; 2]) -> anyhow::Result<()> {
    let mut rows = BTreeMap::new();
    for list in lists {
        let lines = ["lines", "rows"].iter().find_map(|key| list[key].as_array()).context("lines")?;
        for line in lines {
            let mut texts = Vec::new();
            titles(line, &mut texts);
            texts.dedup();
            let title = texts.first().with_context(|| format!("a title in {line}"))?.clone();
            *rows.entry(title).or_insert(0) += 1;
        }
    }
    let lost: Vec<_> =
        work.acknowledged.iter().filter(|(title, done)| **done && !rows.contains_key(*title)).collect();
    ensure!(lost.is_empty(), "{side} has lost {lost:?}");
    let doubled: Vec<_> = rows.iter().filter(|(_, count)| **count != 1).collect();
    ensure!(doubled.is_empty(), "{side} has twice {doubled:?}");
    let unheard: Vec<_> = rows.keys().filter(|title| !work.acknowledged.contains_key(*title)).collect();
    ensure!(unheard.is_empty(), "{side} has what nobody wrote: {unheard:?}");
    Ok(())
}

fn round(machines: &mut Machines, work: &mut Work, random: &mut SmallRng) -> anyhow::Result<&'static str> {
    for _ in 0..random.random_range(1..=3) {
        let life = random.random_bool(0.5).then(|| some_time(random));
        work.at_node(machines, life)?;
    }
    if random.random_bool(0.3) {
        work.at_hub(machines)?;
    }
    let what = match random.random_range(0..6) {
        0 | 1 => {
            cut_short(machines.node(&["sync"]), some_time(random))?;
            "the node while it syncs"
        }
        2 | 3 => {
            let mut node = machines.node(&["sync"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
            falls_silent(node.stdout.take(), some_time(random));
            machines.kill_hub()?;
            node.wait()?;
            machines.open_hub()?;
            "the hub while it syncs"
        }
        4 => {
            machines.kill_hub()?;
            let mut opening = machines.spawn_hub()?;
            falls_silent(opening.stderr.take(), some_time(random));
            opening.kill()?;
            opening.wait()?;
            machines.open_hub()?;
            "the hub while it opens"
        }
        _ => {
            let mut node = machines.node(&["sync"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
            falls_silent(node.stdout.take(), some_time(random));
            machines.kill_hub()?;
            node.kill()?;
            node.wait()?;
            cut_short(machines.node(&["status"]), some_time(random))?;
            machines.open_hub()?;
            "both, and the node again while it opens"
        }
    };
    // Whatever happened, the node opens and says how it stands.
    let status = machines.good(machines.node(&["status"]))?;
    ensure!(status["folder"] == "same", "nothing was restored or copied: {status}");
    Ok(what)
}

#[test]
fn what_was_acknowledged_survives_every_kill() -> anyhow::Result<()> {
    let seed = match std::env::var("XIANGLIAN_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => {
            let mut bytes = [0; 8];
            SystemClock.random(&mut bytes);
            u64::from_le_bytes(bytes)
        }
    };
    let rounds = if std::env::var("XIANGLIAN_LONG").is_ok() { ROUNDS_LONG } else { ROUNDS };
    println!("seed {seed} (XIANGLIAN_SEED), {rounds} rounds");
    let mut random = SmallRng::seed_from_u64(seed);
    let root = tempfile::tempdir()?;
    let mut machines = Machines::new(root.path())?;
    let mut work = Work::default();
    let mut killed: BTreeMap<&str, u32> = BTreeMap::new();
    for number in 0..rounds {
        let what = round(&mut machines, &mut work, &mut random).with_context(|| format!("round {number}"))?;
        *killed.entry(what).or_default() += 1;
    }

    let synced = machines.good(machines.node(&["sync"]))?;
    ensure!((&synced["waiting"], &synced["held"]) == (&Json::from(0), &Json::from(0)), "{synced}");
    let list = |kind| ["record", "list", kind, "--limit", "5000"];
    let at_node = [list("publicity"), list("district")].map(|args| machines.good(machines.node(&args)));
    let at_hub = [list("publicity"), list("district")].map(|args| machines.good(machines.hub(&args)));
    let [one, two] = at_node;
    all_there(&work, "the node", [one?, two?])?;
    let [one, two] = at_hub;
    all_there(&work, "the hub", [one?, two?])?;
    machines.good(machines.node(&["verify"]))?;
    let verified = machines.good(machines.hub(&["verify"]))?;
    ensure!(verified["good"] == true, "{verified}");
    let acknowledged = work.acknowledged.values().filter(|done| **done).count();
    println!("{acknowledged} of {} acknowledged, killed {killed:?}", work.acknowledged.len());
    Ok(())
}
