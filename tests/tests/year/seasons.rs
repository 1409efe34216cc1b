//! What each season of the year brings, as the offices and the county know it from every year.

use shared::record::Role;

use super::bed::TOWNS;
use super::plan::{Calendar, Story};
use super::town::{FIRST, SECOND, Town};
use super::{answers, closing, county, table};

/// January to March: the congress and what follows from it; the county's plan of the year.
pub fn winter(all: &mut Calendar) {
    all.on("2026-01-05", |story| {
        let year = &story.year;
        let mut towns: Vec<Town> = TOWNS[1..].iter().map(|name| Town::seated(year, name)).collect();
        county::liaisons(year);
        county::targets(year);
        let rule = county::rule(year);
        county::circular(year, "2026年全县人大工作要点", "NOT_OPEN");
        // Thirty days before the session.
        towns.iter_mut().for_each(|town| town.plan_session(year, "第十九届第九次会议", "2026-02-04"));
        story.towns = towns;
        story.keep("rule", rule);
    });
    all.on("2026-01-06", Story::answered);
    all.on("2026-01-27", |story| story.towns.iter().for_each(|town| town.notice_session(&story.year)));
    all.on("2026-02-03", |story| story.towns.iter().for_each(|town| town.send_papers(&story.year)));
    all.on("2026-02-04", |story| {
        let year = &story.year;
        for (nth, town) in story.towns.iter_mut().enumerate() {
            // Two of them have a third suggestion: one is wide, one is given to its unit later than the others.
            town.hold_session(year, &FIRST, if nth < 2 { 3 } else { 2 });
            town.presidium(year);
        }
    });
    all.on("2026-02-06", |story| story.towns.iter().for_each(|town| town.compile_session(&story.year)));
    // Papers of the county's session are handed to its deputies; one of theirs is typed and handed in. A petition that a town
    // cannot settle goes up.
    all.on("2026-02-10", |story| {
        let year = &story.year;
        story.towns.iter().for_each(|town| town.hand_out(year));
        story.towns[0].hand_in(year);
        story.towns[1].escalate(year);
        let session = county::invite(year, "县第十九届人民代表大会第六次会议", "OTHER", "2026-02-25");
        story.keep("county session", session);
    });
    all.on("2026-02-11", Story::answered);
    all.on("2026-02-12", |story| {
        let (deputies, office) = (story.year.county(Role::CDeputy), story.year.office());
        let proposal = deputies.one("county_proposal", "received");
        deputies.act(proposal, "accept", &["accepted_on=2026-02-12"]);
        let referral = office.one("petition_referral", "received");
        office.act(referral, "accept", &["accepted_on=2026-02-12"]);
        story.keep("county proposal", proposal);
        story.keep("referral", referral);
        // The budget is public within twenty days.
        story.towns.iter().for_each(|town| town.publish_budget(&story.year));
    });
    all.on("2026-02-25", |story| county::close_invitation(&story.year, story.known("county session")));
    all.on("2026-03-03", |story| {
        let year = &story.year;
        story.towns.iter().for_each(|town| town.assign(year));
        let (wide, town) = (story.towns[0].suggestions[2], &story.towns[0]);
        town.give(year, wide, &["complex=是", "complex_approver=PRESIDIUM"]);
        let deputies = year.county(Role::CDeputy);
        deputies.act(story.known("county proposal"), "assign", &["unit=县交通局", "assigned_on=2026-03-03"]);
        year.office().act(story.known("referral"), "assign", &["unit=县水利局", "assigned_on=2026-03-03"]);
        county::assign(year, "农产品质量安全法执法检查", "LAW_CHECK", "2026-06-30", &TOWNS[1..]);
    });
    all.on("2026-03-04", Story::answered);
    all.on("2026-03-09", |story| {
        county::circular(&story.year, "关于印发2026年监督工作计划和代表工作计划的通知", "OPEN");
        let plan = |town: &Town| town.plan_activity(&story.year, "农资市场检查", "INSPECTION", "2026-03-12");
        story.towns.iter().for_each(plan);
    });
    all.on("2026-03-12", |story| story.towns.iter().for_each(|town| town.hold_activity(&story.year)));
    all.on("2026-04-10", |story| closing::seal(&story.year, "2026Q1"));
}

/// April to June: groups and reception days, visits, training; the county's law inspection; the first replies.
pub fn spring(all: &mut Calendar) {
    all.on("2026-04-08", |story| {
        let class = county::call_class(&story.year, "乡镇人大干部培训班", "CHAIR；OFFICE_HEAD", "2026-05-12");
        story.keep("first class", class);
        story.towns.iter().for_each(|town| town.receive(&story.year));
    });
    all.on("2026-04-09", Story::answered);
    all.on("2026-04-21", |story| {
        let year = &story.year;
        story.towns.iter().for_each(|town| {
            town.group_activity(year, "2026-04-21");
            town.plan_activity(year, "代表接待日", "RECEPTION_DAY", "2026-04-28");
        });
    });
    all.on("2026-04-28", |story| story.towns.iter().for_each(|town| town.hold_activity(&story.year)));
    // Given to its unit so that it is due at the end of July.
    all.on("2026-04-30", |story| story.towns[1].give(&story.year, story.towns[1].suggestions[2], &[]));
    all.on("2026-05-13", |story| {
        // Heads of office come from the first two alone.
        let posts: [(&str, &[&str]); 2] = [("CHAIR", &["青林畲族乡"]), ("OFFICE_HEAD", &TOWNS[2..])];
        county::hold_class(&story.year, story.known("first class"), &posts);
    });
    all.on("2026-05-20", |story| {
        let year = &story.year;
        // The first suggestion of each is answered in time, but in one township.
        story.but(&[7]).for_each(|town| town.reply(year, 0));
        // Who inspects in June holds its meeting then; the last one holds none.
        story.but(&[6, 7]).for_each(|town| {
            town.presidium(year);
        });
        let reply = ["replied_on=2026-05-20", "result_class=A", "reply_text=已列入计划"];
        year.county(Role::CDeputy).act(story.known("county proposal"), "reply", &reply);
        let answer = ["answered_on=2026-05-20", "result=SUPPORTED", "answer_text=已解决"];
        year.office().act(story.known("referral"), "answer", &answer);
    });
    all.on("2026-05-21", |story| county::solve(&story.year, story.known("一季度走访石桥镇")));
    all.on("2026-06-03", |story| {
        let year = &story.year;
        // On the last day.
        story.but(&[4, 6, 7]).for_each(|town| town.reply(year, 1));
        let deputies = year.county(Role::CDeputy);
        let said = ["satisfaction=SATISFIED", "evaluated_on=2026-06-03"];
        deputies.act(story.known("county proposal"), "evaluate", &said);
        deputies.act(story.known("county proposal"), "close", &["closed_on=2026-06-03"]);
        year.office().act(story.known("referral"), "close", &["closed_on=2026-06-03"]);
    });
    all.on("2026-06-10", |story| {
        let year = &story.year;
        // Late by a week; one township answers both only now.
        story.but(&[1, 2, 3, 5]).for_each(|town| town.reply(year, 1));
        story.towns[6].reply(year, 0);
    });
    all.on("2026-06-15", |story| {
        let year = &story.year;
        for nth in [1, 2, 3, 4, 6] {
            story.towns[nth - 1].inspect(year);
        }
    });
    all.on("2026-06-16", |story| county::accept_all(&story.year));
    all.on("2026-06-26", |story| story.towns.iter().for_each(|town| town.archive(&story.year)));
}

/// July to September: the half-year closed, the second session, a redrawn district, the first seminar, research.
pub fn summer(all: &mut Calendar) {
    all.on("2026-06-28", |story| {
        let year = &story.year;
        let plan = |town: &mut Town| town.plan_session(year, "第十九届第十次会议", "2026-07-28");
        story.towns.iter_mut().for_each(plan);
    });
    all.on(table::MOVED.1, |story| county::redraw(&story.year, table::MOVED.0, table::MOVED.2));
    all.on("2026-07-06", |story| story.towns[6].inspect(&story.year));
    all.on("2026-07-07", |story| county::accept_all(&story.year));
    all.on("2026-07-13", |story| {
        closing::seal(&story.year, "2026H1");
        closing::bulletin(&story.year, "2026H1");
    });
    all.on("2026-07-14", Story::answered);
    // After the closing an activity of June is entered.
    all.on("2026-07-15", |story| story.towns[0].group_activity(&story.year, "2026-06-25"));
    all.on("2026-07-20", |story| story.towns.iter().for_each(|town| town.notice_session(&story.year)));
    all.on("2026-07-27", |story| story.towns.iter().for_each(|town| town.send_papers(&story.year)));
    all.on("2026-07-28", |story| {
        let year = &story.year;
        story.towns.iter_mut().for_each(|town| town.hold_session(year, &SECOND, 0));
        let seminar = county::call_seminar(year, "代表联络站建设", "2026-08-20");
        story.keep("first seminar", seminar);
    });
    all.on("2026-07-29", Story::answered);
    all.on("2026-07-30", |story| {
        story.towns.iter().for_each(|town| {
            town.compile_session(&story.year);
            town.publish_budget(&story.year);
        });
        story.towns[1].reply(&story.year, 2);
    });
    all.on("2026-08-20", |story| {
        let year = &story.year;
        county::hold_seminar(year, story.known("first seminar"));
        story.but(&[6, 7]).for_each(|town| {
            town.presidium(year);
        });
    });
    all.on("2026-09-01", |story| {
        let year = &story.year;
        county::assign(year, "报送代表联络站情况", "MATERIAL", "2026-09-30", &[]);
        county::assign(year, "种子法执法检查", "LAW_CHECK", "2026-10-31", &TOWNS[1..3]);
        let plan = |town: &Town| town.plan_activity(year, "乡村养老调研", "RESEARCH", "2026-09-15");
        story.towns.iter().for_each(plan);
    });
    all.on("2026-09-02", |story| {
        story.answered();
        // Six months are over on the third.
        story.towns[0].reply(&story.year, 2);
    });
    all.on("2026-09-15", |story| story.towns.iter().for_each(|town| town.hold_activity(&story.year)));
    all.on("2026-09-20", |story| TOWNS.iter().for_each(|town| answers::report(&story.year, town)));
    all.on("2026-09-24", |story| {
        story.towns[..2].iter_mut().for_each(|town| town.inspect(&story.year));
    });
    all.on("2026-09-25", |story| county::accept_all(&story.year));
    all.on("2026-10-12", |story| closing::seal(&story.year, "2026Q3"));
}

/// October and November: deputies report to their voters, a station is appraised, more training and a second seminar; the
/// election of the next congress begins.
pub fn autumn(all: &mut Calendar) {
    all.on("2026-10-14", |story| {
        let year = &story.year;
        for (nth, reports) in table::REPORTS.iter().enumerate() {
            (0..*reports).for_each(|deputy| story.towns[nth].report_to_voters(year, deputy));
        }
        let class = county::call_class(year, "新任副主席培训班", "VICE", "2026-11-04");
        story.keep("second class", class);
    });
    all.on("2026-10-15", Story::answered);
    all.on("2026-10-20", |story| {
        let year = &story.year;
        story.towns.iter_mut().for_each(|town| town.plan_appraisal(year, "2026-11-25"));
        let seminar = county::call_seminar(year, "议案建议办理", "2026-11-12");
        story.keep("second seminar", seminar);
    });
    all.on("2026-10-21", Story::answered);
    all.on("2026-11-05", |story| {
        county::hold_class(&story.year, story.known("second class"), &[("VICE", &["云峰乡"])]);
    });
    // Three months from now on are over in next year's holidays, of which nobody knows yet.
    all.on("2026-11-10", |story| {
        let raised = story.towns[0].raise(&story.year, "关于冬季供水的建议");
        story.keep("recess suggestion", raised);
    });
    all.on("2026-11-12", |story| county::hold_seminar(&story.year, story.known("second seminar")));
    all.on("2026-11-16", |story| {
        county::assign(&story.year, "乡镇人大换届选举", "ELECTION", "2027-03-31", &TOWNS[1..]);
    });
    all.on("2026-11-17", |story| {
        story.answered();
        story.towns.iter_mut().for_each(|town| town.prepare_election(&story.year));
    });
    all.on("2026-11-20", |story| {
        let year = &story.year;
        story.but(&[7]).for_each(|town| {
            town.presidium(year);
        });
    });
    all.on("2026-11-25", |story| story.towns.iter().for_each(|town| town.hold_appraisal(&story.year)));
}

/// The end of the year: self-appraisal and appraisal, veto and honours; the next year is prepared.
pub fn december(all: &mut Calendar) {
    all.on("2026-12-02", |story| {
        let year = &story.year;
        story.towns.iter().for_each(|town| {
            town.rectified(year);
            town.subscribe(year);
            town.draw_electoral_districts(year);
        });
        closing::next_calendar(year);
        let scheme = closing::scheme(year);
        story.keep("scheme", scheme);
    });
    all.on("2026-12-03", |story| TOWNS[1..].iter().for_each(|town| answers::appraise(&story.year, town)));
    all.on("2026-12-11", |story| {
        story.towns.iter().for_each(|town| {
            town.report_on_suggestions(&story.year);
            town.review_institutions(&story.year);
        });
    });
    all.on("2026-12-15", |story| {
        closing::veto(&story.year, "清水镇");
    });
    all.on("2026-12-18", |story| story.towns.iter().for_each(|town| town.register_voters(&story.year)));
    // Nobody signs for it any more in this year.
    all.on("2026-12-30", |story| {
        county::circular(&story.year, "关于做好2027年工作安排的通知", "NOT_OPEN");
    });
    all.on("2026-12-31", |story| {
        let year = &story.year;
        closing::appraise(year, story.known("scheme"));
        closing::honours(year);
        closing::bulletin(year, "2026");
    });
}
