//! The townships of the county, as the county has listed them.

use std::collections::BTreeMap;

use prost::Message as _;
use shared::catalogue::model::NodeKind;
use shared::code::ErrorCode;
use shared::ids::{Site, StreamName, TownshipCode};
use shared::program::Failure;
use shared::store::View;
use shared::view::tables::{Key, NOTE};
use xianglian_proto::v1;
use xianglian_proto::v1::HubTownship;
use xianglian_proto::v1::note::Kind;

/// A township.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Town {
    pub code: TownshipCode,
    pub name: String,
    pub kind: NodeKind,
}

impl Town {
    /// The note that lists it; a later note of the same code takes its place.
    pub(super) fn note(&self, at: i64) -> HubTownship {
        HubTownship {
            township: self.code.to_string(),
            name: self.name.clone(),
            kind: self.kind.code().to_owned(),
            at,
        }
    }

    fn read(note: &HubTownship) -> Option<Self> {
        let (code, kind) = (note.township.parse().ok()?, NodeKind::from_code(&note.kind)?);
        Some(Self { code, name: note.name.clone(), kind })
    }
}

/// Every township listed, by code.
#[derive(Debug, Clone, Default)]
pub struct Towns(BTreeMap<TownshipCode, Town>);

impl Towns {
    /// The fold of the hub's notes, in the order in which they were written.
    pub(super) fn read(views: &dyn View) -> Self {
        let mut towns = Self::default();
        let prefix = Key::new(NOTE).stream(StreamName::Meta(Site::Hub)).done();
        views.scan(&prefix, None, &mut |_, bytes| {
            if let Ok(v1::Note { kind: Some(Kind::Listed(note)) }) = v1::Note::decode(bytes) {
                Town::read(&note).into_iter().for_each(|town| towns.put(town));
            }
            true
        });
        towns
    }

    pub(super) fn put(&mut self, town: Town) {
        self.0.insert(town.code, town);
    }

    pub fn get(&self, code: &TownshipCode) -> Option<&Town> {
        self.0.get(code)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Town> {
        self.0.values()
    }

    /// The township, if the county has listed it.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn find(&self, code: TownshipCode) -> Result<&Town, Failure> {
        self.0.get(&code).ok_or_else(|| {
            Failure::new(
                ErrorCode::NotFound,
                format!("没有登记乡镇 {code}。"),
                format!("There is no township {code}."),
            )
            .advise("用 county-hub township list 查看已登记的乡镇。", "See county-hub township list.")
        })
    }

    /// Name of a township, its code if it is not listed.
    pub fn name(&self, code: TownshipCode) -> String {
        self.0.get(&code).map_or_else(|| code.to_string(), |town| town.name.clone())
    }
}
