//! What the county does: districts and their liaison members, seminars, training classes, guidance visits.

use super::county::{self, DISTRICTS, REDRAWN, TOWNSHIPS, Township};
use super::gather;
use super::life::{Say, Teller, text};
use super::step::Handle;
use super::{people, words};
use crate::record::Day;

/// A class to which the townships enrol people.
pub(super) struct Class {
    pub handle: Handle,
    pub name: String,
    pub from: Day,
    /// From this day on an enrolment can be sent.
    pub opened: Day,
}

/// A visit that a township answers.
pub(super) struct Visit {
    pub handle: Handle,
    pub township: u32,
    pub subject: String,
    pub visited: Day,
    pub answer_on: Day,
    pub agreed: bool,
}

/// What the townships have to answer.
#[derive(Default)]
pub(super) struct Asked {
    pub classes: Vec<Class>,
    pub visits: Vec<Visit>,
}

/// Days after the beginning of the story on which a township changes its district.
const REDRAWN_AFTER: i32 = 171;

pub(super) fn county_year(teller: &mut Teller<'_>, visits: usize) -> Asked {
    let (districts, ready) = districts(teller);
    if districts.len() < DISTRICTS.len() {
        return Asked::default();
    }
    let liaison = liaison(teller, &districts, ready);
    seminars(teller, &districts);
    gather::gatherings(teller);
    let classes = classes(teller);
    let visits = visits_of_year(teller, &districts, &liaison, visits);
    Asked { classes, visits }
}

/// The districts and their members; gives the day after which both stand.
fn districts(teller: &mut Teller<'_>) -> (Vec<Handle>, Day) {
    let from = teller.from;
    let mut handles = Vec::new();
    let mut ready = from;
    for (index, district) in DISTRICTS.iter().enumerate() {
        let Some(kind) = teller.kind("district") else { break };
        let say = vec![
            ("name", text(district.name)),
            ("order", Say::Number(index as i64 + 1)),
            ("active_from", Say::Date(from)),
        ];
        let Some(life) = teller.begin(kind, 0, from, "set_up", say) else { break };
        ready = ready.max(life.day);
        handles.push(life.handle);
    }
    let joined = ready.plus(1);
    for (district, &handle) in DISTRICTS.iter().zip(&handles) {
        for township in district.townships {
            ready = ready.max(member(teller, *township, handle, &handles, from, joined));
        }
    }
    (handles, ready)
}

fn member(teller: &mut Teller<'_>, code: u32, district: Handle, all: &[Handle], from: Day, day: Day) -> Day {
    let (Some(kind), Some(township)) = (teller.kind("district_membership"), by_code(code)) else {
        return day;
    };
    let say = |district: Handle, from: Day| {
        vec![
            ("township", Say::Township(code)),
            ("name", text(township.name)),
            ("district", Say::Of(district)),
            ("from", Say::Date(from)),
        ]
    };
    let Some(mut life) = teller.begin(kind, 0, day, "join", say(district, from)) else { return day };
    let joined = life.day;
    let (redrawn, _, to) = REDRAWN;
    if code == redrawn {
        let on = from.plus(REDRAWN_AFTER);
        // Decided in the weeks before; the old membership does not include the day on which the new one begins.
        if life.then("end", (on.0 - joined.0 - 6).max(1), vec![("to", Say::Date(on))]) {
            let decided = life.day;
            teller.begin(kind, 0, decided.plus(1), "join", say(all[to], on));
        }
    }
    joined
}

fn by_code(code: u32) -> Option<&'static Township> {
    TOWNSHIPS.iter().find(|township| township.code == code)
}

/// The liaison members of every district; the first leads.
fn liaison(teller: &mut Teller<'_>, districts: &[Handle], ready: Day) -> Vec<Vec<Handle>> {
    let from = teller.from;
    let mut all = Vec::new();
    for (index, (district, &handle)) in DISTRICTS.iter().zip(districts).enumerate() {
        let mut of_district = Vec::new();
        for (number, name) in district.liaison.iter().enumerate() {
            let Some(kind) = teller.kind("liaison_assignment") else { continue };
            let say = vec![
                ("member", text(format!("liaison{}{}", index + 1, number + 1))),
                ("member_name", text(*name)),
                (
                    "member_post",
                    text(if number == 0 {
                        "县人大常委会副主任"
                    } else {
                        "县人大常委会委员"
                    }),
                ),
                ("district", Say::Of(handle)),
                ("lead", Say::Flag(number == 0)),
                ("from", Say::Date(from)),
            ];
            let Some(mut life) = teller.begin(kind, 0, ready.plus(1), "draft", say) else { continue };
            if life.then("announce", 1, vec![]) {
                of_district.push(life.handle);
            }
        }
        all.push(of_district);
    }
    all
}

/// Two seminars of the county and one of every district.
fn seminars(teller: &mut Teller<'_>, districts: &[Handle]) {
    for number in 0..2 + districts.len() {
        let Some(kind) = teller.kind("seminar") else { return };
        let of_district = number.checked_sub(2);
        let held = teller.from.plus(match of_district {
            None => 100 + 150 * number as i32,
            Some(index) => 130 + 12 * index as i32,
        });
        let theme = words::SEMINARS[number % words::SEMINARS.len()];
        let mut say = vec![
            ("form", Say::Key(if theme.ends_with("研讨会") { "SYMPOSIUM" } else { "FORUM" })),
            ("addressed_to", Say::Key(if of_district.is_some() { "DISTRICT" } else { "ALL" })),
            ("theme", text(theme)),
            ("held_on", Say::Date(held)),
            (
                "place",
                text(if of_district.is_some() {
                    "片内牵头乡镇会议室"
                } else {
                    "县人大常委会三楼会议室"
                }),
            ),
        ];
        if let Some(index) = of_district {
            say.push(("to_district", Say::Of(districts[index])));
        }
        let mut townships: Vec<u32> = match of_district {
            None => TOWNSHIPS.iter().map(|township| township.code).collect(),
            Some(index) => DISTRICTS[index].townships.to_vec(),
        };
        // Not everybody comes every time.
        if townships.len() > 4 {
            townships.remove(teller.random.below(townships.len()));
        }
        let Some(mut life) = teller.begin(kind, 0, held.plus(-40), "plan", say) else { continue };
        let due = held.plus(-12);
        if !life.then("call", 2, vec![("papers_due", Say::Date(due))]) {
            continue;
        }
        // Notice is given when the papers are in.
        life.after_exchange(2);
        if !life.then("notice", 24, vec![]) {
            continue;
        }
        let papers = townships.iter().step_by(3).map(|code| {
            let name = by_code(*code).map_or("", |township| township.name);
            vec![
                ("township", Say::Township(*code)),
                ("title", text(format!("{name}人大工作的实践与思考"))),
                ("submitted_on", Say::Date(due.plus(-2))),
                ("accepted", Say::Flag(true)),
            ]
        });
        let papers = Say::Rows(papers.collect());
        let present = townships.len() as i64 * 2 + 6;
        let came =
            townships.iter().map(|code| vec![("township", Say::Township(*code)), ("people", Say::Number(2))]);
        let hold = vec![
            ("attendees", Say::Rows(came.collect())),
            ("attendance_count", Say::Number(present)),
            ("papers", papers),
        ];
        let wait = (held.0 - life.day.0).max(1);
        if life.then("hold", wait, hold)
            && life.then(
                "summarise",
                6,
                vec![("summary", text("与会同志围绕主题交流做法，提出意见建议，会议要求抓好成果转化。"))],
            )
        {
            life.then("close", 10, vec![]);
        }
    }
}

fn classes(teller: &mut Teller<'_>) -> Vec<Class> {
    let mut classes = Vec::new();
    for (number, name) in words::CLASSES.iter().enumerate() {
        let Some(kind) = teller.kind("training_class") else { break };
        let from = Teller::working(teller.from.plus(75 + 70 * number as i32));
        let name = format!("{}{name}", county::NAME);
        let audience = if name.contains("代表") { vec!["DEPUTY"] } else { vec!["CHAIR", "OFFICE_HEAD"] };
        let post = audience[0];
        let say = vec![
            ("name", text(name.clone())),
            ("organiser_level", Say::Key("COUNTY")),
            ("place", text("县委党校")),
            ("from", Say::Date(from)),
            ("to", Say::Date(from.plus(1))),
            ("hours", Say::Decimal(120, 1)),
            ("audience", Say::Keys(audience)),
            ("subjects", Say::Keys(vec!["LAW", "BUSINESS"])),
            ("addressed_to", Say::Key("ALL")),
        ];
        let places = |township: &Township| {
            vec![
                ("township", Say::Township(township.code)),
                ("places", Say::Number(2 + i64::from(township.deputies) / 30)),
            ]
        };
        let Some(mut life) = teller.begin(kind, 0, from.plus(-36), "plan", say) else { break };
        let quota = Say::Rows(TOWNSHIPS.iter().map(places).collect());
        let by = Say::Date(from.plus(-8));
        if !life.then("send_quota", 3, vec![("quota", quota), ("enrol_by", by.clone())])
            || !life.then("open_enrolment", 3, vec![("enrol_by", by)])
        {
            continue;
        }
        classes.push(Class { handle: life.handle, name, from, opened: life.day });
        // The list is made when the townships' enrolments are in.
        life.after_exchange(2);
        let until = (from.0 - life.day.0 - 5).max(1);
        let wait = 6;
        let seen = |township: &Township| {
            vec![
                ("township", Say::Township(township.code)),
                ("post", Say::Key(post)),
                ("attended", Say::Flag(true)),
                ("certificate", Say::Flag(true)),
            ]
        };
        let seen = Say::Rows(TOWNSHIPS.iter().map(seen).collect());
        if life.then("confirm", until, vec![])
            && life.then("hold", wait.max(from.0 - life.day.0 + 1), vec![("attended", Say::Number(44))])
        {
            life.then("record", 5, vec![("records", seen)]);
        }
    }
    classes
}

/// So many visits to each township, spread over the story.
fn visits_of_year(
    teller: &mut Teller<'_>,
    districts: &[Handle],
    liaison: &[Vec<Handle>],
    per_township: usize,
) -> Vec<Visit> {
    let mut visits = Vec::new();
    let span = (teller.to.0 - teller.from.0).max(1);
    for township in &TOWNSHIPS {
        for number in 0..per_township {
            let slot = span / per_township as i32;
            let after = number as i32 * slot + 12 + teller.random.between(0, (slot - 20).max(0));
            visits.extend(visit(teller, township, districts, liaison, teller.from.plus(after)));
        }
    }
    visits
}

fn visit(
    teller: &mut Teller<'_>,
    township: &Township,
    districts: &[Handle],
    liaison: &[Vec<Handle>],
    visited: Day,
) -> Option<Visit> {
    let kind = teller.kind("guidance_visit")?;
    let visited = Teller::working(visited);
    let index = district_of(township.code, visited.0 - teller.from.0)?;
    let random = &mut teller.random;
    let (subject, form, duty) = *random.pick(&words::VISITS);
    let subject = subject.replace("{t}", township.name);
    let count = random.weighted(&[30, 50, 20]);
    let problems: Vec<_> = random.some(&words::PROBLEMS, count);
    let rows = |solved: Option<Day>| {
        let row = |(number, (problem, owner)): (usize, &&(&'static str, &'static str))| {
            let mut row = vec![
                ("no", Say::Number(number as i64 + 1)),
                ("text", text(*problem)),
                ("owner", Say::Key(owner)),
                ("due", Say::Date(visited.plus(60))),
            ];
            row.extend(solved.map(|day| ("solved_on", Say::Date(day))));
            row
        };
        Say::Rows(problems.iter().enumerate().map(row).collect())
    };
    let mut say = vec![
        ("district", Say::Of(districts[index])),
        ("township", Say::Township(township.code)),
        ("subject", text(subject.clone())),
        ("visited_on", Say::Date(visited)),
        ("days", Say::Decimal(if random.chance(70) { 5 } else { 10 }, 1)),
        ("liaisons", Say::OfAll(random.some(&liaison[index], 2).into_iter().copied().collect())),
        ("form", Say::Key(form)),
        ("duties", Say::Keys(if duty == "GUIDE" { vec!["GUIDE"] } else { vec![duty, "GUIDE"] })),
        ("observations", text(*random.pick(&words::OBSERVATIONS))),
        ("guidance", text(*random.pick(&words::GUIDANCE))),
        ("must_person", Say::Flag(true)),
        ("must_conditions", Say::Flag(random.chance(75))),
        ("rating", Say::Number(i64::from(random.between(3, 5)))),
    ];
    if !problems.is_empty() {
        say.push(("problems", rows(None)));
    }
    let agreed = random.chance(92);
    let wait = random.between(2, 7);
    let mut life = teller.begin(kind, 0, visited, "draft", say)?;
    let sent = Say::Date(visited.plus(1));
    if !life.then("record", 1, vec![]) || !life.then("send", 1, vec![("sent_on", sent)]) {
        return None;
    }
    let answer_on = Teller::working(life.day.plus(wait));
    let made = Visit { handle: life.handle, township: township.code, subject, visited, answer_on, agreed };
    // What the township answers is noted by the program; the liaison member goes on by himself.
    life.after_exchange(2);
    let until = answer_on.0 - life.day.0 + 35;
    if life.then("follow_up", until, vec![]) {
        let solved = if problems.is_empty() { vec![] } else { vec![("problems", rows(Some(life.day)))] };
        life.then("close", 35, solved);
    }
    Some(made)
}

/// The district of a township so many days into the story.
fn district_of(code: u32, days: i32) -> Option<usize> {
    let (redrawn, _, to) = REDRAWN;
    if code == redrawn && days >= REDRAWN_AFTER {
        return Some(to);
    }
    DISTRICTS.iter().position(|district| district.townships.contains(&code))
}

/// A township's answers: enrolments for classes, confirmations of visits.
pub(super) fn answers(teller: &mut Teller<'_>, township: &Township, deputies: &[Handle], asked: &Asked) {
    for class in &asked.classes {
        enrol(teller, township, deputies, class);
    }
    for visit in asked.visits.iter().filter(|visit| visit.township == township.code) {
        confirm(teller, visit);
    }
}

fn enrol(teller: &mut Teller<'_>, township: &Township, deputies: &[Handle], class: &Class) {
    let Some(kind) = teller.kind("enrolment") else { return };
    let random = &mut teller.random;
    let posts =
        if class.name.contains("代表") { ["DEPUTY", "NEW_DEPUTY"] } else { ["CHAIR", "OFFICE_HEAD"] };
    let count = (2 + usize::from(township.deputies) / 30).min(deputies.len().max(2));
    let people: Vec<_> = (0..count)
        .map(|number| vec![("name", text(people::name(random).0)), ("post", Say::Key(posts[number.min(1)]))])
        .collect();
    let present = count as i64 - i64::from(random.chance(20));
    let declines = random.chance(5);
    let wait = random.between(1, 5);
    let say = vec![
        ("class", Say::Of(class.handle)),
        ("class_name", text(class.name.clone())),
        ("class_from", Say::Date(class.from)),
    ];
    let enrolled = vec![("people", Say::Rows(people)), ("phone", text(people::phone(random)))];
    let Some(mut life) = teller.begin(kind, 1, class.opened.plus(wait), "draft", say) else { return };
    if declines {
        life.then("decline", 1, vec![]);
        return;
    }
    if !life.then("submit", 1, enrolled) {
        return;
    }
    let wait = (class.from.0 - life.day.0 + 3).max(1);
    let scores = Say::Texts(vec!["甲某 88".to_owned()]);
    life.then("record_attendance", wait, vec![("attended", Say::Number(present)), ("scores", scores)]);
}

fn confirm(teller: &mut Teller<'_>, visit: &Visit) {
    let Some(kind) = teller.kind("visit_confirmation") else { return };
    let say = vec![
        ("visit", Say::Of(visit.handle)),
        ("subject", text(visit.subject.clone())),
        ("visited_on", Say::Date(visit.visited)),
    ];
    let Some(mut life) = teller.begin(kind, 1, visit.answer_on, "draft", say) else { return };
    let note = ("office_note", text("已报主席阅。"));
    let comment = ("comment", text("走访记录中建议件数与台账不符，请核对后更正。"));
    if visit.agreed {
        life.then("confirm", 1, vec![note]);
    } else if life.then("dispute", 1, vec![comment, note]) {
        life.then("settle", 12, vec![]);
    }
}
