//! Access keys: what they open, and for how long.

use shared::code::ErrorCode;

use super::bed::{County, HOUR_MS, code};
use crate::app::key::{Add, Door, Keys, List, Revoke};
use crate::app::viewer::Viewer;

fn add(name: &str) -> Add {
    Add { name: name.into(), township: None, district: None, only: None, days: None }
}

#[test]
fn a_key_opens_what_it_was_made_for() {
    let county = County::of_three();
    let unlock = |secret: &str, door| county.app.unlock(secret, door).map_err(|failure| failure.code);
    let whole = county.ask(add("统计"));
    assert!(whole.secret.starts_with("xlk_") && whole.secret.len() == 68, "{whole:?}");
    assert!(!format!("{whole:?}").contains(&whole.secret));
    for door in [Door::Api, Door::Calendar, Door::Metrics] {
        assert_eq!(unlock(&whole.secret, door), Ok(Viewer::County));
    }
    let town = county.ask(Add { township: Some(code(2)), ..add("第二镇") });
    assert_eq!(unlock(&town.secret, Door::Api), Ok(Viewer::Township(code(2))));
    let feed =
        county
            .ask(Add { only: Some("calendar".into()), district: Some("第一片".into()), ..add("日程") });
    assert!(matches!(unlock(&feed.secret, Door::Calendar), Ok(Viewer::District(_))));
    assert_eq!(unlock(&feed.secret, Door::Api), Err(ErrorCode::Forbidden));
    for wrong in ["", "xlk_", &whole.secret.to_uppercase(), &whole.secret[..67]] {
        assert_eq!(unlock(wrong, Door::Api), Err(ErrorCode::Unauthenticated), "{wrong}");
    }
}

#[test]
fn a_key_ends_by_its_days_by_revocation_and_by_a_newer_one() {
    let county = County::of_three();
    let good = |secret: &str| county.app.unlock(secret, Door::Api).is_ok();
    let short = county.ask(Add { days: Some(2), ..add("a") });
    county.clock.advance(48 * HOUR_MS - 1);
    assert!(good(&short.secret));
    county.clock.advance(1);
    assert!(!good(&short.secret));

    let first = county.ask(add("b"));
    let second = county.ask(add("b"));
    assert!(!good(&first.secret) && good(&second.secret));
    assert!(!county.ask(Revoke { name: "b".into() }).good);
    assert!(!good(&second.secret));
    let lines = county.ask(List {});
    assert_eq!(
        lines.iter().map(|line| (line.name.as_str(), line.good)).collect::<Vec<_>>(),
        [("a", false), ("b", false)]
    );
    assert_eq!(county.try_ask(Revoke { name: "c".into() }).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn what_makes_no_key_is_refused() {
    let county = County::of_three();
    let code = |ask: Add| county.try_ask(ask).unwrap_err().code;
    assert_eq!(code(add(" ")), ErrorCode::Invalid);
    assert_eq!(code(Add { days: Some(0), ..add("a") }), ErrorCode::Invalid);
    assert_eq!(code(Add { only: Some("api".into()), ..add("a") }), ErrorCode::Invalid);
    assert_eq!(code(Add { district: Some("无".into()), ..add("a") }), ErrorCode::NotFound);
    assert_eq!(code(Add { township: Some(super::bed::code(9)), ..add("a") }), ErrorCode::NotFound);
}

/// What is in memory is what a hub that opens the folder reads from its notes; the secret is in none of them.
#[test]
fn keys_survive_in_the_notes() {
    let county = County::of_three();
    let key = county.ask(Add { township: Some(code(1)), ..add("a") });
    county.ask(add("b"));
    county.ask(Revoke { name: "b".into() });
    let read = county.app.store().read(Keys::read);
    assert_eq!(format!("{read:?}"), format!("{:?}", *county.app.keys.read().expect("not poisoned")));
    let mut bytes = Vec::new();
    county.app.store().read(|views| {
        views.scan(&[], None, &mut |_, value| {
            bytes.push(value.to_vec());
            true
        });
    });
    let secret = key.secret.as_bytes();
    assert!(!bytes.iter().any(|value| value.windows(secret.len()).any(|part| part == secret)));
}
