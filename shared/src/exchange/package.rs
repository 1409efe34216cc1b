//! Office files that are packages: parts by name, unpacked while they are read.

use std::cell::Cell as Counter;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

use super::book::{Bounded, ReadError, within};
use super::xml::Xml;
use crate::limits;

type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

/// The signature of a part's line in the directory of a package.
const DIRECTORY_LINE: [u8; 4] = *b"PK\x01\x02";

/// A package. What is unpacked of all its parts together is bounded; the sizes that it claims may be lies.
pub(super) struct Package<'a> {
    archive: Archive<'a>,
    /// By name in lower case with `/`: some programs write `\` or other capitals.
    names: BTreeMap<String, usize>,
    left: Rc<Counter<u64>>,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let lines = bytes.windows(DIRECTORY_LINE.len()).filter(|window| *window == DIRECTORY_LINE);
        let parts = lines.take(limits::IMPORT_PARTS_MAX + 1).count();
        within(Bounded::Parts, parts as u64, limits::IMPORT_PARTS_MAX as u64)?;
        let archive = Archive::new(Cursor::new(bytes)).map_err(|e| ReadError::Damaged(e.to_string()))?;
        let mut names = BTreeMap::new();
        for (at, name) in archive.file_names().enumerate() {
            let Ok(name) = name else { continue };
            names.insert(name.replace('\\', "/").trim_start_matches('/').to_lowercase(), at);
        }
        Ok(Self { archive, names, left: Rc::new(Counter::new(limits::IMPORT_UNPACKED_BYTES_MAX)) })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&name.to_lowercase())
    }

    /// A part to be read as XML; `None` if there is no such part.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Xml<impl BufRead + use<'_, 'a>>>, ReadError> {
        let Some(&at) = self.names.get(&name.trim_start_matches('/').to_lowercase()) else { return Ok(None) };
        let part = self.archive.by_index(at).map_err(|e| match e {
            zip::result::ZipError::UnsupportedArchive(why) if why.contains("assword") => ReadError::Encrypted,
            other => ReadError::Damaged(other.to_string()),
        })?;
        Ok(Some(Xml::new(BufReader::new(Weighed { part, left: Rc::clone(&self.left) }))))
    }
}

/// Counts what is unpacked.
struct Weighed<R> {
    part: R,
    left: Rc<Counter<u64>>,
}

impl<R: Read> Read for Weighed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.part.read(into)?;
        let limit = limits::IMPORT_UNPACKED_BYTES_MAX;
        let used = (limit - self.left.get()) + count as u64;
        within(Bounded::UnpackedBytes, used, limit).map_err(std::io::Error::other)?;
        self.left.set(limit - used);
        Ok(count)
    }
}
