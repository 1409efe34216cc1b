//! Saying which office this is, before the county does.

use shared::catalogue::model::Catalogue;
use shared::code::ErrorCode;
use shared::ids::TownshipCode;
use shared::program::Failure;

use crate::config::{kind_of_name, node_kind_named};

/// What is said of a new office, in the words of whoever says it.
#[derive(Debug, Clone, Default)]
pub struct NewOffice {
    /// Nine digits; `None`: comes with joining.
    pub code: Option<String>,
    pub name: Option<String>,
    /// Code or Chinese label; `None`: what the name ends with.
    pub kind: Option<String>,
    pub abbr: Option<String>,
    pub profile: Option<String>,
    pub hub: Option<String>,
    pub staff: Option<String>,
}

impl NewOffice {
    /// The settings that follow, checked.
    ///
    /// # Errors
    /// `Invalid`: a value is not of its form, or there is no such legal profile.
    pub fn settings(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let mut given: Vec<(&'static str, String)> = Vec::new();
        if let Some(code) = &self.code {
            let code: TownshipCode = code.trim().parse().map_err(|e| {
                Failure::new(
                    ErrorCode::Invalid,
                    format!("“{code}”不是九位乡镇代码。"),
                    format!("\"{code}\" is not a township code of nine digits."),
                )
                .because(e)
            })?;
            given.push(("township.code", code.to_string()));
        }
        if let Some(kind) = &self.kind {
            let kind = node_kind_named(kind).ok_or_else(|| {
                Failure::new(
                    ErrorCode::Invalid,
                    format!("没有“{kind}”这种乡镇类型。"),
                    format!("There is no form of township \"{kind}\"."),
                )
                .advise(
                    "可用：镇、乡、民族乡、街道。",
                    "Known: TOWN, TOWNSHIP, ETHNIC_TOWNSHIP, SUBDISTRICT.",
                )
            })?;
            given.push(("township.kind", kind.code().to_owned()));
        } else if let Some(name) = &self.name {
            given.push(("township.kind", kind_of_name(name).code().to_owned()));
        }
        if let Some(profile) = &self.profile {
            let profiles = &Catalogue::builtin().profiles;
            if !profiles.contains_key(profile) {
                let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
                let known = known.join(", ");
                let (zh, en) = (
                    format!("没有“{profile}”这份期限依据。"),
                    format!("There is no legal profile \"{profile}\"."),
                );
                return Err(
                    Failure::invalid(zh, en).advise(format!("可用：{known}"), format!("Known: {known}."))
                );
            }
        }
        let plain = [
            ("township.name", &self.name),
            ("township.abbr", &self.abbr),
            ("township.profile", &self.profile),
            ("hub.address", &self.hub),
            ("office.staff", &self.staff),
        ];
        given.extend(plain.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))));
        Ok(given)
    }
}
