//! What a total is made of (I8): over how many townships, how old the oldest data is, what is held back.

use serde::{Deserialize, Serialize};
use shared::ids::{StreamName, TownshipCode};
use shared::net::register::Standing;
use shared::program::{Lang, rfc3339};
use shared::store;
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
    /// Townships whose last exchange was cut off before all that they had was here.
    #[serde(default)]
    pub partial: Vec<TownshipCode>,
}

impl App {
    /// The coverage of any total at this moment.
    pub fn coverage(&self) -> Coverage {
        let now = self.now();
        let towns = self.expected();
        let (found, partial) = self.store.read(|views| {
            let states: Vec<_> =
                towns.iter().map(|code| (*code, note::township_state(views, *code))).collect();
            let stored = |code| store::head(views, StreamName::Township(code)).len;
            let partial = states.iter().filter(|(code, state)| state.missing(stored(*code)) > 0);
            let partial: Vec<TownshipCode> = partial.map(|(code, _)| *code).collect();
            let last =
                states.into_iter().map(|(code, state)| (code, state.session.map(|session| session.at)));
            (tally::Coverage::of(last, now, held::count(views, None)), partial)
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
            partial,
        }
    }

    /// The townships that every total should cover. One that was merged into another is awaited as long as its old
    /// certificate is good: its office goes on under the old code until then.
    fn expected(&self) -> Vec<TownshipCode> {
        let (membership, today) = (self.membership(), self.today());
        let goes_on = |code: &TownshipCode| {
            membership.successor(*code, today).is_none() || self.office.standing(*code) == Standing::Enrolled
        };
        self.towns().iter().map(|town| town.code).filter(goes_on).collect()
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
        if !self.partial.is_empty() {
            out.push_str(&match lang {
                Lang::Zh => format!("，{} 个未传完", self.partial.len()),
                Lang::En => format!(", {} partial", self.partial.len()),
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
            partial: Vec::new(),
        };
        assert_eq!(coverage.text(Lang::Zh), "数据：17/19 个乡镇，最旧 3 天（附海镇），2 条待更正未计入");
        assert_eq!(
            coverage.text(Lang::En),
            "covers 17/19 townships, oldest 3 d (附海镇), 2 entries held and not counted"
        );
        assert_eq!(age_text(0, Lang::Zh), "不到 1 小时");
    }
}
