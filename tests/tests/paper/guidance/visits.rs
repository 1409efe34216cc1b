//! Guidance visits (H11): the four duties, the township's answer, problems followed to the end, gaps. F3, F4, F10.

use shared::ids::RecordId;

use super::{Answer, EAST, TOWNS, WEST, World};
use crate::bed::{Desk, link, links};

/// A county with a liaison member for each district.
struct Field {
    world: World,
    liaisons: Vec<RecordId>,
}

impl Field {
    #[track_caller]
    fn on(day: &str) -> Self {
        let world = World::on(day);
        let member = |name: &str, district: usize| {
            let of = link("district", world.districts[district]);
            let set = [
                &format!("member={name}"),
                &format!("member_name={name}"),
                &of,
                "lead=true",
                "from=2026-01-01",
            ];
            let id = world.office().enter("liaison_assignment", "draft", &set.map(|text: &str| text));
            world.office().act(id, "announce", &[]);
            id
        };
        let liaisons = vec![member("甲主任", EAST), member("丁主任", WEST)];
        world.night();
        Self { world, liaisons }
    }

    fn liaison(&self) -> Desk<'_> {
        self.world.county.role("C_LIAISON")
    }

    /// A visit that is recorded, of the day it is.
    #[track_caller]
    fn visit(&self, town: usize, subject: &str, more: &[&str]) -> RecordId {
        let of = if town == 2 { WEST } else { EAST };
        let today = self.world.county.with(|ledger| ledger.clock.today().to_string());
        let set = [
            link("district", self.world.districts[of]),
            format!("township={}", TOWNS[town].1),
            format!("subject={subject}"),
            format!("visited_on={today}"),
            links("liaisons", &[self.liaisons[of]]),
        ];
        let set: Vec<&str> = set.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let id = self.liaison().enter("guidance_visit", "draft", &set);
        self.liaison().act(id, "record", &[]);
        id
    }

    /// Sent to the township on the day it is; the township has something to answer the next morning.
    #[track_caller]
    fn sent(&self, visit: RecordId, town: usize) -> Answer<'_> {
        let today = self.world.county.with(|ledger| ledger.clock.today().to_string());
        self.liaison().act(visit, "send", &[&format!("sent_on={today}")]);
        self.world.night();
        self.world.answer(town, "visit_confirmation")
    }

    fn status(&self, visit: RecordId) -> String {
        self.world.county.status(visit)
    }
}

const PROBLEMS: &str = r#"problems=[
    {"no":"1","text":"人大办没有电脑","owner":"TOWNSHIP","due":"2026-04-10"},
    {"no":"2","text":"代表活动经费没有落实","owner":"COUNTY","due":"2026-05-15"}
]"#;
const FIRST_SOLVED: &str = r#"problems=[
    {"no":"1","text":"人大办没有电脑","owner":"TOWNSHIP","due":"2026-04-10","solved_on":"2026-04-08","result":"已配备"},
    {"no":"2","text":"代表活动经费没有落实","owner":"COUNTY","due":"2026-05-15"}
]"#;
const BOTH_SOLVED: &str = r#"problems=[
    {"no":"1","text":"人大办没有电脑","owner":"TOWNSHIP","due":"2026-04-10","solved_on":"2026-04-08","result":"已配备"},
    {"no":"2","text":"代表活动经费没有落实","owner":"COUNTY","due":"2026-05-15","solved_on":"2026-05-20","result":"已列入预算"}
]"#;
const MUSTS: [&str; 6] = [
    "must_person=true",
    "must_duties=true",
    "must_devotion=true",
    "must_conditions=true",
    "must_party=true",
    "must_guidance=true",
];

#[test]
fn a_visit_is_answered_by_one_step_and_its_problems_are_followed_to_the_end() {
    let field = Field::on("2026-03-10");
    let world = &field.world;
    let facts =
        ["form=ATTEND_MEETING", "duties=ATTEND、GUIDE", "days=1", "meeting=镇人代会", PROBLEMS, "rating=4"];
    let visit = field.visit(0, "列席镇人代会", &[&facts[..], &MUSTS[..5], &["must_guidance=false"]].concat());
    assert_eq!(world.county.value(visit, "problems_open"), "2");
    // Nothing goes down before it is sent.
    world.night();
    assert_eq!(world.count(0, "visit_confirmation"), 0);
    world.go_to("2026-03-11");
    let answer = field.sent(visit, 0);
    assert_eq!(answer.status(), "waiting");
    assert_eq!(answer.value("subject"), "列席镇人代会");
    assert_eq!(answer.value("visited_on"), "2026-03-10");
    assert_eq!(answer.value("problem_count"), "2");
    // Ten days; the 21st is a Saturday.
    assert_eq!(answer.due("DL-VISIT-CONFIRM"), "2026-03-23");
    // Nobody else gets the visit with its rating.
    assert_eq!((world.count(1, "guidance_visit"), world.count(2, "guidance_visit")), (0, 0));
    assert_eq!(world.count(1, "visit_confirmation"), 0);

    world.go_to("2026-03-13");
    answer.clerk("confirm", &[]);
    world.night();
    assert_eq!(field.status(visit), "confirmed");
    assert_eq!(world.county.value(visit, "confirmed_on"), "2026-03-13");
    assert_eq!(world.county.deadline(visit, "DL-VISIT-CONFIRM").done.as_deref(), Some("2026-03-13"));

    world.go_to("2026-04-08");
    field.liaison().act(visit, "follow_up", &[FIRST_SOLVED]);
    answer.clerk("report_progress", &["progress=电脑已到位"]);
    world.night();
    assert_eq!(world.county.value(visit, "township_progress"), "电脑已到位");
    assert!(field.liaison().refused(visit, "close", &[]).contains("还有问题没有解决"));

    // Sixty days from the 10th of March end on the 9th of May, a Saturday on which people work.
    assert_eq!(world.county.due(visit, "DL-VISIT-PROBLEM"), "2026-05-09");
    world.go_to("2026-05-09");
    world.figures("2026", &[("F4_open_60", "0 | 0 | 0 | 0 | 0 | 0")]);
    world.go_to("2026-05-10");
    world.figures(
        "2026",
        &[("F4_open_60", "1 | 1 | 0 | 1 | 0 | 0"), ("F4_on_time", "100.0 % | 100.0 % | — | 100.0 % | — | —")],
    );
    assert_eq!([0, 1].map(|town| world.met_by(town, "F4_open_60", "2026")), [Some(false), Some(true)]);
    world.go_to("2026-05-20");
    field.liaison().act(visit, "close", &[BOTH_SOLVED]);
    assert_eq!(field.status(visit), "closed");
    world.figures(
        "2026",
        &[
            ("F4_raised", "2 | 2 | 0 | 2 | 0 | 0"),
            ("F4_solved", "2 | 2 | 0 | 2 | 0 | 0"),
            ("F4_open", "0 | 0 | 0 | 0 | 0 | 0"),
            ("F4_due", "2 | 2 | 0 | 2 | 0 | 0"),
            ("F4_in_time", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F4_on_time", "50.0 % | 50.0 % | — | 50.0 % | — | —"),
            ("F4_solved_rate", "100.0 % | 100.0 % | — | 100.0 % | — | —"),
            ("F4_open_60", "0 | 0 | 0 | 0 | 0 | 0"),
            // One of the six musts is not met.
            ("F3_musts_rate", "0.0 % | 0.0 % | — | 0.0 % | — | —"),
            ("F3_confirmed", "100.0 % | 100.0 % | — | 100.0 % | — | —"),
        ],
    );
    assert_eq!(world.parts("F4_owner", "2026"), ["TOWNSHIP 1", "COUNTY 1"]);
}

#[test]
fn a_disputed_visit_stands_and_counts_and_the_gaps_have_names() {
    let field = Field::on("2026-03-10");
    let world = &field.world;
    let first =
        field.visit(0, "走访人大办", &[&["form=GUIDE", "duties=GUIDE", "days=0.5"], &MUSTS[..]].concat());
    world.go_to("2026-03-11");
    field.sent(first, 0).clerk("confirm", &[]);
    world.go_to("2026-05-20");
    let second = field.visit(1, "调研代表工作", &["form=SURVEY", "duties=SURVEY、SOLVE", "days=1"]);
    let answer = field.sent(second, 1);
    world.go_to("2026-05-25");
    // A dispute says what it disputes.
    assert!(answer.refused("dispute", &[]).contains("必须填写"));
    answer.clerk("dispute", &["comment=当日没有召开座谈会"]);
    world.night();
    assert_eq!(field.status(second), "disputed");
    assert_eq!(world.county.value(second, "dispute_text"), "当日没有召开座谈会");
    world.go_to("2026-06-15");
    let third = field.visit(0, "参加代表小组活动", &["form=ATTEND_MEETING", "duties=ATTEND", "days=1"]);
    field.sent(third, 0);
    world.go_to("2026-06-30");
    world.figures(
        "2026",
        &[
            ("F3", "3 | 3 | 0 | 2 | 1 | 0"),
            ("F3_days", "2.5 | 2.5 | 0.0 | 1.5 | 1.0 | 0.0"),
            ("F3_disputed", "1 | 1 | 0 | 0 | 1 | 0"),
            ("F3_visited", "2 | 2 | 0 | 1 | 1 | 0"),
            ("F3_coverage", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
            ("F3_attend_coverage", "33.3 % | 50.0 % | 0.0 % | 100.0 % | 0.0 % | 0.0 %"),
            ("F10_visit_free", "33.3 % | 0.0 % | 100.0 % | 0.0 % | 0.0 % | 100.0 %"),
            ("F3_per_township", "1.0 | — | — | — | — | —"),
            // The confirmation of the third visit is overdue since the 25th; that of the second was a dispute in time.
            ("F3_confirm_due", "3 | 3 | 0 | 2 | 1 | 0"),
            ("F3_confirm_met", "2 | 2 | 0 | 1 | 1 | 0"),
            ("F3_musts_rate", "100.0 % | 100.0 % | — | 100.0 % | — | —"),
        ],
    );
    assert_eq!(world.parts("F3_duties", "2026"), ["ATTEND 1", "SURVEY 1", "GUIDE 1", "SOLVE 1"]);
    assert_eq!(world.parts("F3_form", "2026"), ["ATTEND_MEETING 1", "SURVEY 1", "GUIDE 1"]);
    // By the quarter, by name.
    world.figures("2026Q1", &[("F3_coverage", "33.3 % | 50.0 % | 0.0 % | 100.0 % | 0.0 % | 0.0 %")]);
    assert_eq!(world.missing("F10_visit_free", "2026Q1"), ["逍林镇", "观海卫镇"]);
    assert_eq!(world.missing("F10_visit_free", "2026Q2"), ["观海卫镇"]);
    assert_eq!(world.missing("F3_attend_coverage", "2026"), ["逍林镇", "观海卫镇"]);
    assert_eq!(world.missing("F3_liaison_coverage", "2026"), ["丁主任"]);
    // Days since the last visit, on the 30th of June: 15, 41, and none at all.
    world.figures(
        "2026",
        &[("F3_days_since", "41 | 41 | — | 15 | 41 | —"), ("F3_gap", "1 | 0 | 1 | 0 | 0 | 1")],
    );
    world.go_to("2026-08-21");
    // 93 days after the 20th of May the second township is in the list too.
    world.figures(
        "2026",
        &[("F3_days_since", "93 | 93 | — | 67 | 93 | —"), ("F3_gap", "2 | 1 | 1 | 0 | 1 | 1")],
    );
    // Both have talked: the dispute is settled, and both records say so.
    answer.chair("settle", &[]);
    world.night();
    assert_eq!((answer.status().as_str(), field.status(second).as_str()), ("settled", "confirmed"));
    world.figures("2026", &[("F3_disputed", "1 | 1 | 0 | 0 | 1 | 0")]);
}

#[test]
fn what_is_taken_back_on_one_side_is_seen_on_the_other() {
    let field = Field::on("2026-03-10");
    let world = &field.world;
    let facts = ["form=GUIDE", "duties=GUIDE", "days=1"];
    let visit = field.visit(0, "走访人大办", &facts);
    let answer = field.sent(visit, 0);
    // A second record for the same visit is refused on both sides.
    let again = [link("visit", visit), "subject=走访人大办".to_owned(), "visited_on=2026-03-10".to_owned()];
    let clerk = world.towns[0].clerk();
    let again = [again[0].as_str(), &again[1], &again[2]];
    assert!(clerk.refused_new("visit_confirmation", "draft", &again).contains("已有答复记录"));
    let set = [
        link("district", world.districts[EAST]),
        "township=坎墩镇".to_owned(),
        "subject=走访人大办".to_owned(),
        "visited_on=2026-03-10".to_owned(),
    ];
    let set = [&set.each_ref().map(String::as_str)[..], &["form=GUIDE"]].concat();
    assert!(field.liaison().refused_new("guidance_visit", "draft", &set).contains("同一事由的走访已登记"));
    answer.clerk("confirm", &[]);
    world.night();
    assert_eq!(field.status(visit), "confirmed");
    // The chair takes the answer back: the visit waits again, and now another answer may be written.
    answer.chair("void", &[]);
    world.night();
    assert_eq!(field.status(visit), "sent");
    let second = clerk.enter("visit_confirmation", "draft", &again);
    clerk.act(second, "dispute", &["comment=当日未到本镇"]);
    world.night();
    assert_eq!(field.status(visit), "disputed");

    // The county takes a visit back: what waits at the township is not needed any more.
    world.go_to("2026-03-12");
    let other = field.visit(1, "走访联络站", &facts);
    let answer = field.sent(other, 1);
    world.office().act(other, "void", &[]);
    world.night();
    assert_eq!(answer.status(), "lapsed");
    world.figures("2026", &[("F3", "1 | 1 | 0 | 1 | 0 | 0")]);
}

#[test]
fn the_clerk_is_reminded_and_an_answer_after_the_follow_up_is_still_noted() {
    let field = Field::on("2026-06-01");
    let world = &field.world;
    let visit = field.visit(2, "走访人大办", &["form=SPOT_CHECK", "duties=SURVEY", "days=1"]);
    let answer = field.sent(visit, 2);
    assert_eq!(answer.due("DL-VISIT-CONFIRM"), "2026-06-11");
    let reminded = |day: &str| {
        world.morning(day);
        answer.value("reminded_days")
    };
    // Three days and one day before, then when it is over by 1, 4, 7 … days.
    let days = [
        "2026-06-05",
        "2026-06-08",
        "2026-06-09",
        "2026-06-10",
        "2026-06-11",
        "2026-06-12",
        "2026-06-13",
        "2026-06-15",
    ];
    assert_eq!(days.map(reminded), ["", "3", "3", "1", "1", "-1", "-1", "-4"]);
    field.liaison().act(visit, "follow_up", &[]);
    answer.clerk("confirm", &[]);
    world.night();
    assert_eq!(field.status(visit), "follow_up");
    assert_eq!(world.county.value(visit, "confirmed_on"), "2026-06-15");
    world.figures("2026", &[("F3_confirmed", "0.0 % | — | 0.0 % | — | — | 0.0 %")]);
    // Nothing was raised, so it may be closed.
    field.liaison().act(visit, "close", &[]);
    assert_eq!(reminded("2026-06-18"), "-4");
}
