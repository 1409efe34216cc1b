//! What a township's office does in the course of a year, matter by matter.

use serde_json::{Value as Json, json};
use shared::ids::RecordId;

use super::bed::Year;

const NAMES: [&str; 6] = ["张桂香", "李建国", "王秀英", "赵明", "陈海燕", "刘根生"];

/// An office with its deputies, the first three of them the presidium.
pub struct Town {
    pub name: &'static str,
    deputies: Vec<RecordId>,
    group: RecordId,
    session: Option<RecordId>,
    suggestions: Vec<RecordId>,
    inspection: Option<RecordId>,
    stations: Vec<RecordId>,
    appraisal: Option<(RecordId, RecordId)>,
}

fn several(field: &str, ids: &[RecordId]) -> String {
    let ids: Vec<_> = ids.iter().map(RecordId::to_string).collect();
    format!("{field}={}", ids.join("；"))
}

fn list(field: &str, rows: Json) -> String {
    format!("{field}={rows}")
}

impl Town {
    /// Six deputies of the 19th congress, a group, two stations to be appraised.
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
        Self {
            name,
            deputies,
            group,
            session: None,
            suggestions: Vec::new(),
            inspection: None,
            stations: stations.to_vec(),
            appraisal: None,
        }
    }

    fn roll(&self, present: usize) -> String {
        let row = |id: &RecordId| json!({ "deputy": id.to_string(), "attendance": "PRESENT" });
        list("代表出席情况", self.deputies.iter().take(present).map(row).collect())
    }

    /// A session of the congress is prepared: thirty days before it the deputies go round and ask.
    pub fn plan_session(&mut self, year: &Year, title: &str, day: &str) {
        let (title, day) = (format!("会议名称={title}"), format!("开会日期={day}"));
        let clerk = year.clerk(self.name);
        let session = clerk.enter("会议", "列入计划", &[&title, "会议类型=人代会", &day]);
        let asked = list(
            "筹备清单",
            json!([{ "task": "组织代表走访调研", "offset": "-30", "done_on": year.today().to_string() }]),
        );
        clerk.act(session, "登记筹备进度", &[&asked]);
        self.session = Some(session);
    }

    pub fn notice_session(&self, year: &Year) {
        let sent = format!("通知发出日期={}", year.today());
        year.clerk(self.name).act(self.session(), "发出通知", &[&sent, "地点=镇文化礼堂"]);
    }

    fn session(&self) -> RecordId {
        self.session.unwrap_or_else(|| panic!("{} has planned no session", self.name))
    }

    /// The session opens and closes today; deputies hand in so many suggestions.
    pub fn hold_session(&mut self, year: &Year, suggestions: usize) {
        let (clerk, session) = (year.clerk(self.name), self.session());
        clerk.act(session, "送达材料", &[&format!("材料送达日期={}", year.today())]);
        clerk.act(session, "开会", &["届=19", &self.roll(6)]);
        let on = format!("会议={session}");
        let budget = clerk.enter("会议议程", "列入议程", &[&on, "议题=批准预算", "议程类别=BUDGET"]);
        let day = format!("审议（表决）日期={}", year.today());
        clerk.act(budget, "表决通过", &[&day, "赞成票=6", "反对票=0", "弃权票=0", "行使职权=P04"]);
        for nth in 0..suggestions {
            let title = format!("title=关于第{}件实事的建议", nth + 1);
            let (raised, lead) =
                (format!("raised_on={}", year.today()), format!("lead_deputy={}", self.deputies[nth % 6]));
            let set =
                [title.as_str(), &raised, &lead, "body=正文", "in_session=IN_SESSION", "subject=URBAN_ENV"];
            let id =
                clerk.enter("proposal", "receive", &[&set[..], &["term_no=19", "session_no=9"]].concat());
            clerk.act(id, "register", &[]);
            self.suggestions.push(id);
        }
        clerk.act(session, "闭会", &[&format!("闭会日期={}", year.today()), "会期（天）=1"]);
        clerk.act(session, "资料汇编完成", &[&format!("资料汇编日期={}", year.today()), "会议记录=记录"]);
        year.chair(self.name).act(budget, "公开", &[&format!("公开日期={}", year.today())]);
    }

    /// Every suggestion of the session is given to a unit, which signs for it.
    pub fn assign(&self, year: &Year) {
        let day = year.today();
        for id in &self.suggestions {
            year.chair(self.name).act(*id, "review", &["review=FILE"]);
            let on = format!("assigned_on={day}");
            year.chair(self.name).act(*id, "assign", &["main_unit=镇城建办", &on]);
            year.unit(self.name).act(*id, "accept", &[&format!("accepted_on={day}")]);
        }
    }

    /// So many more of the suggestions are answered today, the deputies content.
    pub fn reply(&self, year: &Year, from: usize, to: usize) {
        let day = year.today();
        for id in &self.suggestions[from..to] {
            let on = format!("replied_on={day}");
            year.unit(self.name).act(*id, "reply", &[&on, "result_class=A", "contact_during=MEETING"]);
            let on = format!("evaluated_on={day}");
            year.deputy(self.name).act(
                *id,
                "evaluate",
                &["attitude=SATISFIED", "satisfaction=SATISFIED", &on],
            );
            year.chair(self.name).act(*id, "close", &[&format!("closed_on={day}")]);
        }
    }

    /// A meeting of the presidium, as each quarter has one.
    pub fn presidium(&self, year: &Year) -> RecordId {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let (title, on) = (format!("会议名称={day} 主席团会议"), format!("开会日期={day}"));
        let id = clerk.enter("会议", "列入计划", &[&title, "会议类型=主席团会议", &on]);
        clerk.act(id, "发出通知", &[&format!("通知发出日期={day}"), "地点=镇政府三楼会议室"]);
        clerk.act(id, "开会", &["届=19", &self.roll(3)]);
        clerk.act(id, "闭会", &[&format!("闭会日期={day}"), "会期（天）=0.5"]);
        id
    }

    /// The deputies' groups are out, and the office studies: once a quarter.
    pub fn quarter(&self, year: &Year) {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let row = |id: &RecordId| json!({ "deputy": id.to_string(), "attendance": "PRESENT" });
        let there = |field: &str| list(field, self.deputies.iter().map(row).collect());
        let date = format!("活动日期={day}");
        let set = ["活动主题=走访选民", "活动类别=走访选民", &date, "地点=东风村", &there("到会登记")];
        clerk.enter("代表小组活动", "登记活动", &[&set[..], &[&several("参加小组", &[self.group])]].concat());
        let (date, last) = (format!("学习日期={day}"), format!("结束日期={day}"));
        let set = [
            "学习主题=代表法",
            &date,
            &last,
            "学习方式=集中学习",
            "学习类别=宪法法律法规",
            "学习对象=人大办工作人员",
            "学时=2",
            "人大工作人员数=2",
            "法律法规名称=代表法",
        ];
        clerk.enter("学习", "登记学习", &set);
    }

    /// A visit of another office is received.
    pub fn receive(&self, year: &Year) {
        let date = format!("来访日期={}", year.today());
        let set = [
            "来访事由=考察代表联络站",
            &date,
            "来访单位=邻县人大办",
            "单位级别=县级",
            "来访人数=6",
            "来访性质=考察",
        ];
        year.clerk(self.name).enter("来访接待", "补登已接待", &set);
    }

    /// The check of the market for farm supplies that the county has arranged, from the plan to its report.
    pub fn inspect(&mut self, year: &Year) -> RecordId {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let asked = clerk.one("assignment_report", "received");
        clerk.act(asked, "plan_inspection", &[&format!("inspect_from={day}")]);
        let id = clerk.one("law_inspection", "planned");
        let team = several("检查组代表", &self.deputies[3..5]);
        clerk.act(id, "发出通知", &[&format!("通知日期={day}"), &team, "参加部门=农业农村服务中心"]);
        clerk.act(id, "开始检查", &[]);
        let (last, drafted) = (format!("检查结束日期={day}"), format!("报告起草日期={day}"));
        clerk.act(id, "起草报告", &[&last, &drafted, "检查方式=实地；抽查"]);
        self.inspection = Some(id);
        id
    }

    /// The presidium hears the report of the check; what was found has been put right.
    pub fn close_inspection(&self, year: &Year) {
        let Some(id) = self.inspection else { return };
        let (clerk, day) = (year.clerk(self.name), year.today());
        let meeting = format!("审议报告的会议={}", self.presidium(year));
        let heard = format!("主席团审议日期={day}");
        clerk.act(
            id,
            "主席团审议报告",
            &["总体评价=较好", "存在问题=台账不全", "意见建议=加大抽检", &heard, &meeting],
        );
        year.chair(self.name).act(id, "交政府办理", &[&format!("交政府日期={day}"), "交办对象=镇人民政府"]);
        clerk.act(id, "开始整改", &[&format!("开始整改日期={day}")]);
        clerk.act(id, "反馈整改情况", &[&format!("反馈日期={day}"), "整改反馈=已整改"]);
    }

    /// A deputy reports to the voters today.
    pub fn report_to_voters(&self, year: &Year, nth: usize) {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let who = format!("述职代表={}", self.deputies[nth]);
        let planned = format!("计划日期={day}");
        let title = format!("名称=第{}选区代表向选民述职", nth + 1);
        let id = clerk.enter("代表述职", "列入计划", &[&title, &who, &planned, "选区=第三选区"]);
        year.chair(self.name).act(id, "批准计划", &[]);
        clerk.act(id, "公告", &[&format!("公告日期={day}")]);
        clerk.act(id, "述职", &[&format!("述职日期={day}"), "到会人数=40"]);
        let votes = [
            "优秀票=30",
            "称职（满意）票=10",
            "基本称职（基本满意）票=0",
            "不称职（不满意）票=0",
            "弃权票=0",
        ];
        clerk.act(id, "测评", &votes);
        clerk.act(id, "书面反馈", &[&format!("书面反馈日期={day}")]);
        clerk.act(id, "公示", &[&format!("公示日期={day}")]);
    }

    /// The party committee agrees to an appraisal of a station on a day to come.
    pub fn plan_appraisal(&mut self, year: &Year, day: &str) {
        let (clerk, today) = (year.clerk(self.name), year.today());
        let on = format!("评议大会日期={day}");
        let round = clerk.enter("站所评议", "列入计划", &["评议名称=基层站所工作评议", &on]);
        clerk.act(round, "党委研究同意", &[&format!("党委研究同意日期={today}")]);
        let (of, unit) = (format!("评议={round}"), format!("受评单位（名册）={}", self.stations[0]));
        let target =
            clerk.enter("评议对象", "列为受评单位", &[&of, "受评单位=派出所", &unit, "单位类别=派驻站所"]);
        let done = format!("调研完成日期={today}");
        clerk.act(target, "完成调研", &[&done, "走访次数=3", "座谈会次数=1"]);
        self.appraisal = Some((round, target));
    }

    /// The meeting appraises the station; it has to put things right.
    pub fn hold_appraisal(&self, year: &Year) {
        let Some((round, target)) = self.appraisal else { return };
        let (clerk, day) = (year.clerk(self.name), year.today());
        clerk.act(round, "召开评议大会", &[&several("参加评议的代表", &self.deputies)]);
        let on = format!("评议日期={day}");
        let votes = ["应投票人数=6", "满意票=5", "基本满意票=1", "不满意票=0", "弃权票=0"];
        clerk.act(target, "登记评议结果", &[&[on.as_str()][..], &votes].concat());
        clerk.act(target, "送达评议意见", &[&format!("评议意见送达日期={day}"), "评议意见=出警慢"]);
        clerk.act(target, "开始整改", &[&format!("开始整改日期={day}")]);
    }

    /// The station hands in its written report.
    pub fn rectified(&self, year: &Year) {
        let Some((_, target)) = self.appraisal else { return };
        let on = format!("整改书面报告日期={}", year.today());
        year.clerk(self.name).act(target, "提交书面整改报告", &[&on, "整改情况=已增设窗口"]);
    }

    /// Every suggestion is answered, late.
    pub fn reply_all(&self, year: &Year) {
        self.reply(year, 0, self.suggestions.len());
    }

    /// What the county has arranged is reported to it: the inspection is the answer, and is closed.
    pub fn report_inspection(&self, year: &Year) {
        let (chair, today) = (year.chair(self.name), year.today());
        let asked = chair.one("assignment_report", "received");
        chair.act(asked, "report", &["result=检查已完成", &format!("reported_on={today}")]);
        if let Some(id) = self.inspection {
            chair.act(id, "办结", &[&format!("结束日期（办结）={today}")]);
        }
    }

    /// A county deputy's paper is collected, typed and handed to the county.
    pub fn hand_in(&self, year: &Year) -> RecordId {
        let (clerk, today) = (year.clerk(self.name), year.today());
        let raised = format!("raised_on={today}");
        let set = [
            "level=COUNTY_VIA_TOWN",
            "form=SUGGESTION",
            "title=关于改造县道的建议",
            &raised,
            "in_session=RECESS",
            "subject=URBAN_ENV",
        ];
        let id = clerk.enter("proposal", "collect", &set);
        clerk.act(id, "type", &["lead_name=某县代表"]);
        clerk.act(id, "send", &[&format!("sent_on={today}"), "sent_to=县人大选任联"]);
        id
    }

    /// A petition that reaches beyond the town goes up without names.
    pub fn escalate(&self, year: &Year) -> RecordId {
        let (clerk, chair, today) = (year.clerk(self.name), year.chair(self.name), year.today());
        let (received, registered) = (format!("received_on={today}"), format!("registered_on={today}"));
        let set = [
            "title=反映跨乡镇污染",
            &received,
            &registered,
            "channel=LETTER",
            "topic=ROAD",
            "summary=河水发黑",
            "category=CLAIM",
            "petitioner_name=某村民",
            "petitioner_address=某村",
        ];
        let id = clerk.enter("petition", "register", &set);
        clerk.act(id, "propose", &["proposed_mode=TO_COUNTY", "proposal_text=拟报县"]);
        chair.act(id, "approve", &[]);
        chair.act(id, "clear_summary", &["summary_cleared=河道跨界污染", "desensitised=是"]);
        chair.act(id, "escalate", &[&format!("escalated_on={today}"), "referral_enclosed=是"]);
        id
    }

    /// The year's papers go to the archive room.
    pub fn archive(&self, year: &Year) {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let date = format!("日期={day}");
        let set = [
            "题名=第十九届第八次会议文件",
            &date,
            "归档内容=人代会通知、议程、报告、决议",
            "责任者=镇人大",
            "页数=40",
        ];
        let id = clerk.enter("归档文件", "收集", &set);
        clerk.act(id, "整理", &["保管期限=永久"]);
    }

    /// The subscriptions of the next year are ordered.
    pub fn subscribe(&self, year: &Year) {
        let on = format!("订购日期={}", year.today());
        let set = [
            "刊物=《人民代表报》",
            "报刊名称=人民代表报",
            "年度=2027",
            "份数=10",
            "单价（元）=100",
            "来源=本级订购",
            &on,
        ];
        year.clerk(self.name).enter("报刊订阅", "登记已订", &set);
    }
}

/// A piece in a paper, claimed for points.
pub fn publish(year: &Year, town: &str, title: &str, level: &str) {
    let clerk = year.clerk(town);
    let (title, on) = (format!("title={title}"), format!("published_on={}", year.today()));
    let level = format!("medium_level={level}");
    let set = [title.as_str(), &on, "form=NEWS", "medium=报刊", &level, "usage=SOLE", "claimed_points=60"];
    let item = clerk.enter("publicity", "draft", &set);
    clerk.act(item, "claim", &["evidence_link=https://example.cn/1"]);
}
