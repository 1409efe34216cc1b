//! The parts, against the digests that the package has of them.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use zip::ZipArchive;

use crate::archive::container::{self, B3SUMS, Part, SHA256SUMS};
use crate::archive::report::Report;
use crate::archive::sums;
use crate::limits;

/// Compares the parts with their digests. False: something is wrong, and was said.
pub(super) fn check<R: Read + Seek>(zip: &mut ZipArchive<R>, parts: &[Part], report: &mut Report) -> bool {
    let before = report.wrong.len();
    for part in parts.iter().filter(|part| part.sums.is_none()) {
        report.wrong(Some(&part.name), "损坏，读不到末尾", "damaged: it cannot be read to its end");
    }
    let listed = |zip: &mut ZipArchive<R>, name: &str| {
        let bytes = container::load(zip, name, limits::ARCHIVE_INDEX_BYTES_MAX)?;
        sums::read(std::str::from_utf8(&bytes).ok()?)
    };
    let (b3, sha) = (listed(zip, B3SUMS), listed(zip, SHA256SUMS));
    for (name, list) in [(B3SUMS, &b3), (SHA256SUMS, &sha)] {
        if list.is_none() {
            report.wrong(Some(name), "缺失或损坏", "missing or damaged");
        }
    }
    let mut seen = BTreeSet::new();
    for part in parts {
        if !seen.insert(&part.name) {
            report.wrong(Some(&part.name), "出现两次", "stands twice");
        }
    }
    let others: Vec<&Part> =
        parts.iter().filter(|part| part.name != B3SUMS && part.name != SHA256SUMS).collect();
    for (order, digests, of) in [(&b3, "blake3"), (&sha, "sha256")]
        .iter()
        .filter_map(|(list, of)| list.as_ref().map(|(order, digests)| (order, digests, *of)))
    {
        for part in &others {
            let Some(sums) = &part.sums else { continue };
            let have = if of == "blake3" { sums.blake3 } else { sums.sha256 };
            match digests.get(&part.name) {
                None => {
                    report.wrong(Some(&part.name), "不在清单里：是后来加的", "not on the list: it was added")
                }
                Some(wanted) if *wanted != have => {
                    report.wrong(Some(&part.name), "内容与清单不符", "not what the list says");
                }
                Some(_) => {}
            }
        }
        for name in order.iter().filter(|name| !seen.contains(name)) {
            report.wrong(Some(name), "缺失", "missing");
        }
        let stand = others.iter().map(|part| &part.name);
        if report.wrong.len() == before && !stand.eq(order.iter()) {
            report.wrong(None, "各部分的次序变了", "the parts stand in another order");
        }
    }
    report.wrong.len() == before
}
