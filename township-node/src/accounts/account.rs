//! One account: who somebody is, and in which roles he may act.

use std::fmt;

use serde::{Deserialize, Serialize};
use shared::ids::RecordId;
use shared::program::{Failure, Lang};
use shared::record::Role;

use crate::limits;

/// Roles that somebody may log in with. The presidium is none: what it decides is on record as a meeting.
pub const LOGIN_ROLES: [Role; 7] =
    [Role::TClerk, Role::TVice, Role::TChair, Role::TUnit, Role::TDeputy, Role::TAdmin, Role::Auditor];

/// One account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Lower-case letters, digits, `-`, `_`, `.`; unique.
    pub login: String,
    /// For the screen alone: it leaves neither the office nor this file.
    pub name: String,
    /// What stands in entries for this person; unique, never a name.
    pub staff: String,
    /// Codes; those that this version does not know are kept and give no right.
    roles: Vec<String>,
    /// In the PHC string format.
    pub(super) password: String,
    /// Somebody else has set the password: a new one is asked for before anything else.
    #[serde(default)]
    pub must_change: bool,
    #[serde(default)]
    pub locked: bool,
    #[serde(default)]
    lang: Option<String>,
    /// The unit or deputy on whose behalf a T_UNIT or T_DEPUTY acts: of the ledgers, they see what links to this record.
    #[serde(default)]
    stands_for: Option<String>,
    /// Grows with every change that ends the sessions of before.
    #[serde(default)]
    pub(super) generation: u64,
}

/// What is wanted of a new or changed account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub staff: String,
    pub roles: Vec<Role>,
    pub lang: Option<Lang>,
    pub stands_for: Option<RecordId>,
}

impl Account {
    /// A new account; `password` is a hash.
    ///
    /// # Errors
    /// `Invalid`, with one line for everything that is wrong.
    pub fn new(login: &str, draft: &Draft, password: String) -> Result<Self, Failure> {
        let login = login.trim().to_ascii_lowercase();
        let mut account = Self {
            login,
            name: String::new(),
            staff: String::new(),
            roles: Vec::new(),
            password,
            must_change: false,
            locked: false,
            lang: None,
            stands_for: None,
            generation: 0,
        };
        account.change(draft)?;
        Ok(account)
    }

    /// Takes over what is wanted. Open sessions end where roles change.
    ///
    /// # Errors
    /// As [`Account::new`]; nothing is changed then.
    pub fn change(&mut self, draft: &Draft) -> Result<(), Failure> {
        let mut wrong = Failure::invalid("账号填写有误。", "The account is not well filled in.");
        let plain = |text: &str, least: usize| {
            (least..=limits::LOGIN_CHARS_MAX).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        let most = limits::LOGIN_CHARS_MAX;
        if !plain(&self.login, 2) {
            wrong = wrong.detail(
                format!("登录名须为 2 至 {most} 个英文字母、数字或 - _ .，不要用姓名"),
                format!("the login name takes 2 to {most} letters, digits and - _ ."),
            );
        }
        let staff = draft.staff.trim();
        if !plain(staff, 1) {
            wrong = wrong.detail(
                format!("人员代码须为 1 至 {most} 个英文字母、数字或 - _ .，会随记录上报，不要用姓名"),
                format!("the staff code takes 1 to {most} letters, digits and - _ .; it goes to the county"),
            );
        }
        let name = draft.name.trim();
        if name.is_empty() || name.chars().count() > limits::NAME_CHARS_MAX || name.contains(char::is_control)
        {
            wrong = wrong.detail(
                format!("姓名不能为空，最多 {} 个字", limits::NAME_CHARS_MAX),
                format!("the name takes 1 to {} characters", limits::NAME_CHARS_MAX),
            );
        }
        if draft.roles.is_empty() {
            wrong = wrong.detail("至少选一个角色", "at least one role is needed");
        }
        for role in draft.roles.iter().filter(|role| !LOGIN_ROLES.contains(role)) {
            let (zh, en) = role.label();
            wrong = wrong.detail(format!("{zh}不是登录角色"), format!("{en} is no role to log in with"));
        }
        if !wrong.said.details.is_empty() {
            return Err(wrong);
        }
        let mut roles: Vec<String> = LOGIN_ROLES
            .iter()
            .filter(|role| draft.roles.contains(role))
            .map(|role| role.code().to_owned())
            .collect();
        roles.extend(self.roles.iter().filter(|code| Role::from_code(code).is_none()).cloned());
        let stands_for = draft.stands_for.map(|id| id.to_string());
        if roles != self.roles || staff != self.staff || stands_for != self.stands_for {
            self.generation += 1;
        }
        self.name = name.to_owned();
        self.staff = staff.to_owned();
        self.roles = roles;
        self.lang = draft.lang.map(|lang| lang.to_string());
        self.stands_for = stands_for;
        Ok(())
    }

    /// What [`Account::change`] would leave as it is.
    pub fn draft(&self) -> Draft {
        Draft {
            name: self.name.clone(),
            staff: self.staff.clone(),
            roles: self.roles(),
            lang: self.lang(),
            stands_for: self.stands_for(),
        }
    }

    /// In the order of [`LOGIN_ROLES`].
    pub fn roles(&self) -> Vec<Role> {
        LOGIN_ROLES.into_iter().filter(|role| self.has(*role)).collect()
    }

    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|code| code == role.code())
    }

    pub fn lang(&self) -> Option<Lang> {
        self.lang.as_deref().and_then(|lang| lang.parse().ok())
    }

    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = Some(lang.to_string());
    }

    pub fn stands_for(&self) -> Option<RecordId> {
        self.stands_for.as_deref().and_then(|id| id.parse().ok())
    }

    /// Which sessions are of this account as it stands.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Takes a new password, as a hash. Sessions of before end.
    pub fn set_password(&mut self, hash: String, must_change: bool) {
        self.password = hash;
        self.must_change = must_change;
        self.generation += 1;
    }

    /// Keeps somebody out, or lets him in again. Sessions of before end.
    pub fn set_locked(&mut self, locked: bool) {
        if self.locked != locked {
            self.locked = locked;
            self.generation += 1;
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("login", &self.login)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(roles: &[Role]) -> Draft {
        Draft { name: "王办事".into(), staff: "u1".into(), roles: roles.to_vec(), ..Draft::default() }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let bad =
            Draft {
                name: " ".into(), staff: "王".into(), roles: vec![Role::TPresidium], ..Draft::default()
            };
        let failure = Account::new("王办事", &bad, String::new()).unwrap_err();
        assert_eq!(failure.said.details.len(), 4, "{failure:?}");
    }

    #[test]
    fn a_change_of_roles_ends_sessions_and_a_name_does_not() {
        let mut account = Account::new("Wang", &draft(&[Role::TClerk]), String::new()).unwrap();
        assert_eq!(account.login, "wang");
        let before = account.generation();
        account.change(&Draft { name: "王办".into(), ..account.draft() }).unwrap();
        assert_eq!(account.generation(), before);
        account.change(&draft(&[Role::TClerk, Role::TAdmin])).unwrap();
        assert_eq!(account.generation(), before + 1);
    }

    #[test]
    fn a_role_of_a_newer_version_stays_and_gives_nothing() {
        let mut account = Account::new("wang", &draft(&[Role::TClerk]), String::new()).unwrap();
        account.roles.push("T_NEW".to_owned());
        account.change(&draft(&[Role::TChair])).unwrap();
        assert_eq!(account.roles, ["T_CHAIR", "T_NEW"]);
        assert_eq!(account.roles(), [Role::TChair]);
    }
}
