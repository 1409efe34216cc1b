//! Suggestions and motions of deputies, from the session to the archive.

use super::county::Township;
use super::life::{Life, Say, Teller, text};
use super::random::Random;
use super::step::Handle;
use super::words;
use crate::catalogue::model::NodeKind;
use crate::record::Day;

/// A title as deputies write it, with the key of its subject and the subject's place in the tables.
pub(super) fn title(random: &mut Random, township: &Township) -> (String, &'static str, usize) {
    let subject = random.weighted(&words::SUBJECTS.map(|(_, weight)| weight));
    let title = random.pick(words::SUGGESTIONS[subject]);
    let title = title.replace("{t}", township.name).replace("{}", random.pick::<&str>(&township.villages));
    let more = random.pick(&words::MORE);
    let title = match title.strip_prefix("关于") {
        // Real titles double such words too, but not with the same one.
        Some(rest)
            if !more.is_empty()
                && !rest.starts_with("进一步")
                && rest.starts_with(['加', '完', '规', '提'])
                && !rest.starts_with(more) =>
        {
            format!("关于{more}{rest}")
        }
        _ => title,
    };
    (title, words::SUBJECTS[subject].0, subject)
}

/// So many papers of one township over the story's time: most in the session, the rest in recess.
pub(super) fn proposals(teller: &mut Teller<'_>, township: &Township, deputies: &[Handle], count: usize) {
    let span = teller.to.0 - teller.from.0;
    for number in 0..count {
        let in_session = teller.random.chance(65);
        let raised = if in_session { 24 } else { teller.random.between(30, (span - 5).max(31)) };
        let raised = teller.from.plus(raised.min(span.max(0)));
        if township.kind == NodeKind::Subdistrict || teller.random.chance(8) {
            for_the_county(teller, township, deputies, raised);
        } else if number == 0 && deputies.len() >= 6 {
            motion(teller, township, deputies, raised);
        } else {
            suggestion(teller, township, deputies, raised, in_session);
        }
    }
}

fn paper(
    teller: &mut Teller<'_>,
    township: &Township,
    deputies: &[Handle],
    raised: Day,
    in_session: bool,
) -> Vec<(&'static str, Say)> {
    let random = &mut teller.random;
    let (title, subject, _) = title(random, township);
    let body = format!(
        "{}群众多次反映：{}这一问题由来已久，涉及群众切身利益。建议：一、由有关部门实地调查，摸清底数；二、列入年度计划，落实资金；三、及时向代表和群众反馈进展。",
        random.pick(&township.villages),
        title.trim_start_matches("关于").trim_end_matches("的建议"),
    );
    let mut say = vec![
        ("title", text(title)),
        ("body", text(body)),
        ("raised_on", Say::Date(raised)),
        ("in_session", Say::Key(if in_session { "IN_SESSION" } else { "RECESS" })),
        ("subject", Say::Key(subject)),
        ("openness", Say::Key(if random.chance(90) { "OPEN" } else { "NOT_OPEN" })),
        ("delegation", text(format!("第{}代表团", ["一", "二", "三", "四"][random.below(4)]))),
        ("term_no", Say::Number(17)),
        ("session_no", Say::Number(9)),
    ];
    if !deputies.is_empty() {
        say.push(("lead_deputy", Say::Of(*random.pick(deputies))));
        let cosigners = random.weighted(&[40, 25, 20, 15]);
        if cosigners > 0 {
            say.push((
                "cosigners",
                Say::OfAll(random.some(deputies, cosigners).into_iter().copied().collect()),
            ));
        }
    }
    say
}

fn suggestion(
    teller: &mut Teller<'_>,
    township: &Township,
    deputies: &[Handle],
    raised: Day,
    in_session: bool,
) {
    let say = paper(teller, township, deputies, raised, in_session);
    let Some(kind) = teller.kind("proposal") else { return };
    let Some(mut life) = teller.begin(kind, 0, raised, "receive", say) else { return };
    if life.random().chance(4) {
        let why = ["OWN_MATTER", "PETITION", "NO_SUBSTANCE"][life.random().below(3)];
        life.then("refuse", 2, vec![("inadmissible_reason", Say::Key(why))]);
        return;
    }
    let lag = life.random().between(0, 2);
    if !life.then("register", lag, vec![]) {
        return;
    }
    let told = Say::Date(life.day.plus(2));
    life.then("tell", 4, vec![("told_on", told)]);
    let mut reviewed = vec![("review", Say::Key("FILE"))];
    if life.random().chance(8) {
        reviewed.push(("nature", Say::Keys(vec!["KEY"])));
    }
    if !life.then("review", 2, reviewed) {
        return;
    }
    if life.random().chance(4) {
        let sent = Say::Date(life.day.plus(3));
        life.then("escalate", 5, vec![("sent_on", sent), ("sent_to", text("县人大常委会代表工作委员会"))]);
        return;
    }
    if assigned(&mut life) {
        handled(&mut life, township);
    }
}

fn units(random: &mut Random) -> Vec<(&'static str, Say)> {
    let mut units: Vec<String> =
        random.some(&words::UNITS, 3).into_iter().map(|unit| (*unit).to_owned()).collect();
    let main = units.swap_remove(random.below(3));
    units.truncate(random.weighted(&[45, 35, 20]));
    let mut say = vec![("main_unit", text(main))];
    if !units.is_empty() {
        say.push(("co_units", Say::Texts(units)));
    }
    say
}

fn assigned(life: &mut Life<'_, '_>) -> bool {
    let after = life.random().between(2, 9);
    let mut say = units(life.random());
    // Given on the day of the step, which may be moved off a weekend; an earlier day is always allowed.
    let assigned_on = life.day.plus(1);
    say.push(("assigned_on", Say::Date(assigned_on)));
    say.push(("assign_meeting", text("代表建议交办会")));
    if life.random().chance(7) {
        say.push(("complex", Say::Flag(true)));
    }
    if !life.then("assign", after, say) {
        return false;
    }
    // An objection on the day after the assignment, whatever holidays follow.
    let on = Say::Date(assigned_on.plus(1));
    if life.random().chance(5) && life.then("object", 3, vec![("objected_on", on)]) {
        if life.random().chance(60) {
            let mut again = units(life.random());
            again.push(("assigned_on", Say::Date(life.day.plus(1))));
            if !life.then("reassign", 3, again) {
                return false;
            }
        } else if !life.then("uphold", 3, vec![]) {
            return false;
        }
    }
    let accepted = Say::Date(life.day.plus(1));
    life.then("accept", 2, vec![("accepted_on", accepted)])
}

fn handled(life: &mut Life<'_, '_>, township: &Township) {
    let contact = ["MEETING", "VISIT", "PHONE", "NONE"][life.random().weighted(&[35, 30, 25, 10])];
    let before = life.random().between(5, 20);
    if !life.then("contact", before, vec![("contact_before", Say::Key(contact))]) {
        return;
    }
    if life.random().chance(25) && !life.then("urge", 20, vec![]) {
        return;
    }
    let number = life.random().between(1, 90);
    let class = ["A", "B", "C", "D"][life.random().weighted(&[21, 96, 25, 9])];
    let after = life.random().between(8, 75);
    let replied = Say::Date(life.day.plus(after));
    let say = vec![
        ("replied_on", replied),
        ("reply_no", text(format!("{}政函〔{}〕{number}号", township.abbr, life.day.year()))),
        ("result_class", Say::Key(class)),
        ("contact_after", Say::Key("MEETING")),
    ];
    if !life.then("reply", after, say) {
        return;
    }
    let pleased = life.random().weighted(&[68, 22, 6, 4]);
    let verdict = ["SATISFIED", "BASIC", "UNSATISFIED", "NO_OPINION"][pleased];
    let judged = |life: &Life<'_, '_>, verdict: &'static str| {
        vec![
            ("attitude", Say::Key(if verdict == "UNSATISFIED" { "BASIC" } else { verdict })),
            ("satisfaction", Say::Key(verdict)),
            ("evaluated_on", Say::Date(life.day.plus(2))),
        ]
    };
    let say = judged(life, verdict);
    let after = life.random().between(3, 20);
    if !life.then("evaluate", after, say) {
        return;
    }
    if verdict == "UNSATISFIED" {
        if !life.then("redo", 3, vec![]) {
            return;
        }
        let again = Say::Date(life.day.plus(18));
        let class = if class == "D" { "C" } else { class };
        let say = vec![("redo_replied_on", again), ("result_class", Say::Key(class))];
        if !life.then("reply_again", 19, say) {
            return;
        }
        let say = judged(life, "BASIC");
        if !life.then("evaluate_again", 6, say) {
            return;
        }
    }
    let closed = Say::Date(life.day.plus(3));
    if !life.then("close", 5, vec![("closed_on", closed)]) {
        return;
    }
    if matches!(class, "B" | "C") && life.random().chance(40) {
        let fulfilled = life.random().between(20, 70);
        let on = Say::Date(life.day.plus(6 + fulfilled));
        if !life.then("track", 6, vec![]) || !life.then("fulfil", fulfilled, vec![("fulfilled_on", on)]) {
            return;
        }
    }
    let wait = life.random().between(5, 30);
    let on = Say::Date(life.day.plus(wait));
    life.then(
        "report",
        wait,
        vec![("reported_session", text("第十七届人民代表大会第十次会议")), ("reported_on", on)],
    );
}

/// A motion needs five deputies, its grounds and a plan.
fn motion(teller: &mut Teller<'_>, township: &Township, deputies: &[Handle], raised: Day) {
    let mut say = paper(teller, township, deputies, raised, true);
    let names = ["cosigners", "title", "lead_deputy"];
    say.retain(|(id, _)| !names.contains(id));
    let village = *teller.random.pick(&township.villages);
    say.extend([
        ("form", Say::Key("MOTION")),
        ("title", text(format!("关于把{village}饮用水提升工程列为民生实事项目的议案"))),
        ("lead_deputy", Say::Of(deputies[0])),
        ("cosigners", Say::OfAll(deputies[1..6].to_vec())),
        ("basis", text(format!("{village}现有供水设施建于二十年前，枯水期水量不足，水质时有浑浊。"))),
        ("plan", text("由镇政府牵头编制实施方案，分两期改造管网、新建净水设施，列入年度财政预算。")),
    ]);
    let Some(kind) = teller.kind("proposal") else { return };
    let Some(mut life) = teller.begin(kind, 0, raised, "receive", say) else { return };
    if !life.then("check_motion", 0, vec![]) || !life.then("put_on_agenda", 0, vec![]) {
        return;
    }
    let on = Say::Date(life.day);
    // How many deputies there are is known to the program; all who have been registered so far come.
    let all = deputies.len() as i64;
    if !life.then("deliberate", 1, vec![("deliberated_on", on), ("present_count", Say::Number(all))]) {
        return;
    }
    let yes = all - i64::from(life.random().between(0, 2));
    life.then("pass", 0, vec![("votes_yes", Say::Number(yes))]);
}

/// A paper of a county deputy that the office collects, types and hands in.
fn for_the_county(teller: &mut Teller<'_>, township: &Township, deputies: &[Handle], raised: Day) {
    let mut say = paper(teller, township, deputies, raised, true);
    say.push(("level", Say::Key("COUNTY_VIA_TOWN")));
    let Some(kind) = teller.kind("proposal") else { return };
    let Some(mut life) = teller.begin(kind, 0, raised, "collect", say) else { return };
    if life.then("type", 1, vec![]) {
        let on = Say::Date(life.day.plus(1));
        life.then("send", 2, vec![("sent_on", on), ("sent_to", text("县人大常委会代表工作委员会"))]);
    }
}
