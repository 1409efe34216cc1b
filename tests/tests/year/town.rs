//! A township's office: its deputies, the sessions of its congress, and the suggestions that come of them.

use serde_json::{Value as Json, json};
use shared::ids::RecordId;
use xianglian_tests::desk::{link, rows};

use super::bed::Year;

const NAMES: [&str; 6] = ["张桂香", "李建国", "王秀英", "赵明", "陈海燕", "刘根生"];

/// An office with its deputies, the first three of them the presidium.
pub struct Town {
    pub name: &'static str,
    pub deputies: Vec<RecordId>,
    pub group: RecordId,
    pub stations: [RecordId; 2],
    pub institution: RecordId,
    pub session: Option<RecordId>,
    pub budget: Option<RecordId>,
    pub suggestions: Vec<RecordId>,
    pub inspection: Option<RecordId>,
    pub appraisal: Option<(RecordId, RecordId)>,
    pub election: Option<RecordId>,
}

/// An item of an agenda.
pub struct Item {
    pub title: &'static str,
    pub form: &'static str,
    pub power: &'static str,
    /// It is voted on, not only heard.
    pub voted: bool,
}

const fn heard(title: &'static str, power: &'static str) -> Item {
    Item { title, form: "REPORT", power, voted: false }
}

const fn voted(title: &'static str, form: &'static str, power: &'static str) -> Item {
    Item { title, form, power, voted: true }
}

/// What the first session of a year is for; the budget comes first.
pub const FIRST: [Item; 4] = [
    voted("2025年预算执行和2026年预算", "BUDGET", "P04"),
    heard("政府工作报告", "P08"),
    heard("主席团工作报告", "P09"),
    voted("2026年民生实事和重大项目", "PLAN", "P03"),
];
/// And the second.
pub const SECOND: [Item; 3] = [
    voted("2026年预算调整方案", "BUDGET", "P04"),
    voted("2025年决算", "BUDGET", "P04"),
    heard("政府半年工作报告", "P08"),
];

impl Town {
    /// Six deputies of the 19th congress, a group, two stations to be appraised, a rule for the presidium's meetings.
    pub fn seated(year: &Year, name: &'static str) -> Self {
        let clerk = year.clerk(name);
        let mut deputies = Vec::new();
        for (nth, deputy) in NAMES.iter().enumerate() {
            let posts = ["职务=主席", "职务=副主席", "职务=主席团成员"];
            let (who, cert) = (format!("姓名={deputy}"), format!("代表证号=19{:03}", nth + 1));
            let set = [
                who.as_str(),
                "当选日期=2021-12-10",
                "届=19",
                "性别=女",
                "民族=汉族",
                "政治面貌=群众",
                "出生年份=1975",
                "学历=大专",
                "职业构成=农民",
                "选区=第三选区",
            ];
            let post: Vec<&str> = posts.get(nth).copied().into_iter().collect();
            let id = clerk.enter("人大代表", "登记", &[&set[..], &post].concat());
            clerk.act(id, "确认资格", &["资格确认日期=2021-12-20", &cert]);
            deputies.push(id);
        }
        clerk.enter("届次", "登记本届", &["名称=第十九届人民代表大会", "届=19", "首次会议日期=2022-01-10"]);
        let set = ["小组名称=第一代表小组", "活动区域=东风村", "成立日期=2022-02-01", "届=19"];
        let group = clerk.enter("代表小组", "成立", &set);
        let stations = ["派出所", "供电所"].map(|station| {
            let named = format!("单位名称={station}");
            clerk.enter("承办单位、站所", "登记", &[&named, "单位类别=派驻站所", "列入日期=2022-03-01"])
        });
        let institution =
            clerk.enter("institution", "draft", &["form=PRESIDIUM_MEETING", "name=主席团例会制度"]);
        let set = ["adopted_by=PRESIDIUM", "adopted_on=2022-02-15", "adopted_at=主席团第一次会议"];
        year.chair(name).act(institution, "adopt", &set);
        Self {
            name,
            deputies,
            group,
            stations,
            institution,
            session: None,
            budget: None,
            suggestions: Vec::new(),
            inspection: None,
            appraisal: None,
            election: None,
        }
    }

    /// So many of the deputies were there.
    fn roll(&self, present: usize) -> String {
        let row = |id: &RecordId| json!({ "deputy": id.to_string(), "attendance": "PRESENT" });
        rows("代表出席情况", self.deputies.iter().take(present).map(row))
    }

    /// A session of the congress is prepared: thirty days before it the deputies go round and ask.
    pub fn plan_session(&mut self, year: &Year, title: &str, day: &str) {
        let (title, day) = (format!("会议名称={title}"), format!("开会日期={day}"));
        let clerk = year.clerk(self.name);
        let session = clerk.enter("会议", "列入计划", &[&title, "会议类型=人代会", &day]);
        let mut tasks: Vec<Json> =
            serde_json::from_str(&clerk.value(session, "checklist")).unwrap_or_default();
        assert_eq!(tasks[0]["offset"], -30, "the program has put the checklist down");
        tasks[0]["done_on"] = year.today().to_string().into();
        clerk.act(session, "登记筹备进度", &[&rows("checklist", tasks)]);
        self.session = Some(session);
    }

    pub fn notice_session(&self, year: &Year) {
        let sent = format!("通知发出日期={}", year.today());
        year.clerk(self.name).act(self.session(), "发出通知", &[&sent, "地点=镇文化礼堂"]);
    }

    pub fn send_papers(&self, year: &Year) {
        let sent = format!("材料送达日期={}", year.today());
        year.clerk(self.name).act(self.session(), "送达材料", &[&sent]);
    }

    fn session(&self) -> RecordId {
        self.session.unwrap_or_else(|| panic!("{} has planned no session", self.name))
    }

    /// The session opens and closes today, goes through its agenda, and deputies hand in so many suggestions.
    pub fn hold_session(&mut self, year: &Year, agenda: &[Item], suggestions: usize) {
        let (clerk, session) = (year.clerk(self.name), self.session());
        clerk.act(session, "开会", &["届=19", &self.roll(6)]);
        let (on, day) = (link("会议", session), format!("审议（表决）日期={}", year.today()));
        for (nth, item) in agenda.iter().enumerate() {
            let (title, form) = (format!("议题={}", item.title), format!("form={}", item.form));
            let power = format!("power={}", item.power);
            let id = clerk.enter("会议议程", "列入议程", &[&on, &title, &form]);
            if item.voted {
                let votes = ["赞成票=6", "反对票=0", "弃权票=0", &day, &power];
                clerk.act(id, "表决通过", &votes);
            } else {
                clerk.act(id, "听取审议", &[&day, &power]);
            }
            if nth == 0 {
                self.budget = Some(id);
            }
        }
        for nth in 0..suggestions {
            let title = format!("title=关于第{}件实事的建议", nth + 1);
            let (raised, lead) =
                (format!("raised_on={}", year.today()), link("lead_deputy", self.deputies[nth % 6]));
            let set = [
                title.as_str(),
                &raised,
                &lead,
                "body=正文",
                "in_session=IN_SESSION",
                "subject=URBAN_ENV",
                "term_no=19",
                "session_no=9",
            ];
            let id = clerk.enter("proposal", "receive", &set);
            clerk.act(id, "register", &[]);
            self.suggestions.push(id);
        }
        clerk.act(session, "闭会", &[&format!("闭会日期={}", year.today()), "会期（天）=1"]);
    }

    /// Its papers are put together.
    pub fn compile_session(&self, year: &Year) {
        let compiled = format!("资料汇编日期={}", year.today());
        year.clerk(self.name).act(self.session(), "资料汇编完成", &[&compiled, "会议记录=记录"]);
    }

    /// The budget, or what the second session made of it, is published.
    pub fn publish_budget(&self, year: &Year) {
        let Some(budget) = self.budget else { return };
        year.chair(self.name).act(budget, "公开", &[&format!("公开日期={}", year.today())]);
    }

    /// A meeting with the units gives them the first two suggestions of the session, and a third where it is a wide one.
    pub fn assign(&self, year: &Year) {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let (title, on) = (format!("会议名称={day} 建议交办会"), format!("开会日期={day}"));
        let meeting = clerk.enter("会议", "列入计划", &[&title, "会议类型=建议交办会", &on]);
        clerk.act(meeting, "发出通知", &[&format!("通知发出日期={day}"), "地点=镇政府三楼会议室"]);
        clerk.act(meeting, "开会", &["届=19"]);
        clerk.act(meeting, "闭会", &[&format!("闭会日期={day}"), "会期（天）=0.5"]);
        for id in &self.suggestions[..2] {
            self.give(year, *id, &[&link("assign_meeting", meeting)]);
        }
    }

    /// A suggestion is given to a unit, which signs for it.
    pub fn give(&self, year: &Year, id: RecordId, more: &[&str]) {
        let day = year.today();
        let on = format!("assigned_on={day}");
        year.chair(self.name).act(id, "review", &["review=FILE"]);
        year.chair(self.name).act(id, "assign", &[&["main_unit=镇城建办", &on][..], more].concat());
        year.unit(self.name).act(id, "accept", &[&format!("accepted_on={day}")]);
    }

    /// A suggestion of the recess is raised, registered and given to a unit, all today.
    pub fn raise(&self, year: &Year, title: &str) -> RecordId {
        let (title, raised) = (format!("title={title}"), format!("raised_on={}", year.today()));
        let lead = link("lead_deputy", self.deputies[4]);
        let set = [title.as_str(), &raised, &lead, "body=正文", "in_session=RECESS", "subject=AGRI_RURAL"];
        let clerk = year.clerk(self.name);
        let id = clerk.enter("proposal", "receive", &[&set[..], &["term_no=19", "session_no=10"]].concat());
        clerk.act(id, "register", &[]);
        self.give(year, id, &[]);
        id
    }

    /// The suggestion with this number is answered today, its deputy content.
    pub fn reply(&self, year: &Year, nth: usize) {
        let (day, id) = (year.today(), self.suggestions[nth]);
        let on = format!("replied_on={day}");
        year.unit(self.name).act(id, "reply", &[&on, "result_class=A", "contact_during=MEETING"]);
        let on = format!("evaluated_on={day}");
        let said = ["attitude=SATISFIED", "satisfaction=SATISFIED", &on];
        year.deputy(self.name).act(id, "evaluate", &said);
        year.chair(self.name).act(id, "close", &[&format!("closed_on={day}")]);
    }

    /// A meeting of the presidium.
    pub fn presidium(&self, year: &Year) -> RecordId {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let (title, on) = (format!("会议名称={day} 主席团会议"), format!("开会日期={day}"));
        let id = clerk.enter("会议", "列入计划", &[&title, "会议类型=主席团会议", &on]);
        clerk.act(id, "发出通知", &[&format!("通知发出日期={day}"), "地点=镇政府三楼会议室"]);
        clerk.act(id, "开会", &["届=19", &self.roll(3)]);
        clerk.act(id, "闭会", &[&format!("闭会日期={day}"), "会期（天）=0.5"]);
        id
    }
}
