//! What the county begins in the course of a year, matter by matter: papers, assignments, meetings, visits.

use county_hub::app::ask::Ask as _;
use county_hub::app::{district, district_check};
use serde_json::{Value as Json, json};
use shared::ids::RecordId;
use shared::record::Role;
use xianglian_tests::desk::{link, rows};

use super::bed::{TOWNS, Year};
use super::table;

/// Every township in a list of rows that begin alike.
fn each(year: &Year, row: impl Fn(&str, &str) -> Vec<Json>) -> Vec<Json> {
    TOWNS.iter().flat_map(|town| row(town, &year.code(town))).collect()
}

/// The members who lead the districts; from now on every district has one.
pub fn liaisons(year: &Year) {
    for (nth, district) in table::DISTRICTS.iter().enumerate() {
        let member = format!("member=c{nth}");
        let (name, of) = (format!("member_name=委员{}", nth + 1), format!("district={district}"));
        let set = [member.as_str(), &name, &of, "lead=是", "from=2026-01-01"];
        let id = year.office().enter("liaison_assignment", "draft", &set);
        year.office().act(id, "announce", &[]);
    }
    districts_in_order(year);
}

/// On every day of the year each district has one lead, and each township one district.
pub fn districts_in_order(year: &Year) {
    let check = district_check::Check { period: Some("2026".to_owned()), count: None };
    let checked = check.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    assert!(checked.gaps.is_empty(), "{:?}", checked.gaps);
}

/// The year's points: 95 are the target and 145 the advanced line.
pub fn targets(year: &Year) {
    for town in TOWNS {
        let of = format!("township={town}");
        let set = ["title=宣传报道任务", "year=2026", "starts_on=2026-01-01", &of, "indicator=C1"];
        let id = year.office().enter("target", "draft", &set);
        year.office().act(id, "submit", &["target=95", "advanced=145"]);
        year.directors().act(id, "issue", &[&format!("issued_on={}", year.today())]);
    }
}

/// Points by the level of the medium.
pub fn rule(year: &Year) -> RecordId {
    let points = [("NATIONAL", "60"), ("PROVINCE", "40"), ("CITY", "20"), ("COUNTY", "5")];
    let lines = points.iter().map(|(level, points)| json!({ "medium_level": level, "points": points }));
    let from = format!("valid_from={}", year.today());
    let set = ["name=宣传报道计分办法", "version=1", &from, &rows("lines", lines)];
    let id = year.office().enter("scoring_rule", "draft", &set);
    year.office().act(id, "issue", &[]);
    id
}

/// A paper of the county to all, published today.
pub fn circular(year: &Year, title: &str, openness: &str) -> RecordId {
    let (title, today) = (format!("title={title}"), year.today());
    let (dated, openness) = (format!("composed_on={today}"), format!("openness={openness}"));
    let set =
        [title.as_str(), "issuer=安澜县人大常委会办公室", &dated, "addressed_to=ALL", "body=正文", &openness];
    let id = year.office().enter("circular_doc", "draft", &set);
    year.directors().act(id, "sign", &["signer=主任", &format!("signed_on={today}")]);
    year.office().act(id, "publish", &[&format!("published_on={today}")]);
    id
}

/// Something to be done by the townships that are named, or by all.
pub fn assign(year: &Year, title: &str, form: &str, due: &str, to: &[&str]) -> RecordId {
    let (title, form_is, due) = (format!("title={title}"), format!("form={form}"), format!("due={due}"));
    let townships = format!("to_townships={}", to.join("、"));
    let mut set = vec![title.as_str(), &form_is, &due, "text=按要求办理"];
    match to {
        [] => set.push("addressed_to=ALL"),
        _ => set.extend(["addressed_to=TOWNSHIPS", &townships]),
    }
    if form == "LAW_CHECK" {
        set.extend(["law_name=中华人民共和国农产品质量安全法", "report_form=RECORD"]);
    }
    let id = year.office().enter("assignment", "draft", &set);
    let today = year.today();
    year.directors().act(id, "approve", &[&format!("approved_on={today}"), "approver_post=分管副主任"]);
    year.office().act(id, "issue", &[&format!("issued_on={today}")]);
    id
}

/// Whatever a township has reported to be done is accepted.
pub fn accept_all(year: &Year) {
    let office = year.office();
    for line in office.list("assignment_line", "reported") {
        office.act(line, "accept", &[&format!("accepted_on={}", year.today())]);
    }
}

/// A meeting of the quarter with the chairs and vice chairs of all townships is put on the year's plan.
pub fn plan_liaison_meeting(year: &Year, title: &str, day: &str) -> RecordId {
    let (title, day) = (format!("title={title}"), format!("held_on={day}"));
    year.office().enter("liaison_meeting", "plan", &[&title, &day])
}

/// Notice of it goes out; every township writes a report within a week.
pub fn call_liaison_meeting(year: &Year, id: RecordId) {
    let due = format!("report_due={}", year.today().plus(7));
    year.office().act(id, "notice", &["place=县人大会议室", "topics=STUDY；EXCHANGE", &due]);
}

/// It is held today: every chair is there, the vice chair of one township is not.
pub fn hold_liaison_meeting(year: &Year, id: RecordId, absent: &str) {
    let there = each(year, |town, code| {
        let vice = if town == absent { "ABSENT" } else { "PRESENT" };
        vec![
            json!({ "township": code, "post": "CHAIR", "presence": "PRESENT" }),
            json!({ "township": code, "post": "VICE", "presence": vice }),
        ]
    });
    let office = year.office();
    office.act(id, "hold", &[&rows("attendance", there)]);
    office.act(id, "minute", &["minutes=学习了代表法，交流了情况"]);
    office.act(id, "close", &[]);
}

/// A seminar of the whole county on a day to come.
pub fn call_seminar(year: &Year, theme: &str, day: &str) -> RecordId {
    let (theme, held) = (format!("theme={theme}"), format!("held_on={day}"));
    let set = ["form=SYMPOSIUM", "addressed_to=ALL", &theme, &held];
    let id = year.office().enter("seminar", "plan", &set);
    let due = format!("papers_due={}", year.today().plus(10));
    year.office().act(id, "call", &[&due]);
    id
}

/// Two people of every township are there.
pub fn hold_seminar(year: &Year, id: RecordId) {
    let there = each(year, |_, code| vec![json!({ "township": code, "people": 2 })]);
    let office = year.office();
    office.act(id, "notice", &["place=县人大会议室"]);
    office.act(id, "hold", &[&rows("attendees", there), "attendance_count=16"]);
    office.act(id, "summarise", &["summary=综述"]);
    office.act(id, "close", &[]);
}

/// A training class on a day to come, two places for each township.
pub fn call_class(year: &Year, name: &str, audience: &str, day: &str) -> RecordId {
    let (name, audience) = (format!("name={name}"), format!("audience={audience}"));
    let (from, to) = (format!("from={day}"), format!("to={day}"));
    let deputies = year.county(Role::CDeputy);
    let set = [&name, &audience, &from, &to, "hours=8", "addressed_to=ALL", "place=县委党校"];
    let id = deputies.enter("training_class", "plan", &set);
    let quota = each(year, |_, code| vec![json!({ "township": code, "places": 2 })]);
    let by = format!("enrol_by={}", year.today().plus(10));
    deputies.act(id, "open_enrolment", &[&rows("quota", quota), &by]);
    id
}

/// Who was there: of each post everybody but those of some townships.
pub fn hold_class(year: &Year, id: RecordId, posts: &[(&str, &[&str])]) {
    let person = |town: &str, code: &str, (post, missing): &(&str, &[&str])| {
        json!({
            "township": code,
            "name": format!("{town}{post}"),
            "post": post,
            "attended": !missing.contains(&town),
        })
    };
    let people = each(year, |town, code| posts.iter().map(|post| person(town, code, post)).collect());
    let came = people.iter().filter(|person| person["attended"] == true).count();
    let deputies = year.county(Role::CDeputy);
    deputies.act(id, "confirm", &[]);
    deputies.act(id, "hold", &[&format!("attended={came}")]);
    deputies.act(id, "record", &[&rows("records", people)]);
}

/// Every chair is invited to sit in on a meeting of the standing committee, or on the county's own session.
pub fn invite(year: &Year, title: &str, event: &str, day: &str) -> RecordId {
    let (title, event, held) = (format!("title={title}"), format!("event={event}"), format!("held_on={day}"));
    let set = [title.as_str(), &event, "mode=SIT_IN", &held, "post=CHAIR", "addressed_to=ALL"];
    let id = year.office().enter("invitation", "draft", &set);
    let by = format!("reply_by={}", year.today().plus(5));
    year.office().act(id, "send", &["place=县人大会议室", &by]);
    id
}

/// Whoever was invited was there.
pub fn close_invitation(year: &Year, id: RecordId) {
    year.office().act(id, "all_present", &[]);
    year.office().act(id, "close", &[]);
}

/// The liaison member of its district has been to a township today; what he wrote goes there.
pub fn visit(year: &Year, town: &str, problem: Option<&str>) -> RecordId {
    let nth = year.district(town);
    let (member, office) = (year.county(Role::CLiaison), year.office());
    let (of, to) = (format!("district={}", table::DISTRICTS[nth]), format!("township={town}"));
    let on = format!("visited_on={}", year.today());
    let mine = |id: &RecordId| office.value(*id, "member") == format!("c{nth}");
    let assigned = office.list("liaison_assignment", "active").into_iter().find(mine);
    let who = link("liaisons", assigned.unwrap_or_else(|| panic!("nobody leads {nth}")));
    let set =
        [of.as_str(), &to, "subject=季度走访", &on, "form=SURVEY", "days=1", &who, "duties=SURVEY；GUIDE"];
    let id = member.enter("guidance_visit", "draft", &set);
    if let Some(text) = problem {
        member.act(id, "edit", &[&rows("problems", [json!({ "text": text, "owner": "TOWNSHIP" })])]);
    }
    member.act(id, "record", &[]);
    member.act(id, "send", &[&format!("sent_on={}", year.today())]);
    id
}

/// What a visit has found is solved.
pub fn solve(year: &Year, visit: RecordId) {
    let member = year.county(Role::CLiaison);
    let found = member.value(visit, "problems");
    let mut problems: Vec<Json> = serde_json::from_str(&found).unwrap_or_default();
    problems.iter_mut().for_each(|problem| problem["solved_on"] = year.today().to_string().into());
    member.act(visit, "note_problems", &[&rows("problems", problems)]);
    member.act(visit, "close", &[]);
}

/// A paper of the county goes out, two copies to each township.
pub fn ship(year: &Year, periodical: &str, issue: &str) -> RecordId {
    let (periodical, issue) = (format!("periodical={periodical}"), format!("issue_no={issue}"));
    let copies = each(year, |_, code| vec![json!({ "township": code, "copies": 2 })]);
    let sent = format!("sent_on={}", year.today());
    let set = [periodical.as_str(), &issue, "volume=2026", &sent, &rows("copies", copies)];
    let id = year.office().enter("periodical_shipment", "prepare", &set);
    year.office().act(id, "send", &[]);
    id
}

/// A township moves to another district from today on.
pub fn redraw(year: &Year, town: &str, district: &str) {
    let township = year.cluster().town(town).code;
    let from = year.today().to_string();
    let ask = district::Assign { township, district: district.to_owned(), from };
    ask.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
}
