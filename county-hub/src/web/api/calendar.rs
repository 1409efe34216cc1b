//! The calendar that others subscribe to.

use shared::exchange::ics;
use shared::program::{Failure, Lang};

use crate::app::App;
use crate::app::feed::{Event, Standing, Wanted};
use crate::app::key::Door;
use crate::web::query::{Needed, Param, Shape};
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};

const MEDIA: &str = "text/calendar; charset=utf-8";

pub(super) static ROUTE: Route = Route {
    id: "calendar",
    path: "/api/v1/calendar.ics",
    door: Some(Door::Calendar),
    zh: "会议、座谈、培训等日程和期限（iCalendar，RFC 5545），可订阅",
    en: "Days of meetings, seminars, training and deadlines (iCalendar, RFC 5545), to subscribe to",
    params: &PARAMS,
    gives: Gives::Document(MEDIA),
    keeping: Keeping::Tagged,
    missing: true,
    answer,
};

static PARAMS: [Param; 3] = [
    Param {
        name: "kind",
        shape: Shape::Name,
        zh: "只要一种台账，如 meeting；见 kinds 中 calendar 为真的",
        en: "one kind alone, such as meeting: one whose calendar is true in kinds",
        needed: Needed::No,
    },
    Param {
        name: "township",
        shape: Shape::Township,
        zh: "只要一个乡镇自己的和县里发给它的",
        en: "a township's own days and what is addressed to it alone",
        needed: Needed::No,
    },
    Param {
        name: "lang",
        shape: Shape::Word(&["zh", "en"]),
        zh: "名称的语言",
        en: "language of the labels",
        needed: Needed::No,
    },
];

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let query = asked.query;
    let lang = if query.text("lang") == Some("en") { Lang::En } else { Lang::Zh };
    let wanted = Wanted { kind: query.owned("kind"), township: query.township("township") };
    let events = asked.app.report_events(asked.caller.viewer()?, &wanted)?;
    let county = &asked.app.config().name;
    let feed = ics::Feed {
        name: format!("{county}{}", lang.pick("人大日程", " People's Congress")),
        events: events.into_iter().map(|event| shaped(asked.app, event, lang)).collect(),
    };
    Ok(Reply { media: MEDIA, body: ics::write(&feed).into_bytes() })
}

fn shaped(app: &App, event: Event, lang: Lang) -> ics::Event {
    let county = &app.config().county;
    let deadline = event.deadline.map(|number| format!("-{number}")).unwrap_or_default();
    ics::Event {
        uid: format!("{}{deadline}@{county}.xianglian", event.record),
        sequence: event.rev,
        changed_at: event.changed_at,
        first: event.first,
        last: event.last,
        summary: event.title.get(lang).to_owned(),
        place: event.place,
        description: event.owner,
        category: event.kind_label.get(lang).to_owned(),
        standing: match event.standing {
            Standing::Confirmed => ics::Standing::Confirmed,
            Standing::Deadline => ics::Standing::Deadline,
            Standing::Cancelled => ics::Standing::Cancelled,
        },
    }
}
