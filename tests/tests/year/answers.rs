//! What an office answers of what has come from the county: whatever waits, but for what the story leaves.

use serde_json::{Value as Json, json};
use xianglian_tests::desk::rows;

use super::bed::Year;

/// Everything that waits in an office is answered today, save returns, self-appraisals and the matters assigned.
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
        chair.act(id, "submit", &["report=本季度工作情况", "chair_reply=COME", "vice_reply=COME"]);
    }
    for id in clerk.list("seminar_paper", "waiting") {
        clerk.act(id, "edit", &[&format!("title={town}的做法")]);
        chair.act(id, "submit", &[]);
    }
    for id in clerk.list("enrolment", "waiting") {
        let people = json!({ "name": format!("{town}学员"), "post": "OFFICE_HEAD" });
        clerk.act(id, "submit", &[&rows("people", [people])]);
    }
    for id in clerk.list("invitation_reply", "unread") {
        chair.act(id, "accept", &[]);
    }
    for id in clerk.list("shipment_ack", "waiting") {
        clerk.act(id, "receive", &[]);
    }
    for id in clerk.list("visit_confirmation", "waiting") {
        chair.act(id, "confirm", &[]);
    }
}

/// The return of a month is filled in and attested: what is reported is what the records say.
pub fn month(year: &Year, town: &str, title: &str) {
    let (clerk, chair) = (year.clerk(town), year.chair(town));
    let open = clerk.list("periodic_return", "open").into_iter();
    let ours: Vec<_> = open.filter(|id| clerk.value(*id, "title") == title).collect();
    let [id] = ours[..] else { panic!("{town} has {} of {title}", ours.len()) };
    clerk.act(id, "fill", &["accuse_count=0", &format!("filled_on={}", year.today())]);
    chair.act(id, "attest", &[]);
}

/// Material that the county has asked for is handed in.
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
    let id = clerk.one("self_appraisal", "waiting");
    let mut items: Vec<Json> = serde_json::from_str(&clerk.value(id, "items")).unwrap_or_default();
    items.iter_mut().for_each(|item| item["self"] = item["full"].clone());
    clerk.act(id, "fill", &[&rows("items", items)]);
    chair.act(id, "submit", &[]);
}
