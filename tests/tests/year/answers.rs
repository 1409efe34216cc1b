//! What an office answers each morning of what has come from the county: whatever waits, but for what the story leaves.

use serde_json::{Value as Json, json};

use super::bed::Year;

/// Everything that waits in an office is answered today.
pub fn answer(year: &Year, town: &str) {
    let (clerk, chair, today) = (year.clerk(town), year.chair(town), year.today());
    for id in clerk.list("incoming_doc", "received") {
        if clerk.value(id, "signed_for_on").is_empty() {
            clerk.act(id, "sign_for", &[]);
        }
    }
    for id in clerk.list("target_ack", "waiting") {
        clerk.act(id, "sign_for", &[&format!("signed_for_on={today}")]);
    }
    for id in clerk.list("bulletin_read", "unread") {
        clerk.act(id, "read", &[&format!("read_on={today}")]);
    }
    for id in clerk.list("assignment_report", "waiting") {
        let received = format!("received_on={today}");
        clerk.act(id, "receive", &["in_charge_post=人大专干", &received]);
    }
    for id in clerk.list("exchange_report", "waiting") {
        chair.act(id, "submit", &["report=本镇一季度工作情况", "chair_reply=COME", "vice_reply=COME"]);
    }
    for id in clerk.list("seminar_paper", "waiting") {
        let title = format!("title={town}的做法");
        clerk.act(id, "edit", &[&title]);
        chair.act(id, "submit", &[]);
    }
    for id in clerk.list("enrolment", "waiting") {
        let people = json!([{ "name": format!("{town}学员"), "post": "OFFICE_HEAD" }]);
        clerk.act(id, "submit", &[&format!("people={people}")]);
    }
    for id in clerk.list("invitation_reply", "unread") {
        chair.act(id, "accept", &[]);
    }
    for id in clerk.list("shipment_ack", "waiting") {
        clerk.act(id, "receive", &[]);
    }
    for id in clerk.list("feedback_reply", "waiting") {
        let answered = format!("answered_on={today}");
        chair.act(id, "answer", &["action_taken=FIXED", "answer_text=已改正", &answered]);
    }
    for id in clerk.list("visit_confirmation", "waiting") {
        chair.act(id, "confirm", &[]);
    }
}

/// The return of a month is filled in and attested: what is reported is what the records say.
pub fn month(year: &Year, town: &str) {
    let (clerk, chair) = (year.clerk(town), year.chair(town));
    for id in clerk.list("periodic_return", "open") {
        let derived: Json = serde_json::from_str(&clerk.value(id, "values")).unwrap_or(Json::Null);
        let reported = |row: &Json| json!({ "indicator": row["indicator"], "derived": row["derived"], "reported": row["derived"] });
        let rows: Vec<Json> = derived.as_array().into_iter().flatten().map(reported).collect();
        let today = format!("filled_on={}", year.today());
        clerk.act(id, "fill", &[&format!("values={}", Json::Array(rows)), "accuse_count=0", &today]);
        chair.act(id, "attest", &[]);
    }
}

/// What the county has asked for is reported as done.
pub fn report(year: &Year, town: &str) {
    let chair = year.chair(town);
    for id in chair.list("assignment_report", "received") {
        if chair.value(id, "form") == "MATERIAL" {
            chair.act(id, "report", &["result=材料已报送", &format!("reported_on={}", year.today())]);
        }
    }
}

/// The office gives itself full marks, and its chair attests them.
pub fn appraise(year: &Year, town: &str) {
    let (clerk, chair) = (year.clerk(town), year.chair(town));
    for id in clerk.list("self_appraisal", "waiting") {
        let items: Json = serde_json::from_str(&clerk.value(id, "items")).unwrap_or(Json::Null);
        let full = |row: &Json| {
            let mut row = row.clone();
            row["self"] = row["full"].clone();
            row
        };
        let rows: Vec<Json> = items.as_array().into_iter().flatten().map(full).collect();
        clerk.act(id, "fill", &[&format!("items={}", Json::Array(rows))]);
        chair.act(id, "submit", &[]);
    }
}
