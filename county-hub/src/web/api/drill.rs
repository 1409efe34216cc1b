//! From a figure to the records that make it.

use shared::ids::TownshipCode;
use shared::ledger::{ShownItem, ShownPart, ShownTownship};
use shared::limits::DRILL_ITEMS_MAX;
use shared::program::Failure;

use super::{AFTER, FROM, PERIOD, TO};
use crate::app::drill::{self, Question};
use crate::app::key::Door;
use crate::app::viewer::Viewer;
use crate::web::query::{Needed, Param, Shape};
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};
use crate::web::schema::{Date, Words, answer};

const ITEMS_MAX: u32 = DRILL_ITEMS_MAX as u32;

pub(super) static ROUTE: Route = Route {
    id: "drill",
    path: "/api/v1/drill",
    door: Some(Door::Api),
    zh: "一个数字由哪些记录得来，分页",
    en: "Which records make a figure, in pages",
    params: &PARAMS,
    gives: Gives::json::<Drill>(),
    keeping: Keeping::No,
    missing: true,
    answer,
};

static PARAMS: [Param; 9] = [
    Param {
        name: "measure",
        shape: Shape::Name,
        zh: "指标，如 A1",
        en: "id of a measure, rate or coverage, such as A1",
        needed: Needed::Yes,
    },
    Param {
        name: "split",
        shape: Shape::Name,
        zh: "其中一项：选项的 key 或等级的序号；不写为整个指标",
        en: "one part of it: key of a choice, number of a grade; the whole without it",
        needed: Needed::No,
    },
    Param {
        name: "township",
        shape: Shape::Township,
        zh: "哪个乡镇的数字；与 district 二者择一，都不写为全县（或钥匙自己的单位）",
        en: "of which township; or of which district; of the county (or of the key's own unit) without either",
        needed: Needed::No,
    },
    Param {
        name: "district",
        shape: Shape::Record,
        zh: "哪个片的数字（片的 id，见 districts）",
        en: "of which district (its id, see districts)",
        needed: Needed::No,
    },
    PERIOD,
    FROM,
    TO,
    Param {
        name: "limit",
        shape: Shape::Number(1, ITEMS_MAX, ITEMS_MAX),
        zh: "一页最多几项；一条记录的各项总在同一页",
        en: "items of a page at most; those of one record are never parted",
        needed: Needed::No,
    },
    AFTER,
];

answer! {
    /// A page of what makes a figure.
    pub struct Drill {
        pub measure: String,
        pub label: Words,
        /// county, district or township.
        pub level: String,
        /// Code of a township, id of a district, empty for the county.
        pub unit: String,
        pub name: String,
        /// First day of the unit; null where it has none.
        pub from: Option<Date>,
        pub to: Option<Date>,
        pub as_of: Date,
        /// The figure, as in tally.
        pub numerator: i64,
        pub denominator: Option<i64>,
        pub text: Words,
        /// The measures that the figure is made of.
        pub parts: Vec<DrillPart>,
        pub items: Vec<DrillItem>,
        /// Where the figure counts townships, the figure of each.
        pub townships: Vec<DrillTownship>,
        /// To be sent as after for the next page; null at the end. A page may have no items and yet not be the last.
        pub next: Option<String>,
    }

    /// A measure of the figure.
    pub struct DrillPart {
        /// whole, numerator, denominator, line or list.
        pub role: String,
        pub measure: String,
        pub label: Words,
        pub text: String,
    }

    /// A record, a row of it, or a value of it that counts.
    pub struct DrillItem {
        /// Index of the part, from 0. The amounts of the items of a part add up to its figure; where values are counted,
        /// there are as many different ones in each township.
        pub part: u64,
        /// Id of the record; empty for a choice on a list, and for what is not the key's to see.
        pub record: String,
        pub title: String,
        pub kind: String,
        pub status: Option<Words>,
        /// For which it counts; null: a district or the county as a whole.
        pub township: Option<TownshipCode>,
        /// On which it counts; empty where it has none.
        pub day: String,
        /// Number of the child row, from 1; null: the record.
        pub row: Option<u32>,
        pub row_text: Option<Words>,
        /// The value that is counted, where values are.
        pub value: Option<Words>,
        /// What it adds; thousandths where the figure of the part is.
        pub amount: i64,
        pub text: String,
        /// Days, of a median.
        pub days: Option<i64>,
        /// On a list: whether work has reached it.
        pub covered: Option<bool>,
        /// It counts, and is not the key's to see.
        pub withheld: bool,
    }

    /// The figure of one township.
    pub struct DrillTownship {
        pub township: TownshipCode,
        pub name: String,
        pub text: String,
    }
}

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (query, viewer) = (asked.query, asked.caller.viewer()?);
    let unit = match (query.township("township"), query.record("district"), viewer) {
        (Some(_), Some(_), _) => {
            let (zh, en) = ("township 与 district 只能写一个。", "Either township or district.");
            return Err(Failure::invalid(zh, en));
        }
        (Some(code), None, _) | (None, None, Viewer::Township(code)) => code.to_string(),
        (None, Some(id), _) | (None, None, Viewer::District(id)) => id.to_string(),
        (None, None, Viewer::County) => String::new(),
    };
    let question = Question {
        measure: query.owned("measure").unwrap_or_default(),
        split: query.owned("split"),
        unit,
        period: super::tally::period(query)?,
        as_of: None,
        limit: query.number("limit"),
        after: query.owned("after"),
    };
    let answer = asked.app.drill(&asked.app.sight(viewer), &question)?;
    Reply::json(&Drill::from(answer))
}

impl From<drill::Answer> for Drill {
    fn from(answer: drill::Answer) -> Self {
        let shown = answer.shown;
        Self {
            measure: shown.measure,
            label: shown.label.into(),
            level: answer.level,
            unit: answer.unit,
            name: answer.name,
            from: super::tally::day(answer.from),
            to: super::tally::day(answer.to),
            as_of: Date(answer.as_of),
            numerator: shown.numerator,
            denominator: shown.denominator,
            text: shown.text.into(),
            parts: shown.parts.into_iter().map(part).collect(),
            items: shown.items.into_iter().map(item).collect(),
            townships: shown.townships.into_iter().map(township).collect(),
            next: shown.next,
        }
    }
}

fn part(part: ShownPart) -> DrillPart {
    DrillPart { role: part.role, measure: part.id, label: part.label.into(), text: part.text }
}

fn item(item: ShownItem) -> DrillItem {
    DrillItem {
        part: item.part as u64,
        record: item.record,
        title: item.title,
        kind: item.kind,
        status: item.status.map(Words::from),
        township: item.township,
        day: item.day,
        row: item.row,
        row_text: item.row_text.map(Words::from),
        value: item.value.map(Words::from),
        amount: item.amount,
        text: item.text,
        days: item.days,
        covered: item.covered,
        withheld: item.withheld,
    }
}

fn township(one: ShownTownship) -> DrillTownship {
    DrillTownship { township: one.township, name: one.name, text: one.text }
}
