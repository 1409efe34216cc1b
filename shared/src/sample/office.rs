//! The township and its office: people, rooms, machines.

use super::county::Township;
use super::life::{Say, Teller, text};
use super::people;
use crate::catalogue::model::NodeKind;

/// The profile that the chair confirms in January.
pub(super) fn profile(teller: &mut Teller<'_>, township: &Township) {
    let Some(kind) = teller.kind("township_profile") else { return };
    let subdistrict = township.kind == NodeKind::Subdistrict;
    let random = &mut teller.random;
    let (clerk, _) = people::name(random);
    let communities = township.villages.iter().filter(|village| village.ends_with("社区")).count() as i64;
    let mut say = vec![
        ("township", Say::Township(township.code)),
        ("name", text(township.name)),
        ("node_kind", Say::Key(township.kind.code())),
        ("population", Say::Number(i64::from(township.population))),
        ("area_km2", Say::Decimal(i64::from(random.between(1_800, 16_000)), 2)),
        ("villages", Say::Number(6 - communities)),
        ("communities", Say::Number(communities)),
        ("chair_kind", Say::Key(["FULL_TIME", "PARTY_SECRETARY", "OTHER"][random.weighted(&[70, 20, 10])])),
        (
            "clerk_mode",
            Say::Key(
                ["OFFICE_HEAD", "VICE_CHAIR", "FULL_TIME", "OTHER_PART_TIME"]
                    [random.weighted(&[40, 25, 20, 15])],
            ),
        ),
        ("staff_names", Say::Texts(vec![clerk])),
        ("staff_phone", text(people::phone(random))),
        ("duties_posted", Say::Flag(random.chance(85))),
        ("office_rooms", Say::Number(i64::from(random.between(1, 3)))),
        ("shared_room", Say::Flag(random.chance(30))),
        ("computers", Say::Number(i64::from(random.between(1, 3)))),
        ("network", Say::Key(["GOVERNMENT", "BROADBAND", "MOBILE"][random.weighted(&[55, 35, 10])])),
        ("printer", Say::Flag(random.chance(90))),
        ("activity_budget", Say::Decimal(i64::from(township.deputies) * 120_000, 2)),
        ("budget_in_fiscal", Say::Flag(random.chance(80))),
        ("party_topics", Say::Number(i64::from(random.between(0, 3)))),
    ];
    if !subdistrict {
        say.push(("seats_total", Say::Number(i64::from(township.deputies))));
    }
    let from = teller.from;
    let Some(mut life) = teller.begin(kind, 0, from, "draft", say) else { return };
    let on = Say::Date(life.day);
    // Once the deputies are on the register: the profile counts them.
    life.then("confirm", 12, vec![("confirmed_on", on)]);
}
