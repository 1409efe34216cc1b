//! Districts (片): which there are, which township belongs to which, who looks after them. All three are ordinary records
//! of the county, written through the command gate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;
use shared::record::{Day, Value};
use shared::tally::{Interval, Membership};

use super::App;
use super::ask::Ask;
use super::named::{Of, Said, Step, kind, records, take};

pub(super) const DISTRICT: &str = "district";
const MEMBERSHIP: &str = shared::tally::MEMBERSHIP_KIND;
const LIAISON: &str = "liaison_assignment";

/// Founds a district.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Add {
    pub name: String,
    /// Place in lists; the next one if it is not given.
    pub order: Option<i64>,
    /// First day, `2026-01-01`; the first day of this year if it is not given.
    pub from: Option<String>,
}

/// From a day on a township belongs to a district.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Assign {
    pub township: TownshipCode,
    /// Name or id.
    pub district: String,
    pub from: String,
}

/// A member of the standing committee looks after a district (挂钩联系).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Liaison {
    /// Code of the member's account.
    pub member: String,
    pub name: String,
    pub district: String,
    /// The one who leads (牵头).
    pub lead: bool,
    pub from: String,
    pub to: Option<String>,
}

/// Districts and their members on a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List {
    /// Today if it is not given.
    pub on: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    pub id: RecordId,
    pub name: String,
    pub order: i64,
    /// (code, name)
    pub townships: Vec<(TownshipCode, String)>,
    pub liaisons: Vec<LiaisonLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiaisonLine {
    pub member: String,
    pub name: String,
    pub lead: bool,
    pub from: String,
    pub to: Option<String>,
}

/// A list of districts, and the townships that are in none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    pub on: String,
    pub districts: Vec<District>,
    pub unassigned: Vec<(TownshipCode, String)>,
}

/// A record just written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub record: RecordId,
}

impl Ask for Add {
    type Answer = Written;

    fn answer(self, app: &App) -> Result<Written, Failure> {
        let name = self.name.trim();
        if all(app).iter().any(|district| district.name == name) {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("已经有“{name}”。"),
                format!("There is a district \"{name}\" already."),
            ));
        }
        let next = all(app).iter().map(|district| district.order).max().unwrap_or(0) + 1;
        let from = first_day(app, self.from.as_deref())?;
        let set = vec![
            ("name", Value::Text(name.to_owned())),
            ("order", Value::Number(self.order.unwrap_or(next))),
            ("active_from", Value::Date(from)),
        ];
        let set_up = Step::new(kind(app, DISTRICT)?, Of::New, "set_up", set);
        Ok(Written { record: take(app, vec![set_up])? })
    }
}

impl Ask for Assign {
    type Answer = Written;

    fn answer(self, app: &App) -> Result<Written, Failure> {
        app.towns().find(self.township)?;
        let district = find(app, &self.district)?;
        Ok(Written { record: join(app, self.township, district, self.from.parse()?)? })
    }
}

impl Ask for Liaison {
    type Answer = Written;

    fn answer(self, app: &App) -> Result<Written, Failure> {
        let district = find(app, &self.district)?;
        if app.membership().members(district, app.today()).is_empty() {
            return Err(Failure::new(
                ErrorCode::Refused,
                format!("“{}”现在没有乡镇，无处下发。", self.district),
                format!("The district \"{}\" has no townships now.", self.district),
            )
            .advise(
                "请先用 county-hub district assign 划入乡镇。",
                "Put townships in first, with county-hub district assign.",
            ));
        }
        let mut set = vec![
            ("member", Value::Text(self.member)),
            ("member_name", Value::Text(self.name)),
            ("district", Value::Link(district)),
            ("lead", Value::Flag(self.lead)),
            ("from", Value::Date(self.from.parse()?)),
        ];
        if let Some(to) = &self.to {
            set.push(("to", Value::Date(to.parse()?)));
        }
        let found = kind(app, LIAISON)?;
        let draft = Step::new(found, Of::New, "draft", set);
        let announce = Step::new(found, Of::Last, "announce", Vec::new());
        Ok(Written { record: take(app, vec![draft, announce])? })
    }
}

impl Ask for List {
    type Answer = Map;

    fn answer(self, app: &App) -> Result<Map, Failure> {
        let on = match &self.on {
            Some(text) => text.parse()?,
            None => app.today(),
        };
        let membership = app.membership();
        let named = |code: TownshipCode| (code, app.towns().name(code));
        let mut districts = all(app);
        for district in &mut districts {
            district.townships = membership.members(district.id, on).into_iter().map(named).collect();
            district.liaisons = liaisons(app, district.id, on);
        }
        let towns: Vec<TownshipCode> = app.towns().iter().map(|town| town.code).collect();
        let none = towns.into_iter().filter(|code| membership.district(*code, on).is_none());
        Ok(Map { on: on.to_string(), districts, unassigned: none.map(named).collect() })
    }
}

impl App {
    /// Which township belonged to which district, and when.
    pub fn membership(&self) -> Membership {
        self.store.read(|views| Membership::read(views, &self.catalogue))
    }
}

/// Every district, in its order, without members.
pub(super) fn all(app: &App) -> Vec<District> {
    let Some(kind) = app.catalogue.kind(DISTRICT) else { return Vec::new() };
    let mut found: Vec<District> = app
        .store
        .read(|views| records(views, kind))
        .iter()
        .map(|record| (record.id, Said::of(kind, record)))
        .map(|(id, said)| District {
            id,
            name: said.text("name").to_owned(),
            order: said.number("order").unwrap_or(0),
            townships: Vec::new(),
            liaisons: Vec::new(),
        })
        .collect();
    found.sort_by(|a, b| (a.order, &a.name, a.id).cmp(&(b.order, &b.name, b.id)));
    found
}

/// A district by its name or id.
///
/// # Errors
/// `NotFound`, with the names that there are.
pub(super) fn find(app: &App, name: &str) -> Result<RecordId, Failure> {
    let districts = all(app);
    let id: Option<RecordId> = name.parse().ok();
    let found = districts.iter().find(|district| district.name == name || Some(district.id) == id);
    found.map(|district| district.id).ok_or_else(|| {
        let names: Vec<&str> = districts.iter().map(|district| district.name.as_str()).collect();
        let names = names.join("、");
        Failure::new(
            ErrorCode::NotFound,
            format!("没有“{name}”这个片。"),
            format!("There is no district \"{name}\"."),
        )
        .detail(format!("现有：{names}"), format!("there are: {names}"))
        .advise("用 county-hub district add 新建。", "Found one with county-hub district add.")
    })
}

/// Districts and memberships, read once.
pub(super) struct Groups {
    membership: Membership,
    names: BTreeMap<RecordId, String>,
}

impl Groups {
    pub(super) fn read(app: &App) -> Self {
        let names = all(app).into_iter().map(|district| (district.id, district.name)).collect();
        Self { membership: app.membership(), names }
    }

    pub(super) fn membership(&self) -> &Membership {
        &self.membership
    }

    /// The township that one had been merged into by a day.
    pub(super) fn successor(&self, township: TownshipCode, on: Day) -> Option<TownshipCode> {
        self.membership.successor(township, on)
    }

    /// Name of the district of a township on a day.
    pub(super) fn name(&self, township: TownshipCode, on: Day) -> Option<String> {
        self.names.get(&self.membership.district(township, on)?).cloned()
    }
}

/// From `from` on the township belongs to the district; the membership that runs on that day ends.
pub(super) fn join(
    app: &App,
    township: TownshipCode,
    district: RecordId,
    from: Day,
) -> Result<RecordId, Failure> {
    if app.membership().members(district, from).contains(&township) {
        return Err(Failure::new(
            ErrorCode::Conflict,
            format!("{} 在 {from} 已经属于这个片。", app.towns().name(township)),
            format!("The township {township} belongs to this district on {from} already."),
        ));
    }
    let membership = kind(app, MEMBERSHIP)?;
    // One commit, so that the township is in a district at every moment.
    let mut steps: Vec<Step<'_>> = running(app, township, from)?
        .into_iter()
        .map(|id| Step::new(membership, Of::This(id), "end", vec![("to", Value::Date(from))]))
        .collect();
    let set = vec![
        ("township", Value::Number(i64::from(township.number()))),
        ("name", Value::Text(app.towns().name(township))),
        ("district", Value::Link(district)),
        ("from", Value::Date(from)),
    ];
    steps.push(Step::new(membership, Of::New, "join", set));
    take(app, steps)
}

/// The memberships of a township that run on a day.
fn running(app: &App, township: TownshipCode, on: Day) -> Result<Vec<RecordId>, Failure> {
    let membership = kind(app, MEMBERSHIP)?;
    let mut found = app.store.read(|views| records(views, membership));
    found.retain(|record| {
        let said = Said::of(membership, record);
        let begun = said.day("from").is_some_and(|from| from <= on);
        let over = said.day("to").is_some_and(|to| to <= on);
        said.township("township") == Some(township) && begun && !over
    });
    Ok(found.into_iter().map(|record| record.id).collect())
}

/// From a day on a township has been merged into another: its membership ends and names that one.
///
/// # Errors
/// `Refused`: one of the two is in no district on that day.
pub(super) fn merge(app: &App, township: TownshipCode, into: TownshipCode, from: Day) -> Result<(), Failure> {
    let memberships = running(app, township, from)?;
    let homeless = [(township, memberships.is_empty()), (into, running(app, into, from)?.is_empty())];
    if let Some((code, _)) = homeless.into_iter().find(|(_, homeless)| *homeless) {
        let name = app.towns().name(code);
        return Err(Failure::new(
            ErrorCode::Refused,
            format!("{name} 在 {from} 不属于任何片。"),
            format!("{name} is in no district on {from}."),
        )
        .advise(
            "请先用 county-hub district assign 划入一个片。",
            "Put it into one first, with county-hub district assign.",
        ));
    }
    let membership = kind(app, MEMBERSHIP)?;
    let step = |id| {
        let successor = Value::Number(i64::from(into.number()));
        let set = vec![("to", Value::Date(from)), ("successor", successor)];
        Step::new(membership, Of::This(id), "end", set)
    };
    take(app, memberships.into_iter().map(step).collect()).map(drop)
}

fn liaisons(app: &App, district: RecordId, on: Day) -> Vec<LiaisonLine> {
    let announced = announced(app).into_iter();
    let mut lines: Vec<LiaisonLine> = announced
        .filter(|found| found.interval.district == district && found.interval.holds(on))
        .map(|found| LiaisonLine {
            member: found.member,
            name: found.name,
            lead: found.lead,
            from: found.interval.from.to_string(),
            to: found.interval.to.map(|day| day.to_string()),
        })
        .collect();
    lines.sort_by(|a, b| (!a.lead, &a.member).cmp(&(!b.lead, &b.member)));
    lines
}

/// Who looks after a district, on which days.
pub(super) struct Announced {
    pub(super) interval: Interval,
    /// Code of the member's account.
    member: String,
    name: String,
    pub(super) lead: bool,
}

/// What has been announced.
pub(super) fn announced(app: &App) -> Vec<Announced> {
    let Some(kind) = app.catalogue.kind(LIAISON) else { return Vec::new() };
    let found = app.store.read(|views| records(views, kind));
    let said = found.iter().filter(|record| kind.statuses.get(&record.status).is_none_or(|s| !s.draft));
    let read = |said: Said<'_>| {
        let district = said.link("district")?;
        let interval = Interval { district, from: said.day("from")?, to: said.day("to") };
        let (member, name) = (said.text("member").to_owned(), said.text("member_name").to_owned());
        Some(Announced { interval, member, name, lead: said.flag("lead") })
    };
    said.filter_map(|record| read(Said::of(kind, record))).collect()
}

fn first_day(app: &App, text: Option<&str>) -> Result<Day, Failure> {
    Ok(match text {
        Some(text) => text.parse()?,
        None => Day::new(app.today().year(), 1, 1).unwrap_or(app.today()),
    })
}
