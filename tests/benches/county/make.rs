//! Every office does its years of work, through the gate and into its own store; what would travel is kept.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use shared::ids::StreamName;
use shared::limits::{ENTRY_BYTES_MAX, FRAME_BYTES_MAX};
use shared::program::{Layers, Progress};
use shared::sample::county::Township;
use shared::store::{Options, Store, StoreError};
use shared::sync::pair::NotesOnly;
use township_node::app::{Node, Sample};
use township_node::config::{self, Config};
use xianglian_tests::cluster::plain;

use super::Work;
use super::meter::{memory, now, per_second};

pub fn run(work: &Work) -> anyhow::Result<()> {
    let begun = now();
    std::fs::create_dir_all(work.folder.join("streams"))?;
    let made = work.spread(|township| one(work, township))?;
    let fresh: Vec<_> = made.into_iter().flatten().collect();
    let (steps, entries) = fresh.iter().fold((0, 0), |sum, made| (sum.0 + made.0, sum.1 + made.1));
    println!(
        "make: {} offices, {steps} steps by the gate, {entries} entries that travel, {:.0} s, {:.0} steps a second; {}",
        fresh.len(),
        begun.elapsed().as_secs_f64(),
        per_second(steps, begun.elapsed()),
        memory()
    );
    Ok(())
}

/// Steps and entries of one township; none if its stream is there already.
fn one(work: &Work, township: &'static Township) -> anyhow::Result<Option<(u64, u64)>> {
    let to = work.streams(township);
    if to.exists() {
        return Ok(None);
    }
    let data = work.folder.join("offices").join(township.code.to_string());
    let _ = std::fs::remove_dir_all(&data);
    let node = office(work, &data, township)?;
    let ask = Sample { kind: None, count: None, years: work.args.years, seed: work.args.seed, sure: true };
    let done = node.sample(ask, &Progress::silent()).map_err(plain)?;
    let unfinished = to.with_extension("new");
    let _ = std::fs::remove_dir_all(&unfinished);
    let entries = keep(&node, &unfinished)?;
    drop(node);
    std::fs::rename(&unfinished, &to)?;
    std::fs::remove_dir_all(&data)?;
    Ok(Some((done.steps as u64, entries)))
}

fn office(work: &Work, data: &Path, township: &Township) -> anyhow::Result<Node> {
    let given = [
        ("state.dir", work.folder.join("state").display().to_string()),
        ("township.code", township.code.to_string()),
        ("township.name", township.name.to_owned()),
        ("township.kind", township.kind.code().to_owned()),
    ];
    std::fs::create_dir_all(data)?;
    std::fs::write(data.join(config::FILE), config::file(&given))?;
    let config = Config::load(data, Layers::default()).map_err(plain)?;
    Node::open(config, Work::clock()).map_err(plain)
}

/// The township's stream alone, in a store without views of records: what a session reads from, and little else.
fn keep(node: &Node, folder: &Path) -> anyhow::Result<u64> {
    let store = streams(folder)?;
    let stream = StreamName::Township(node.office().code());
    let head = node.store().head(stream);
    let mut next = 1;
    while next <= head.len {
        let frame = node.store().run(stream, next..=head.len, FRAME_BYTES_MAX, ENTRY_BYTES_MAX)?;
        let frame = frame.with_context(|| format!("{stream} ends before its head"))?;
        next += frame.items.len() as u64;
        store.write(|tx| tx.append_frame(&frame).map(|_| ()).map_err(anyhow::Error::from))?;
    }
    Ok(head.len)
}

pub fn streams(folder: &Path) -> Result<Store, StoreError> {
    Store::open(folder, Arc::new(NotesOnly), Options::default()).map(|(store, _)| store)
}
