//! Adding a township, giving it its one-time token, ending its certificates.

use serde::{Deserialize, Serialize};
use shared::catalogue::model::NodeKind;
use shared::code::ErrorCode;
use shared::ids::TownshipCode;
use shared::net::enrol::OfficeError;
use shared::net::peer::Subject;
use shared::net::register::Standing;
use shared::program::Failure;
use shared::record::Day;

use super::district::Groups;
use super::town::Town;
use super::{App, district};

const NAME_CHARS_MAX: usize = 40;

/// Lists a township and gives it a one-time token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Add {
    pub code: TownshipCode,
    pub name: String,
    /// `TOWN`, `TOWNSHIP`, `ETHNIC_TOWNSHIP` or `SUBDISTRICT`.
    pub kind: String,
    /// Name of the district that it belongs to from `from` on.
    pub district: Option<String>,
    /// First day in the district, `2026-01-01`; the first day of this year if it is not given.
    pub from: Option<String>,
}

/// Another name or another form (乡改镇) under the same code. Its office goes on as before, and hears of it when it joins again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    pub code: TownshipCode,
    pub name: Option<String>,
    pub kind: Option<String>,
}

/// From a day on a township has been merged into another, or goes on under the code of another. Records keep the code
/// under which they were written; what its office writes until it joins under the new code counts in the district of the
/// other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Merge {
    pub code: TownshipCode,
    pub into: TownshipCode,
    /// First day of the new state, `2026-07-01`.
    pub from: String,
}

/// A fresh one-time token for a township that is listed; its certificates stay good until the token is used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reenrol {
    pub code: TownshipCode,
}

/// Ends every certificate and token of a township, at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Revoke {
    pub code: TownshipCode,
    /// Such as `lost`; no names.
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List {}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Show {
    pub code: TownshipCode,
}

/// What the county hands over to a township.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invitation {
    pub county: String,
    pub code: TownshipCode,
    pub name: String,
    /// To be typed once; carries the hub's fingerprint and, where it is set, its address.
    pub token: String,
    pub fingerprint: String,
    pub address: Option<String>,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub expires: i64,
}

/// A township in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub code: TownshipCode,
    pub name: String,
    pub kind: String,
    /// Name of the district today.
    pub district: Option<String>,
    pub standing: String,
    /// The township that it was merged into.
    #[serde(default)]
    pub successor: Option<TownshipCode>,
    /// Days that the certificate has left; none without one.
    pub certificate_days: Option<i64>,
}

impl super::ask::Ask for Add {
    type Answer = Invitation;

    fn answer(self, app: &App) -> Result<Invitation, Failure> {
        let town = Town { code: self.code, name: checked_name(&self.name)?, kind: checked_kind(&self.kind)? };
        if town.code.county().to_string() != app.config.county.as_str() {
            return Err(Failure::new(
                ErrorCode::Invalid,
                format!("乡镇代码 {} 不属于本县 {}。", town.code, app.config.county),
                format!("The township {} does not belong to the county {}.", town.code, app.config.county),
            ));
        }
        if app.towns().get(&town.code).is_some() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("乡镇 {} 已经登记。", town.code),
                format!("The township {} is listed already.", town.code),
            )
            .advise(
                "要发新的加入码，请用 county-hub township reenrol。",
                "For a fresh token use county-hub township reenrol.",
            ));
        }
        // The district is looked up first: a township must not be left listed in none because of a slip in a name.
        let member = self.district.map(|name| {
            let from = self.from.as_deref().map(str::parse).transpose()?;
            let from = from.or_else(|| Day::new(app.today().year(), 1, 1)).unwrap_or(app.today());
            Ok::<_, Failure>((district::find(app, &name)?, from))
        });
        let member = member.transpose()?;
        app.list_town(town)?;
        if let Some((district, from)) = member {
            district::join(app, self.code, district, from)?;
        }
        invite(app, self.code)
    }
}

impl super::ask::Ask for Change {
    type Answer = Line;

    fn answer(self, app: &App) -> Result<Line, Failure> {
        let mut town = app.towns().find(self.code)?.clone();
        if let Some(name) = &self.name {
            town.name = checked_name(name)?;
        }
        if let Some(kind) = &self.kind {
            town.kind = checked_kind(kind)?;
        }
        app.list_town(town.clone())?;
        Ok(line(app, &Groups::read(app), &town))
    }
}

impl super::ask::Ask for Merge {
    type Answer = Line;

    fn answer(self, app: &App) -> Result<Line, Failure> {
        let town = app.towns().find(self.code)?.clone();
        app.towns().find(self.into)?;
        let from: Day = self.from.parse()?;
        if self.code == self.into || app.membership().successor(self.code, from).is_some() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("{} 不能这样并入：它就是该乡镇，或者已经并入别处。", town.name),
                format!("{} cannot be merged so: it is that township, or was merged already.", town.code),
            ));
        }
        district::merge(app, self.code, self.into, from)?;
        Ok(line(app, &Groups::read(app), &town))
    }
}

impl super::ask::Ask for Reenrol {
    type Answer = Invitation;

    fn answer(self, app: &App) -> Result<Invitation, Failure> {
        invite(app, self.code)
    }
}

impl super::ask::Ask for Revoke {
    type Answer = Line;

    fn answer(self, app: &App) -> Result<Line, Failure> {
        let town = app.towns().find(self.code)?.clone();
        app.office.revoke(&Subject::Township(self.code), &self.reason).map_err(failure)?;
        Ok(line(app, &Groups::read(app), &town))
    }
}

impl super::ask::Ask for List {
    type Answer = Vec<Line>;

    fn answer(self, app: &App) -> Result<Vec<Line>, Failure> {
        let groups = Groups::read(app);
        Ok(app.towns().iter().map(|town| line(app, &groups, town)).collect())
    }
}

impl super::ask::Ask for Show {
    type Answer = super::status::Township;

    fn answer(self, app: &App) -> Result<super::status::Township, Failure> {
        let town = app.towns().find(self.code)?.clone();
        Ok(super::status::township(app, &Groups::read(app), &town))
    }
}

fn invite(app: &App, code: TownshipCode) -> Result<Invitation, Failure> {
    let name = app.towns().find(code)?.name.clone();
    let address = app.config.address.clone();
    let life = i64::from(app.config.token_days) * Day::MS;
    let expires = app.now() + life;
    let token = app.office.invite(code, address.as_deref(), life).map_err(failure)?;
    tracing::info!(township.id = %code, "invited");
    Ok(Invitation {
        county: app.config.name.clone(),
        code,
        name,
        fingerprint: token.hub.to_string(),
        token: token.to_string(),
        address,
        expires,
    })
}

fn line(app: &App, groups: &Groups, town: &Town) -> Line {
    Line {
        code: town.code,
        name: town.name.clone(),
        kind: town.kind.code().to_owned(),
        district: groups.name(town.code, app.today()),
        standing: standing_name(app.office.standing(town.code)).to_owned(),
        successor: groups.successor(town.code, app.today()),
        certificate_days: certificate_days(app, town.code),
    }
}

/// Whole days that the newest certificate of a township has left; negative once it has expired.
pub(super) fn certificate_days(app: &App, code: TownshipCode) -> Option<i64> {
    let member = app.office.member(&Subject::Township(code))?;
    let last = member.certificates.iter().map(|held| held.not_after).max()?;
    Some((last - app.now()).div_euclid(Day::MS))
}

/// Frozen names of how a township stands.
pub fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Expected => "EXPECTED",
        Standing::Enrolled => "ENROLLED",
        Standing::Expired => "EXPIRED",
        Standing::Revoked => "REVOKED",
        Standing::Absent => "ABSENT",
    }
}

pub(super) fn failure(error: OfficeError) -> Failure {
    match error {
        OfficeError::Denied(deny) => {
            let code = match deny {
                shared::net::failure::Deny::StoreFull => ErrorCode::Full,
                shared::net::failure::Deny::Fault => ErrorCode::Internal,
                _ => ErrorCode::Refused,
            };
            Failure::new(code, format!("{}。", deny.zh()), format!("{}.", deny.en()))
        }
        other => Failure::internal(other),
    }
}

fn checked_name(name: &str) -> Result<String, Failure> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Failure::new(
            ErrorCode::Invalid,
            format!("名称应为 1 至 {NAME_CHARS_MAX} 个字。"),
            format!("A name has 1 to {NAME_CHARS_MAX} characters."),
        ));
    }
    Ok(name.to_owned())
}

fn checked_kind(kind: &str) -> Result<NodeKind, Failure> {
    NodeKind::from_code(kind).ok_or_else(|| {
        let codes = NodeKind::ALL.map(NodeKind::code).join(", ");
        Failure::new(
            ErrorCode::Invalid,
            format!("类型应为 {codes} 之一。"),
            format!("The kind must be one of {codes}."),
        )
    })
}
