//! What must not leave an office does not: a canary in every private field of every kind of record, looked for in every
//! message of a session, in everything that the hub keeps, and in the logs of both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::ensure;
use county_hub::app::ask::Ask as _;
use county_hub::app::{App, status};
use prost::Message as _;
use shared::catalogue::model::{Condition, Owner};
use shared::command::{Act, Command};
use shared::ids::{Epoch, RecordId, Site, StreamName};
use shared::limits::{ENTRY_BYTES_MAX, FRAME_BYTES_MAX};
use shared::record::{Actor, Day, Entry, EntryFlags, Fields, Role, Value};
use shared::sample::Amounts;
use shared::store::{Store, StoreError};
use shared::stream::Item;
use shared::sync::message::{Batch, HubMessage, NodeMessage, Token};
use shared::sync::pair::HashKey;
use shared::sync::{
    ByRules, HeldInViews, HubSession, HubSetup, NodeSession, NodeSetup, Now, Outcome, note, unpack,
};
use shared::view::{HeldCode, held, read};
use township_node::app::Node;
use xianglian_proto::v1 as pb;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;
use xianglian_tests::fill;
use xianglian_tests::night::sync_all;

use crate::cage::{COUNTY, Cage, OFFICE, PUBLIC, all_planted, field_text};

const TOWNS: [&str; 3] = ["澜城街道", "石桥镇", "白塔镇"];

/// Whether bytes hold a canary with this beginning.
fn sings(bytes: &[u8], canary: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(canary)
}

#[track_caller]
fn silent(bytes: &[u8], canaries: &[&str], place: &str) {
    for canary in canaries {
        assert!(!sings(bytes, canary), "{canary} was found in {place}");
    }
}

/// Every file under a folder.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files(&entry.path(), found)?;
        } else if kind.is_file() {
            found.push((entry.path().display().to_string(), std::fs::read(entry.path())?));
        }
    }
    Ok(())
}

/// Every entry of every stream of a store, and every row of its views.
fn kept(store: &Store) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let mut found = Vec::new();
    for (stream, head) in store.streams() {
        let mut next = 1;
        while let Some(run) = store.run(stream, next..=head.len, FRAME_BYTES_MAX, ENTRY_BYTES_MAX)? {
            next += run.items.len() as u64;
            found.extend(run.items.into_iter().map(|item| match item {
                Item::Entry(bytes) => (format!("an entry of {stream}"), bytes),
                Item::Withheld(digest) => (format!("a digest of {stream}"), digest.0.to_vec()),
            }));
        }
    }
    store.read(|views| {
        for table in 0..=u8::MAX {
            views.scan(&[table], None, &mut |key, value| {
                found.push((format!("table {table} of the views"), [key, value].concat()));
                true
            });
        }
    });
    Ok(found)
}

/// A session between the stores of a node and of the hub, carried by hand: every message of it, and the unpacked frames.
fn overheard(node: &Node, hub: &App, now_ms: i64) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let keys = Arc::new(HashKey([7; 32]));
    let township = node.office().code();
    let fresh = now_ms as u64 ^ u64::from(township.number());
    let node_setup = NodeSetup {
        township,
        software: "township-node".to_owned(),
        catalogue: node.catalogue().version.clone(),
        capabilities: Vec::new(),
        instance: node.read(note::node_state).instance,
        epoch: Epoch(fresh),
        mark: None,
        keys: keys.clone(),
        reappend: Arc::new(ByRules(node.catalogue().clone())),
    };
    let hub_setup = HubSetup {
        township,
        software: "county-hub".to_owned(),
        catalogue: hub.catalogue().version.clone(),
        capabilities: Vec::new(),
        entry_bytes_max: ENTRY_BYTES_MAX as u32,
        token: Token(u128::from(fresh).to_le_bytes()),
        epoch: Epoch(fresh + 1),
        keys,
        held: Arc::new(HeldInViews),
    };
    let now = Now { unix_ms: now_ms, ticks_ms: 0 };
    let mut here = NodeSession::start(now, node.store(), node_setup)?;
    let mut there = HubSession::start(now, hub_setup);
    let mut heard = Vec::new();
    loop {
        let mut quiet = true;
        while let Some(message) = here.poll(node.store())? {
            quiet = false;
            if let NodeMessage::Batch(batch) = &message {
                heard.push(("a batch of the node".to_owned(), frame(batch)?));
            }
            heard.push((
                "a message of the node".to_owned(),
                pb::NodeMessage::from(message.clone()).encode_to_vec(),
            ));
            there.handle(now, hub.store(), message)?;
        }
        while let Some(message) = there.poll(hub.store())? {
            quiet = false;
            if let HubMessage::Batch(batch) = &message {
                heard.push(("a batch of the hub".to_owned(), frame(batch)?));
            }
            heard.push((
                "a message of the hub".to_owned(),
                pb::HubMessage::from(message.clone()).encode_to_vec(),
            ));
            here.handle(now, node.store(), message)?;
        }
        if quiet {
            break;
        }
    }
    ensure!(here.outcome() == Some(&Outcome::Done), "the session ended with {:?}", here.outcome());
    Ok(heard)
}

fn frame(batch: &Batch) -> anyhow::Result<Vec<u8>> {
    Ok(unpack(batch)?.encode())
}

/// Everything that the programs log, in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Hears what every thread of this process logs, at the finest level.
fn listen() -> Log {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("no other test of this program logs");
    log
}

/// Every private value and reason that a node shows of its own records.
fn shown(node: &Node) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let kinds: Vec<u32> = node.catalogue().kinds.keys().copied().collect();
    for kind in kinds {
        let mut ids = Vec::new();
        node.read(|views| {
            read::list_all(views, kind, &mut |line| {
                ids.push(line.id);
                true
            });
        });
        for id in ids {
            node.read(|views| {
                let Some(record) = read::record(views, id) else { return };
                record.fields.values().for_each(|value| gather(value, &mut texts));
                read::local(views, id).values().for_each(|value| gather(value, &mut texts));
                let last = record.rev;
                texts.extend((1..=last).filter_map(|rev| read::reason(views, id, rev)));
            });
        }
    }
    texts
}

fn gather(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::Text(text) => {
            texts.insert(text.clone());
        }
        Value::Blob(bytes) => {
            texts.insert(String::from_utf8_lossy(bytes).into_owned());
        }
        Value::List(values) => values.iter().for_each(|value| gather(value, texts)),
        Value::Group(row) => row.values().for_each(|value| gather(value, texts)),
        _ => {}
    }
}

/// No record of a township at the hub has a field that stays in the office, whatever its value.
fn no_private_field(hub: &App) {
    let catalogue = hub.catalogue();
    let mut records = 0;
    hub.store().read(|views| {
        for kind in catalogue.kinds.values().filter(|kind| kind.owner == Owner::Township) {
            read::list_all(views, kind.tag, &mut |line| {
                let record = read::record(views, line.id).expect("it is listed");
                records += 1;
                let private = record.fields.keys().find(|tag| kind.is_local(**tag));
                assert_eq!(private, None, "{} {}", kind.id, record.id);
                assert!(read::local(views, line.id).is_empty(), "{} {}", kind.id, record.id);
                true
            });
        }
    });
    assert!(records > 100, "{records} records at the hub");
}

/// Enters an accusation, which stays in the office whole, works on it and voids it; gives the canaries that it holds.
fn accuse(cluster: &Cluster, cage: &mut Cage, node: &Node) -> anyhow::Result<Vec<String>> {
    let site = node.office().site();
    let (mut command, actor, at_ms) = cage.petitions[&site].clone();
    let catalogue = cage.catalogue.clone();
    let kind = &catalogue.kinds[&command.kind];
    let Some(Condition::In { field, values }) = &kind.local_when else { anyhow::bail!("petitions may stay") };
    command.set.insert(*field, values[0].clone());
    cluster.clock.pin(at_ms);
    let mut put = cage.fill(kind, site, true, &mut command);
    // The chair alone writes what may be said outside.
    if let Some(cleared) = field_text(kind, "summary_cleared") {
        command.set.remove(&cleared);
        put.retain(|(tag, _)| *tag != cleared);
    }
    let record = node.commit(&command, &actor).map_err(plain)?.record;
    let mut edit = Command::new(kind.tag, Some(record), Act::Edit, Fields::new());
    let changed = field_text(kind, "title").map(|tag| (tag, cage.text(site)));
    if let Some((tag, text)) = changed {
        edit.set.insert(tag, Value::Text(text.clone()));
        put.retain(|(other, _)| *other != tag);
        put.push((tag, text));
    }
    node.commit(&edit, &actor).map_err(plain)?;
    let mut void =
        Command::new(kind.tag, Some(record), Act::named(kind, "void").unwrap_or(Act::Void), Fields::new());
    void.reason = cage.text(site);
    put.push((0, void.reason.clone()));
    let chair = Actor { staff: "c9".to_owned(), role: Role::TChair, on_behalf: false };
    node.commit(&void, &chair).map_err(plain)?;
    cluster.clock.release();
    let stream = node.read(|views| read::record(views, record)).map(|record| record.stream);
    assert_eq!(stream, Some(StreamName::Local(site)), "an accusation stays whole");
    Ok(put.into_iter().map(|(_, text)| text).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_private_is_in_the_messages_the_hub_or_the_logs() -> anyhow::Result<()> {
    let log = listen();
    let root = tempfile::tempdir()?;
    let cluster = Cluster::start(root.path(), County::undrawn().of(&TOWNS)).await?;
    let mut cage = Cage::new(cluster.hub.app().catalogue().clone());
    let span = (Day::new(2026, 1, 1).expect("a day"), Day::new(2026, 11, 20).expect("a day"));
    let amounts = Amounts { deputies: 3, proposals: 5, petitions: 8, publicity: 3, visits: 2, others: 14 };
    let mut heard = Vec::new();
    let between = async |_| {
        // A subdistrict and a town are overheard in every round; the third office goes over TLS, where only the hub's
        // end can be seen.
        for (_, node) in cluster.nodes.iter().take(2) {
            heard.extend(overheard(node, cluster.hub.app(), cluster.now())?);
        }
        sync_all(&cluster).await?;
        Ok(())
    };
    let steps = fill::tell_as(&cluster, 3, span, amounts, &mut cage, between).await?;
    let mut accused = BTreeMap::new();
    for (_, node) in &cluster.nodes {
        accused.insert(node.office().site(), accuse(&cluster, &mut cage, node)?);
    }
    for (_, node) in &cluster.nodes {
        heard.extend(overheard(node, cluster.hub.app(), cluster.now())?);
    }
    let night = sync_all(&cluster).await?;
    let planted = cage.standing.len();
    println!("{steps} steps, {planted} canaries stand, {} messages and frames overheard", heard.len());
    assert_eq!((night.held, night.waiting), (0, 0));
    all_planted(&cage);

    // The offices have it all, so that there was something to be found.
    for (town, node) in &cluster.nodes {
        let site = node.office().site();
        let shown = shown(node);
        let standing = cage.standing.iter().filter(|(_, (of, _))| *of == site);
        let standing = standing.map(|((_, tag, _), (_, text))| (*tag, text));
        let accused = accused[&site].iter().map(|text| (0, text));
        let missing: Vec<_> = standing.chain(accused).filter(|(_, text)| !shown.contains(*text)).collect();
        assert!(missing.is_empty(), "{} does not show {missing:?}", town.name);
        let journal: Vec<u8> = kept(node.store())?.into_iter().flat_map(|(_, bytes)| bytes).collect();
        for canary in OFFICE {
            assert!(sings(&journal, canary), "{canary} should be at {}", town.name);
        }
        silent(&journal, &[COUNTY], "an office");
    }
    let own = cage.standing.values().any(|(site, _)| *site == Site::Hub);
    assert!(own && kept(cluster.hub.app().store())?.iter().any(|(_, bytes)| sings(bytes, COUNTY)));

    let both = [OFFICE[0], OFFICE[1], OFFICE[2], COUNTY];
    let found = |all: &[(String, Vec<u8>)], place: &str| {
        all.iter().any(|(of, bytes)| of.starts_with(place) && sings(bytes, PUBLIC))
    };
    assert!(found(&heard, "a batch of the node"), "what goes to the county is heard on its way");
    for (place, bytes) in &heard {
        silent(bytes, &both, place);
    }
    no_private_field(cluster.hub.app());
    let at_hub = kept(cluster.hub.app().store())?;
    assert!(found(&at_hub, "an entry") && found(&at_hub, "table"), "and found at the hub");
    for (place, bytes) in at_hub {
        silent(&bytes, &OFFICE, &format!("the hub: {place}"));
    }
    let log = log.bytes();
    assert!(sings(&log, "record changed") && sings(&log, "session ended with a receipt"), "both sides log");
    silent(&log, &both, "the log");

    let hub = root.path().join("hub");
    cluster.stop().await?;
    let mut on_disk = Vec::new();
    files(&hub, &mut on_disk)?;
    assert!(on_disk.iter().any(|(_, bytes)| sings(bytes, PUBLIC)), "files are read as they are");
    for (place, bytes) in on_disk {
        silent(&bytes, &OFFICE, &place);
    }
    Ok(())
}

/// An entry that a broken or forged program put into the stream that travels, with a private value in it.
fn smuggled(node: &Node, canary: &str) -> anyhow::Result<(RecordId, u32)> {
    let kind = node.catalogue().kinds.values().find(|kind| kind.id == "publicity").expect("a kind").clone();
    let tag = field_text(&kind, "author_names").expect("a private field");
    let record = RecordId::mint(node.clock().now_ms(), &[3; 10]);
    let creation = kind.creations().next().expect("a way to begin");
    let entry = Entry {
        record,
        kind: kind.tag,
        rev: 1,
        action: creation.tag,
        status: creation.to.expect("creations lead somewhere"),
        set: [(tag, Value::List(vec![Value::Text(canary.to_owned())]))].into(),
        cleared: Vec::new(),
        deadlines: Vec::new(),
        actor: Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false },
        at: node.clock().now_ms(),
        tick: 0,
        flags: EntryFlags::default(),
        reason: String::new(),
    };
    let stream = node.stream();
    let appended: Result<_, StoreError> =
        node.store().write(|tx| tx.append(stream, Epoch(5), vec![entry.encode()]));
    appended?;
    Ok((record, tag))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_value_in_an_entry_that_travels_is_held_at_both_sides() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = Cluster::start(root.path(), County::fictional().of(&["石桥镇"])).await?;
    let (town, node) = &cluster.nodes[0];
    let canary = "红腹锦鸡00001";
    let (record, tag) = smuggled(node, canary)?;
    let here = node.read(|views| held::list(views, Some(node.stream()), 10));
    assert_eq!(
        here.iter().map(|held| (held.code, held.record)).collect::<Vec<_>>(),
        [(HeldCode::Private, Some(record))]
    );
    sync_all(&cluster).await?;

    let status = status::Ask {}.answer(cluster.hub.app()).map_err(plain)?;
    let line = status.townships.iter().find(|line| line.code == town.code).expect("a line");
    let found: Vec<_> = line.held_entries.iter().map(|held| (held.code, held.detail.as_str())).collect();
    assert_eq!(found, [(HeldCode::Private.number(), "author_names")], "held by name, never by value");
    let store = cluster.hub.app().store();
    let values = store.read(|views| (read::record(views, record), read::local(views, record)));
    assert!(values.0.is_none_or(|record| !record.fields.contains_key(&tag)) && values.1.is_empty());
    for (place, bytes) in kept(store)?.into_iter().filter(|(place, _)| place.starts_with("table")) {
        silent(&bytes, &[canary], &place);
    }
    cluster.stop().await
}
