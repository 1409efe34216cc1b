//! A route: where it is, who may ask it, what it needs, what comes back. One list of these is all that can be asked;
//! requests are led by it, and a test walks it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use http::{HeaderName, HeaderValue, StatusCode};
use maud::Markup;
use shared::code::ErrorCode;
use shared::program::{Failure, Lang};
use shared::record::Role;
use shared::ui::Words;
use shared::ui::form::Pairs;
use shared::ui::notice::{Notice, Tone};

use super::body::Upload;
use super::house::House;
use crate::accounts::{Account, Seen};
use crate::app::{Node, Wish};

/// One route.
pub(super) struct Route {
    /// Name in logs and tests.
    pub(super) id: &'static str,
    pub(super) method: Method,
    /// With `{name}` for what stands in the path.
    pub(super) path: &'static str,
    pub(super) who: Who,
    pub(super) needs: Needs,
    pub(super) takes: Takes,
    /// Whether asking it counts as use of the session.
    pub(super) use_of: UseOf,
    pub(super) answer: fn(&Asked<'_>) -> Result<Reply, Failure>,
}

impl Route {
    /// A page that is read.
    pub(super) const fn get(
        id: &'static str,
        path: &'static str,
        who: Who,
        answer: fn(&Asked<'_>) -> Result<Reply, Failure>,
    ) -> Self {
        let (needs, takes, use_of) = (Needs::Node, Takes::Nothing, UseOf::Session);
        Self { id, method: Method::Get, path, who, needs, takes, use_of, answer }
    }

    /// A form that is posted.
    pub(super) const fn post(
        id: &'static str,
        path: &'static str,
        who: Who,
        answer: fn(&Asked<'_>) -> Result<Reply, Failure>,
    ) -> Self {
        Self { method: Method::Post, takes: Takes::Form, ..Self::get(id, path, who, answer) }
    }

    /// The same, whether the node is open or not.
    pub(super) const fn shut_or_open(self) -> Self {
        Self { needs: Needs::Nothing, ..self }
    }

    /// The same, taking files.
    pub(super) const fn with_files(self, bytes_max: usize) -> Self {
        Self { takes: Takes::Files(bytes_max), ..self }
    }

    /// The same, asked by the page itself and not by the one before it.
    pub(super) const fn by_itself(self) -> Self {
        Self { use_of: UseOf::Nothing, ..self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// Who may ask a route. There is no route without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Everybody: the login, style and scripts.
    Anybody,
    /// Whoever sets the office up, while it has no account: at this machine, or with the code from its terminal.
    SetUp,
    /// Everybody who has logged in.
    Known,
    /// Who has one of these roles.
    Roles(&'static [Role]),
}

impl Who {
    pub(super) fn takes(self, account: &Account) -> bool {
        match self {
            Self::Anybody | Self::Known => true,
            Self::SetUp => false,
            Self::Roles(roles) => roles.iter().any(|role| account.has(*role)),
        }
    }
}

/// Who reads the ledgers.
pub(super) const READERS: Who = Who::Roles(&[Role::TClerk, Role::TVice, Role::TChair, Role::Auditor]);
/// Who writes in them; what each may do is the command gate's.
pub(super) const WRITERS: Who = Who::Roles(&[Role::TClerk, Role::TVice, Role::TChair]);
/// Who sees how the exchange stands, and who asks for one.
pub(super) const SYNC_READERS: Who =
    Who::Roles(&[Role::TClerk, Role::TVice, Role::TChair, Role::TAdmin, Role::Auditor]);
pub(super) const SYNC_CALLERS: Who = Who::Roles(&[Role::TClerk, Role::TAdmin]);
pub(super) const ADMINISTRATORS: Who = Who::Roles(&[Role::TAdmin]);
pub(super) const AUDITORS: Who = Who::Roles(&[Role::TAdmin, Role::Auditor]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Answered while the node is shut as well.
    Nothing,
    Node,
}

/// What comes in the body of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// A form of at most [`crate::limits::WEB_FORM_BYTES_MAX`].
    Form,
    /// A form with files, of at most so many bytes in all.
    Files(usize),
}

impl Takes {
    /// What is read of a request whose session has ended: no more than a form.
    pub(super) fn of_strangers(self) -> Self {
        match self {
            Self::Nothing | Self::Form => self,
            Self::Files(most) => Self::Files(most.min(crate::limits::WEB_FORM_BYTES_MAX)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UseOf {
    Session,
    Nothing,
}

/// Who asks, once he has logged in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) seen: Seen,
    pub(super) account: Account,
}

impl Person {
    pub(super) fn has(&self, role: Role) -> bool {
        self.account.has(role)
    }
}

/// A request that has passed the guard.
pub(super) struct Asked<'a> {
    pub(super) house: &'a House,
    /// Present where the route needs it.
    pub(super) node: Option<&'a Node>,
    pub(super) person: Option<&'a Person>,
    pub(super) from: IpAddr,
    /// He sits at this machine.
    pub(super) here: bool,
    /// The address without host: path and query.
    pub(super) address: &'a str,
    pub(super) path: &'a BTreeMap<String, String>,
    pub(super) query: &'a Pairs,
    /// What was posted, without the token.
    pub(super) form: &'a Pairs,
    pub(super) files: &'a [Upload],
    pub(super) lang: Lang,
    /// The session cookie that came along, good or not.
    pub(super) cookie: Option<&'a str>,
    /// htmx asks for a part of a page.
    pub(super) part: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn words(&self) -> &'static Words {
        Words::of(self.lang)
    }

    /// The text in the language of the page.
    pub(super) fn t<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.lang.pick(zh, en)
    }

    /// # Errors
    /// `Internal`: the route does not say that it needs the node.
    pub(super) fn node(&self) -> Result<&'a Node, Failure> {
        self.node.ok_or_else(|| Failure::internal("a route that does not ask for the node needs it"))
    }

    /// # Errors
    /// `Unauthenticated`.
    pub(super) fn person(&self) -> Result<&'a Person, Failure> {
        self.person.ok_or_else(|| Failure::new(ErrorCode::Unauthenticated, "请先登录。", "Please log in."))
    }

    /// A part of the path.
    pub(super) fn at(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// What was posted under a name; empty where nothing was.
    pub(super) fn posted(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default().trim()
    }

    /// Says something on the next page of whoever asks.
    pub(super) fn say(&self, tone: Tone, text: &str) {
        if let Some(person) = self.person {
            self.house.say(&person.seen.id, Notice::new(tone, text));
        }
    }

    /// The role that is acted in now: the one that the form names if it is the person's own, else that of the session.
    ///
    /// # Errors
    /// `Unauthenticated`; `Forbidden`: the form names a role that is not his.
    pub(super) fn role(&self) -> Result<Role, Failure> {
        let person = self.person()?;
        let named = self.form.get(ROLE).or_else(|| self.query.get(ROLE)).filter(|code| !code.is_empty());
        let Some(code) = named else { return Ok(person.seen.role) };
        Role::from_code(code)
            .filter(|role| person.has(*role))
            .ok_or_else(|| Failure::new(ErrorCode::Forbidden, "这不是您的角色。", "This role is not yours."))
    }

    /// What is wanted, by whom: for the app's functions that take a wish.
    ///
    /// # Errors
    /// As [`Asked::role`].
    pub(super) fn wish(&self) -> Result<Wish, Failure> {
        Ok(Wish {
            role: Some(self.role()?),
            staff: Some(self.person()?.account.staff.clone()),
            ..Wish::default()
        })
    }
}

/// Name in forms and addresses: the role that is acted in.
pub(super) const ROLE: &str = "as";

/// An answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Vec<u8>,
    pub(super) media: &'static str,
}

pub(super) const HTML: &str = "text/html; charset=utf-8";

impl Reply {
    pub(super) fn page(markup: Markup) -> Self {
        Self::with_status(StatusCode::OK, markup)
    }

    pub(super) fn with_status(status: StatusCode, markup: Markup) -> Self {
        Self { status, headers: Vec::new(), body: markup.into_string().into_bytes(), media: HTML }
    }

    /// Look there: the answer to a form that was taken.
    pub(super) fn see(address: &str) -> Self {
        let reply =
            Self { status: StatusCode::SEE_OTHER, headers: Vec::new(), body: Vec::new(), media: HTML };
        reply.header(http::header::LOCATION, address)
    }

    /// Done, and nothing to show.
    pub(super) fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Vec::new(), media: HTML }
    }

    /// With one more header. A value that cannot stand in a header is left out: what we put there is our own.
    #[must_use]
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => self.headers.push((name, value)),
            Err(_) => tracing::error!(header = %name, "a header could not be written"),
        }
        self
    }

    #[must_use]
    pub(super) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Ask again after so many seconds: for pages that wait for something, without script.
    #[must_use]
    pub(super) fn again_in(self, seconds: u32) -> Self {
        self.header(http::header::REFRESH, &seconds.to_string())
    }
}
