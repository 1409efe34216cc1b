//! What the county gathers its townships for, and what it sends them: liaison meetings, invitations, periodicals. What the
//! townships answer is not told here: where the program reacts it waits for whoever answers.

use super::county::TOWNSHIPS;
use super::life::{Say, Teller, text};
use crate::record::Day;

/// More days than a quarter has, so that no two meetings fall into one.
const BETWEEN_MEETINGS: i32 = 95;
const BETWEEN_EVENTS: i32 = 80;
const BETWEEN_ISSUES: i32 = 60;

const EVENTS: [(&str, &str, &str); 5] = [
    ("县人大常委会第三次会议", "SC_MEETING", "SIT_IN"),
    ("农产品质量安全执法检查", "LAW_CHECK", "TAKE_PART"),
    ("重点民生实事项目视察", "INSPECTION", "SIT_IN"),
    ("县人大常委会第四次会议", "SC_MEETING", "SIT_IN"),
    ("乡村道路建设情况调查", "SURVEY", "TAKE_PART"),
];
const ISSUES: [&str; 5] = ["CHINA_NPC", "TIMES_MASTER", "DEPUTIES_NEWS", "NANCHANG_NPC", "INFO_DIGEST"];

pub(super) fn gatherings(teller: &mut Teller<'_>) {
    meetings(teller);
    invitations(teller);
    periodicals(teller);
}

fn meetings(teller: &mut Teller<'_>) {
    for number in 0..4 {
        let Some(kind) = teller.kind("liaison_meeting") else { return };
        let held = teller.from.plus(50 + BETWEEN_MEETINGS * number);
        let say = vec![
            ("title", text(format!("乡镇人大第{}次联系会", number + 1))),
            ("held_on", Say::Date(held)),
            ("place", text("县人大常委会三楼会议室")),
        ];
        let came: Vec<_> = TOWNSHIPS.iter().map(|township| presence(teller, township.code)).collect();
        let Some(mut life) = teller.begin(kind, 0, held.plus(-35), "plan", say) else { continue };
        let notice = vec![
            ("topics", Say::Keys(vec!["STUDY", "EXCHANGE", "RESEARCH"])),
            ("report_theme", text("代表建议办理情况")),
            ("report_due", Say::Date(held.plus(-3))),
        ];
        if !life.then("notice", 24, notice) {
            continue;
        }
        life.after_exchange(2);
        let wait = (held.0 - life.day.0).max(1);
        let minutes = text("会议学习了有关法律，交流了代表建议办理情况，研究了下步工作。");
        if life.then("hold", wait, vec![("attendance", Say::Rows(came))])
            && life.then("minute", 5, vec![("minutes", minutes)])
        {
            life.then("close", 20, vec![]);
        }
    }
}

fn presence(teller: &mut Teller<'_>, code: u32) -> Vec<(&'static str, Say)> {
    let presence = ["PRESENT", "SUBSTITUTE", "LEAVE", "ABSENT"][teller.random.weighted(&[80, 10, 8, 2])];
    vec![("township", Say::Township(code)), ("post", Say::Key("CHAIR")), ("presence", Say::Key(presence))]
}

fn invitations(teller: &mut Teller<'_>) {
    for (number, (title, event, mode)) in (0..).zip(EVENTS) {
        let Some(kind) = teller.kind("invitation") else { return };
        let held = teller.from.plus(45 + BETWEEN_EVENTS * number);
        let say = vec![
            ("title", text(title)),
            ("event", Say::Key(event)),
            ("mode", Say::Key(mode)),
            ("held_on", Say::Date(held)),
            ("place", text("县行政中心集合")),
            ("addressed_to", Say::Key("ALL")),
        ];
        let Some(mut life) = teller.begin(kind, 0, held.plus(-20), "draft", say) else { continue };
        if life.then("send", 4, vec![("reply_by", Say::Date(held.plus(-5)))]) {
            // Who came is known when the replies are in.
            life.after_exchange(2);
            let wait = (held.0 - life.day.0 + 1).max(1);
            life.then("all_present", wait, vec![]);
        }
    }
}

fn periodicals(teller: &mut Teller<'_>) {
    for (number, periodical) in (0..).zip(ISSUES) {
        let Some(kind) = teller.kind("periodical_shipment") else { return };
        let sent = Teller::working(teller.from.plus(30 + BETWEEN_ISSUES * number));
        let copies = TOWNSHIPS.iter().map(|township| {
            let copies = i64::from(2 + township.deputies / 30);
            vec![("township", Say::Township(township.code)), ("copies", Say::Number(copies))]
        });
        let say = vec![
            ("periodical", Say::Key(periodical)),
            ("volume", Say::Number(year(sent))),
            ("issue_no", text(format!("总第{}", 1201 + number))),
            ("sent_on", Say::Date(sent)),
            ("copies", Say::Rows(copies.collect())),
        ];
        if let Some(mut life) = teller.begin(kind, 0, sent, "prepare", say) {
            life.then("send", 0, vec![]);
        }
    }
}

fn year(day: Day) -> i64 {
    i64::from(day.year())
}
