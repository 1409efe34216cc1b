//! What an office does between the sessions: groups, receptions, inspections, reports to voters, appraisals, papers.

use serde_json::json;
use shared::ids::RecordId;
use xianglian_tests::desk::{link, links, rows};

use super::bed::Year;
use super::town::Town;

impl Town {
    /// The deputies' group is out, and the office studies: once a quarter.
    pub fn quarter(&self, year: &Year) {
        self.group_activity(year, &year.today().to_string());
        let (clerk, day) = (year.clerk(self.name), year.today());
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

    /// An activity of the group on a day that is today or past, all deputies there.
    pub fn group_activity(&self, year: &Year, day: &str) {
        let row = |id: &RecordId| json!({ "deputy": id.to_string(), "attendance": "PRESENT" });
        let there = rows("到会登记", self.deputies.iter().map(row));
        let (date, group) = (format!("活动日期={day}"), link("参加小组", self.group));
        let set = ["活动主题=走访选民", "活动类别=走访选民", &date, "地点=东风村", &there, &group];
        year.clerk(self.name).enter("代表小组活动", "登记活动", &set);
    }

    /// An inspection, research or a reception day is planned for a day to come, announced today.
    pub fn plan_activity(&self, year: &Year, title: &str, form: &str, day: &str) {
        let (title, form, date) = (format!("title={title}"), format!("form={form}"), format!("date={day}"));
        let noticed = format!("noticed_on={}", year.today());
        year.clerk(self.name).enter("activity", "plan", &[&title, &form, &date, &noticed]);
    }

    /// What was planned is held, with three deputies.
    pub fn hold_activity(&self, year: &Year) {
        let clerk = year.clerk(self.name);
        let who = links("participants", &self.deputies[..3]);
        clerk.act(clerk.one("activity", "planned"), "hold", &[&who, "place=东风村", "report_text=情况良好"]);
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

    /// Papers of the county's session are handed to its deputies who live here.
    pub fn hand_out(&self, year: &Year) {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let set = ["title=县人代会会议材料", "issue=第六次会议", &format!("received_on={day}"), "copies=3"];
        let id = clerk.enter("distribution", "receive", &set);
        let given =
            rows("given", [json!({ "to": "OTHER", "copies": 3, "note": "县人大代表", "signed": true })]);
        clerk.act(id, "distribute", &[&given, &format!("distributed_on={day}")]);
        clerk.act(id, "sign", &[]);
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
            "topic=ENV",
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

    /// The check that the county has arranged: held, heard by the presidium, put right and reported, all today.
    pub fn inspect(&mut self, year: &Year) {
        let (clerk, chair, day) = (year.clerk(self.name), year.chair(self.name), year.today());
        let arranged = clerk.list("assignment_report", "received").into_iter();
        let arranged: Vec<RecordId> = arranged.filter(|id| clerk.value(*id, "form") == "LAW_CHECK").collect();
        let [asked] = arranged[..] else { panic!("{}: {} checks to be made", self.name, arranged.len()) };
        clerk.act(asked, "plan_inspection", &[&format!("inspect_from={day}")]);
        let id = clerk.one("law_inspection", "planned");
        let team = links("检查组代表", &self.deputies[3..5]);
        clerk.act(id, "发出通知", &[&format!("通知日期={day}"), &team, "参加部门=农业农村服务中心"]);
        clerk.act(id, "开始检查", &[]);
        let (last, drafted) = (format!("检查结束日期={day}"), format!("报告起草日期={day}"));
        clerk.act(id, "起草报告", &[&last, &drafted, "检查方式=实地；抽查"]);
        let (meeting, heard) =
            (link("审议报告的会议", self.presidium(year)), format!("主席团审议日期={day}"));
        let report = ["总体评价=较好", "存在问题=台账不全", "意见建议=加大抽检", &heard, &meeting];
        clerk.act(id, "主席团审议报告", &report);
        chair.act(id, "交政府办理", &[&format!("交政府日期={day}"), "交办对象=镇人民政府"]);
        clerk.act(id, "开始整改", &[&format!("开始整改日期={day}")]);
        clerk.act(id, "反馈整改情况", &[&format!("反馈日期={day}"), "整改反馈=已整改"]);
        chair.act(asked, "report", &["result=检查已完成", &format!("reported_on={day}")]);
        chair.act(id, "办结", &[&format!("结束日期（办结）={day}")]);
        self.inspection = Some(id);
    }

    /// A deputy reports to the voters today.
    pub fn report_to_voters(&self, year: &Year, nth: usize) {
        let (clerk, day) = (year.clerk(self.name), year.today());
        let (who, planned) = (link("述职代表", self.deputies[nth]), format!("计划日期={day}"));
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
        let (of, unit) = (link("评议", round), link("受评单位（名册）", self.stations[0]));
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
        clerk.act(round, "召开评议大会", &[&links("参加评议的代表", &self.deputies)]);
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

    /// Last year's papers go to the archive room of the town.
    pub fn archive(&self, year: &Year) {
        let (clerk, today) = (year.clerk(self.name), year.today());
        let set = [
            "题名=第十九届第八次会议文件",
            "日期=2025-07-29",
            "归档内容=人代会通知、议程、报告、决议",
            "责任者=镇人大",
            "页数=40",
            "移交期限=2026-06-30",
        ];
        let id = clerk.enter("归档文件", "收集", &set);
        clerk.act(id, "整理", &["保管期限=永久"]);
        clerk.act(id, "编号", &["全宗号=X043", "归档年度=2025", &format!("归档日期={today}")]);
        clerk.act(id, "编目", &[]);
        clerk.act(id, "装盒（封装）", &["盒号=1"]);
        let to = ["transferred_to=TOWN_ROOM", &format!("移交日期={today}")];
        year.chair(self.name).act(id, "移交", &to);
    }

    /// The year's report on suggestions is written and adopted.
    pub fn report_on_suggestions(&self, year: &Year) {
        let (clerk, chair, today) = (year.clerk(self.name), year.chair(self.name), year.today());
        let set = ["form=REPORT", "title=关于2026年代表建议办理情况的报告", "period=2026"];
        let id = clerk.enter("text_document", "draft", &set);
        chair.act(id, "review", &[&format!("reviewed_on={today}")]);
        chair.act(id, "adopt", &[&format!("adopted_on={today}"), "adopted_at=主席团会议"]);
    }

    /// The written rules are gone through.
    pub fn review_institutions(&self, year: &Year) {
        let on = format!("reviewed_on={}", year.today());
        year.clerk(self.name).act(self.institution, "review", &[&on]);
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

    /// The election of the next congress begins.
    pub fn prepare_election(&mut self, year: &Year) {
        let set = ["title=第二十届乡镇人大换届选举", "term_no=20", &format!("started_on={}", year.today())];
        self.election = Some(year.clerk(self.name).enter("election_project", "prepare", &set));
    }

    /// Its districts are drawn, then its voters registered.
    pub fn draw_electoral_districts(&self, year: &Year) {
        let district = json!({ "name": "第一选区", "seats": 3, "voters": 4200 });
        let on = format!("districts_on={}", year.today());
        self.go_on_electing(year, "draw_districts", &[&rows("districts", [district]), &on]);
    }

    pub fn register_voters(&self, year: &Year) {
        self.go_on_electing(year, "register_voters", &[&format!("registered_on={}", year.today())]);
    }

    fn go_on_electing(&self, year: &Year, action: &str, set: &[&str]) {
        let Some(election) = self.election else { panic!("{} elects nobody", self.name) };
        year.clerk(self.name).act(election, action, set);
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
