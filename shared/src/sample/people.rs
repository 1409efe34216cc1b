//! Deputies of a township, made up.

use super::county::Township;
use super::life::{Say, Teller, text};
use super::random::Random;
use super::step::Handle;
use super::words;
use crate::catalogue::model::NodeKind;
use crate::record::Day;

/// A name and whether it is a woman's.
pub(super) fn name(random: &mut Random) -> (String, bool) {
    let woman = random.chance(35);
    let given = if woman { random.pick(&words::GIVEN_FEMALE) } else { random.pick(&words::GIVEN_MALE) };
    (format!("{}{given}", random.pick(&words::SURNAMES)), woman)
}

/// A number that follows the rules of identity numbers and is nobody's: its county does not exist.
pub(super) fn id_card(random: &mut Random, year: i64, woman: bool) -> String {
    let order = random.below(500) * 2 + usize::from(!woman);
    let digits = format!("999901{year:04}{:02}{:02}{order:03}", random.between(1, 12), random.between(1, 28));
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

/// A phone number in a range that is not given out.
pub(super) fn phone(random: &mut Random) -> String {
    format!("100{:08}", random.below(100_000_000))
}

/// Registers and confirms so many deputies; a few leave in the course of the year. Gives those who can propose.
pub(super) fn deputies(teller: &mut Teller<'_>, township: &Township, count: usize) -> Vec<Handle> {
    let Some(kind) = teller.kind("deputy") else { return Vec::new() };
    let elected = Day::new(2021, 12, 22).unwrap_or(teller.from);
    let level = if township.kind == NodeKind::Subdistrict { "COUNTY" } else { "TOWNSHIP" };
    let mut handles = Vec::new();
    for number in 0..count {
        let random = &mut teller.random;
        let (name, woman) = name(random);
        let born = i64::from(random.between(1958, 1998));
        let minority = random.chance(if township.kind == NodeKind::EthnicTownship { 45 } else { 3 });
        let village = *random.pick(&township.villages);
        let mut say = vec![
            ("level", Say::Key(level)),
            ("name", text(name)),
            ("gender", Say::Key(if woman { "FEMALE" } else { "MALE" })),
            ("ethnicity", Say::Key(if minority { "MINORITY" } else { "HAN" })),
            ("party", Say::Key(["CPC", "NONE", "DEMOCRATIC", "LEAGUE"][random.weighted(&[62, 33, 3, 2])])),
            ("birth_year", Say::Number(born)),
            (
                "education",
                Say::Key(["JUNIOR", "SENIOR", "COLLEGE", "BACHELOR"][random.weighted(&[22, 30, 28, 20])]),
            ),
            (
                "occupation_class",
                Say::Key(
                    ["FARMER", "WORKER", "VILLAGE", "CADRE", "BUSINESS", "PROFESSIONAL"]
                        [random.weighted(&[30, 12, 24, 14, 12, 8])],
                ),
            ),
            ("id_card", text(id_card(random, born, woman))),
            ("mobile", text(phone(random))),
            ("home_address", text(format!("{}{village}{}号", township.name, random.between(1, 180)))),
            ("electoral_district", text(format!("第{}选区（{village}）", number / 3 + 1))),
            ("cert_no", text(format!("{}人代{:03}", township.abbr, number + 1))),
            ("elected_on", Say::Date(elected)),
            ("re_elected", Say::Flag(random.chance(45))),
            ("group_name", text(format!("第{}代表小组", number % 6 + 1))),
            ("station_name", text(format!("{}代表联络站", township.villages[number % 6]))),
            ("term_no", Say::Number(17)),
        ];
        if minority {
            say.push(("ethnicity_name", text("畲族")));
        }
        if level == "TOWNSHIP" && number < 9 {
            let posts = [vec!["CHAIR", "PRESIDIUM"], vec!["VICE_CHAIR", "PRESIDIUM"]];
            say.push(("posts", Say::Keys(posts.get(number).cloned().unwrap_or_else(|| vec!["PRESIDIUM"]))));
        }
        let leaves = number >= 9 && random.chance(3);
        let day = teller.from.plus(number as i32 / 25);
        let Some(mut life) = teller.begin(kind, 0, day, "register", say) else { break };
        let confirmed = Day::new(2022, 1, 10).unwrap_or(day);
        life.then("confirm", 1, vec![("confirmed_on", Say::Date(confirmed))]);
        if leaves {
            let after = life.random().between(90, 240);
            let on = day.plus(after);
            let cause = ["MOVED", "RESIGNED", "DIED"][life.random().weighted(&[60, 30, 10])];
            let ended =
                life.then("terminate", after, vec![("ended_on", Say::Date(on)), ("cause", Say::Key(cause))]);
            if ended {
                let announced = Say::Date(life.day.plus(3));
                life.then("announce", 5, vec![("announced_on", announced)]);
            }
        } else {
            handles.push(life.handle);
        }
    }
    handles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::model::{Pattern, Shape};
    use crate::record::Value;
    use crate::view::shape;

    #[test]
    fn made_up_numbers_have_the_right_form() {
        let mut random = Random::new(3);
        for _ in 0..200 {
            let check = |max, pattern, text| {
                let shape = Shape::Text { max, lines: false, pattern: Some(pattern) };
                shape::check(&shape, &Value::Text(text))
            };
            let card = id_card(&mut random, 1971, true);
            assert!(card.starts_with("9999011971"));
            assert_eq!(check(18, Pattern::IdCard, card), Ok(()));
            assert_eq!(check(20, Pattern::Phone, phone(&mut random)), Ok(()));
        }
    }
}
