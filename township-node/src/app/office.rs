//! Who this office is: what the county says once it has joined, what the settings say before.

use shared::catalogue::model::NodeKind;
use shared::command::Place;
use shared::ids::{Site, TownshipCode};
use shared::net::identity::Identity;
use shared::program::Failure;

use super::open::identity_in;
use crate::config::{Config, Township, kind_of_name, node_kind_named};
use shared::code::ErrorCode;

/// The office that a node belongs to.
#[derive(Debug, Clone)]
pub struct Office {
    pub township: Township,
    /// `None` before the node has joined.
    pub identity: Option<Identity>,
}

/// Whether the settings or an enrolment say which office a data folder belongs to.
///
/// # Errors
/// `Setup`: the certificate is there and cannot be used.
pub fn says_which_office(config: &Config) -> Result<bool, Failure> {
    Ok(config.initialised() && (config.township.is_some() || identity_in(&config.data)?.is_some()))
}

impl Office {
    /// # Errors
    /// `Setup` when neither the settings nor an enrolment say which township this is, or when they disagree.
    pub(super) fn of(config: &Config, identity: Option<Identity>) -> Result<Self, Failure> {
        match (identity, &config.township) {
            (Some(identity), given) => {
                let enrolled = &identity.enrolled;
                if let Some(given) = given
                    && given.code != enrolled.township
                {
                    let (set, real) = (given.code, enrolled.township);
                    return Err(Failure::new(
                        ErrorCode::Setup,
                        format!("配置文件写的是乡镇 {set}，而证书属于乡镇 {real}。"),
                        format!("The settings say township {set}, the certificate is of township {real}."),
                    )
                    .advise(
                        "请检查数据文件夹是否放错，或更正 township.toml 中的 code。",
                        "Check that this is the right data folder, or correct `code` in township.toml.",
                    ));
                }
                let kind =
                    node_kind_named(&enrolled.node_kind).unwrap_or_else(|| kind_of_name(&enrolled.name));
                let abbr = match given {
                    Some(given) if config.settings.get("township.abbr").is_some() => given.abbr.clone(),
                    _ => Township::short(&enrolled.name).to_owned(),
                };
                let (code, name, profile) =
                    (enrolled.township, enrolled.name.clone(), enrolled.profile.clone());
                Ok(Self { township: Township { code, name, kind, abbr, profile }, identity: Some(identity) })
            }
            (None, Some(township)) => Ok(Self { township: township.clone(), identity: None }),
            (None, None) => Err(Failure::new(
                ErrorCode::Setup,
                "还不知道这是哪个乡镇。",
                "It is not known yet which township this is.",
            )
            .advise(
                "请先用县里给的加入码运行 join，或用 init --township 代码 --name 名称 开始登记。",
                "Run join with the county's token, or init --township CODE --name NAME.",
            )),
        }
    }

    pub fn code(&self) -> TownshipCode {
        self.township.code
    }

    pub fn site(&self) -> Site {
        Site::Township(self.township.code)
    }

    pub fn kind(&self) -> NodeKind {
        self.township.kind
    }

    /// Where commands are decided.
    pub(super) fn place(&self) -> Place<'_> {
        Place { site: self.site(), node: Some(self.township.kind), abbr: &self.township.abbr }
    }
}
