//! Letters and visits, from the register to the report. Who came and why stays in the office.

use super::county::Township;
use super::life::{Life, Say, Teller, text};
use super::{people, words};
use crate::record::Day;

pub(super) fn petitions(teller: &mut Teller<'_>, township: &Township, count: usize) {
    let span = (teller.to.0 - teller.from.0).max(1);
    // In order of days, so that the numbers given at registration grow with the year.
    let mut days: Vec<i32> = (0..count).map(|_| teller.random.between(3, span.max(4))).collect();
    days.sort_unstable();
    for after in days {
        let received = teller.from.plus(after);
        petition(teller, township, received);
    }
}

/// What the register says, whether nobody signed it, and whether the law gives it a time.
fn letter(
    teller: &mut Teller<'_>,
    township: &Township,
    received: Day,
) -> (Vec<(&'static str, Say)>, bool, bool) {
    let random = &mut teller.random;
    let (topic, short, matter) = *random.pick(&words::MATTERS);
    let village = *random.pick(&township.villages);
    let (name, woman) = people::name(random);
    let born = i64::from(random.between(1948, 1996));
    let anonymous = random.chance(8);
    let people = if random.chance(6) { random.between(5, 30) } else { random.between(1, 3) };
    let category = ["CLAIM", "ADVICE", "ACCUSE", "LITIGATION"][random.weighted(&[55, 33, 6, 6])];
    let mut say = vec![
        ("title", text(format!("关于{village}{short}问题的反映"))),
        ("received_on", Say::Date(received)),
        (
            "channel",
            Say::Key(
                ["LETTER", "VISIT", "PHONE", "ONLINE", "STATION"][random.weighted(&[27, 37, 15, 8, 13])],
            ),
        ),
        ("people_count", Say::Number(i64::from(people))),
        ("category", Say::Key(category)),
        ("topic", Say::Key(topic)),
        ("summary", text(matter.replace("{}", village))),
        ("repeat", Say::Key(if random.chance(12) { "REPEAT" } else { "FIRST" })),
    ];
    if people >= 5 {
        say.push(("collective", Say::Flag(true)));
    }
    if anonymous {
        say.push(("anonymous", Say::Flag(true)));
    } else {
        say.push(("petitioner_name", text(name)));
        say.push(("petitioner_id_card", text(people::id_card(random, born, woman))));
        say.push(("petitioner_phone", text(people::phone(random))));
        say.push((
            "petitioner_address",
            text(format!("{}{village}{}号", township.name, random.between(1, 180))),
        ));
    }
    (say, anonymous, matches!(category, "CLAIM" | "ADVICE"))
}

fn petition(teller: &mut Teller<'_>, township: &Township, received: Day) {
    let Some(kind) = teller.kind("petition") else { return };
    let (mut say, anonymous, timed) = letter(teller, township, received);
    say.push(("registered_on", Say::Date(received)));
    let Some(mut life) = teller.begin(kind, 0, received, "register", say) else { return };
    if life.random().chance(2) {
        let on = Say::Date(life.day);
        life.then("withdraw", 2, vec![("withdrawn_on", on)]);
        return;
    }
    let mode = ["TO_GOV", "TO_STATION", "SELF", "REDIRECT", "TO_COUNTY", "FILE"]
        [life.random().weighted(&[48, 20, 18, 8, 3, 3])];
    let opinion = match mode {
        "TO_GOV" => "拟转镇（乡）人民政府责成有关办所调查处理，并将结果书面回复来信来访人。",
        "TO_STATION" => "拟转派驻站所依职权办理，十五日内告知信访人受理情况。",
        "SELF" => "拟由人大办核实后直接答复信访人。",
        "TO_COUNTY" => "事项超出本级职权，拟报县人大常委会办公室。",
        _ => "不属人大受理范围，拟告知信访人向有权处理的机关提出。",
    };
    let proposed = vec![("proposed_mode", Say::Key(mode)), ("proposal_text", text(opinion))];
    let after = life.random().between(1, 3);
    if !life.then("propose", after, proposed)
        || !life.then("approve", 1, vec![("chair_note", text("同意拟办意见。"))])
    {
        return;
    }
    if !anonymous && life.random().chance(92) {
        let on = Say::Date(life.day.plus(1));
        let form = Say::Key(["WRITTEN", "FACE", "PHONE"][life.random().weighted(&[60, 25, 15])]);
        if !life.then("notify", 2, vec![("notified_on", on), ("notice_form", form)]) {
            return;
        }
    } else if !anonymous && matches!(mode, "REDIRECT" | "FILE") {
        return;
    }
    match mode {
        "TO_COUNTY" => {
            let on = Say::Date(life.day);
            life.then("escalate", 1, vec![("escalated_on", on)]);
        }
        "REDIRECT" | "FILE" => {
            if life.then("close_told", 1, vec![]) {
                life.then("archive", 30, vec![]);
            }
        }
        _ => handled(&mut life, township, mode, timed),
    }
}

/// `timed`: the law says how long it may take.
fn handled(life: &mut Life<'_, '_>, township: &Township, mode: &str, timed: bool) {
    let accepted;
    if mode == "SELF" {
        accepted = life.day;
        if !life.then("handle", 1, vec![("accepted_on", Say::Date(accepted))]) {
            return;
        }
    } else {
        let unit = *life.random().pick(&words::UNITS);
        let unit = if mode == "TO_GOV" {
            format!("{}{unit}", township.name)
        } else {
            format!("{}{unit}", township.abbr)
        };
        let on = Say::Date(life.day);
        if !life.then(
            "transfer",
            1,
            vec![("to_unit", text(unit)), ("transferred_on", on), ("accused_checked", Say::Flag(true))],
        ) {
            return;
        }
        accepted = life.day.plus(1);
        if !life.then("accept", 2, vec![("accepted_on", Say::Date(accepted))]) {
            return;
        }
    }
    // Sixty days from acceptance (in some provinces thirty), and thirty more (or sixty) if extended.
    if timed && life.random().chance(7) {
        let to = Say::Date(accepted.plus(80));
        let after = life.random().between(10, 18);
        if !life.then("extend", after, vec![("extended_to", to)]) {
            return;
        }
    }
    if life.random().chance(20) {
        let after = life.random().between(15, 30);
        if !life.then("urge", after, vec![("urge_form", Say::Key("PHONE"))]) {
            return;
        }
    }
    let after = life.random().between(6, 48);
    let on = Say::Date(life.day.plus(after));
    let result = ["SUPPORTED", "PARTLY", "EXPLAINED", "REJECTED"][life.random().weighted(&[46, 24, 24, 6])];
    let form = ["WRITTEN", "FACE", "PHONE"][life.random().weighted(&[55, 30, 15])];
    let say = vec![
        ("replied_on", on),
        ("result", Say::Key(result)),
        ("reply_form", Say::Key(form)),
        ("reply_text", text("经实地核查并与当事人沟通，已按有关规定处理，现将情况回复如上。")),
    ];
    if !life.then("reply", after, say) {
        return;
    }
    let pleased =
        ["SATISFIED", "BASIC", "UNSATISFIED", "NO_OPINION"][life.random().weighted(&[55, 30, 8, 7])];
    if life.random().chance(85) && !life.then("rate", 3, vec![("satisfaction", Say::Key(pleased))]) {
        return;
    }
    let on = Say::Date(life.day.plus(4));
    if life.then("report", 5, vec![("reported_to", Say::Keys(vec!["PRESIDIUM"])), ("reported_on", on)])
        && life.random().chance(60)
    {
        life.then("archive", 40, vec![]);
    }
}
