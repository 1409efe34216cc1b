//! An archive package (归档包): what an office hands to the county archives, in one file that anybody can check.
//!
//! The file is a ZIP of plain parts, readable without this program:
//!
//! ```text
//! 说明.txt  归档文件目录.csv  归档文件目录.txt  目录.html  记录/0001.html …  附件/…     for people
//! data/index.json           what is in the package, and what was left out
//! data/streams/*.frames     the entries, in the frames of the journal ([`crate::stream`])
//! data/receipts.json        the county's receipts over those streams
//! data/certificates/*.pem   the county's root, and its word on the key that signs receipts
//! data/catalogue/…          the catalogue by which the values are read
//! data/format/*.proto       what the bytes of an entry are
//! B3SUMS  SHA256SUMS        digests of all parts, as `b3sum -c` and `sha256sum -c` take them
//! comment of the ZIP        digest of every byte before it, and the office's signature over that ([`seal`])
//! ```
//!
//! # How a reader knows that the entries are the township's
//!
//! A part of `data/streams` is an unbroken run of one stream, from the first entry of the chosen records to an entry at
//! which the county has signed a receipt. Entries of other records stand in it as their digests. The chain runs over
//! digests, so it can be computed to its end, and the receipt's signature is over (stream, epoch, number, chain value):
//! no entry of the run can be changed, left out, added or moved. The receipt's key is certified by the county's root; all
//! that a reader must know from elsewhere is the root's fingerprint.
//!
//! What that does not show is said by every check: whether digests hide later changes of the same records (the hub can
//! tell: it has the stream), what never left the office (its own signature vouches for it), and revocations.
//!
//! Everything for people is computed from the entries ([`readable`]), and computed again when the package is checked: what
//! is read is what was signed.
//!
//! The same content gives the same bytes up to the comment; the comment holds the moment and a signature that is never
//! the same twice.

mod choose;
mod compare;
mod container;
mod contents;
mod file;
mod guide;
mod index;
mod names;
mod pack;
mod readable;
mod receipts;
mod report;
mod runs;
mod seal;
mod sums;
mod verify;

#[cfg(test)]
mod tests;

pub use choose::{Choice, Chosen, choose};
pub use compare::{Claim, Compare, Compared};
pub use file::{pack_file, verify_file};
pub use index::{LeftOut, Why};
pub use pack::{Office, Pack, Packed, pack};
pub use report::{Finding, Report};
pub use runs::Run;
pub use verify::{Known, verify};
