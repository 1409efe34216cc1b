//! Logging in: name and password against the book, with a growing wait after failures.

use std::net::IpAddr;

use shared::program::{Clock, Failure};

use super::account::Account;
use super::book::Book;
use super::password;
use crate::limits;

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// No such name, or not its password; which of them is not told.
    Wrong,
    /// Too many failures: not before so many milliseconds have passed.
    Wait(i64),
    /// The password is right, and the account is kept out.
    Locked,
}

/// Who it is, if name and password are right.
///
/// The attempt is counted as failed and made durable before the password is looked at, so that many at once gain nothing.
///
/// # Errors
/// The book cannot be read or written; inside: why he is not let in.
pub fn log_in(
    book: &Book,
    clock: &dyn Clock,
    login: &str,
    password: &str,
    from: IpAddr,
) -> Result<Result<Account, Denied>, Failure> {
    let now = clock.now_ms();
    let (name, from) = (by_name(login), format!("from:{}", from.to_canonical()));
    let found = book.change(|content| {
        let failures = &mut content.failures;
        let wait = failures.wait_ms(&name, limits::LOGIN_FREE_BY_NAME, now).max(failures.wait_ms(
            &from,
            limits::LOGIN_FREE_BY_ADDRESS,
            now,
        ));
        if wait > 0 {
            return Ok(Err(Denied::Wait(wait)));
        }
        failures.count(&name, now);
        failures.count(&from, now);
        Ok(Ok(content.find(login).cloned()))
    })?;
    let account = match found {
        Ok(account) => account,
        Err(denied) => return Ok(Err(denied)),
    };
    let long = password.len() > limits::PASSWORD_BYTES_MAX;
    let right =
        !long && password::verify(account.as_ref().map(|account| account.password.as_str()), password);
    let Some(account) = account.filter(|_| right) else { return Ok(Err(Denied::Wrong)) };
    book.change(|content| {
        content.failures.forget(&name);
        content.failures.uncount(&from);
        Ok(())
    })?;
    Ok(if account.locked { Err(Denied::Locked) } else { Ok(account) })
}

/// Under which the failures of a name are counted; names are folded and cut, since anything may be sent.
pub(super) fn by_name(login: &str) -> String {
    let folded = login.trim().to_ascii_lowercase();
    format!("name:{}", folded.chars().take(limits::LOGIN_CHARS_MAX).collect::<String>())
}

#[cfg(test)]
mod tests {
    use shared::program::ManualClock;
    use shared::record::Role;

    use super::super::{Draft, hash};
    use super::*;

    const HERE: &str = "127.0.0.1";
    const PASSWORD: &str = "correct horse";

    struct Bed {
        data: tempfile::TempDir,
        clock: ManualClock,
        now: i64,
    }

    impl Bed {
        fn new() -> Self {
            let bed = Self { data: tempfile::tempdir().unwrap(), clock: ManualClock::new(1, 7), now: 1 };
            let draft = Draft {
                name: "王".into(),
                staff: "u1".into(),
                roles: vec![Role::TClerk],
                ..Draft::default()
            };
            let account = Account::new("wang", &draft, hash(&bed.clock, PASSWORD).unwrap()).unwrap();
            bed.book().change(|content| content.add(account)).unwrap();
            bed
        }

        /// A fresh one each time, as after a restart.
        fn book(&self) -> Book {
            Book::of(self.data.path())
        }

        fn try_in(&self, login: &str, password: &str, from: &str) -> Result<Account, Denied> {
            log_in(&self.book(), &self.clock, login, password, from.parse().unwrap()).unwrap()
        }

        fn pass(&mut self, ms: i64) {
            self.now += ms;
            self.clock.set(self.now);
        }
    }

    #[test]
    fn a_wrong_password_and_a_wrong_name_are_answered_alike() {
        let bed = Bed::new();
        assert_eq!(bed.try_in(" WANG ", PASSWORD, HERE).map(|account| account.login), Ok("wang".to_owned()));
        for login in ["wang", "nobody"] {
            let mut answers = Vec::new();
            for _ in 0..=limits::LOGIN_FREE_BY_NAME {
                answers.push(bed.try_in(login, "wrong", HERE));
            }
            assert!(answers[..limits::LOGIN_FREE_BY_NAME as usize].iter().all(|a| *a == Err(Denied::Wrong)));
            assert_eq!(answers.last(), Some(&Err(Denied::Wait(limits::LOGIN_WAIT_FIRST_MS))), "{login}");
        }
    }

    #[test]
    fn the_right_password_opens_after_the_wait_and_not_before() {
        let mut bed = Bed::new();
        for _ in 0..limits::LOGIN_FREE_BY_NAME {
            assert_eq!(bed.try_in("wang", "wrong", HERE), Err(Denied::Wrong));
        }
        assert!(matches!(bed.try_in("wang", PASSWORD, HERE), Err(Denied::Wait(_))));
        assert!(
            matches!(bed.try_in("wang", PASSWORD, "10.0.0.9"), Err(Denied::Wait(_))),
            "whatever the address"
        );
        bed.pass(limits::LOGIN_WAIT_FIRST_MS);
        assert!(bed.try_in("wang", PASSWORD, HERE).is_ok());
        assert_eq!(bed.try_in("wang", "wrong", HERE), Err(Denied::Wrong), "the slate is clean");
    }

    #[test]
    fn an_address_that_tries_many_names_waits_too() {
        let bed = Bed::new();
        for n in 0..limits::LOGIN_FREE_BY_ADDRESS {
            assert_eq!(bed.try_in(&format!("n{n}"), "wrong", "10.0.0.9"), Err(Denied::Wrong));
        }
        assert!(matches!(bed.try_in("wang", PASSWORD, "10.0.0.9"), Err(Denied::Wait(_))));
        assert!(bed.try_in("wang", PASSWORD, HERE).is_ok(), "others go on working");
    }

    #[test]
    fn who_is_kept_out_learns_it_only_by_the_right_password() {
        let bed = Bed::new();
        bed.book()
            .change(|content| content.find_mut("wang").map(|account| account.set_locked(true)))
            .unwrap();
        assert_eq!(bed.try_in("wang", "wrong", HERE), Err(Denied::Wrong));
        assert_eq!(bed.try_in("wang", PASSWORD, HERE), Err(Denied::Locked));
    }

    #[test]
    fn the_file_is_its_owners_alone_and_a_damaged_one_is_not_an_empty_one() {
        let bed = Bed::new();
        let (book, path) = (bed.book(), bed.book().path());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(book.read().unwrap().accounts.len(), 1);
        std::fs::write(&path, "{").unwrap();
        assert_eq!(book.read().unwrap_err().code, shared::code::ErrorCode::Damaged);
        assert!(book.change(|_| Ok(())).is_err());
    }
}
