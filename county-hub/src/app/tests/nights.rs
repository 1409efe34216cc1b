//! How the nights went, over any window.

use shared::ids::{Epoch, Site};
use shared::program::{Clock as _, day_start_ms};
use shared::record::Day;
use shared::sync::note;
use xianglian_proto::v1::note::Kind;
use xianglian_proto::v1::{HubClosed, HubOpened, HubSeen, HubSession};

use super::bed::{County, HOUR_MS, code};
use crate::app::health::{Nights, Tally};
use crate::app::viewer::Viewer;
use crate::app::{status, township};

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

/// What the hub notes of a session of the first township.
enum Told {
    /// Nothing to do.
    Quiet,
    Begun,
    /// Ended with a receipt, after so many entries.
    Closed(u64),
}

/// At two in the morning of the night that begins on a day.
fn told(county: &County, night: &str, what: Told) {
    let at = day_start_ms(day(night)) + 26 * HOUR_MS;
    let township = code(1).to_string();
    let session = Some(HubSession { at, ..HubSession::default() });
    let kind = match what {
        Told::Quiet => Kind::Seen(HubSeen { township, session, has: None }),
        Told::Begun => Kind::Opened(HubOpened { township, session, ..HubOpened::default() }),
        Told::Closed(received) => Kind::Closed(HubClosed { township, at, received, ..HubClosed::default() }),
    };
    county.app.store().write(|tx| note::append(tx, Site::Hub, Epoch(1), vec![kind])).expect("a note");
}

fn tally(county: &County, from: &str, to: &str) -> Tally {
    let ask = Nights { from: Some(from.into()), to: Some(to.into()) };
    county.ask(ask).townships.swap_remove(0).tally
}

#[test]
fn a_night_counts_when_a_session_ended_with_a_receipt() {
    let county = County::of_three();
    told(&county, "2026-05-20", Told::Begun);
    told(&county, "2026-05-20", Told::Closed(30));
    told(&county, "2026-05-21", Told::Quiet);
    told(&county, "2026-05-23", Told::Begun);
    told(&county, "2026-05-25", Told::Quiet);
    told(&county, "2026-05-25", Told::Quiet);

    let whole = tally(&county, "2026-05-01", "2026-05-28");
    assert_eq!((whole.expected, whole.completed, whole.partial), (9, 3, 1));
    assert_eq!(
        whole.missed,
        ["2026-05-22", "2026-05-23", "2026-05-24", "2026-05-26", "2026-05-27", "2026-05-28"]
    );
    assert_eq!((whole.missed_in_row, whole.received), (3, 30));
    assert_eq!(whole.percent(), "33.3 %");

    let part = tally(&county, "2026-05-21", "2026-05-23");
    assert_eq!((part.expected, part.completed, part.partial, part.missed_in_row), (3, 1, 1, 2));
    let before = tally(&county, "2026-04-01", "2026-05-19");
    assert_eq!((before.expected, before.percent().as_str()), (0, "—"), "before it was first heard");

    // A township that was never heard and never enrolled is not expected.
    let other = county.ask(Nights::default()).townships.swap_remove(1).tally;
    assert_eq!(other, Tally::default());
}

#[test]
fn a_township_that_was_merged_into_another_need_not_come() {
    let county = County::of_three();
    told(&county, "2026-05-20", Told::Quiet);
    let before = tally(&county, "2026-05-01", "2026-05-30");
    assert_eq!((before.expected, before.missed_in_row), (11, 10));
    county.ask(township::Merge { code: code(1), into: code(2), from: "2026-05-25".into() });
    let after = tally(&county, "2026-05-01", "2026-05-30");
    assert_eq!((after.expected, after.missed.last().map(String::as_str)), (5, Some("2026-05-24")));
    let town = county.ask(status::Ask {}).townships.swap_remove(0);
    assert_eq!(town.nights.expected, 5, "the status says the same");
}

#[test]
fn the_sum_of_windows_is_the_whole() {
    let county = County::of_three();
    for night in ["2026-05-02", "2026-05-03", "2026-05-07", "2026-05-20"] {
        told(&county, night, Told::Closed(5));
    }
    let whole = tally(&county, "2026-05-01", "2026-05-30");
    for cut in 1..29 {
        let end = day("2026-05-01").plus(cut);
        let first = tally(&county, "2026-05-01", &end.to_string());
        let second = tally(&county, &end.plus(1).to_string(), "2026-05-30");
        assert_eq!(first.expected + second.expected, whole.expected, "{end}");
        assert_eq!(first.completed + second.completed, whole.completed, "{end}");
        assert_eq!(first.received + second.received, whole.received, "{end}");
        assert_eq!([first.missed, second.missed].concat(), whole.missed, "{end}");
    }
}

#[test]
fn a_night_is_judged_once_it_is_over() {
    let county = County::of_three();
    told(&county, "2026-05-30", Told::Quiet);
    // It is noon of 1 June: the night of 31 May has just ended, and was missed.
    assert_eq!(tally(&county, "2026-05-30", "2026-06-05").missed, ["2026-05-31"]);
    county.clock.advance(-1);
    assert_eq!(tally(&county, "2026-05-30", "2026-06-05").expected, 1);
    let town = county.ask(status::Ask {}).townships.swap_remove(0);
    assert_eq!((town.nights.expected, town.nights.completed), (1, 1));
    assert!(county.clock.now_ms() > 0);
}

#[test]
fn windows_have_bounds() {
    let county = County::of_three();
    let ask = |from: &str, to: &str| Nights { from: Some(from.into()), to: Some(to.into()) };
    for wrong in [ask("2026-06-02", "2026-06-01"), ask("2000-01-01", "2026-01-01"), ask("x", "2026-01-01")] {
        assert_eq!(county.try_ask(wrong).unwrap_err().code, shared::code::ErrorCode::Invalid);
    }
    let seen = county.app.report_nights(Viewer::Township(code(2)), &Nights::default()).expect("an answer");
    assert_eq!(seen.townships.iter().map(|town| town.code).collect::<Vec<_>>(), [code(2)]);
}
