//! A hub takes the streams in by sessions, as on a first night: both halves of the protocol with their stores on disk,
//! carried by hand, so that neither TLS nor sockets count.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use county_hub::app::ask::Ask as _;
use county_hub::app::{App, district, township};
use shared::ids::{Epoch, Site, StreamName};
use shared::limits::ENTRY_BYTES_MAX;
use shared::program::Clock as _;
use shared::sample::county::{self, Township};
use shared::sample::{Known, Seat, Story, Wish};
use shared::store::Store;
use shared::sync::message::{Instance, Token};
use shared::sync::pair::HashKey;
use shared::sync::{HeldInViews, HubSession, HubSetup, NodeSession, NodeSetup, Now, Outcome, Verbatim};
use xianglian_tests::cluster::plain;

use super::meter::{mb, memory, now, per_second, processor_time};
use super::{Work, bytes_under, make};

/// What one session came to.
struct Carried {
    entries: u64,
    hub: Duration,
    node: Duration,
}

pub fn run(work: &Work) -> anyhow::Result<()> {
    let _ = std::fs::remove_dir_all(work.hub());
    let given = [
        ("county.code", work.townships()[0].id().county().to_string()),
        ("county.name", county::NAME.to_owned()),
    ];
    App::init(&work.hub(), &given, &*Work::clock()).map_err(plain)?;
    let app = work.open_hub()?;
    draw(work, &app)?;
    let steps = own(work, &app)?;
    println!("the county's own work: {steps} steps; {}", memory());

    let (begun, processor) = (now(), processor_time());
    let told = std::sync::Mutex::new((0u64, 0usize));
    let carried = work.spread(|township| {
        let carried = carry(work, &app, township)?;
        if let Ok(mut told) = told.lock() {
            *told = (told.0 + carried.entries, told.1 + 1);
            if told.1.is_multiple_of(5) {
                println!("  {} townships, {} entries; {}", told.1, told.0, memory());
            }
        }
        Ok(carried)
    })?;
    let took = begun.elapsed();
    let sum = |part: fn(&Carried) -> Duration| carried.iter().map(part).sum::<Duration>().as_secs_f64();
    let entries: u64 = carried.iter().map(|carried| carried.entries).sum();
    println!(
        "ingest: {entries} entries in {:.1} s, {:.0} a second, each durable before its acknowledgement; in the sessions {:.1} s of the hub's half and {:.1} s of the nodes'; {}",
        took.as_secs_f64(),
        per_second(entries, took),
        sum(|carried| carried.hub),
        sum(|carried| carried.node),
        memory()
    );
    let held: u32 = app.coverage().held;
    ensure!(held == 0, "{held} entries are held");
    drop(app);
    println!(
        "closed: {:.1} s after the first entry, {:.1} s of processor time; journal {:.0} MB, views {:.0} MB; {}",
        begun.elapsed().as_secs_f64(),
        (processor_time() - processor).as_secs_f64(),
        mb(bytes_under(&work.hub().join("store/journal"))),
        mb(bytes_under(&work.hub().join("store/views"))),
        memory()
    );
    Ok(())
}

/// Four districts; one township moves from one to another half-way.
fn draw(work: &Work, app: &App) -> anyhow::Result<()> {
    let from = || Some(work.first_day().plus(-366).to_string());
    for (district, order) in county::DISTRICTS.iter().zip(1..) {
        let add = district::Add { name: district.name.to_owned(), order: Some(order), from: from() };
        add.answer(app).map_err(plain)?;
    }
    for town in work.townships() {
        let home = county::DISTRICTS.iter().find(|district| district.townships.contains(&town.code));
        let add = township::Add {
            code: town.id(),
            name: town.name.to_owned(),
            kind: town.kind.code().to_owned(),
            district: home.map(|district| district.name.to_owned()),
            from: from(),
        };
        add.answer(app).map_err(plain)?;
    }
    let (moved, _, to) = county::REDRAWN;
    if let Some(town) = work.townships().into_iter().find(|town| town.code == moved) {
        let half = (Work::today().0 - work.first_day().0) / 2;
        let assign = district::Assign {
            township: town.id(),
            district: county::DISTRICTS[to].name.to_owned(),
            from: work.first_day().plus(half).to_string(),
        };
        assign.answer(app).map_err(plain)?;
    }
    Ok(())
}

/// What the county does by itself over the same time.
fn own(work: &Work, app: &App) -> anyhow::Result<usize> {
    let seat = Seat {
        site: Site::Hub,
        node: None,
        abbr: county::NAME.to_owned(),
        profile: county::PROFILE.to_owned(),
    };
    let wish = Wish {
        seat,
        name: county::NAME,
        from: work.first_day(),
        to: Work::today(),
        percent: 100,
        only: Default::default(),
    };
    let story = Story::of_office(app.catalogue(), work.args.seed, wish);
    let mut known = Known::default();
    let mut done = 0;
    for step in &story.steps {
        let Some(command) = step.command(&known) else { continue };
        // The hub has districts of its own, which the story's office had not: a step that says another thing there is left out.
        if let Ok(decision) = app.commit(&command, &step.actor) {
            known.learn(step, &decision);
            done += 1;
        }
    }
    Ok(done)
}

fn carry(work: &Work, app: &App, township: &Township) -> anyhow::Result<Carried> {
    let store = make::streams(&work.streams(township)).context("run the part make first")?;
    let entries = store.head(StreamName::Township(township.id())).len;
    let (node, hub) = session(&store, app, township)?;
    let held = app.store().head(StreamName::Township(township.id())).len;
    ensure!(held == entries, "{held} of {entries} entries arrived");
    Ok(Carried { entries, hub, node })
}

/// Carries one session to its end; gives the time that each half took.
fn session(store: &Store, app: &App, township: &Township) -> anyhow::Result<(Duration, Duration)> {
    let fresh = u64::from(township.code);
    let keys = Arc::new(HashKey([7; 32]));
    let at = Now { unix_ms: Work::clock().now_ms(), ticks_ms: 0 };
    let node = NodeSetup {
        township: township.id(),
        software: "township-node".to_owned(),
        catalogue: app.catalogue().version.clone(),
        capabilities: Vec::new(),
        instance: Some(Instance([9; 16])),
        epoch: Epoch(fresh),
        mark: None,
        keys: keys.clone(),
        reappend: Arc::new(Verbatim),
    };
    let hub = HubSetup {
        township: township.id(),
        software: "county-hub".to_owned(),
        catalogue: app.catalogue().version.clone(),
        capabilities: Vec::new(),
        entry_bytes_max: ENTRY_BYTES_MAX as u32,
        token: Token(u128::from(fresh).to_le_bytes()),
        epoch: Epoch(fresh + 1),
        keys,
        held: Arc::new(HeldInViews),
    };
    let mut spent = (Duration::ZERO, Duration::ZERO);
    let mut here = NodeSession::start(at, store, node)?;
    let mut there = HubSession::start(at, hub);
    loop {
        let mut quiet = true;
        loop {
            let begun = now();
            let message = here.poll(store)?;
            spent.0 += begun.elapsed();
            let Some(message) = message else { break };
            quiet = false;
            let begun = now();
            there.handle(at, app.store(), message)?;
            spent.1 += begun.elapsed();
        }
        loop {
            let begun = now();
            let message = there.poll(app.store())?;
            spent.1 += begun.elapsed();
            let Some(message) = message else { break };
            quiet = false;
            let begun = now();
            here.handle(at, store, message)?;
            spent.0 += begun.elapsed();
        }
        if quiet {
            break;
        }
    }
    ensure!(here.outcome() == Some(&Outcome::Done), "the session ended with {:?}", here.outcome());
    Ok(spent)
}
