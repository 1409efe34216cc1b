//! Figures.

use shared::ids::TownshipCode;
use shared::program::Failure;
use shared::record::Day;

use super::coverage::Coverage;
use super::{FROM, PERIOD, TO};
use crate::app::key::Door;
use crate::app::places::Ranking;
use crate::app::tally::{self, Question};
use crate::web::query::{Needed, Param, Query, Shape};
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};
use crate::web::schema::{Date, Words, answer};

pub(super) static ROUTE: Route = Route {
    id: super::TALLY,
    path: "/api/v1/tally",
    door: Some(Door::Api),
    zh: "统计：按县、片、乡镇",
    en: "Figures by county, district or township",
    params: &PARAMS,
    gives: Gives::json::<Tally>(),
    keeping: Keeping::No,
    missing: true,
    answer,
};

static PARAMS: [Param; 10] = [
    Param {
        name: "measures",
        shape: Shape::Names,
        zh: "指标，如 A1,A7；不写为全部",
        en: "ids of measures, rates and coverages, such as A1,A7; all if there are none",
        needed: Needed::No,
    },
    Param {
        name: "level",
        shape: Shape::Word(&["county", "district", "township"]),
        zh: "层级；一把乡镇或片的钥匙只能看自己这一级",
        en: "level; a key of a township or a district sees its own level and those below",
        needed: Needed::No,
    },
    PERIOD,
    FROM,
    TO,
    Param {
        name: "as_of",
        shape: Shape::Date,
        zh: "以哪天判断超期；不写为今天",
        en: "day on which overdue is judged; today without it",
        needed: Needed::No,
    },
    Param {
        name: "list",
        shape: Shape::Flag,
        zh: "列出未覆盖的",
        en: "name whom the coverages miss",
        needed: Needed::No,
    },
    Param {
        name: "compare",
        shape: Shape::Pick(&["year", "previous"]),
        zh: "与上年同期或上一时段比较；全部时间没有可比的",
        en: "beside the same period a year before, or the one before it; all time has none",
        needed: Needed::No,
    },
    Param {
        name: "rank",
        shape: Shape::Pick(&["county", "district"]),
        zh: "在全县或本片内排名，只用于 level=township",
        en: "places in the county or within the district; for level=township alone",
        needed: Needed::No,
    },
    Param {
        name: "ascending",
        shape: Shape::Flag,
        zh: "最小的排第一",
        en: "the smallest has the first place",
        needed: Needed::No,
    },
];

answer! {
    /// Figures: for each measure one cell for each unit, in the order of both lists.
    pub struct Tally {
        pub level: String,
        /// As it reads shortest; empty for all time.
        pub period: String,
        /// First day; of sessions and terms the first of any township; null where nobody has such days.
        pub from: Option<Date>,
        /// Last day, in the same way.
        pub to: Option<Date>,
        /// The day on which overdue was judged.
        pub as_of: Date,
        /// Of sessions and terms, the days of each township that has them.
        pub own_days: Vec<OwnDays>,
        /// The period beside which the figures stand, if that was asked for.
        pub before: Option<Earlier>,
        pub measures: Vec<Measure>,
        pub units: Vec<Unit>,
        pub cells: Vec<Cell>,
        pub coverage: Coverage,
    }

    /// The days of one township.
    pub struct OwnDays {
        pub township: TownshipCode,
        pub name: String,
        pub from: Date,
        pub to: Date,
    }

    /// The days of an earlier period.
    pub struct Earlier {
        /// year or previous.
        pub compare: String,
        pub from: Option<Date>,
        pub to: Option<Date>,
    }

    /// A column: a measure, or one part of it.
    pub struct Measure {
        pub id: String,
        pub label: Words,
        /// Key of the choice, or number of the grade, that it is a part for; empty for the whole.
        pub split: String,
        pub split_label: Words,
        /// As it is printed; empty without a target.
        pub target: String,
    }

    /// A row.
    pub struct Unit {
        /// county, district or township; rest for what belongs to none.
        pub level: String,
        /// Code of a township, id of a district, else empty.
        pub id: String,
        pub name: String,
        /// Name of the district within which a township is ranked, if that was asked for.
        pub within: Option<String>,
    }

    /// One figure.
    pub struct Cell {
        pub measure: String,
        pub split: String,
        /// Code of a township, id of a district, county or rest.
        pub unit: String,
        /// Of a count the only number; thousandths where the measure sums decimals.
        pub numerator: i64,
        /// Of a rate; 0 where there are no cases.
        pub denominator: Option<i64>,
        /// As it is printed; a dash where there are no cases.
        pub text: Words,
        /// Whether the target is met; null without one, without cases, and where each office has the target.
        pub met: Option<bool>,
        /// The figure of the earlier period; null where it was not asked for or cannot be told.
        pub before: Option<Before>,
        /// The place of a township, from 1.
        pub rank: Option<u32>,
        /// Why it has none: vetoed, unreported or no_cases.
        pub unranked: Option<String>,
        /// Whom a coverage misses, if that was asked for.
        pub missing: Vec<Gap>,
    }

    /// A figure of an earlier period.
    pub struct Before {
        pub numerator: i64,
        pub denominator: Option<i64>,
        pub text: Words,
        /// From then to now, as it is printed; percentage points for rates in percent; null where either has no cases.
        pub change: Option<String>,
    }

    /// Somebody or something that a list has and work has not reached.
    pub struct Gap {
        /// Id of a record, or key of a choice.
        pub id: String,
        pub name: String,
        /// The township that lacks the choice.
        pub township: Option<TownshipCode>,
    }
}

/// The period of a query, as the questions of the app take it.
pub(super) fn period(query: &Query) -> Result<Option<String>, Failure> {
    let (period, from, to) = (query.owned("period"), query.date("from"), query.date("to"));
    match (period, from, to) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            Err(Failure::invalid("period 不能与 from、to 同写。", "Either period, or from and to."))
        }
        (None, Some(from), Some(to)) if to < from => {
            Err(Failure::invalid("to 不能早于 from。", "The day to is before from."))
        }
        (period, None, None) => Ok(period),
        (_, from, to) => {
            let end = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
            Ok(Some(format!("{}..{}", end(from), end(to))))
        }
    }
}

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let query = asked.query;
    let question = Question {
        measures: query.names("measures"),
        level: query.text("level").unwrap_or("county").to_owned(),
        period: period(query)?,
        as_of: query.date("as_of").map(|day| day.to_string()),
        list: query.flag("list"),
        compare: query.owned("compare"),
        rank: query.text("rank").map(|among| Ranking {
            within_district: among == "district",
            ascending: query.flag("ascending"),
        }),
    };
    let answer = asked.app.report_tally(asked.caller.viewer()?, question)?;
    Reply::json(&Tally::from(answer))
}

impl From<tally::Answer> for Tally {
    fn from(answer: tally::Answer) -> Self {
        Self {
            level: answer.level,
            period: answer.period,
            from: day(answer.from),
            to: day(answer.to),
            as_of: Date(answer.as_of),
            own_days: answer.own_days.into_iter().map(own_days).collect(),
            before: answer.before.map(|before| Earlier {
                compare: before.compare,
                from: day(before.from),
                to: day(before.to),
            }),
            measures: answer.measures.into_iter().map(Measure::from).collect(),
            units: answer
                .units
                .into_iter()
                .map(|unit| Unit { level: unit.level, id: unit.id, name: unit.name, within: unit.within })
                .collect(),
            cells: answer.cells.into_iter().map(Cell::from).collect(),
            coverage: answer.coverage.into(),
        }
    }
}

/// A day that may not be there.
pub(super) fn day(text: String) -> Option<Date> {
    (!text.is_empty()).then_some(Date(text))
}

fn own_days(own: tally::OwnDays) -> OwnDays {
    OwnDays { township: own.township, name: own.name, from: Date(own.from), to: Date(own.to) }
}

impl From<tally::CellBefore> for Before {
    fn from(before: tally::CellBefore) -> Self {
        let en = before.text_en.unwrap_or_else(|| before.text.clone());
        Self {
            numerator: before.numerator,
            denominator: before.denominator,
            text: Words::of(before.text, en),
            change: before.change,
        }
    }
}

impl From<tally::Measure> for Measure {
    fn from(measure: tally::Measure) -> Self {
        Self {
            id: measure.id,
            label: Words::of(measure.zh, measure.en),
            split: measure.split,
            split_label: Words::of(measure.split_zh, measure.split_en),
            target: measure.target,
        }
    }
}

impl From<tally::Cell> for Cell {
    fn from(cell: tally::Cell) -> Self {
        let en = cell.text_en.unwrap_or_else(|| cell.text.clone());
        Self {
            measure: cell.measure,
            split: cell.split,
            unit: cell.unit,
            numerator: cell.numerator,
            denominator: cell.denominator,
            text: Words::of(cell.text, en),
            met: cell.met,
            before: cell.before.map(Before::from),
            rank: cell.rank,
            unranked: cell.unranked,
            missing: cell
                .missing
                .into_iter()
                .map(|gap| Gap { id: gap.id, name: gap.name, township: gap.township })
                .collect(),
        }
    }
}
