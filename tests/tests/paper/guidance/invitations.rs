//! Invitations (H06): a line for each addressee, replies, who came, what was gained; chairs whom nobody invited. F5, F10.

use shared::ids::RecordId;

use super::{EAST, World};
use crate::bed::link;

/// An invitation that goes out on the day it is.
#[track_caller]
fn sent(world: &World, title: &str, event: &str, days: (&str, &str), more: &[&str]) -> RecordId {
    let (reply_by, held_on) = days;
    let set = [
        format!("title={title}"),
        format!("event={event}"),
        format!("held_on={held_on}"),
        format!("reply_by={reply_by}"),
        "place=县人大会议室".to_owned(),
    ];
    let set: Vec<&str> = set.iter().map(String::as_str).chain(more.iter().copied()).collect();
    let id = world.office().enter("invitation", "draft", &set);
    world.office().act(id, "send", &[]);
    world.night();
    id
}

#[test]
fn everybody_is_invited_to_a_meeting_and_some_come() {
    let world = World::on("2026-03-02");
    let meeting =
        sent(&world, "常委会第三次会议", "SC_MEETING", ("2026-03-10", "2026-03-18"), &["addressed_to=ALL"]);
    let replies = [0, 1, 2].map(|town| world.answer(town, "invitation_reply"));
    let line = |town: usize| world.line(meeting, "invitation_line", town);
    assert!(replies.iter().all(|reply| reply.status() == "unread"));
    assert_eq!(replies[0].value("event"), "SC_MEETING");
    assert_eq!(replies[0].value("held_on"), "2026-03-18");
    assert_eq!(replies[0].due("DL-INVITE-REPLY"), "2026-03-10");
    world.morning("2026-03-09");
    assert_eq!(replies[0].value("reminded_days"), "1");
    replies[0].clerk("accept", &[]);
    replies[1].clerk("read", &[]);
    assert!(replies[1].refused("decline", &[]).contains("谢绝原因"));
    replies[1].clerk("decline", &["decline_reason=与镇人代会冲突"]);
    world.night();
    assert_eq!([0, 1, 2].map(|town| world.county.status(line(town))), ["accepted", "declined", "invited"]);
    assert_eq!(world.county.value(line(1), "reply_note"), "与镇人代会冲突");
    // Late, and somebody else.
    world.go_to("2026-03-12");
    replies[2].clerk("send_other", &["substitute=丙副主席"]);
    world.night();
    assert_eq!(world.county.status(line(2)), "substitute");

    world.go_to("2026-03-17");
    assert!(world.office().refused(line(0), "attend", &[]).contains("不能晚于今天"));
    world.go_to("2026-03-18");
    assert!(world.office().refused(meeting, "close", &[]).contains("没有登记"));
    world.office().act(line(2), "stay_away", &[]);
    world.office().act(meeting, "all_present", &[]);
    world.office().act(meeting, "close", &[]);
    world.night();
    assert_eq!([0, 1, 2].map(|town| replies[town].status()), ["attended", "declined", "no_show"]);
    replies[0].clerk("note_gained", &["gained=学习了审议办法，建议多发材料"]);
    world.night();
    world.figures(
        "2026",
        &[
            ("F5_events", "1 | 0 | 0 | 0 | 0 | 0"),
            ("F5_invited", "3 | 2 | 1 | 1 | 1 | 1"),
            ("F5_accepted", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F5_attended", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F5_no_show", "1 | 0 | 1 | 0 | 0 | 1"),
            ("F5_accept_rate", "33.3 % | 50.0 % | 0.0 % | 100.0 % | 0.0 % | 0.0 %"),
            ("F5_attend_rate", "33.3 % | 50.0 % | 0.0 % | 100.0 % | 0.0 % | 0.0 %"),
            ("F5_reply_on_time", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
            ("F5_notes", "1 | 1 | 0 | 1 | 0 | 0"),
        ],
    );
    assert_eq!(world.parts("F5_reply", "2026"), ["ACCEPT 1", "DECLINE 1", "SUBSTITUTE 1"]);
}

#[test]
fn in_turn_every_chair_is_invited_once_in_half_a_year_and_the_gap_has_names() {
    let world = World::on("2026-03-02");
    let east = [link("to_district", world.districts[EAST])];
    let whom = ["addressed_to=DISTRICT", &east[0], "mode=TAKE_PART"];
    sent(&world, "水环境视察", "INSPECTION", ("2026-03-10", "2026-03-18"), &whom);
    let some = ["addressed_to=TOWNSHIPS", "to_townships=坎墩镇、观海卫镇", "post=VICE"];
    sent(&world, "农产品质量安全执法检查", "LAW_CHECK", ("2026-03-20", "2026-03-25"), &some);
    assert_eq!([0, 1, 2].map(|town| world.count(town, "invitation_reply")), [2, 1, 1]);
    world.figures(
        "2026H1",
        &[
            ("F5_invited", "4 | 3 | 1 | 2 | 1 | 1"),
            // The vice chair of the west is not its chair.
            ("F5_coverage", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
            ("F10_invitation_free", "33.3 % | 0.0 % | 100.0 % | 0.0 % | 0.0 % | 100.0 %"),
        ],
    );
    assert_eq!(world.missing("F10_invitation_free", "2026H1"), ["观海卫镇"]);
    assert_eq!(world.missing("F10_invitation_free", "2026H2"), ["坎墩镇", "逍林镇", "观海卫镇"]);
    assert_eq!(world.missing("F5_meeting_coverage", "2026"), ["坎墩镇", "逍林镇", "观海卫镇"]);
    assert_eq!(world.parts("F5_event", "2026"), ["INSPECTION 2", "LAW_CHECK 2"]);
    assert_eq!(world.parts("F5_mode", "2026"), ["SIT_IN 2", "TAKE_PART 2"]);
    assert_eq!(world.parts("F5_post", "2026"), ["CHAIR 2", "VICE 2"]);
}

#[test]
fn an_invitation_that_is_moved_or_cancelled_is_so_for_everybody() {
    let world = World::on("2026-03-02");
    let event = sent(&world, "道路建设调查", "SURVEY", ("2026-03-10", "2026-03-18"), &["addressed_to=ALL"]);
    let replies = [0, 1].map(|town| world.answer(town, "invitation_reply"));
    replies[0].clerk("accept", &[]);
    world.night();
    let again = ["held_on=2026-03-27", "place=开发区", "reply_by=2026-03-20"];
    world.office().act(event, "reschedule", &again);
    world.night();
    assert_eq!(
        (replies[1].value("held_on").as_str(), replies[1].value("place").as_str()),
        ("2026-03-27", "开发区")
    );
    assert_eq!(replies[1].due("DL-INVITE-REPLY"), "2026-03-20");
    // Who has answered may answer anew.
    replies[0].clerk("decline", &["decline_reason=当日有会"]);
    world.night();
    let line = world.line(event, "invitation_line", 0);
    assert_eq!(world.county.status(line), "declined");
    world.office().act(event, "cancel", &[]);
    world.night();
    assert_eq!((replies[0].status().as_str(), replies[1].status().as_str()), ("lapsed", "lapsed"));
    world.figures("2026", &[("F5_invited", "0 | 0 | 0 | 0 | 0 | 0"), ("F5_events", "0 | 0 | 0 | 0 | 0 | 0")]);
    // A draft that is dropped never went anywhere.
    let set = ["title=视察", "event=INSPECTION", "held_on=2026-05-01", "addressed_to=ALL"];
    let draft = world.office().enter("invitation", "draft", &set);
    assert!(
        world.office().refused(draft, "send", &["place=县里", "reply_by=2026-05-02"]).contains("不能早于")
    );
    world.office().act(draft, "discard", &[]);
    world.night();
    assert_eq!(world.count(0, "invitation_reply"), 1);
}
