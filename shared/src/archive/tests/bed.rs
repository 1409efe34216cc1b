//! A town that has joined a county, with letters and pieces of the archive, on stores in memory.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::Arc;

use crate::archive::{Choice, Chosen, Known, Office, Pack, Packed, Report, choose, pack, verify};
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::command::Place;
use crate::exchange::Townships;
use crate::ids::{RecordId, Site, TownshipCode};
use crate::ledger::{Act, By, Ledger};
use crate::net::ca::Ca;
use crate::net::identity::{Enrolled, Identity};
use crate::net::keys::{HubKey, PrivateKey};
use crate::net::peer::Subject;
use crate::program::{Failure, ManualClock, Progress};
use crate::store::Store;
use crate::sync::pair::Pair;
use crate::sync::{ByRules, Outcome};
use crate::view::Folder;

pub(super) const TODAY: &str = "2026-03-02";
/// Ten in the morning of that day.
pub(super) const NOW: i64 = 1_772_416_800_000;

const FILES: [(&str, &str); 5] = [
    (
        "deadlines.toml",
        "deadline_kinds = [{ number = 1, code = \"DL-LETTER\", zh = \"答复\", en = \"Reply\" }]",
    ),
    (
        "profiles/national.toml",
        "profile = \"national\"\nversion = \"1\"\nzh = \"全国\"\nen = \"National\"\nroll_forward = true\n\
         lengths = [{ deadline = \"DL-LETTER\", count = 15, unit = \"days\", source = \"law\" }]",
    ),
    ("letter.toml", include_str!("testdata/letter.toml")),
    ("person.toml", include_str!("testdata/person.toml")),
    ("piece.toml", include_str!("testdata/piece.toml")),
];

pub(super) fn catalogue() -> Arc<Catalogue> {
    Arc::new(Catalogue::load(FILES).unwrap_or_else(|problems| panic!("{problems}")))
}

/// A county's certificate authority.
pub(super) fn county() -> Ca {
    let folder = tempfile::tempdir().unwrap();
    Ca::create(folder.path(), &"330282".parse().unwrap(), 365, NOW - 86_400_000).unwrap()
}

pub(super) struct Town {
    pub(super) pair: Pair,
    pub(super) ca: Ca,
    pub(super) identity: Option<Identity>,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) clock: ManualClock,
}

impl Town {
    pub(super) fn new() -> Self {
        Self::by(catalogue())
    }

    pub(super) fn by(catalogue: Arc<Catalogue>) -> Self {
        let ca = county();
        let folder = Folder::new(Arc::clone(&catalogue));
        let mut pair = Pair::new(|| Store::memory(Arc::new(folder.clone())));
        pair.hub_setup.keys = ca.receipt_key().clone();
        pair.node_setup.keys = Arc::new(HubKey(ca.receipt_key().public()));
        pair.node_setup.reappend = Arc::new(ByRules(Arc::clone(&catalogue)));
        pair.now.unix_ms = NOW;
        let key = PrivateKey::generate().unwrap();
        let township = pair.node_setup.township;
        let issued = ca.issue(Subject::Township(township), &key.request().unwrap(), NOW).unwrap();
        let enrolled = Enrolled {
            township,
            name: "坎墩镇".into(),
            county: "330282".into(),
            profile: "national".into(),
            node_kind: "TOWN".into(),
            receipt_key: ca.receipt_key().public(),
            receipt_certificate: ca.receipt_certificate().to_vec(),
        };
        let root = ca.root().clone();
        let identity = Identity::new("hub:1".into(), enrolled, issued.certificate, root, key).unwrap();
        Self { pair, ca, identity: Some(identity), catalogue, clock: ManualClock::new(NOW, 7) }
    }

    pub(super) fn code(&self) -> TownshipCode {
        self.pair.node_setup.township
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let legal = Legal::new(Calendar::builtin(), Arc::new(self.catalogue.profiles["national"].clone()));
        work(&Ledger {
            store: &self.pair.node,
            catalogue: &self.catalogue,
            deadlines: &legal,
            clock: &self.clock,
            place: Place { site: Site::Township(self.code()), node: Some(NodeKind::Town), abbr: "坎墩" },
            townships: &Townships::new([(self.code(), "坎墩镇".to_owned())]),
            staff: &|role| format!("u{}", role.number()),
        })
    }

    #[track_caller]
    pub(super) fn act(&self, kind: &str, record: Option<RecordId>, action: &str, set: &[&str]) -> RecordId {
        self.clock.advance(1000);
        let ask = Act {
            kind: kind.to_owned(),
            record: record.map(|id| id.to_string()),
            action: action.to_owned(),
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            reason: String::new(),
            by: By { role: "T_CLERK".to_owned(), staff: None, on_behalf: false },
        };
        let acted = self.with(|ledger| ledger.act(&ask));
        acted.unwrap_or_else(|failure| panic!("{action}: {}", failure.render(Default::default()))).record
    }

    /// A deputy, a letter that names it and was finished, and a piece with the letter in it; gives letter and piece.
    #[track_caller]
    pub(super) fn piece(&self, name: &str) -> (RecordId, RecordId) {
        let on = format!("on={TODAY}");
        let deputy =
            self.act("person", None, "register", &[&format!("name=代表{name}"), &on, "phone=13812345678"]);
        let letter = self.letter(name, "否");
        let set = [format!("deputy={deputy}"), "visits=2026-03-01|村委会；2026-03-02|<b>镇里</b>".to_owned()];
        self.act("", Some(letter), "finish", &[&set[0], &set[1]]);
        (letter, self.numbered(name, "否", &[letter]))
    }

    #[track_caller]
    pub(super) fn letter(&self, name: &str, secret: &str) -> RecordId {
        let set = [
            format!("title=来信{name}"),
            format!("on={TODAY}"),
            format!("who=私人{name}"),
            format!("secret={secret}"),
        ];
        let letter = self.act("letter", None, "receive", &set.each_ref().map(String::as_str));
        self.act("", Some(letter), "edit", &[&format!("title=关于{name}的来信")]);
        letter
    }

    #[track_caller]
    pub(super) fn numbered(&self, name: &str, inner: &str, records: &[RecordId]) -> RecordId {
        let set = [format!("title=归档{name}"), format!("on={TODAY}"), format!("inner={inner}")];
        let piece = self.act("piece", None, "collect", &set.each_ref().map(String::as_str));
        let records: Vec<_> = records.iter().map(RecordId::to_string).collect();
        self.act("", Some(piece), "number", &["year=2026", &format!("records={}", records.join("；"))]);
        piece
    }

    /// A night with the county.
    #[track_caller]
    pub(super) fn sync(&mut self) {
        self.pair.tick(60_000);
        let report = self.pair.session().unwrap();
        assert_eq!(report.node, Some(Outcome::Done));
    }

    pub(super) fn chosen(&self, words: &[&str]) -> Result<Chosen, Failure> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        self.with(|ledger| {
            ledger.store.read(|views| {
                let names = ledger.names(views);
                let site = Site::Township(self.code());
                choose(Choice { views, catalogue: &self.catalogue, site, names: &names }, &words)
            })
        })
    }

    pub(super) fn try_pack(&self, words: &[&str], private: &[&str]) -> Result<(Vec<u8>, Packed), Failure> {
        let chosen = self.chosen(words)?;
        let private: BTreeSet<u32> =
            private.iter().map(|id| self.catalogue.kind(id).expect("a kind").tag).collect();
        let ask = Pack {
            store: &self.pair.node,
            catalogue: &self.catalogue,
            office: Office { township: self.code(), name: "坎墩镇", identity: self.identity.as_ref() },
            software: "township-node 0.1.0",
            chosen: &chosen,
            private: &private,
            now_ms: NOW + 500,
        };
        let mut file = Cursor::new(Vec::new());
        let packed = pack(&ask, &mut file, &Progress::silent())?;
        Ok((file.into_inner(), packed))
    }

    #[track_caller]
    pub(super) fn pack(&self, words: &[&str], private: &[&str]) -> Vec<u8> {
        self.try_pack(words, private)
            .unwrap_or_else(|failure| panic!("{}", failure.render(Default::default())))
            .0
    }

    /// What somebody finds who knows the county's fingerprint.
    pub(super) fn check(&self, file: &[u8]) -> Report {
        check(file, &Known { ca: Some(self.ca.fingerprint()), receipt_key: None })
    }
}

#[track_caller]
pub(super) fn check(file: &[u8], known: &Known) -> Report {
    verify(Cursor::new(file), known, &Progress::silent()).expect("a package")
}

/// The Chinese of everything that is wrong, each with its part in front.
pub(super) fn wrong(report: &Report) -> Vec<String> {
    let line = |finding: &crate::archive::Finding| {
        format!("{}: {}", finding.part.as_deref().unwrap_or("-"), finding.text.zh)
    };
    report.wrong.iter().map(line).collect()
}
