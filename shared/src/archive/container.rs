//! The file: a ZIP of named parts, their digests, and the seal as its comment.

use std::io::{self, Read, Seek, SeekFrom, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::seal::{self, OfficeSeal, Seal};
use super::sums::{self, Meter, Parts, Sums};
use crate::limits;

/// Digests of all other parts; they come last.
pub(super) const B3SUMS: &str = "B3SUMS";
pub(super) const SHA256SUMS: &str = "SHA256SUMS";
/// Frames are the one thing that compression could make harder to read in a damaged file, and gains little on digests.
const STORED: &str = ".frames";
const DEFLATE_LEVEL: i64 = 6;

/// Signs the package: when, and what; none for an office that has not joined.
pub(super) struct Signing<'a> {
    /// Without its signature.
    pub(super) office: OfficeSeal,
    pub(super) sign: &'a dyn Fn(&[u8]) -> io::Result<Vec<u8>>,
}

pub(super) struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    parts: Parts,
}

impl<W: Read + Write + Seek> Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out), parts: Vec::new() }
    }

    /// One part, written by `fill`.
    ///
    /// # Errors
    /// Those of the file, or of `fill`; too many parts, or a part that is too large.
    pub(super) fn part(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.parts.len() >= limits::ARCHIVE_PARTS_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "too many parts"));
        }
        let method =
            if name.ends_with(STORED) { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let level = (method == CompressionMethod::Deflated).then_some(DEFLATE_LEVEL);
        // No moment and no owner: the same content is the same file.
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .compression_level(level)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(name, options)?;
        let mut meter = Meter::new(&mut self.zip);
        fill(&mut meter)?;
        let sums = meter.sums();
        if sums.bytes > limits::ARCHIVE_PART_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a part is too large"));
        }
        self.parts.push((name.to_owned(), sums));
        Ok(())
    }

    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.part(name, |out| out.write_all(bytes))
    }

    /// Writes the digests and the seal. Gives the file and the digest in the seal.
    ///
    /// # Errors
    /// Those of the file and of the signature.
    pub(super) fn finish(mut self, signing: Option<Signing<'_>>) -> io::Result<(W, [u8; 32])> {
        let parts = self.parts.clone();
        self.bytes(B3SUMS, sums::lines(&parts, |sums| sums.blake3).as_bytes())?;
        self.bytes(SHA256SUMS, sums::lines(&parts, |sums| sums.sha256).as_bytes())?;
        let (office, sign) = signing.map(|signing| (signing.office, signing.sign)).unzip();
        let mut seal = Seal { digest: [0; 32], office };
        self.zip.set_raw_comment(seal.text().into_bytes().into())?;
        let mut out = self.zip.finish()?;
        let end = out.seek(SeekFrom::End(0))?;
        let start = end - seal.text().len() as u64;
        seal.digest = digest_before(&mut out, start)?;
        let signature = sign.map(|sign| sign(seal.signed().as_bytes())).transpose()?;
        if let (Some(office), Some(signature)) = (&mut seal.office, signature) {
            office.signature = signature
                .try_into()
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a signature has 64 bytes"))?;
        }
        out.seek(SeekFrom::Start(start))?;
        out.write_all(seal.text().as_bytes())?;
        out.flush()?;
        Ok((out, seal.digest))
    }
}

/// A package that was opened.
pub(super) struct Opened<R> {
    /// `None`: the comment is not there, or not as it is written.
    pub(super) seal: Option<Seal>,
    /// The bytes before the comment are those that the seal names.
    pub(super) whole: bool,
    /// `None`: the directory of the ZIP cannot be read.
    pub(super) zip: Option<ZipArchive<R>>,
}

/// # Errors
/// The file cannot be read.
pub(super) fn open<R: Read + Seek>(mut file: R) -> io::Result<Opened<R>> {
    let (start, comment) = seal::find(&mut file)?;
    let seal = Seal::read(&comment);
    let digest = digest_before(&mut file, start)?;
    let whole = seal.as_ref().is_some_and(|seal| seal.digest == digest);
    file.seek(SeekFrom::Start(0))?;
    let zip = ZipArchive::new(file).ok().filter(|zip| zip.len() <= limits::ARCHIVE_PARTS_MAX + 2);
    Ok(Opened { seal, whole, zip })
}

fn digest_before<R: Read + Seek>(file: &mut R, end: u64) -> io::Result<[u8; 32]> {
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = blake3::Hasher::new();
    let mut left = file.take(end);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match left.read(&mut buffer)? {
            0 => return Ok(*hasher.finalize().as_bytes()),
            count => hasher.update(&buffer[..count]),
        };
    }
}

/// One part as it is in the file.
pub(super) struct Part {
    pub(super) name: String,
    /// `None`: it cannot be read to its end.
    pub(super) sums: Option<Sums>,
}

/// Names and digests of all parts, in the order in which they stand. A name that is no name is told as it is, lossily.
pub(super) fn weigh<R: Read + Seek>(zip: &mut ZipArchive<R>, step: &dyn Fn()) -> Vec<Part> {
    let mut parts = Vec::new();
    for index in 0..zip.len() {
        let name = zip.name_for_index(index).and_then(Result::ok).map(|name| name.into_owned());
        let sums = zip.by_index(index).ok().and_then(|part| {
            let mut meter = Meter::new(io::sink());
            let copied = io::copy(&mut part.take(limits::ARCHIVE_PART_BYTES_MAX + 1), &mut meter).ok()?;
            (copied <= limits::ARCHIVE_PART_BYTES_MAX).then(|| meter.sums())
        });
        parts.push(Part { name: name.unwrap_or_else(|| format!("#{index}")), sums });
        step();
    }
    parts
}

/// A part in memory; `None` if it is not there, cannot be read or is longer than `most`.
pub(super) fn load<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str, most: u64) -> Option<Vec<u8>> {
    let part = zip.by_name(name).ok()?;
    let mut bytes = Vec::new();
    part.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}
