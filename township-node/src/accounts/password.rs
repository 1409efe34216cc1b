//! Passwords: what is asked of them, and their hash (Argon2id, 19 MiB, two passes).

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use shared::program::{Clock, Failure};

use crate::limits;

/// Whether a password will do for an account.
///
/// Length is what counts; beside it, only what is guessed first is refused.
///
/// # Errors
/// `Invalid`.
pub fn judge(login: &str, password: &str) -> Result<(), Failure> {
    let (least, most) = (limits::PASSWORD_CHARS_MIN, limits::PASSWORD_BYTES_MAX);
    if password.chars().count() < least {
        return Err(Failure::invalid(
            format!("密码至少 {least} 个字符。"),
            format!("A password has at least {least} characters."),
        ));
    }
    if password.len() > most {
        return Err(Failure::invalid(
            format!("密码过长，最多 {most} 字节。"),
            format!("A password has at most {most} bytes."),
        ));
    }
    let folded = password.to_lowercase();
    let bytes = folded.as_bytes();
    let steps = |step: i16| bytes.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step);
    let few = bytes.iter().collect::<std::collections::BTreeSet<_>>().len() < 4;
    let known = ["password", "qwertyui", "1qaz2wsx", "admin123", "abc12345", "woaini"];
    let known = known.iter().any(|word| folded.starts_with(word));
    if steps(1) || steps(-1) || few || known || folded.contains(&login.to_lowercase()) {
        return Err(Failure::invalid(
            "这个密码太容易被猜到。",
            "This password is among the first that anybody would guess.",
        )
        .advise(
            "请不要用连续或重复的字符、常见密码或登录名；四五个不相干的字词最好记。",
            "Avoid runs, repetitions, well-known ones and the login name; a few unrelated words are easy to remember.",
        ));
    }
    Ok(())
}

/// The hash of a password with a fresh salt. Takes tens of milliseconds.
///
/// # Errors
/// `Internal`.
pub fn hash(clock: &dyn Clock, password: &str) -> Result<String, Failure> {
    let mut salt = [0; 16];
    clock.random(&mut salt);
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| Failure::internal(format!("argon2: {error}")))?;
    Ok(hash.to_string())
}

/// A password to be read aloud and used once: twelve characters of an alphabet without look-alikes, in three groups.
pub fn one_time_password(clock: &dyn Clock) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 12];
    clock.random(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Whether the password is the one that was hashed. Without a hash it takes as long, and is not.
pub(super) fn verify(hash: Option<&str>, password: &str) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = || {
        let hash = Argon2::default().hash_password_with_salt(b"nobody", b"no account at all");
        hash.map(|hash: PasswordHash| hash.to_string()).unwrap_or_default()
    };
    let stored = hash.unwrap_or_else(|| NOBODY.get_or_init(nobody));
    let right = PasswordHash::new(stored)
        .is_ok_and(|stored| Argon2::default().verify_password(password.as_bytes(), &stored).is_ok());
    right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use shared::program::ManualClock;

    use super::*;

    #[test]
    fn only_what_was_hashed_is_right() {
        let clock = ManualClock::new(0, 1);
        let one = hash(&clock, "四个字 的密码").unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, hash(&clock, "四个字 的密码").unwrap(), "salts differ");
        assert!(verify(Some(&one), "四个字 的密码"));
        assert!(!verify(Some(&one), "四个字的密码"));
        assert!(!verify(None, "nobody"), "the stand-in's own password opens nothing");
        assert!(!verify(Some("damaged"), ""));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for bad in [
            "short1!",
            "12345678",
            "87654321",
            "aaaaaaaa",
            "abababab",
            "Password2026",
            "qwertyuiop",
            "xwangx99",
            "abcdefgh",
        ] {
            assert!(judge("wang", bad).is_err(), "{bad}");
        }
        for good in ["correct horse", "路灯修好再说吧嘿", "T7#mq-Zw"] {
            assert!(judge("wang", good).is_ok(), "{good}");
        }
        assert!(judge("wang", &"长".repeat(limits::PASSWORD_BYTES_MAX)).is_err());
    }
}
