//! What a township answers to the county: enrolments for classes, confirmations of visits.

use super::county::Township;
use super::hub::{Asked, Class, Visit};
use super::life::{Say, Teller, text};
use super::people;
use super::step::Handle;

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
        ("people", Say::Rows(people)),
        ("phone", text(people::phone(random))),
    ];
    let Some(mut life) = teller.begin(kind, 1, class.opened.plus(wait), "draft", say) else { return };
    if declines {
        life.then("decline", 1, vec![]);
        return;
    }
    let on = Say::Date(life.day);
    if !life.then("submit", 1, vec![("enrolled_on", on)]) {
        return;
    }
    let wait = (class.from.0 - life.day.0 + 3).max(1);
    life.then("record_attendance", wait, vec![("attended", Say::Number(present))]);
}

fn confirm(teller: &mut Teller<'_>, visit: &Visit) {
    let Some(kind) = teller.kind("visit_confirmation") else { return };
    let say = vec![
        ("visit", Say::Of(visit.handle)),
        ("subject", text(visit.subject.clone())),
        ("visited_on", Say::Date(visit.visited)),
        ("answered_on", Say::Date(visit.answer_on)),
        ("answer", Say::Key(if visit.agreed { "AGREE" } else { "DISAGREE" })),
        ("office_note", text("已报主席阅。")),
    ];
    let Some(mut life) = teller.begin(kind, 1, visit.answer_on, "draft", say) else { return };
    if visit.agreed {
        life.then("confirm", 1, vec![]);
    } else if life.then("dispute", 1, vec![("comment", text("走访记录中建议件数与台账不符，请核对后更正。"))])
    {
        life.then("settle", 12, vec![]);
    }
}
