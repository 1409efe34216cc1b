//! What a total is made of (I8): over how many townships, how old the oldest data is, what is held back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::ids::{StreamName, TownshipCode};
use shared::program::{Lang, rfc3339};
use shared::sync::note;
use shared::tally;
use shared::view::held;

use super::App;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const HOUR_MS: i64 = 60 * 60 * 1000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Townships that the figures should cover.
    pub townships: u32,
    /// Those that have synced at least once.
    pub reporting: u32,
    /// Oldest last sync among them, RFC 3339.
    pub oldest: Option<String>,
    pub oldest_township: Option<TownshipCode>,
    pub oldest_name: Option<String>,
    pub oldest_age_ms: Option<i64>,
    /// Entries stored and not counted.
    pub held: u32,
    /// Townships that have never synced, or not lately.
    pub silent: Vec<TownshipCode>,
}

impl App {
    /// The coverage of any total at this moment.
    pub fn coverage(&self) -> Coverage {
        self.coverage_over(None)
    }

    /// The coverage of a total over some of the townships, or over all.
    pub(super) fn coverage_over(&self, some: Option<&BTreeSet<TownshipCode>>) -> Coverage {
        let now = self.now();
        let covers = |code: &TownshipCode| some.is_none_or(|some| some.contains(code));
        let towns: Vec<TownshipCode> = self.towns().iter().map(|town| town.code).filter(covers).collect();
        let found = self.store.read(|views| {
            let last =
                |code: &TownshipCode| note::township_state(views, *code).session.map(|session| session.at);
            let expected: Vec<_> = towns.iter().map(|code| (*code, last(code))).collect();
            let held = match some {
                None => held::count(views, None),
                Some(some) => {
                    some.iter().map(|code| held::count(views, Some(StreamName::Township(*code)))).sum()
                }
            };
            tally::Coverage::of(expected, now, held)
        });
        let oldest = found.oldest;
        Coverage {
            townships: found.expected,
            reporting: found.reporting,
            oldest: oldest.map(|(_, at)| rfc3339(at)),
            oldest_township: oldest.map(|(code, _)| code),
            oldest_name: oldest.map(|(code, _)| self.towns().name(code)),
            oldest_age_ms: oldest.map(|(_, at)| now - at),
            held: found.held,
            silent: found.silent,
        }
    }
}

impl Coverage {
    /// One line: `数据：17/19 个乡镇，最旧 3 天（附海镇），2 条待更正未计入`.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = match lang {
            Lang::Zh => format!("数据：{}/{} 个乡镇", self.reporting, self.townships),
            Lang::En => format!("covers {}/{} townships", self.reporting, self.townships),
        };
        if let (Some(age), Some(name)) = (self.oldest_age_ms, &self.oldest_name) {
            let age = age_text(age, lang);
            out.push_str(&match lang {
                Lang::Zh => format!("，最旧 {age}（{name}）"),
                Lang::En => format!(", oldest {age} ({name})"),
            });
        }
        if self.held > 0 {
            out.push_str(&match lang {
                Lang::Zh => format!("，{} 条待更正未计入", self.held),
                Lang::En => format!(", {} entries held and not counted", self.held),
            });
        }
        if !self.silent.is_empty() {
            out.push_str(&match lang {
                Lang::Zh => format!("，{} 个近日未同步", self.silent.len()),
                Lang::En => format!(", {} silent", self.silent.len()),
            });
        }
        out
    }
}

/// How old something is, in the largest unit that says it: `3 天`, `5 小时`, `不到 1 小时`.
pub fn age_text(ms: i64, lang: Lang) -> String {
    let (days, hours) = (ms / DAY_MS, ms / HOUR_MS);
    match (lang, days, hours) {
        (Lang::Zh, 1.., _) => format!("{days} 天"),
        (Lang::En, 1.., _) => format!("{days} d"),
        (Lang::Zh, _, 1..) => format!("{hours} 小时"),
        (Lang::En, _, 1..) => format!("{hours} h"),
        (Lang::Zh, ..) => "不到 1 小时".to_owned(),
        (Lang::En, ..) => "under 1 h".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_says_what_it_is_made_of() {
        let coverage = Coverage {
            townships: 19,
            reporting: 17,
            oldest: None,
            oldest_township: None,
            oldest_name: Some("附海镇".into()),
            oldest_age_ms: Some(3 * DAY_MS + HOUR_MS),
            held: 2,
            silent: Vec::new(),
        };
        assert_eq!(coverage.text(Lang::Zh), "数据：17/19 个乡镇，最旧 3 天（附海镇），2 条待更正未计入");
        assert_eq!(
            coverage.text(Lang::En),
            "covers 17/19 townships, oldest 3 d (附海镇), 2 entries held and not counted"
        );
        assert_eq!(age_text(0, Lang::Zh), "不到 1 小时");
    }
}
