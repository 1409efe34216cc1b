//! What the county does in the course of a year, matter by matter; and what each office answers.

use county_hub::app::ask::Ask as _;
use county_hub::app::{appraisal, district, publicity};
use serde_json::{Value as Json, json};
use shared::ids::RecordId;
use shared::record::Role;

use super::bed::{TOWNS, Year};
use super::table;

fn list(field: &str, rows: Json) -> String {
    format!("{field}={rows}")
}

/// Every township in a list of rows that begin alike.
fn each(year: &Year, row: impl Fn(&str, &str) -> Vec<Json>) -> Json {
    TOWNS.iter().flat_map(|town| row(town, &year.code(town))).collect()
}

/// The members who lead the districts.
pub fn liaisons(year: &Year) {
    for (nth, district) in ["第一片", "第二片", "第三片", "第四片"].iter().enumerate() {
        let member = format!("member=c{nth}");
        let (name, of) = (format!("member_name=委员{}", nth + 1), format!("district={district}"));
        let set = [member.as_str(), &name, &of, "lead=是", "from=2026-01-05"];
        let id = year.office().enter("liaison_assignment", "draft", &set);
        year.office().act(id, "announce", &[]);
    }
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
    let rows =
        points.iter().map(|(level, points)| json!({ "medium_level": level, "points": points })).collect();
    let from = format!("valid_from={}", year.today());
    let set = ["name=宣传报道计分办法", "version=1", &from, &list("lines", rows)];
    let id = year.office().enter("scoring_rule", "draft", &set);
    year.office().act(id, "issue", &[]);
    id
}

/// A paper of the county to all, published today.
pub fn circular(year: &Year, title: &str) -> RecordId {
    let (title, today) = (format!("title={title}"), year.today());
    let dated = format!("composed_on={today}");
    let set = [title.as_str(), "issuer=安澜县人大常委会办公室", &dated, "addressed_to=ALL", "body=正文"];
    let id = year.office().enter("circular_doc", "draft", &set);
    year.directors().act(id, "sign", &["signer=主任", &format!("signed_on={today}")]);
    year.office().act(id, "publish", &[&format!("published_on={today}")]);
    id
}

/// Something to be done by all the towns that have a congress, or by all.
pub fn assign(year: &Year, title: &str, form: &str, due: &str, more: &[&str]) -> RecordId {
    let (title, form, due) = (format!("title={title}"), format!("form={form}"), format!("due={due}"));
    let set = [title.as_str(), &form, &due, "text=按要求办理"];
    let id = year.office().enter("assignment", "draft", &[&set[..], more].concat());
    let today = year.today();
    year.directors().act(id, "approve", &[&format!("approved_on={today}"), "approver_post=分管副主任"]);
    year.office().act(id, "issue", &[&format!("issued_on={today}")]);
    id
}

/// A meeting of the quarter with the chairs and vice chairs of all townships: planned and noticed today.
pub fn call_liaison_meeting(year: &Year, title: &str, day: &str) -> RecordId {
    let (title, day) = (format!("title={title}"), format!("held_on={day}"));
    let id = year.office().enter("liaison_meeting", "plan", &[&title, &day]);
    let due = format!("report_due={}", year.today().plus(7));
    year.office().act(id, "notice", &["place=县人大会议室", "topics=STUDY；EXCHANGE", &due]);
    id
}

/// It is held today: every chair is there, the vice chair of one township is not.
pub fn hold_liaison_meeting(year: &Year, id: RecordId, absent: &str) {
    let rows = each(year, |town, code| {
        let vice = if town == absent { "ABSENT" } else { "PRESENT" };
        vec![
            json!({ "township": code, "post": "CHAIR", "presence": "PRESENT" }),
            json!({ "township": code, "post": "VICE", "presence": vice }),
        ]
    });
    let office = year.office();
    office.act(id, "hold", &[&list("attendance", rows)]);
    office.act(id, "minute", &["minutes=学习了代表法，交流了情况"]);
    office.act(id, "close", &[]);
}

/// A seminar of the whole county on a day to come.
pub fn call_seminar(year: &Year, theme: &str, day: &str) -> RecordId {
    let (theme, held) = (format!("theme={theme}"), format!("held_on={day}"));
    let set = ["form=SYMPOSIUM", "scope=COUNTY", &theme, &held];
    let id = year.office().enter("seminar", "plan", &set);
    let due = format!("papers_due={}", year.today().plus(10));
    year.office().act(id, "call", &[&due]);
    id
}

pub fn hold_seminar(year: &Year, id: RecordId) {
    let rows = each(year, |_, code| vec![json!({ "township": code, "people": 2 })]);
    let office = year.office();
    office.act(id, "notice", &["place=县人大会议室"]);
    office.act(id, "hold", &[&list("attendees", rows), "attendance_count=16"]);
    office.act(id, "summarise", &["summary=综述"]);
    office.act(id, "close", &[]);
}

/// A training class on a day to come, two places for each township.
pub fn call_class(year: &Year, name: &str, audience: &str, day: &str) -> RecordId {
    let (name, audience) = (format!("name={name}"), format!("audience={audience}"));
    let (from, to) = (format!("from={day}"), format!("to={day}"));
    let deputies = year.county(Role::CDeputy);
    let id = deputies.enter(
        "training_class",
        "plan",
        &[&name, &audience, &from, &to, "hours=8", "addressed_to=ALL", "place=县委党校"],
    );
    let rows = each(year, |_, code| vec![json!({ "township": code, "places": 2 })]);
    let by = format!("enrol_by={}", year.today().plus(10));
    deputies.act(id, "open_enrolment", &[&list("quota", rows), &by]);
    id
}

/// Who had a place was there: one of the posts from each township, but for one.
pub fn hold_class(year: &Year, id: RecordId, post: &str, missing: &str) {
    let rows = each(year, |town, code| {
        vec![
            json!({ "township": code, "name": format!("{town}{post}"), "post": post, "attended": town != missing }),
        ]
    });
    let deputies = year.county(Role::CDeputy);
    deputies.act(id, "confirm", &[]);
    deputies.act(id, "hold", &["attended=7"]);
    deputies.act(id, "record", &[&list("records", rows)]);
}

/// Every chair is invited to sit in on a meeting of the standing committee.
pub fn invite(year: &Year, day: &str) -> RecordId {
    let held = format!("held_on={day}");
    let set = [
        "title=县人大常委会会议",
        "event=SC_MEETING",
        "mode=SIT_IN",
        &held,
        "post=CHAIR",
        "addressed_to=ALL",
    ];
    let id = year.office().enter("invitation", "draft", &set);
    let by = format!("reply_by={}", year.today().plus(5));
    year.office().act(id, "send", &["place=县人大会议室", &by]);
    id
}

/// A liaison member has been to a township today; what he wrote goes there.
pub fn visit(year: &Year, town: &str, problem: Option<&str>) -> RecordId {
    let district = year.cluster.town(town).district;
    let member = year.county(Role::CLiaison);
    let (of, to) = (format!("district={district}"), format!("township={town}"));
    let on = format!("visited_on={}", year.today());
    let assigned = year.office().list("liaison_assignment", "active");
    let who = format!("liaisons={}", assigned[0]);
    let set =
        [of.as_str(), &to, "subject=季度走访", &on, "form=SURVEY", "days=1", &who, "duties=SURVEY；GUIDE"];
    let id = member.enter("guidance_visit", "draft", &set);
    let rows = problem.map(|text| list("problems", json!([{ "text": text, "owner": "TOWNSHIP" }])));
    if let Some(rows) = &rows {
        member.act(id, "edit", &[rows]);
    }
    member.act(id, "record", &[]);
    member.act(id, "send", &[&format!("sent_on={}", year.today())]);
    id
}

/// The five papers of the county go out, two copies each.
pub fn ship(year: &Year, periodical: &str, issue: &str) -> RecordId {
    let (periodical, issue) = (format!("periodical={periodical}"), format!("issue_no={issue}"));
    let rows = each(year, |_, code| vec![json!({ "township": code, "copies": 2 })]);
    let sent = format!("sent_on={}", year.today());
    let set = [periodical.as_str(), &issue, "volume=2026", &sent, &list("copies", rows)];
    let id = year.office().enter("periodical_shipment", "prepare", &set);
    year.office().act(id, "send", &[]);
    id
}

/// The return of a month is asked for: due on the fifth, closed on the tenth.
pub fn open_month(year: &Year, title: &str, from: &str, to: &str, due: &str, close: &str) -> RecordId {
    let set = [
        format!("title={title}"),
        "dataset=MONTH".to_owned(),
        format!("period_from={from}"),
        format!("period_to={to}"),
        format!("open_from={}", year.today()),
        format!("due={due}"),
        format!("close_by={close}"),
        "addressed_to=ALL".to_owned(),
    ];
    let id = year.office().enter("period_control", "draft", &set.each_ref().map(String::as_str));
    year.office().act(id, "open", &[]);
    id
}

/// The month is closed: what has come is accepted, what has not is missed.
pub fn close_month(year: &Year, id: RecordId) {
    let office = year.office();
    for line in office.list("return_line", "received") {
        office.act(line, "accept", &[]);
    }
    office.act(id, "close", &[]);
}

/// Whoever was invited was there.
pub fn close_invitation(year: &Year, id: RecordId) {
    year.office().act(id, "all_present", &[]);
    year.office().act(id, "close", &[]);
}

/// Whatever a township has reported to be done is accepted.
pub fn accept_all(year: &Year) {
    let office = year.office();
    for line in office.list("assignment_line", "reported") {
        office.act(line, "accept", &[&format!("accepted_on={}", year.today())]);
    }
}

/// A township moves to another district from today on.
pub fn redraw(year: &Year, town: &str, district: &str) {
    let township = year.cluster.town(town).code;
    let from = year.today().to_string();
    let ask = district::Assign { township, district: district.to_owned(), from };
    ask.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
}

/// Points for what has been claimed, by the table; the day's decisions.
pub fn score(year: &Year, rule: RecordId) {
    publicity::suggest::Suggest {}.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    let office = year.office();
    for id in office.list("publicity_score", "pending") {
        let points = office.value(id, "suggested_points");
        office.act(id, "approve", &[&format!("approved_points={points}"), &format!("rule={rule}")]);
    }
}

/// The ranking of a quarter is sent to all.
pub fn bulletin(year: &Year, period: &str) {
    let ask = publicity::bulletin::Bulletin { period: period.to_owned(), show: false };
    let written = ask.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    let id = written.record.unwrap_or_else(|| panic!("{period} was not written"));
    year.directors().act(id, "approve", &[&format!("published_on={}", year.today())]);
}

/// The holidays of the next year go to all offices.
pub fn next_calendar(_year: &Year) {}

/// The numbers of a period are sealed.
pub fn seal(_year: &Year, _period: &str) {}

/// The scheme of the year, for the seven townships with a congress.
pub fn scheme(year: &Year) -> RecordId {
    let item = |no: u32, group: &str, name: &str, figure: &str, full: u32, target: u32| json!({ "no": no, "group": group, "name": name, "figure": figure, "full": full, "function": "LINEAR", "target": target });
    let rows = json!([
        item(1, "SUPERVISION", "主席团会议", "D2", 15, 4),
        item(2, "SUPERVISION", "执法检查", "D6", 15, 1),
        item(3, "DEPUTIES", "建议按期答复", "A6", 15, 100),
        item(4, "DEPUTIES", "代表述职", "E5_count", 15, 3),
        json!({ "no": 5, "group": "BUILDING", "name": "制度建设", "full": 10, "function": "HAND" }),
        item(6, "BUILDING", "报表按期", "G5", 10, 100),
        item(7, "PUBLICITY", "宣传报道", "C1", 10, 145),
        item(8, "GUIDANCE", "交办按期", "F9", 10, 100),
    ]);
    let to = format!("to_townships={}", TOWNS[1..].join("、"));
    let set = [
        "title=2026年度乡镇人大工作考核方案",
        "period_from=2026-01-01",
        "period_to=2026-12-31",
        "addressed_to=TOWNSHIPS",
        &to,
        "self_due=2026-12-15",
        &list("items", rows),
    ];
    let id = year.office().enter("appraisal_scheme", "draft", &set);
    year.directors().act(id, "approve", &[]);
    year.office().act(id, "publish", &[]);
    id
}

/// The directors' meeting excludes a township from honours of the year.
pub fn veto(year: &Year, town: &str) -> RecordId {
    let (of, today) = (format!("township={town}"), year.today());
    let set = ["title=安全生产责任事故", &of, "year=2026", "ground=SAFETY"];
    let id = year.office().enter("veto_decision", "draft", &set);
    let (decided, from) = (format!("decided_on={today}"), format!("from={today}"));
    year.directors().act(id, "set", &["facts=发生较大事故", &decided, "doc_no=安人主〔2026〕9号", &from]);
    id
}

/// Suggested points are taken over, institutions judged, the directors decide.
pub fn appraise(year: &Year) {
    appraisal::suggest::Suggest { year: 2026 }.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    for (town, points) in table::BY_HAND {
        let marks = vec![format!("5={points}"), "*=suggested".to_owned()];
        let ask = appraisal::mark::Mark { year: 2026, township: year.cluster.town(town).code, marks };
        ask.answer(year.app()).unwrap_or_else(|why| panic!("{town}: {why}"));
    }
    let (office, directors) = (year.office(), year.directors());
    for state in ["waiting", "self_done"] {
        for id in office.list("appraisal_score", state) {
            office.act(id, "check", &[]);
        }
    }
    for id in office.list("appraisal_score", "checked") {
        let total = office.value(id, "total");
        directors.act(id, "finalise", &[&format!("final_total={total}")]);
    }
}

/// The best is commended; who is under a veto cannot be.
pub fn honours(year: &Year) {
    let draft = |town: &str| {
        let of = format!("township={town}");
        year.office().enter("honour", "draft", &["title=先进单位", &of, "year=2026", "sort=OVERALL"])
    };
    let on = format!("conferred_on={}", year.today());
    year.directors().act(draft("石桥镇"), "confer", &[&on]);
    let told = year.directors().refused(draft("清水镇"), "confer", &[&on]);
    assert!(told.contains("一票否决"), "{told}");
}
