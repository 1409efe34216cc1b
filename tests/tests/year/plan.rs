//! The calendar of the year: on which day what is done, by the county and in the offices.

use std::collections::BTreeMap;
use std::path::Path;

use shared::ids::RecordId;
use shared::record::Role;

use super::answers;
use super::bed::{TOWNS, Year};
use super::county;
use super::table;
use super::town::Town;

/// One matter of a day.
pub type Step = Box<dyn FnOnce(&mut Story)>;

/// The county in the middle of its year.
pub struct Story {
    pub year: Year,
    /// The seven townships with a congress; the subdistrict has none.
    pub towns: Vec<Town>,
    /// Records to come back to, by what the calendar calls them.
    pub named: BTreeMap<String, RecordId>,
}

impl Story {
    pub async fn begin(root: &Path) -> anyhow::Result<Self> {
        let year = Year::begin(root, "2026-01-04").await?;
        Ok(Self { year, towns: Vec::new(), named: BTreeMap::new() })
    }

    fn keep(&mut self, name: &str, id: RecordId) {
        self.named.insert(name.to_owned(), id);
    }

    pub fn known(&self, name: &str) -> RecordId {
        *self.named.get(name).unwrap_or_else(|| panic!("nothing is called {name}"))
    }

    /// Every office answers what waits.
    fn answered(&mut self) {
        TOWNS.iter().for_each(|town| answers::answer(&self.year, town));
    }

    /// The towns with a congress but for some, by their places in the list of all.
    fn but(&self, not: &[usize]) -> impl Iterator<Item = &Town> {
        let left_out: Vec<&str> = not.iter().map(|nth| TOWNS[*nth]).collect();
        self.towns.iter().filter(move |town| !left_out.contains(&town.name))
    }
}

struct Calendar(BTreeMap<&'static str, Vec<Step>>);

impl Calendar {
    fn on(&mut self, day: &'static str, step: impl FnOnce(&mut Story) + 'static) {
        self.0.entry(day).or_default().push(Box::new(step));
    }
}

/// Every day on which something is done, in order.
pub fn calendar() -> BTreeMap<&'static str, Vec<Step>> {
    let mut all = Calendar(BTreeMap::new());
    winter(&mut all);
    spring(&mut all);
    summer(&mut all);
    autumn(&mut all);
    december(&mut all);
    months(&mut all);
    quarters(&mut all);
    all.0
}

/// January to March: the congress and what follows from it; the county's plan of the year.
fn winter(all: &mut Calendar) {
    all.on("2026-01-05", |story| {
        let year = &story.year;
        story.towns = TOWNS[1..].iter().map(|name| Town::seated(year, name)).collect();
        county::liaisons(year);
        county::targets(year);
        let rule = county::rule(year);
        let plan = county::circular(year, "关于印发2026年监督工作计划和代表工作计划的通知");
        story.towns.iter_mut().for_each(|town| town.plan_session(year, "第十九届第九次会议", "2026-02-04"));
        story.keep("rule", rule);
        story.keep("plan", plan);
    });
    all.on("2026-01-06", Story::answered);
    all.on("2026-01-27", |story| story.towns.iter().for_each(|town| town.notice_session(&story.year)));
    all.on("2026-02-04", |story| {
        let year = &story.year;
        for town in &mut story.towns {
            town.hold_session(year, 2);
            town.presidium(year);
        }
    });
    // A county deputy's paper is typed and handed in; a petition that the town cannot settle goes up.
    all.on("2026-02-10", |story| {
        let year = &story.year;
        let (handed, escalated) = (story.towns[0].hand_in(year), story.towns[1].escalate(year));
        story.keep("handed", handed);
        story.keep("escalated", escalated);
    });
    all.on("2026-02-12", |story| {
        let deputies = story.year.county(Role::CDeputy);
        let proposal = deputies.list("county_proposal", "received")[0];
        deputies.act(proposal, "accept", &["accepted_on=2026-02-12"]);
        let office = story.year.office();
        let referral = office.list("petition_referral", "received")[0];
        office.act(referral, "accept", &["accepted_on=2026-02-12"]);
        story.keep("county proposal", proposal);
        story.keep("referral", referral);
    });
    all.on("2026-03-03", |story| {
        let year = &story.year;
        story.towns.iter().for_each(|town| town.assign(year));
        let deputies = year.county(Role::CDeputy);
        deputies.act(story.known("county proposal"), "assign", &["unit=县交通局", "assigned_on=2026-03-03"]);
        year.office().act(story.known("referral"), "assign", &["unit=县水利局", "assigned_on=2026-03-03"]);
        let towns = TOWNS[1..].join("、");
        let to = ["addressed_to=TOWNSHIPS".to_owned(), format!("to_townships={towns}")];
        let law = ["law_name=中华人民共和国农产品质量安全法", "report_form=RECORD", &to[0], &to[1]];
        let check = county::assign(year, "农产品质量安全法执法检查", "LAW_CHECK", "2026-06-30", &law);
        story.keep("law check", check);
    });
    all.on("2026-03-04", Story::answered);
}

/// April to June: groups, visits, training; the county's law inspection; replies to suggestions.
fn spring(all: &mut Calendar) {
    all.on("2026-04-08", |story| {
        let class = county::call_class(&story.year, "乡镇人大干部培训班", "CHAIR；OFFICE_HEAD", "2026-05-12");
        story.keep("first class", class);
        story.towns.iter().for_each(|town| town.receive(&story.year));
    });
    all.on("2026-04-09", Story::answered);
    all.on("2026-05-13", |story| {
        county::hold_class(&story.year, story.known("first class"), "CHAIR", "青林畲族乡")
    });
    all.on("2026-05-20", |story| {
        let year = &story.year;
        // The first suggestion of each is answered in time, but in one township.
        story.but(&[7]).for_each(|town| town.reply(year, 0, 1));
        story.but(&[7]).for_each(|town| {
            town.presidium(year);
        });
        let deputies = year.county(Role::CDeputy);
        let reply = ["replied_on=2026-05-20", "result_class=A", "reply_text=已列入计划"];
        deputies.act(story.known("county proposal"), "reply", &reply);
        year.office().act(
            story.known("referral"),
            "answer",
            &["answered_on=2026-05-20", "result=SUPPORTED", "answer_text=已解决"],
        );
    });
    all.on("2026-06-03", |story| {
        let year = &story.year;
        story.but(&[4, 6, 7]).for_each(|town| town.reply(year, 1, 2));
        let deputies = year.county(Role::CDeputy);
        let said = ["satisfaction=SATISFIED", "evaluated_on=2026-06-03"];
        deputies.act(story.known("county proposal"), "evaluate", &said);
        deputies.act(story.known("county proposal"), "close", &["closed_on=2026-06-03"]);
        year.office().act(story.known("referral"), "close", &["closed_on=2026-06-03"]);
    });
    all.on("2026-06-10", |story| {
        let year = &story.year;
        // Late by a week.
        story.but(&[1, 2, 3, 5, 7]).for_each(|town| town.reply(year, 1, 2));
        story.towns[6].reply_all(year);
    });
    all.on("2026-06-15", |story| {
        let year = &story.year;
        let able: Vec<usize> = vec![1, 2, 3, 4, 6];
        for nth in able {
            let town = &mut story.towns[nth - 1];
            town.inspect(year);
            town.close_inspection(year);
            town.report_inspection(year);
        }
        story.towns.iter().for_each(|town| town.archive(year));
    });
    all.on("2026-06-16", |story| county::accept_all(&story.year));
}

/// July to September: the second session, the first seminar, a redrawn district, the half-year closed.
fn summer(all: &mut Calendar) {
    all.on("2026-07-01", |story| county::redraw(&story.year, "龙泉铺镇", "第四片"));
    all.on("2026-07-06", |story| {
        let year = &story.year;
        let town = &mut story.towns[6];
        town.inspect(year);
        town.close_inspection(year);
        town.report_inspection(year);
        story.towns.iter_mut().for_each(|town| town.plan_session(year, "第十九届第十次会议", "2026-07-28"));
    });
    all.on("2026-07-07", |story| county::accept_all(&story.year));
    all.on("2026-07-10", |story| county::seal(&story.year, "2026H1"));
    all.on("2026-07-20", |story| story.towns.iter().for_each(|town| town.notice_session(&story.year)));
    all.on("2026-07-28", |story| {
        let year = &story.year;
        story.towns.iter_mut().for_each(|town| town.hold_session(year, 0));
        let seminar = county::call_seminar(year, "代表联络站建设", "2026-08-20");
        story.keep("first seminar", seminar);
    });
    all.on("2026-07-29", Story::answered);
    all.on("2026-08-20", |story| {
        let year = &story.year;
        county::hold_seminar(year, story.known("first seminar"));
        story.but(&[6, 7]).for_each(|town| {
            town.presidium(year);
        });
    });
    all.on("2026-09-01", |story| {
        let set = ["addressed_to=ALL"];
        let material = county::assign(&story.year, "报送代表联络站情况", "MATERIAL", "2026-09-30", &set);
        story.keep("material", material);
    });
    all.on("2026-09-02", Story::answered);
    all.on("2026-09-20", |story| TOWNS.iter().for_each(|town| answers::report(&story.year, town)));
    all.on("2026-09-21", |story| county::accept_all(&story.year));
}

/// October and November: deputies report to their voters, a station is appraised, more training and a second seminar.
fn autumn(all: &mut Calendar) {
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
        county::hold_class(&story.year, story.known("second class"), "VICE", "云峰乡")
    });
    all.on("2026-11-12", |story| county::hold_seminar(&story.year, story.known("second seminar")));
    all.on("2026-11-20", |story| {
        let year = &story.year;
        story.but(&[7]).for_each(|town| {
            town.presidium(year);
        });
    });
    all.on("2026-11-25", |story| story.towns.iter().for_each(|town| town.hold_appraisal(&story.year)));
}

/// The end of the year: self-appraisal and appraisal, veto and honours; the next year is prepared.
fn december(all: &mut Calendar) {
    all.on("2026-12-02", |story| {
        let year = &story.year;
        story.towns.iter().for_each(|town| {
            town.rectified(year);
            town.subscribe(year);
        });
        county::next_calendar(year);
        let scheme = county::scheme(year);
        story.keep("scheme", scheme);
    });
    all.on("2026-12-03", |story| TOWNS[1..].iter().for_each(|town| answers::appraise(&story.year, town)));
    all.on("2026-12-15", |story| {
        let veto = county::veto(&story.year, "清水镇");
        story.keep("veto", veto);
    });
    all.on("2026-12-31", |story| {
        county::appraise(&story.year);
        county::honours(&story.year);
    });
}

/// Every month but the last: the return of the month before, due on the fifth and closed on the tenth.
fn months(all: &mut Calendar) {
    for month in &table::MONTHS {
        all.on(month.opens, move |story| {
            let (title, close) = (format!("2026年{}月月报", month.nth), month.closes);
            let id = county::open_month(&story.year, &title, month.from, month.to, month.due, close);
            story.keep(&title, id);
        });
        all.on(month.filled, move |story| {
            for (nth, town) in TOWNS.iter().enumerate() {
                if !month.late.contains(&nth) && !month.missing.contains(&nth) {
                    answers::month(&story.year, town);
                }
            }
        });
        all.on(month.late_on, move |story| {
            month.late.iter().for_each(|nth| answers::month(&story.year, TOWNS[*nth]));
        });
        all.on(month.closes, move |story| {
            let title = format!("2026年{}月月报", month.nth);
            county::close_month(&story.year, story.known(&title));
        });
    }
}

/// Every quarter: the liaison meeting, visits, groups and study, points for publicity and the bulletin.
fn quarters(all: &mut Calendar) {
    for quarter in &table::QUARTERS {
        all.on(quarter.calls, move |story| {
            let title = format!("{}季度联系会", quarter.name);
            let id = county::call_liaison_meeting(&story.year, &title, quarter.meets);
            let invited = county::invite(&story.year, quarter.meets);
            story.keep(&title, id);
            story.keep(&format!("{}季度列席", quarter.name), invited);
            let papers = county::ship(&story.year, "CHINA_NPC", quarter.name);
            story.keep(&format!("{}季度书刊", quarter.name), papers);
            story.towns.iter().for_each(|town| town.quarter(&story.year));
        });
        all.on(quarter.answers, Story::answered);
        all.on(quarter.meets, move |story| {
            let meeting = story.known(&format!("{}季度联系会", quarter.name));
            county::hold_liaison_meeting(&story.year, meeting, quarter.absent);
            county::close_invitation(&story.year, story.known(&format!("{}季度列席", quarter.name)));
            for (nth, town) in TOWNS.iter().enumerate() {
                if !quarter.unvisited.contains(&nth) {
                    county::visit(&story.year, town, (nth == 1).then_some("办公条件差"));
                }
            }
            table::publish(story, quarter);
        });
        all.on(quarter.scores, move |story| {
            table::score(story, quarter);
            story.answered();
        });
        all.on(quarter.bulletin, move |story| county::bulletin(&story.year, quarter.period));
        all.on(quarter.reads, Story::answered);
    }
}
