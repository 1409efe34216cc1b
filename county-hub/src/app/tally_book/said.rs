//! What the figures are made of, in words: days, coverage, definitions.

use shared::exchange::out::{Align, Book, Column as Head, Put, Tone, WriteError};
use shared::program::Lang;
use shared::tally::Freshness;

use super::Sheets;
use super::define::define;
use crate::app::coverage::Township;

impl Sheets<'_> {
    /// The days asked for, and the day of judgement.
    pub(super) fn days(&self) -> String {
        let as_of = self.looked.as_of;
        let asked = &self.looked.read.asked.days;
        match (asked.envelope(), self.lang) {
            (Some(days), Lang::Zh) => {
                let own = if asked.is_own() { "，各乡镇按自己的日期" } else { "" };
                format!("期间：{} 至 {}{own}，以 {as_of} 判断超期", days.from, days.to)
            }
            (Some(days), Lang::En) => {
                let own = if asked.is_own() { ", by each township's own days" } else { "" };
                format!("from {} to {}{own}; overdue as of {as_of}", days.from, days.to)
            }
            (None, Lang::Zh) => format!("没有乡镇登记这个期间，以 {as_of} 判断超期"),
            (None, Lang::En) => format!("no township has entered this period; overdue as of {as_of}"),
        }
    }

    /// The period beside which the figures stand.
    pub(super) fn compared(&self) -> Option<String> {
        let before = self.looked.read.before.as_ref()?.days.envelope()?;
        Some(match self.lang {
            Lang::Zh => format!("比较期间：{} 至 {}", before.from, before.to),
            Lang::En => format!("compared with {} to {}", before.from, before.to),
        })
    }

    /// `数据：18/19 已同步，…`
    pub(super) fn covered(&self) -> String {
        self.app.told(&self.looked.read.coverage).text(self.lang)
    }

    /// A line for each township whose data is stale or there in part.
    pub(super) fn warnings(&self) -> Vec<String> {
        let told = self.app.told(&self.looked.read.coverage);
        told.warnings(self.lang).lines().map(str::to_owned).collect()
    }

    /// The sheet that says what the totals are made of, and how every figure is counted.
    pub(super) fn said(&self, book: &mut Book) -> Result<(), WriteError> {
        let lang = self.lang;
        let heads = match lang {
            Lang::Zh => ["片", "乡镇", "最后同步（北京时间）", "距今天数", "数据状况", "待更正未计入（条）"],
            Lang::En => [
                "district",
                "township",
                "last sync (Beijing time)",
                "days ago",
                "state of its data",
                "held, not counted",
            ],
        };
        let most = [14, 40, 48, 22, 26, 22];
        let columns =
            heads.iter().zip(most).map(|(head, most)| Head::new(*head).most(most).aligned(Align::Left));
        let sheet = book.sheet(self.page(lang.pick("数据说明", "about the data"), columns.collect(), 0))?;
        let told = self.app.told(&self.looked.read.coverage);
        let held = self.app.held_by_township();
        for (one, fresh) in told.each.iter().zip(&self.looked.read.coverage.townships) {
            let row =
                self.rows.list.iter().find(|row| row.whom == shared::tally::Whom::Township(one.township));
            let district = row.map_or_else(|| self.district(fresh), |row| row.district.clone());
            let cells = [
                Put::text(district),
                Put::text(&one.name),
                Put::text(one.last_sync_beijing.clone().unwrap_or_default()),
                one.days_stale.map_or(Put::Empty, |days| Put::Whole(i64::from(days))),
                Put::text(self.standing(one)),
                Put::Whole(i64::from(held.get(&one.township).copied().unwrap_or(0))),
            ];
            book.row(sheet, &cells, Tone::Plain)?;
        }
        self.definitions(book, sheet)?;
        self.own_days(book, sheet)?;
        for line in [self.covered(), self.days()].into_iter().chain(self.compared()) {
            book.line(sheet, &line)?;
        }
        let rules = match lang {
            Lang::Zh => [
                "比率：各级都是分子之和÷分母之和，不取乡镇比率的平均；没有可算的写“—”，不写 0 也不写 100%。",
                "小计、合计是写定的数；“核对”一行用公式把各片相加，与合计相比。片按记录当日的隶属计算，期间内换片的乡镇列在期末所属的片。",
                "作废的记录不计入。一票否决、期间内没有上报的乡镇有数而不排名。",
            ],
            Lang::En => [
                "Rates are the sum of the numerators over the sum of the denominators at every level, never a mean of rates; — says that there are no cases.",
                "Subtotals and totals are values; the row of checks adds the districts by formulas. A record counts for the district to which its township belonged on its day; a township that moved within the period stands in its last district.",
                "Void records do not count. A township under a veto, or from which nothing of the period has come, keeps its figures and has no place.",
            ],
        };
        rules.iter().try_for_each(|rule| book.line(sheet, rule))
    }

    fn district(&self, fresh: &Freshness) -> String {
        let groups = super::super::district::Groups::read(self.app);
        groups.name(fresh.township, self.app.today()).unwrap_or_default()
    }

    fn standing(&self, one: &Township) -> String {
        let lang = self.lang;
        let stale = match (one.last_sync.is_some(), one.stale) {
            (false, _) => lang.pick("⚠ 从未同步", "⚠ has never synced"),
            (true, true) => lang.pick("⚠ 超过一夜没有同步", "⚠ not synced for more than one night"),
            (true, false) => "",
        };
        let partial = if one.partial {
            lang.pick("◐ 同步中断，只收到一部分", "◐ the session broke off")
        } else {
            ""
        };
        match (stale, partial) {
            ("", "") => lang.pick("齐全", "complete").to_owned(),
            (one, "") | ("", one) => one.to_owned(),
            (stale, partial) => format!("{stale}；{partial}"),
        }
    }

    /// How each figure is counted, below the coverage.
    fn definitions(&self, book: &mut Book, sheet: shared::exchange::out::Sheet) -> Result<(), WriteError> {
        book.line(sheet, "")?;
        book.heads(
            sheet,
            match self.lang {
                Lang::Zh => ["指标", "名称", "怎么算", "按哪一天算", "取自哪本台账", "任务"],
                Lang::En => {
                    ["figure", "name", "how it is counted", "by which day", "from which ledger", "target"]
                }
            },
        )?;
        let mut known = std::collections::BTreeSet::new();
        for (_, measure) in self.laid.columns.iter().filter(|(_, measure)| known.insert(measure.id.clone())) {
            let Some(defined) = define(self.app.catalogue(), &measure.id, self.lang) else { continue };
            let cells = [
                Put::text(&measure.id),
                Put::text(self.lang.pick(&measure.zh, &measure.en)),
                Put::text(defined.counted),
                Put::text(defined.day),
                Put::text(defined.ledger),
                Put::text(&measure.target),
            ];
            book.row(sheet, &cells, Tone::Plain)?;
        }
        Ok(())
    }

    /// Of sessions and terms, the days of each township.
    fn own_days(&self, book: &mut Book, sheet: shared::exchange::out::Sheet) -> Result<(), WriteError> {
        book.line(sheet, "")?;
        for own in self.app.own_days(&self.looked.read.asked.days) {
            book.line(sheet, &format!("{}：{} .. {}", own.name, own.from, own.to))?;
        }
        Ok(())
    }
}
