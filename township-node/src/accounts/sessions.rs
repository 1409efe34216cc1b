//! Who is logged in now. In memory: a restart ends them all.
//!
//! The browser holds 32 random bytes; here their hash is kept, so that nobody can use what he reads in memory dumps.
//! A session ends when it is idle for too long, when its day is over, when it is ended by somebody, or when its account
//! changes in what counts (password, roles, kept out). Time is a monotonic count in milliseconds.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use shared::program::Clock;
use shared::record::Role;

use super::account::Account;
use crate::limits;

/// What the browser is given: 64 hex digits. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie(String);

impl Cookie {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session as one request sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// By which it is listed and ended.
    pub id: String,
    pub login: String,
    /// The role that is acted in unless a form says otherwise.
    pub role: Role,
    /// Stands in every form.
    pub token: String,
    /// Milliseconds until it ends if nothing more is asked.
    pub idle_ms: i64,
}

/// A session as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    pub login: String,
    /// By the wall clock.
    pub began_ms: i64,
    pub idle_for_ms: i64,
    pub from: String,
}

struct Session {
    id: String,
    login: String,
    generation: u64,
    role: Role,
    token: String,
    from: String,
    began_ms: i64,
    began_tick: i64,
    seen_tick: i64,
}

pub struct Sessions {
    idle_ms: i64,
    open: Mutex<BTreeMap<[u8; 32], Session>>,
}

impl Sessions {
    /// `idle_ms`: how long a session lives without a request.
    pub fn new(idle_ms: i64) -> Self {
        Self { idle_ms, open: Mutex::default() }
    }

    /// Begins a session, always under a new id; the one that the browser had before ends.
    pub fn begin(
        &self,
        clock: &dyn Clock,
        tick: i64,
        account: &Account,
        from: String,
        before: Option<&str>,
    ) -> Cookie {
        let (cookie, id, token) = (random::<32>(clock), random::<8>(clock), random::<16>(clock));
        let mut open = self.sweep(tick);
        if let Some(before) = before {
            open.remove(&key(before));
        }
        let of_account = |session: &&Session| session.login == account.login;
        while open.values().filter(of_account).count() >= limits::SESSIONS_OF_ONE_MAX {
            drop_oldest(&mut open, |session| session.login == account.login);
        }
        while open.len() >= limits::SESSIONS_MAX {
            drop_oldest(&mut open, |_| true);
        }
        let role = account.roles().first().copied().unwrap_or(Role::Auditor);
        open.insert(
            key(&cookie),
            Session {
                id,
                login: account.login.clone(),
                generation: account.generation(),
                role,
                token,
                from,
                began_ms: clock.now_ms(),
                began_tick: tick,
                seen_tick: tick,
            },
        );
        Cookie(cookie)
    }

    /// The session of a cookie, which lives on from now where `touch` says so. `find` gives the account of a login name as
    /// it stands now.
    pub fn see(
        &self,
        tick: i64,
        cookie: &str,
        touch: bool,
        find: impl FnOnce(&str) -> Option<Account>,
    ) -> Option<(Seen, Account)> {
        let key = key(cookie);
        let mut open = self.sweep(tick);
        let session = open.get_mut(&key)?;
        let account = find(&session.login).filter(|account| {
            account.generation() == session.generation && !account.locked && !account.roles().is_empty()
        });
        let Some(account) = account else {
            open.remove(&key);
            return None;
        };
        if touch {
            session.seen_tick = tick;
        }
        if !account.has(session.role) {
            session.role = account.roles().first().copied()?;
        }
        let seen = Seen {
            id: session.id.clone(),
            login: session.login.clone(),
            role: session.role,
            token: session.token.clone(),
            idle_ms: (session.seen_tick + self.idle_ms - tick).max(0),
        };
        Some((seen, account))
    }

    /// Acts in another role from now on. The caller has looked whether the account has it.
    pub fn act_as(&self, id: &str, role: Role) {
        if let Some(session) = self.lock().values_mut().find(|session| session.id == id) {
            session.role = role;
        }
    }

    /// Its account's password was changed in this very session, which goes on.
    pub fn keep(&self, id: &str, account: &Account) {
        if let Some(session) = self.lock().values_mut().find(|session| session.id == id) {
            session.generation = account.generation();
        }
    }

    /// Ends one session. Whether there was one.
    pub fn end(&self, id: &str) -> bool {
        let mut open = self.lock();
        let before = open.len();
        open.retain(|_, session| session.id != id);
        open.len() < before
    }

    /// Ends the sessions of a login name.
    pub fn end_of(&self, login: &str) {
        self.lock().retain(|_, session| session.login != login);
    }

    /// Those that are open, the latest first.
    pub fn list(&self, tick: i64) -> Vec<Listed> {
        let open = self.sweep(tick);
        let mut listed: Vec<(i64, Listed)> = open
            .values()
            .map(|session| {
                let listed = Listed {
                    id: session.id.clone(),
                    login: session.login.clone(),
                    began_ms: session.began_ms,
                    idle_for_ms: tick - session.seen_tick,
                    from: session.from.clone(),
                };
                (session.began_tick, listed)
            })
            .collect();
        listed.sort_by_key(|(began, _)| std::cmp::Reverse(*began));
        listed.into_iter().map(|(_, listed)| listed).collect()
    }

    fn sweep(&self, tick: i64) -> MutexGuard<'_, BTreeMap<[u8; 32], Session>> {
        let mut open = self.lock();
        open.retain(|_, session| {
            tick - session.seen_tick < self.idle_ms && tick - session.began_tick < limits::SESSION_LIFE_MS
        });
        open
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<[u8; 32], Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(cookie: &str) -> [u8; 32] {
    *blake3::hash(cookie.as_bytes()).as_bytes()
}

/// In hex.
fn random<const N: usize>(clock: &dyn Clock) -> String {
    let mut bytes = [0; N];
    clock.random(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn drop_oldest(open: &mut BTreeMap<[u8; 32], Session>, of: impl Fn(&Session) -> bool) {
    let oldest = open.iter().filter(|(_, session)| of(session)).min_by_key(|(_, session)| session.seen_tick);
    if let Some(key) = oldest.map(|(key, _)| *key) {
        open.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use shared::program::ManualClock;

    use super::super::Draft;
    use super::*;

    const IDLE: i64 = 1000;

    fn account(login: &str) -> Account {
        let draft = Draft {
            name: "王".into(),
            staff: login.into(),
            roles: vec![Role::TClerk, Role::TChair],
            ..Draft::default()
        };
        Account::new(login, &draft, String::new()).unwrap()
    }

    fn begin(sessions: &Sessions, clock: &ManualClock, tick: i64, before: Option<&str>) -> Cookie {
        sessions.begin(clock, tick, &account("wang"), "127.0.0.1".into(), before)
    }

    #[test]
    fn idle_sessions_end_and_used_ones_do_not() {
        let (sessions, clock) = (Sessions::new(IDLE), ManualClock::new(0, 1));
        let cookie = begin(&sessions, &clock, 0, None);
        let see =
            |tick, touch| sessions.see(tick, cookie.as_str(), touch, |_| Some(account("wang"))).map(|s| s.0);
        assert_eq!(see(900, true).map(|seen| seen.idle_ms), Some(IDLE));
        assert_eq!(see(1800, false).map(|seen| seen.idle_ms), Some(100), "a look alone does not prolong it");
        assert_eq!(see(1900, true), None);
        assert!(sessions.list(1900).is_empty());
    }

    #[test]
    fn no_session_outlives_its_day() {
        let (sessions, clock) = (Sessions::new(i64::MAX / 4), ManualClock::new(0, 1));
        let cookie = begin(&sessions, &clock, 0, None);
        let see = |tick| sessions.see(tick, cookie.as_str(), true, |_| Some(account("wang"))).is_some();
        assert!(see(limits::SESSION_LIFE_MS - 1));
        assert!(!see(limits::SESSION_LIFE_MS));
    }

    #[test]
    fn logging_in_gives_a_new_id_and_ends_the_one_before() {
        let (sessions, clock) = (Sessions::new(IDLE), ManualClock::new(0, 1));
        let planted = "00".repeat(32);
        let first = begin(&sessions, &clock, 0, Some(&planted));
        assert_ne!(first.as_str(), planted);
        let second = begin(&sessions, &clock, 1, Some(first.as_str()));
        assert!(sessions.see(2, first.as_str(), true, |_| Some(account("wang"))).is_none());
        assert!(sessions.see(2, second.as_str(), true, |_| Some(account("wang"))).is_some());
    }

    #[test]
    fn a_changed_account_has_no_session() {
        let (sessions, clock) = (Sessions::new(IDLE), ManualClock::new(0, 1));
        let changes: [fn(&mut Account); 3] = [
            |account| account.set_locked(true),
            |account| account.set_password("x".into(), false),
            |account| {
                let draft = Draft { roles: vec![Role::TChair], ..account.draft() };
                account.change(&draft).unwrap();
            },
        ];
        for change in changes {
            let cookie = begin(&sessions, &clock, 0, None);
            let mut changed = account("wang");
            change(&mut changed);
            assert!(sessions.see(1, cookie.as_str(), true, |_| Some(changed)).is_none());
            assert!(sessions.see(1, cookie.as_str(), true, |_| Some(account("wang"))).is_none(), "for good");
        }
        let cookie = begin(&sessions, &clock, 0, None);
        assert!(sessions.see(1, cookie.as_str(), true, |_| None).is_none());
    }

    #[test]
    fn the_password_may_be_changed_within_a_session() {
        let (sessions, clock) = (Sessions::new(IDLE), ManualClock::new(0, 1));
        let (mine, other) = (begin(&sessions, &clock, 0, None), begin(&sessions, &clock, 0, None));
        let mut changed = account("wang");
        changed.set_password("x".into(), false);
        let id = sessions.see(1, mine.as_str(), true, |_| Some(account("wang"))).unwrap().0.id;
        sessions.keep(&id, &changed);
        assert!(sessions.see(1, mine.as_str(), true, |_| Some(changed.clone())).is_some());
        assert!(sessions.see(1, other.as_str(), true, |_| Some(changed)).is_none());
    }

    #[test]
    fn they_are_bounded_for_one_and_for_all() {
        let (sessions, clock) = (Sessions::new(i64::MAX / 4), ManualClock::new(0, 1));
        for tick in 0..2 * limits::SESSIONS_OF_ONE_MAX as i64 {
            begin(&sessions, &clock, tick, None);
        }
        assert_eq!(sessions.list(100).len(), limits::SESSIONS_OF_ONE_MAX);
        for n in 0..limits::SESSIONS_MAX {
            sessions.begin(&clock, 1000, &account(&format!("n{n}")), String::new(), None);
        }
        assert_eq!(sessions.list(1000).len(), limits::SESSIONS_MAX);
    }
}
