//! Districts and who looks after them (H01, H02): one lead on every date, and days without one that are seen.

use shared::ids::RecordId;

use super::{EAST, WEST, World};
use crate::bed::link;

fn assigned(world: &World, name: &str, district: usize, more: &[&str]) -> RecordId {
    let of = link("district", world.districts[district]);
    let member = [format!("member={name}"), format!("member_name={name}")];
    let set = [&[member[0].as_str(), &member[1], &of][..], more].concat();
    world.office().enter("liaison_assignment", "draft", &set)
}

#[test]
fn a_district_has_one_lead_on_every_date_and_days_without_one_are_seen() {
    let world = World::on("2026-01-05");
    let office = world.office();
    let first = assigned(&world, "甲主任", EAST, &["lead=true", "from=2026-01-05"]);
    office.act(first, "announce", &[]);
    // Another lead of the same days is refused, a member beside the lead is not.
    let second = assigned(&world, "乙主任", EAST, &["lead=true", "from=2026-07-01"]);
    assert!(office.refused(second, "announce", &[]).contains("已有牵头联系人"));
    let beside = assigned(&world, "丙委员", EAST, &["from=2026-01-05"]);
    office.act(beside, "announce", &[]);
    let again = assigned(&world, "丙委员", EAST, &["from=2026-03-01"]);
    assert!(office.refused(again, "announce", &[]).contains("已挂钩该片"));
    // Nobody looks after the west: it stands in both lists.
    world.figures("2026Q1", &[("liaison_coverage", "50.0 % | — | — | — | — | —")]);
    assert_eq!(world.missing("liaison_no_lead", "2026Q1"), ["西片"]);
    let west = assigned(&world, "丁主任", WEST, &["lead=true", "from=2026-02-01"]);
    office.act(west, "announce", &[]);
    world.go_to("2026-06-30");
    assert_eq!(world.missing("liaison_no_lead", "2026Q2"), [""; 0]);
    assert_eq!(world.met("liaison_no_lead", "2026Q2"), Some(true));
    // The first lead ends in May; the next begins in July, and that is allowed now. June is a gap.
    office.act(first, "end", &["to=2026-06-01"]);
    office.act(second, "announce", &[]);
    assert_eq!(world.missing("liaison_no_lead", "2026-06"), ["东片"]);
    world.go_to("2026-07-31");
    assert_eq!(world.missing("liaison_no_lead", "2026-07"), [""; 0]);
    world.figures(
        "2026-07",
        &[("liaisons", "3 | 2 | 1 | 0 | 0 | 0"), ("liaison_leads", "2 | 1 | 1 | 0 | 0 | 0")],
    );
    // An end that would reach into the days of the next lead cannot be put there.
    assert!(office.act_or(first, "end", &["to=2026-08-01"]).contains("当前状态"));
    // The townships of the district know who it is.
    world.night();
    assert_eq!(world.count(0, "liaison_assignment"), 3);
    assert_eq!(world.count(2, "liaison_assignment"), 1);
}

#[test]
fn a_name_and_a_place_belong_to_one_district_at_a_time() {
    let world = World::on("2026-01-05");
    let admin = world.county.role("C_ADMIN");
    let set = ["name=东片", "order=3", "active_from=2026-03-01"];
    assert!(admin.refused_new("district", "set_up", &set).contains("同名的片"));
    let set = ["name=南片", "order=2", "active_from=2026-03-01"];
    assert!(admin.refused_new("district", "set_up", &set).contains("同一次序"));
    let west = world.districts[WEST];
    let member = world.county.made(west, "district_membership")[0];
    admin.act(member, "end", &["to=2026-04-01"]);
    admin.act(west, "end", &["active_to=2026-04-01"]);
    // Its name and place are free from then on.
    let set = ["name=西片", "order=2", "active_from=2026-03-01"];
    assert!(admin.refused_new("district", "set_up", &set).contains("同名的片"));
    admin.enter("district", "set_up", &["name=西片", "order=2", "active_from=2026-04-01"]);
}
