//! Who has not signed for what.

use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;

use super::AFTER;
use crate::app::acks::{self, Standing, Wanted};
use crate::app::key::Door;
use crate::limits;
use crate::web::query::{Needed, Param, Shape, mark_text};
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};
use crate::web::schema::{Date, Moment, Words, answer};

const OPEN: &str = "open";
const ALL: &str = "all";

pub(super) static ROUTE: Route = Route {
    id: "acknowledgements",
    path: "/api/v1/acknowledgements",
    door: Some(Door::Api),
    zh: "谁还没有签收什么，分页",
    en: "Who has not signed for what, in pages",
    params: &PARAMS,
    gives: Gives::json::<Acknowledgements>(),
    keeping: Keeping::No,
    missing: true,
    answer,
};

static PARAMS: [Param; 6] = [
    Param {
        name: "kind",
        shape: Shape::Name,
        zh: "只要一种县里的台账，如 circular_doc",
        en: "one kind of the county alone, such as circular_doc",
        needed: Needed::No,
    },
    Param {
        name: "township",
        shape: Shape::Township,
        zh: "只要一个乡镇",
        en: "one township alone",
        needed: Needed::No,
    },
    Param {
        name: "standing",
        shape: Shape::Word(&[OPEN, ALL, "undelivered", "waiting", "overdue", "answered"]),
        zh: "只要这种情况；open 为未签收的全部",
        en: "those that stand so alone; open: all that are not answered",
        needed: Needed::No,
    },
    Param {
        name: "from",
        shape: Shape::Date,
        zh: "从哪天的记录起；不写为一年",
        en: "records of the county from this day on; a year without it",
        needed: Needed::No,
    },
    Param {
        name: "limit",
        shape: Shape::Number(1, limits::ACKS_MAX, limits::ACKS_DEFAULT),
        zh: "一页大约几行；一条记录的各乡镇总在同一页",
        en: "lines in a page, about: the townships of one record stand in one page",
        needed: Needed::No,
    },
    AFTER,
];

answer! {
    /// A page of acknowledgements: kind by kind, the newest record first, its townships by code.
    pub struct Acknowledgements {
        /// The day from which on records were looked at.
        pub from: Date,
        pub lines: Vec<Acknowledgement>,
        /// To be sent as after for the next page; null at the end.
        pub next: Option<String>,
    }

    /// One township and one record of the county that it is to answer.
    pub struct Acknowledgement {
        pub record: RecordId,
        /// Id of the county's kind.
        pub kind: String,
        pub kind_label: Words,
        pub title: String,
        /// When it went into what flows down to the township.
        pub published: Moment,
        pub township: TownshipCode,
        pub township_name: String,
        /// When the hub first knew that the node has it.
        pub delivered: Option<Moment>,
        /// Id of the kind of the answer.
        pub answer_kind: String,
        /// The township's record, once it is here.
        pub answer: Option<RecordId>,
        pub answer_status: Option<Words>,
        pub answered: Option<Moment>,
        /// Last day on which the answer is in time; null while it is not delivered.
        pub due: Option<Date>,
        /// Days since delivery while there is no answer.
        pub waiting_days: Option<i32>,
        /// undelivered, waiting, overdue or answered.
        pub standing: String,
    }
}

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let query = asked.query;
    let standing = query.text("standing");
    let wanted = Wanted {
        kind: query.owned("kind"),
        township: query.township("township"),
        standing: standing.and_then(Standing::from_name),
        all: standing == Some(ALL),
        from: query.date("from").map(|day| day.to_string()),
        limit: query.number("limit").unwrap_or_default(),
        after: query.mark("after"),
    };
    let page = asked.app.report_acks(asked.caller.viewer()?, &wanted)?;
    Reply::json(&Acknowledgements {
        from: Date(page.from),
        lines: page.lines.into_iter().map(line).collect(),
        next: mark_text(&page.next),
    })
}

fn line(line: acks::Line) -> Acknowledgement {
    Acknowledgement {
        record: line.record,
        kind: line.kind,
        kind_label: line.kind_label.into(),
        title: line.title,
        published: Moment(line.published),
        township: line.township,
        township_name: line.township_name,
        delivered: line.delivered.map(Moment),
        answer_kind: line.answer_kind,
        answer: line.answer,
        answer_status: line.answer_status.map(Words::from),
        answered: line.answered.map(Moment),
        due: line.due.map(Date),
        waiting_days: line.waiting_days,
        standing: line.standing.name().to_owned(),
    }
}
