//! The law: what is found is what a look at every record would find, whatever was put before.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Excerpt, Query, Texts};
use crate::ids::RecordId;

fn id(n: u8) -> RecordId {
    RecordId::from_bytes([n; 16])
}

fn found(texts: &Texts, query: &Query, kind: Option<u32>) -> Vec<RecordId> {
    let mut ids = Vec::new();
    texts.find(query, &|of| kind.is_none_or(|kind| kind == of), &mut |id| {
        ids.push(id);
        true
    });
    ids
}

/// Short texts over few characters, so that words are often there; some so long that blocks are closed.
fn text() -> impl Strategy<Value = String> {
    let short =
        proptest::collection::vec(proptest::sample::select(vec!['路', '灯', '村', '1', 'a', ' ']), 0..12);
    (short, proptest::sample::select(vec![0usize, 0, 0, 40_000])).prop_map(|(short, long)| {
        let short: String = short.into_iter().collect();
        short.clone() + &"水".repeat(long / 3) + &short
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_found_is_what_a_look_at_every_record_finds(
        puts in proptest::collection::vec((0u8..20, 1u32..3, text()), 1..40),
        words in "[路灯村1a]{1,3}( [路灯村1a]{1,2})?",
        kind in proptest::option::of(1u32..3),
    ) {
        let mut texts = Texts::default();
        let mut plain: BTreeMap<u8, (u32, String)> = BTreeMap::new();
        let mut order = Vec::new();
        for (n, kind, text) in puts {
            texts.put(id(n), kind, &text);
            order.retain(|one| *one != n);
            order.push(n);
            plain.insert(n, (kind, text));
        }
        let query = Query::read(&words);
        let fits = |n: &u8| {
            let (of, text) = &plain[n];
            kind.is_none_or(|kind| kind == *of) && query.words().iter().all(|word| text.contains(word.as_str()))
        };
        let expected: Vec<RecordId> = order.iter().rev().copied().filter(|n| fits(n)).map(id).collect();
        prop_assert_eq!(found(&texts, &query, kind), expected);
        prop_assert_eq!(texts.len(), plain.len());
    }
}

#[test]
fn what_was_put_away_is_packed_anew_without_loss() {
    let mut texts = Texts::default();
    for round in 0..60u32 {
        for n in 0..100u8 {
            texts.put(id(n), 1, &format!("第{n}件 {round}轮 {}", "正文".repeat(100)));
        }
    }
    let all = found(&texts, &Query::read("59轮"), None);
    assert_eq!(all.len(), 100);
    assert_eq!(found(&texts, &Query::read("58轮"), None), []);
    assert!(texts.bytes() < 400_000, "{} bytes for 100 short texts", texts.bytes());
    let mut first = Vec::new();
    texts.find(&Query::read("正文"), &|_| true, &mut |id| {
        first.push(id);
        first.len() < 3
    });
    assert_eq!(first, [id(99), id(98), id(97)], "the last put comes first, and it stops when told");
}

#[test]
fn an_excerpt_shows_the_word_as_it_is_written() {
    let text = "关于在坎墩街道〔２０２６〕建设村级图书室并延长开放时间的建议";
    let excerpt = Excerpt::of(text, "2026建设").unwrap();
    assert_eq!(excerpt.found, "２０２６〕建设");
    assert_eq!(excerpt.before, "关于在坎墩街道〔");
    assert_eq!(excerpt.after, "村级图书室并延长开放时间的建…");
    assert_eq!(Excerpt::of(text, "没有"), None);
    assert_eq!(Excerpt::of("", ""), None);
}
