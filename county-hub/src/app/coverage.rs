//! What a total is made of (I8): over how many townships, how old the data of each is, what is held back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::ids::{StreamName, TownshipCode};
use shared::net::register::Standing;
use shared::program::{Lang, beijing_minute, rfc3339};
use shared::record::Day;
use shared::store::{self, View};
use shared::sync::note;
use shared::tally::{self, LastSync, Membership};
use shared::view::held;

use super::App;

const HOUR_MS: i64 = 60 * 60 * 1000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Townships that the figures should cover.
    pub townships: u32,
    /// Those that have synced at least once.
    pub reporting: u32,
    /// Those that have missed one night at most.
    pub synced: u32,
    /// Oldest last sync among them, RFC 3339.
    pub oldest: Option<String>,
    pub oldest_township: Option<TownshipCode>,
    pub oldest_name: Option<String>,
    pub oldest_age_ms: Option<i64>,
    /// Entries stored and not counted.
    pub held: u32,
    /// Townships that have never synced, or not for more than one night.
    pub silent: Vec<TownshipCode>,
    /// Every township in turn.
    pub each: Vec<Township>,
}

/// How far the data of one township can be trusted to be all there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Township {
    pub township: TownshipCode,
    pub name: String,
    /// The last sync from which anything was accepted, RFC 3339; none: never.
    pub last_sync: Option<String>,
    /// The same for people, `2026-05-29 02:14`.
    pub last_sync_beijing: Option<String>,
    /// Days from that day to today.
    pub days_stale: Option<i32>,
    /// It has never synced, or not for more than one night.
    pub stale: bool,
    /// The last session broke off before all was here.
    pub partial: bool,
}

impl App {
    /// The coverage of any total at this moment.
    pub fn coverage(&self) -> Coverage {
        self.coverage_over(None)
    }

    /// The coverage of a total over some of the townships, or over all.
    pub(super) fn coverage_over(&self, some: Option<&BTreeSet<TownshipCode>>) -> Coverage {
        let found = self.store.read(|views| self.freshness(views, some));
        self.told(&found)
    }

    /// The same as it stands in the views.
    pub(super) fn freshness(
        &self,
        views: &dyn View,
        some: Option<&BTreeSet<TownshipCode>>,
    ) -> tally::Coverage {
        let covers = |code: &TownshipCode| some.is_none_or(|some| some.contains(code));
        let towns = self.expected(views).into_iter().filter(covers);
        let expected = towns.map(|code| (code, last_sync(views, code)));
        let held = match some {
            None => held::count(views, None),
            Some(some) => some.iter().map(|code| held::count(views, Some(StreamName::Township(*code)))).sum(),
        };
        tally::Coverage::of(expected, self.now(), held)
    }

    /// The townships that every total should cover. One that was merged into another is awaited as long as its old
    /// certificate is good: its office goes on under the old code until then.
    fn expected(&self, views: &dyn View) -> Vec<TownshipCode> {
        let (membership, today) = (Membership::read(views, &self.catalogue), self.today());
        let goes_on = |code: &TownshipCode| {
            membership.successor(*code, today).is_none() || self.office.standing(*code) == Standing::Enrolled
        };
        self.towns().iter().map(|town| town.code).filter(goes_on).collect()
    }

    pub(super) fn told(&self, found: &tally::Coverage) -> Coverage {
        let oldest = found.oldest();
        let each = found.townships.iter().map(|one| Township {
            township: one.township,
            name: self.towns().name(one.township),
            last_sync: one.last.map(|last| rfc3339(last.at_ms)),
            last_sync_beijing: one.last.map(|last| beijing_minute(last.at_ms)),
            days_stale: one.days_stale,
            stale: one.is_stale(),
            partial: one.is_partial(),
        });
        Coverage {
            townships: found.expected(),
            reporting: found.reporting(),
            synced: found.synced(),
            oldest: oldest.map(|(_, at)| rfc3339(at)),
            oldest_township: oldest.map(|(code, _)| code),
            oldest_name: oldest.map(|(code, _)| self.towns().name(code)),
            oldest_age_ms: oldest.map(|(_, at)| self.now() - at),
            held: found.held,
            silent: found.townships.iter().filter(|one| one.is_stale()).map(|one| one.township).collect(),
            each: each.collect(),
        }
    }
}

/// When a township last came, and whether something that it had then is not here; none: it never has.
pub(super) fn last_sync(views: &dyn View, code: TownshipCode) -> Option<LastSync> {
    let state = note::township_state(views, code);
    let missing = state.missing(store::head(views, StreamName::Township(code)).len);
    Some(LastSync { at_ms: state.session?.at, partial: missing > 0 })
}

impl Coverage {
    /// One line: `数据：18/19 已同步，最旧 3 天（附海镇），1 个只收到一部分，2 条待更正未计入`.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = match lang {
            Lang::Zh => format!("数据：{}/{} 已同步", self.synced, self.townships),
            Lang::En => format!("{}/{} townships synced", self.synced, self.townships),
        };
        if let (Some(age), Some(name)) = (self.oldest_age_ms, &self.oldest_name) {
            let age = age_text(age, lang);
            out.push_str(&match lang {
                Lang::Zh => format!("，最旧 {age}（{name}）"),
                Lang::En => format!(", oldest {age} ({name})"),
            });
        }
        let partial = self.each.iter().filter(|one| one.partial).count();
        if partial > 0 {
            out.push_str(&match lang {
                Lang::Zh => format!("，{partial} 个只收到一部分"),
                Lang::En => format!(", {partial} in part"),
            });
        }
        if self.held > 0 {
            out.push_str(&match lang {
                Lang::Zh => format!("，{} 条待更正未计入", self.held),
                Lang::En => format!(", {} entries held and not counted", self.held),
            });
        }
        out
    }

    /// A line for each township whose data is stale or there in part; empty if all is well.
    pub fn warnings(&self, lang: Lang) -> String {
        let line = |one: &Township| {
            let when = match (&one.last_sync_beijing, one.days_stale) {
                (Some(at), Some(days)) => match lang {
                    Lang::Zh => format!("最后同步 {at}，{days} 天前"),
                    Lang::En => format!("last synced {at}, {days} days ago"),
                },
                _ => lang.pick("从未同步", "has never synced").to_owned(),
            };
            let partial = match one.partial {
                true => lang.pick("；同步中断，只收到一部分", "; the session broke off, there in part"),
                false => "",
            };
            let mark = if one.stale { "⚠" } else { "◐" };
            format!("{mark} {}{}{when}{partial}\n", one.name, lang.pick("：", ": "))
        };
        self.each.iter().filter(|one| one.stale || one.partial).map(line).collect()
    }
}

/// How old something is, in the largest unit that says it: `3 天`, `5 小时`, `不到 1 小时`.
pub fn age_text(ms: i64, lang: Lang) -> String {
    let (days, hours) = (ms / Day::MS, ms / HOUR_MS);
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
        let town = |n: u32, days_stale: Option<i32>, stale, partial| Township {
            township: TownshipCode::from_number(330_282_100 + n).expect("nine digits"),
            name: format!("第{n}镇"),
            last_sync: days_stale.map(|_| "2026-05-29T02:14:00+08:00".into()),
            last_sync_beijing: days_stale.map(|_| "2026-05-29 02:14".into()),
            days_stale,
            stale,
            partial,
        };
        let coverage = Coverage {
            townships: 19,
            reporting: 18,
            synced: 17,
            oldest: None,
            oldest_township: None,
            oldest_name: Some("附海镇".into()),
            oldest_age_ms: Some(3 * Day::MS + HOUR_MS),
            held: 2,
            silent: Vec::new(),
            each: vec![
                town(1, Some(0), false, false),
                town(2, Some(3), true, false),
                town(3, None, true, false),
                town(4, Some(0), false, true),
            ],
        };
        assert_eq!(
            coverage.text(Lang::Zh),
            "数据：17/19 已同步，最旧 3 天（附海镇），1 个只收到一部分，2 条待更正未计入"
        );
        assert_eq!(
            coverage.text(Lang::En),
            "17/19 townships synced, oldest 3 d (附海镇), 1 in part, 2 entries held and not counted"
        );
        assert_eq!(
            coverage.warnings(Lang::Zh),
            "⚠ 第2镇：最后同步 2026-05-29 02:14，3 天前\n⚠ 第3镇：从未同步\n◐ 第4镇：最后同步 2026-05-29 02:14，0 天前；同步中断，只收到一部分\n"
        );
        assert!(coverage.warnings(Lang::En).contains("⚠ 第3镇: has never synced\n"));
        assert_eq!(age_text(0, Lang::Zh), "不到 1 小时");
    }
}
