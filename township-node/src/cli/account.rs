//! `account`: who may log in to the pages. Works while the program runs.

use clap::{Args, Subcommand};
use serde_json::json;
use shared::program::{Failure, Lang, Table};
use shared::record::Role;

use super::{Desk, role};
use crate::accounts::{Account as One, Audit, Book, Draft, Event, LOGIN_ROLES, hash, one_time_password};

#[derive(Debug, Subcommand)]
pub(super) enum Account {
    /// 新建账号，显示一次性密码 · make an account; shows a one-time password
    Add(Add),
    /// 列出账号 · who may log in
    List,
    /// 重设密码，显示一次性密码；忘了唯一管理员的密码时用 · a new one-time password
    Reset(Named),
    /// 停用账号 · keep somebody out
    Lock(Named),
    /// 重新启用 · let them in again
    Unlock(Named),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// 登录名 · login name
    login: String,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// 登录名 · login name
    login: String,
    /// 姓名，只在本机显示 · name, shown on this PC alone
    #[arg(long)]
    name: String,
    /// 人员代码，随记录上报，不填姓名 · staff code, never a name
    #[arg(long, value_name = "CODE")]
    staff: String,
    /// 角色，可多次，如 T_CLERK 或 人大主席 · role, may be given several times
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,
}

impl Account {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let book = Book::of(&desk.data);
        match self {
            Self::Add(add) => add.run(desk, &book),
            Self::List => list(desk, &book),
            Self::Reset(named) => {
                let password = one_time_password(&*desk.clock);
                let hash = hash(&*desk.clock, &password)?;
                let login = book.change(|content| {
                    content.forgive(&named.login);
                    let account = content.find_mut(&named.login)?;
                    account.set_password(hash, true);
                    account.set_locked(false);
                    Ok(account.login.clone())
                })?;
                note(desk, Event::PasswordReset, &login);
                told(desk, &login, &password);
                Ok(())
            }
            Self::Lock(named) => set_locked(desk, &book, &named.login, true),
            Self::Unlock(named) => set_locked(desk, &book, &named.login, false),
        }
    }
}

impl Add {
    fn run(self, desk: &Desk, book: &Book) -> Result<(), Failure> {
        let roles: Result<Vec<Role>, Failure> =
            self.roles.iter().filter_map(|name| role(Some(name)).transpose()).collect();
        let draft = Draft { name: self.name, staff: self.staff, roles: roles?, ..Draft::default() };
        let password = one_time_password(&*desk.clock);
        let mut account = One::new(&self.login, &draft, String::new())?;
        account.set_password(hash(&*desk.clock, &password)?, true);
        let login = account.login.clone();
        book.change(|content| content.add(account))?;
        note(desk, Event::AccountAdded, &login);
        told(desk, &login, &password);
        Ok(())
    }
}

fn set_locked(desk: &Desk, book: &Book, login: &str, locked: bool) -> Result<(), Failure> {
    let login = book.change(|content| {
        let account = content.find_mut(login)?;
        account.set_locked(locked);
        let login = account.login.clone();
        content.keeps_an_administrator().map(|()| login)
    })?;
    note(desk, if locked { Event::AccountLocked } else { Event::AccountUnlocked }, &login);
    desk.out.data(&json!({ "login": login, "locked": locked }), |lang| match (lang, locked) {
        (Lang::Zh, true) => format!("账号 {login} 已停用。"),
        (Lang::Zh, false) => format!("账号 {login} 已启用。"),
        (Lang::En, true) => format!("The account {login} is locked."),
        (Lang::En, false) => format!("The account {login} may log in again."),
    });
    Ok(())
}

fn note(desk: &Desk, event: Event, about: &str) {
    Audit::of(&desk.data).note(&*desk.clock, event, "", None, about);
}

fn told(desk: &Desk, login: &str, password: &str) {
    desk.out.data(&json!({ "login": login, "password": password }), |lang| match lang {
        Lang::Zh => format!("登录名：{login}\n一次性密码：{password}\n第一次登录时要换成自己的密码。"),
        Lang::En => format!("login name: {login}\none-time password: {password}\nA password of one's own is asked for at the first login."),
    });
}

fn list(desk: &Desk, book: &Book) -> Result<(), Failure> {
    let content = book.read()?;
    let value: Vec<_> = content
        .accounts
        .iter()
        .map(|account| {
            let roles: Vec<&str> = account.roles().iter().map(|role| role.code()).collect();
            json!({ "login": account.login, "name": account.name, "staff": account.staff, "roles": roles, "locked": account.locked })
        })
        .collect();
    desk.out.data(&value, |lang| {
        if content.accounts.is_empty() {
            return lang
                .pick(
                    "还没有账号：用 account add，或在网页中设置。",
                    "No accounts yet: account add, or set up in the pages.",
                )
                .to_owned();
        }
        let mut table = Table::left(match lang {
            Lang::Zh => ["登录名", "姓名", "人员代码", "角色", "状态"],
            Lang::En => ["login", "name", "staff", "roles", "state"],
        });
        for account in &content.accounts {
            let label = |role: &Role| {
                let (zh, en) = role.label();
                lang.pick(zh, en)
            };
            let roles: Vec<&str> = LOGIN_ROLES.iter().filter(|role| account.has(**role)).map(label).collect();
            let state =
                if account.locked { lang.pick("停用", "locked") } else { lang.pick("正常", "in use") };
            table.row([
                &*account.login,
                &account.name,
                &account.staff,
                &roles.join(lang.pick("、", ", ")),
                state,
            ]);
        }
        table.render()
    });
    Ok(())
}
