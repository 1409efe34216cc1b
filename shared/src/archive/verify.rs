//! Checking a package, with nothing but the file and what is known of the county.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use zip::ZipArchive;

use super::container::{self, Part};
use super::pack::ROOT;
use super::report::Report;
use super::seal::Seal;
use super::sums::{Sums, hex};
use crate::code::ErrorCode;
use crate::limits;
use crate::net::keys::verify_receipt;
use crate::net::token::Fingerprint;
use crate::net::trust;
use crate::program::{Failure, Progress, beijing_minute};

mod content;
mod list;

/// How the caution begins that a hub can lift.
pub(super) const HIDDEN_ZH: &str = "只留校验值的条目里有没有";

/// What is known of the county from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Of its root certificate.
    pub ca: Option<Fingerprint>,
    /// Key of its receipts (SEC1 point), for packages that do not hold the root's word on it.
    pub receipt_key: Option<Vec<u8>>,
}

/// Checks a package from its first byte to its last.
///
/// # Errors
/// The file cannot be read, or is no package at all. A package that is damaged or forged is no error: the report says so.
pub fn verify<R: Read + Seek>(file: R, known: &Known, progress: &Progress) -> Result<Report, Failure> {
    let opened = container::open(file).map_err(|error| unreadable(&error))?;
    if opened.seal.is_none() && opened.zip.is_none() {
        return Err(Failure::new(
            ErrorCode::Damaged,
            "这不是归档包，或已严重损坏。",
            "This is no archive package, or badly damaged.",
        ));
    }
    let mut report = Report::new();
    report.digest = opened.seal.as_ref().map(|seal| format!("blake3:{}", hex(&seal.digest)));
    let Some(mut zip) = opened.zip else {
        report.wrong(
            None,
            "文件目录（ZIP 末尾）损坏，各部分读不出",
            "the directory of the ZIP is damaged; no part can be read",
        );
        return Ok(report);
    };
    progress.total(zip.len() as u64);
    let parts = container::weigh(&mut zip, &|| progress.step(1));
    let sound = list::check(&mut zip, &parts, &mut report);
    match &opened.seal {
        None => report.wrong(
            None,
            "封装记录（ZIP 注释）缺失或损坏",
            "the seal (comment of the ZIP) is missing or damaged",
        ),
        Some(_) if opened.whole => {
            report.proved("整个文件与封装时一字节不差", "the whole file is byte for byte what was sealed");
        }
        Some(_) if sound => report.wrong(
            None,
            "各部分完好，但文件的外壳（ZIP 结构）与封装时不同",
            "every part is sound, but the ZIP around them is not what was sealed",
        ),
        Some(_) => report.wrong(None, "文件与封装时不同", "the file is not what was sealed"),
    }
    let mut check = Check { zip, parts: names(&parts), known, report, root: None };
    check.root();
    check.seal(opened.seal.as_ref());
    check.content(progress);
    progress.done();
    Ok(check.report)
}

fn unreadable(error: &std::io::Error) -> Failure {
    Failure::new(ErrorCode::Setup, "文件无法读取。", "The file cannot be read.").because(error)
}

fn names(parts: &[Part]) -> BTreeMap<String, Sums> {
    parts.iter().filter_map(|part| Some((part.name.clone(), part.sums?))).collect()
}

struct Check<'a, R> {
    zip: ZipArchive<R>,
    /// As they are in the file.
    parts: BTreeMap<String, Sums>,
    known: &'a Known,
    report: Report,
    /// The county's root, DER, if it can be trusted.
    root: Option<Vec<u8>>,
}

impl<R: Read + Seek> Check<'_, R> {
    fn load(&mut self, name: &str) -> Option<Vec<u8>> {
        container::load(&mut self.zip, name, limits::ARCHIVE_INDEX_BYTES_MAX)
    }

    fn certificate(&mut self, name: &str) -> Option<Vec<u8>> {
        let bytes = self.load(name)?;
        Some(CertificateDer::from_pem_slice(&bytes).ok()?.to_vec())
    }

    /// Whose county it is.
    fn root(&mut self) {
        if !self.parts.contains_key(ROOT) {
            match self.known.ca {
                Some(_) => self.report.wrong(
                    Some(ROOT),
                    "没有县根证书：不能说是本县乡镇的归档包",
                    "there is no root certificate: nothing says that it is of a township of the county",
                ),
                None => self.report.unproved(
                    "封装时还没有加入县里：没有县根证书",
                    "the office had not joined a county: there is no root certificate",
                ),
            }
            return;
        }
        let Some(root) = self.certificate(ROOT).filter(|root| trust::county_of(root).is_some()) else {
            self.report.wrong(Some(ROOT), "不是县根证书", "not a county's root certificate");
            return;
        };
        let found = Fingerprint::of(&root);
        match self.known.ca {
            Some(known) if known != found => {
                self.report.wrong(
                    Some(ROOT),
                    format!("县根证书不是给出的那一个：包内为 {found}，应为 {known}"),
                    format!("another county's root: {found} in the package, {known} expected"),
                );
                return;
            }
            Some(_) => self.report.proved(
                format!("县根证书的指纹是 {found}"),
                format!("the county's root has the fingerprint {found}"),
            ),
            None => self.report.unproved(
                format!("没有给出县根证书指纹：以下凡涉及签名的，都以包内证书 {found} 为准，请与县里核对"),
                format!("no fingerprint was given: all signatures are judged by the root in the package, {found}; ask the county"),
            ),
        }
        self.root = Some(root);
    }

    /// Who sealed it.
    fn seal(&mut self, seal: Option<&Seal>) {
        let Some(seal) = seal else { return };
        let Some(office) = &seal.office else {
            // An office that has joined signs: a package with a root and without a signature had one.
            if self.parts.contains_key(ROOT) {
                self.report.wrong(None, "单位签名被去掉了", "the office's signature was taken away");
            } else {
                self.report.unproved(
                    "没有单位签名：谁都可以照样做一个",
                    "no office has signed it: anybody could make another",
                );
            }
            return;
        };
        let when = beijing_minute(office.at.saturating_mul(1000));
        let Some(root) = &self.root else { return };
        let holder = trust::township_at(&office.certificate, root, office.at.saturating_mul(1000));
        let Some((township, key)) = holder else {
            self.report.wrong(
                None,
                format!("封装所用的证书不是本县签发的，或在 {when} 无效"),
                format!("the certificate of the seal was not issued by the county, or not valid at {when}"),
            );
            return;
        };
        if township != office.township || !verify_receipt(&key, seal.signed().as_bytes(), &office.signature) {
            self.report.wrong(None, "单位签名不对", "the office's signature is wrong");
            return;
        }
        self.report.proved(
            format!("由乡镇 {township} 于 {when}（按其电脑时钟）封装，证书由县里签发"),
            format!(
                "sealed by township {township} at {when} (by its clock), under a certificate of the county"
            ),
        );
        self.report.unproved(
            "封装所用的证书在封装前是否已被县里吊销",
            "whether the county had revoked the certificate of the seal before",
        );
    }
}
