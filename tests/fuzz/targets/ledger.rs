//! A table as records: headings are looked for, cells become values of every kind.
#![no_main]

use std::sync::LazyLock;

use shared::catalogue::model::{Catalogue, Kind};
use shared::exchange::{Corrections, Directory, Ledger, Townships};
use shared::ids::RecordId;

struct Nobody(Townships);

impl Directory for Nobody {
    fn townships(&self) -> &Townships {
        &self.0
    }
    fn records(&self, _kinds: &[u32], _text: &str) -> Vec<RecordId> {
        Vec::new()
    }
}

static CATALOGUE: LazyLock<std::sync::Arc<Catalogue>> = LazyLock::new(Catalogue::builtin);
static KINDS: LazyLock<Vec<&Kind>> =
    LazyLock::new(|| CATALOGUE.kinds.values().filter(|kind| kind.import.is_some()).collect());

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let kind = KINDS[usize::from(*first) % KINDS.len()];
    // The headings are the kind's own; the rows are the input.
    let headings: Vec<&str> = kind.fields.values().map(|field| field.label.zh.as_str()).collect();
    let bytes = [headings.join(",").as_bytes(), b"\n", rest].concat();
    let Some(book) = xianglian_fuzz::check(&bytes) else { return };
    let corrections = Corrections::default();
    let Ok(ledger) = Ledger::read(&book, None, kind, &corrections) else { return };
    let nobody = Nobody(Townships::default());
    for row in ledger.rows(&nobody) {
        for problem in &row.problems {
            assert!(!problem.label().zh.is_empty());
        }
    }
});
