//! Figures.

use shared::ids::TownshipCode;
use shared::program::Failure;

use super::coverage::Coverage;
use crate::app::key::Door;
use crate::app::tally::{self, Question};
use crate::web::query::{Needed, Param, Shape};
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

static PARAMS: [Param; 7] = [
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
    Param {
        name: "period",
        shape: Shape::Period,
        zh: "时段；不写为全部时间，不能与 from、to 同写",
        en: "period; all time without it; not together with from and to",
        needed: Needed::No,
    },
    Param { name: "from", shape: Shape::Date, zh: "起始日期", en: "first day", needed: Needed::No },
    Param {
        name: "to",
        shape: Shape::Date,
        zh: "截止日期，不早于 from",
        en: "last day, not before from",
        needed: Needed::No,
    },
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
];

answer! {
    /// Figures: for each measure one cell for each unit, in the order of both lists.
    pub struct Tally {
        pub level: String,
        pub from: Date,
        pub to: Date,
        /// The day on which overdue was judged.
        pub as_of: Date,
        pub measures: Vec<Measure>,
        pub units: Vec<Unit>,
        pub cells: Vec<Cell>,
        pub coverage: Coverage,
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
        /// Whom a coverage misses, if that was asked for.
        pub missing: Vec<Gap>,
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

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let query = asked.query;
    let (period, from, to) = (query.owned("period"), query.date("from"), query.date("to"));
    let period = match (period, from, to) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            let (zh, en) = ("period 不能与 from、to 同写。", "Either period, or from and to.");
            return Err(Failure::invalid(zh, en));
        }
        (None, Some(from), Some(to)) if to < from => {
            return Err(Failure::invalid("to 不能早于 from。", "The day to is before from."));
        }
        (period, None, None) => period,
        (_, from, to) => {
            let end = |day: Option<shared::record::Day>| day.map(|day| day.to_string()).unwrap_or_default();
            Some(format!("{}..{}", end(from), end(to)))
        }
    };
    let question = Question {
        measures: query.names("measures"),
        level: query.text("level").unwrap_or("county").to_owned(),
        period,
        as_of: query.date("as_of").map(|day| day.to_string()),
        list: query.flag("list"),
        ..Question::default()
    };
    let answer = asked.app.report_tally(asked.caller.viewer()?, question)?;
    Reply::json(&Tally::from(answer))
}

impl From<tally::Answer> for Tally {
    fn from(answer: tally::Answer) -> Self {
        Self {
            level: answer.level,
            from: Date(answer.from),
            to: Date(answer.to),
            as_of: Date(answer.as_of),
            measures: answer.measures.into_iter().map(Measure::from).collect(),
            units: answer
                .units
                .into_iter()
                .map(|unit| Unit { level: unit.level, id: unit.id, name: unit.name })
                .collect(),
            cells: answer.cells.into_iter().map(Cell::from).collect(),
            coverage: answer.coverage.into(),
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
            missing: cell
                .missing
                .into_iter()
                .map(|gap| Gap { id: gap.id, name: gap.name, township: gap.township })
                .collect(),
        }
    }
}
