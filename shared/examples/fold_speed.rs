//! How fast entries fold: `cargo run --release -p xianglian-shared --example fold_speed`.
//!
//! Nineteen townships bring in suggestions like those of a real ledger (about 350 bytes an entry), in commits of 500
//! entries, into views held in a sorted map. The cost of the map itself is measured apart.

mod suggestions;

use std::cell::Cell;
use std::collections::BTreeMap;

use shared::catalogue::model::Catalogue;
use shared::ids::{Epoch, StreamName, TownshipCode};
use shared::record::{Entry, EntryFlags, Value};
use shared::store::{Fold, Place, View, ViewMut};
use shared::stream::Item;
use shared::view::Folder;
use suggestions::{processor_seconds, suggestion};

#[derive(Default)]
struct Map {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    gets: Cell<u64>,
    puts: u64,
    bytes: u64,
}

impl View for Map {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.gets.set(self.gets.get() + 1);
        self.rows.get(key).cloned()
    }
    fn scan(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) {
        let start = from.unwrap_or(prefix).to_vec();
        for (key, value) in self.rows.range(start..).take_while(|(key, _)| key.starts_with(prefix)) {
            if !visit(key, value) {
                return;
            }
        }
    }
}

impl ViewMut for Map {
    fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.puts += 1;
        self.bytes += (key.len() + value.len()) as u64;
        self.rows.insert(key.to_vec(), value);
    }
    fn delete(&mut self, key: &[u8]) {
        self.puts += 1;
        self.rows.remove(key);
    }
}

const TOWNSHIPS: u32 = 19;
const RECORDS: u32 = 2_000;

fn report(what: &str, entries: u64, seconds: f64, map: &Map, before: (u64, u64, u64)) {
    let per = |n: u64| n as f64 / entries as f64;
    println!(
        "{what}: {entries} entries, {:.2} µs of processor each ({:.0}/s); per entry {:.1} gets, {:.1} puts, {:.0} bytes put",
        seconds * 1e6 / entries as f64,
        entries as f64 / seconds,
        per(map.gets.get() - before.0),
        per(map.puts - before.1),
        per(map.bytes - before.2),
    );
}

fn main() {
    let catalogue = Catalogue::builtin();
    let folder = Folder::new(catalogue.clone());
    let code = |t: u32| TownshipCode::from_number(330_282_000 + t).expect("nine digits");
    let mut first: Vec<(Place, Item)> = Vec::new();
    let mut changes: Vec<(Place, Item)> = Vec::new();
    let (mut bytes, mut seen) = (0, 0);
    for t in 1..=TOWNSHIPS {
        let place = |seq: u64| Place { stream: StreamName::Township(code(t)), epoch: Epoch(1), seq };
        for i in 0..RECORDS {
            let entry = suggestion(&catalogue, t, i);
            let encoded = entry.encode();
            bytes += encoded.len();
            seen += 1;
            if i.is_multiple_of(4) {
                let kind = &catalogue.kinds[&entry.kind];
                let title = Value::Text(format!("更正：关于公交站点布局的建议（第{i}件）"));
                let set = [(kind.title, title)].into();
                let change = Entry {
                    rev: 2,
                    status: 0,
                    set,
                    deadlines: Vec::new(),
                    flags: EntryFlags::default(),
                    ..entry
                };
                changes.push((place(u64::from(RECORDS + i / 4) + 1), Item::Entry(change.encode())));
            }
            first.push((place(u64::from(i) + 1), Item::Entry(encoded)));
        }
    }
    println!("{seen} records, {:.0} bytes an entry", bytes as f64 / f64::from(seen));
    let mut map = Map::default();
    for (what, entries) in [("new records", &first), ("changes", &changes)] {
        let before = (map.gets.get(), map.puts, map.bytes);
        let start = processor_seconds();
        for (place, item) in entries {
            folder.apply(&mut map, *place, item);
        }
        report(what, entries.len() as u64, processor_seconds() - start, &map, before);
    }
    let decode = processor_seconds();
    for (_, item) in &first {
        if let Item::Entry(bytes) = item {
            std::hint::black_box(Entry::decode(bytes).expect("an entry"));
        }
    }
    println!("decoding alone: {:.2} µs an entry", (processor_seconds() - decode) * 1e6 / first.len() as f64);
    let rows = std::mem::take(&mut map.rows);
    let start = processor_seconds();
    let count = rows.len();
    let mut again = BTreeMap::new();
    for (key, value) in &rows {
        again.insert(key.clone(), value.clone());
    }
    println!(
        "the map itself: {count} rows, {:.2} µs a put",
        (processor_seconds() - start) * 1e6 / count as f64
    );
    let held = shared::view::held::count(&Map { rows, ..Map::default() }, None);
    println!("held: {held}");
}
