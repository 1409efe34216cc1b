//! Districts and who belongs to them.

use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;

use crate::app::district;
use crate::app::key::Door;
use crate::web::query::{Needed, Param, Shape};
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};
use crate::web::schema::{Date, answer};

pub(super) static ROUTE: Route = Route {
    id: "districts",
    path: "/api/v1/districts",
    door: Some(Door::Api),
    zh: "各片、所属乡镇和挂钩联系人",
    en: "Districts, their townships and who looks after them",
    params: &[Param {
        name: "on",
        shape: Shape::Date,
        zh: "哪一天；不写为今天",
        en: "on which day; today without it",
        needed: Needed::No,
    }],
    gives: Gives::json::<Districts>(),
    keeping: Keeping::No,
    missing: false,
    answer,
};

answer! {
    /// Districts on a day.
    pub struct Districts {
        pub on: Date,
        pub districts: Vec<District>,
        /// Townships that belong to none.
        pub unassigned: Vec<Township>,
    }

    /// A district.
    pub struct District {
        pub id: RecordId,
        pub name: String,
        /// Place in lists.
        pub order: i64,
        pub townships: Vec<Township>,
        /// Those who look after it, the one who leads first; of other districts than the key's own they are not told.
        pub liaisons: Vec<Liaison>,
    }

    /// A township.
    pub struct Township {
        pub code: TownshipCode,
        pub name: String,
    }

    /// A member of the standing committee who looks after a district.
    pub struct Liaison {
        /// Code of the account.
        pub member: String,
        pub name: String,
        /// The one who leads.
        pub lead: bool,
        pub from: Date,
        /// First day on which it is over; null: until further notice.
        pub to: Option<Date>,
    }
}

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let on = asked.query.date("on").map(|day| day.to_string());
    let map = asked.app.report_districts(asked.caller.viewer()?, on)?;
    let town = |(code, name): (TownshipCode, String)| Township { code, name };
    Reply::json(&Districts {
        on: Date(map.on),
        districts: map.districts.into_iter().map(district).collect(),
        unassigned: map.unassigned.into_iter().map(town).collect(),
    })
}

fn district(found: district::District) -> District {
    let liaison = |line: district::LiaisonLine| Liaison {
        member: line.member,
        name: line.name,
        lead: line.lead,
        from: Date(line.from),
        to: line.to.map(Date),
    };
    District {
        id: found.id,
        name: found.name,
        order: found.order,
        townships: found.townships.into_iter().map(|(code, name)| Township { code, name }).collect(),
        liaisons: found.liaisons.into_iter().map(liaison).collect(),
    }
}
