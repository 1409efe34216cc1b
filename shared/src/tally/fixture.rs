//! Kinds and offices for the tests of what is counted: a list of members, their work with its rows, pieces with points and
//! the aims that the county sets, terms of office, and visits of the county to townships.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, Site, TownshipCode};
use crate::record::{Day, Decimal, Fields, Role, Value};
use crate::view::sample::{Office, TODAY, township};

pub(super) const MEMBER: u32 = 901;
pub(super) const WORK: u32 = 902;
pub(super) const PIECE: u32 = 903;
pub(super) const AIM: u32 = 904;
pub(super) const TERM: u32 = 905;
pub(super) const VISIT: u32 = 906;
pub(super) const SESSION: u32 = 907;

const MEMBER_FILE: &str = r#"
id = "test_member"
tag = 901
code = "X1"
zh = "名册"
en = "Members"
owner = "township"
title = "name"
date = "from"
list = ["name"]
fields = [
  { tag = 1, id = "name", zh = "姓名", en = "Name", type = "text", required_from = "start" },
  { tag = 2, id = "from", zh = "起", en = "From", type = "date", required_from = "start" },
  { tag = 3, id = "to", zh = "止", en = "To", type = "date" },
]
statuses = [{ tag = 1, id = "in", zh = "在任", en = "In" }]
form = [{ zh = "名册", en = "Members", fields = ["name", "from", "to"] }]
actions = [
  { tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["T_CLERK"] },
  { tag = 2, id = "edit", zh = "修改", en = "Edit", from = ["in"], roles = ["T_CLERK"] },
]
"#;

const WORK_FILE: &str = r#"
id = "test_work"
tag = 902
code = "X2"
zh = "履职"
en = "Work"
owner = "township"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "事由", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "On", type = "date", required_from = "start" },
  { tag = 3, id = "member", zh = "代表", en = "Member", type = "link", kinds = ["test_member"] },
  { tag = 4, id = "days", zh = "天数", en = "Days", type = "decimal", scale = 1, max = 100 },
  { tag = 5, id = "way", zh = "方式", en = "Way", type = "choices", choices = "way" },
  { tag = 6, id = "unit", zh = "单位", en = "Unit", type = "text" },
  { tag = 7, id = "asked", zh = "交办", en = "Asked", type = "date" },
  { tag = 8, id = "answered", zh = "答复", en = "Answered", type = "date" },
  { tag = 10, id = "kinds", zh = "职权种类", en = "Kinds of power", type = "choice", choices = "power" },
  { tag = 9, id = "votes", zh = "表决", en = "Votes", type = "rows", rows = [
    { tag = 1, id = "day", zh = "日期", en = "Day", type = "date" },
    { tag = 2, id = "yes", zh = "赞成", en = "Yes", type = "number", max = 1000 },
    { tag = 3, id = "power", zh = "职权", en = "Power", type = "choice", choices = "power" },
    { tag = 4, id = "who", zh = "代表", en = "Who", type = "link", kinds = ["test_member"] },
  ] },
]
statuses = [
  { tag = 1, id = "open", zh = "在办", en = "Open", open = true },
  { tag = 2, id = "done", zh = "办结", en = "Done" },
]
form = [{ zh = "履职", en = "Work", fields = ["title", "on", "member", "days", "way", "unit", "asked", "answered", "kinds", "votes"] }]
actions = [
  { tag = 1, id = "enter", zh = "登记", en = "Enter", to = "open", roles = ["T_CLERK"] },
  { tag = 2, id = "edit", zh = "修改", en = "Edit", from = ["open"], roles = ["T_CLERK"] },
  { tag = 3, id = "finish", zh = "办结", en = "Finish", from = ["open"], to = "done", roles = ["T_CLERK"] },
]
measures = [
  { tag = 90201, id = "W1", zh = "件数", en = "Cases", on = "on", target = { at_least = 2 } },
  { tag = 90202, id = "W_way", zh = "按方式", en = "By way", on = "on", split = "way" },
  { tag = 90203, id = "W_done", zh = "办结", en = "Done", on = "on", when = { status = ["done"] } },
  { tag = 90204, id = "W_active", zh = "履职代表", en = "Active members", on = "on", by = "member" },
  { tag = 90205, id = "W_seven", zh = "满七天", en = "Seven days", of = { sum = "days" }, on = "on", by = "member", reach = 7 },
  { tag = 90206, id = "W_units", zh = "单位数", en = "Units", on = "on", by = "unit" },
  { tag = 90207, id = "W_spread", zh = "办理天数", en = "Days taken", of = { spread = ["asked", "answered"] }, on = "on" },
  { tag = 90208, id = "V1", zh = "表决次数", en = "Votes", rows = "votes", on = { column = "day" }, where = { field = "yes", at_least = 1 } },
  { tag = 90209, id = "V_yes", zh = "赞成票", en = "Yes", rows = "votes", of = { sum = "yes" }, on = "on" },
  { tag = 90210, id = "V_power", zh = "职权", en = "Powers", rows = "votes", on = "on", by = { column = "power" } },
  { tag = 90211, id = "V_split", zh = "按职权", en = "By power", rows = "votes", on = "on", split = { column = "power" } },
  { tag = 90212, id = "W_term", zh = "本届件数", en = "Cases of the term", on = "on", window = "term" },
  { tag = 90213, id = "W_days", zh = "天数", en = "Days", of = { sum = "days" }, on = "on" },
]
rates = [
  { id = "W_rate", zh = "办结率", en = "Done", numerator = ["W_done"], denominator = "W1", target = { at_least = 80 } },
  { id = "W_sum", zh = "合计", en = "Sum", numerator = ["W1", "V1"], form = "sum" },
  { id = "W_open", zh = "未办结", en = "Left", numerator = ["W1"], denominator = "W_done", form = "difference" },
  { id = "W_median", zh = "中位天数", en = "Median", numerator = ["W_spread"], form = "median", target = { at_most = 30 } },
  { id = "W_gap", zh = "最长间隔", en = "Longest gap", numerator = ["W1"], form = "longest_gap" },
  { id = "W_gap_over", zh = "间隔超限", en = "Gaps over", numerator = ["W1"], form = "gap_over", limit_days = 92, target = { at_most = 0 } },
  { id = "W_mean", zh = "人均天数", en = "Days each", numerator = ["W_days"], denominator = "W_active", form = "mean" },
]
coverages = [
  { id = "K1", zh = "履职覆盖", en = "Active", list = { kind = "test_member", from = "from", to = "to" }, covered_by = ["W_active"], target = { at_least = 50 } },
  { id = "K0", zh = "零履职", en = "Idle", list = { kind = "test_member", from = "from", to = "to", at_least_days = 90 }, covered_by = ["W_active"], show = "missing" },
  { id = "K7", zh = "满七天", en = "Seven", list = { kind = "test_member", from = "from", to = "to" }, covered_by = ["W_active", "W_seven"] },
  { id = "KP", zh = "职权行使", en = "Powers", list = { choices = "kinds", keys = ["A", "B"] }, covered_by = ["V_power"], window = "term" },
]
[choices]
way = [
  { id = 1, key = "VISIT", zh = "走访", en = "Visit" },
  { id = 2, key = "CHECK", zh = "检查", en = "Check" },
]
power = [
  { id = 1, key = "A", zh = "甲", en = "A" },
  { id = 2, key = "B", zh = "乙", en = "B" },
  { id = 3, key = "C", zh = "丙", en = "C" },
]
"#;

const PIECE_FILE: &str = r#"
id = "test_piece"
tag = 903
code = "X3"
zh = "稿件"
en = "Pieces"
owner = "township"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "标题", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "On", type = "date", required_from = "start" },
  { tag = 3, id = "points", zh = "分数", en = "Points", type = "decimal", scale = 1, max = 1000 },
]
statuses = [{ tag = 1, id = "in", zh = "登记", en = "In" }]
form = [{ zh = "稿件", en = "Piece", fields = ["title", "on", "points"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["T_CLERK"] }]
measures = [{ tag = 90301, id = "P1", zh = "得分", en = "Points", of = { sum = "points" }, on = "on" }]
rates = [
  { id = "P3", zh = "完成率", en = "Done", numerator = ["P1"], denominator = "G1" },
  { id = "P4", zh = "超先进线", en = "Above", numerator = ["P1"], denominator = "G2", form = "difference" },
  { id = "P5", zh = "等次", en = "Grade", numerator = ["P1"], form = "grade", lines = ["G1", "G2"], grades = [
    { zh = "未完成", en = "Not met" },
    { zh = "完成任务", en = "Met" },
    { zh = "达到先进线", en = "Advanced" },
  ] },
  { id = "P7", zh = "进度", en = "Pace", numerator = ["P1"], denominator = "G1", form = "pace" },
]
"#;

const AIM_FILE: &str = r#"
id = "test_aim"
tag = 904
code = "X4"
zh = "任务"
en = "Aims"
owner = "county"
address = { township = "township" }
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "标题", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "On", type = "date", required_from = "start" },
  { tag = 3, id = "township", zh = "乡镇", en = "Township", type = "township", required_from = "start" },
  { tag = 4, id = "target", zh = "任务", en = "Target", type = "number", max = 1000 },
  { tag = 5, id = "advanced", zh = "先进线", en = "Advanced", type = "number", max = 1000 },
]
statuses = [{ tag = 1, id = "set", zh = "下达", en = "Set" }]
form = [{ zh = "任务", en = "Aim", fields = ["title", "on", "township", "target", "advanced"] }]
actions = [{ tag = 1, id = "say", zh = "下达", en = "Set", to = "set", roles = ["C_OFFICE"], effects = [{ do = "publish" }] }]
measures = [
  { tag = 90401, id = "G1", zh = "任务数", en = "Target", of = { sum = "target" }, on = "on" },
  { tag = 90402, id = "G2", zh = "先进线", en = "Advanced", of = { sum = "advanced" }, on = "on" },
  { tag = 90403, id = "G3", zh = "已下达乡镇", en = "Townships told", on = "on", by = "township" },
]
"#;

const TERM_FILE: &str = r#"
id = "test_term"
tag = 905
code = "X5"
zh = "届次"
en = "Terms"
owner = "township"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "届次", en = "Term", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "开始", en = "Began", type = "date", required_from = "start" },
]
statuses = [{ tag = 1, id = "in", zh = "本届", en = "Present" }]
form = [{ zh = "届次", en = "Term", fields = ["title", "on"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["T_CLERK"] }]
term = { number = "title", start = "on" }
"#;

const VISIT_FILE: &str = r#"
id = "test_visit"
tag = 906
code = "X6"
zh = "走访"
en = "Visits"
owner = "county"
address = "all"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "标题", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "On", type = "date", required_from = "start" },
  { tag = 3, id = "township", zh = "乡镇", en = "Township", type = "township" },
  { tag = 4, id = "present", zh = "到会", en = "Present", type = "rows", rows = [
    { tag = 1, id = "town", zh = "乡镇", en = "Town", type = "township" },
    { tag = 2, id = "heads", zh = "人数", en = "Heads", type = "number", max = 1000 },
  ] },
]
statuses = [{ tag = 1, id = "in", zh = "登记", en = "In" }]
form = [{ zh = "走访", en = "Visit", fields = ["title", "on", "township", "present"] }]
actions = [
  { tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["C_OFFICE"], effects = [{ do = "publish" }] },
  { tag = 2, id = "edit", zh = "修改", en = "Edit", from = ["in"], roles = ["C_OFFICE"] },
]
measures = [
  { tag = 90601, id = "T1", zh = "走访", en = "Visits", on = "on", township = "township", target = { at_least = 2 } },
  { tag = 90602, id = "T_heads", zh = "到会人数", en = "Heads", rows = "present", of = { sum = "heads" }, on = "on", township = { column = "town" } },
  { tag = 90603, id = "T_came", zh = "到会乡镇", en = "Came", rows = "present", where = { field = "heads", at_least = 1 }, on = "on", township = { column = "town" }, by = "unit" },
  { tag = 90604, id = "T_all", zh = "全县走访", en = "Visits of the county", on = "on" },
  { tag = 90605, id = "T_where", zh = "走访乡镇", en = "Where", on = "on", by = "township" },
  { tag = 90606, id = "T_rows", zh = "列名乡镇", en = "Named", rows = "present", on = "on", by = { column = "town" } },
]
rates = [
  { id = "T_since", zh = "距上次走访", en = "Since the last visit", numerator = ["T1"], form = "since_last", target = { at_most = 92 } },
  { id = "T_long", zh = "久未走访", en = "Not visited", numerator = ["T1"], form = "since_last_over", limit_days = 92, target = { at_most = 0 } },
  { id = "W_since", zh = "距上次履职", en = "Since the last work", numerator = ["W1"], form = "since_last" },
  { id = "W_long", zh = "久未履职", en = "No work", numerator = ["W1"], form = "since_last_over", limit_days = 92 },
  { id = "T_gap", zh = "走访间隔", en = "Gap", numerator = ["T1"], form = "longest_gap" },
]
coverages = [
  { id = "KT", zh = "走访覆盖", en = "Visited", list = { townships = true }, covered_by = ["T_where"], target = { at_least = 100 } },
  { id = "KC", zh = "未到会", en = "Did not come", list = { townships = true }, covered_by = ["T_came"], show = "missing" },
  { id = "KU", zh = "走访且列名", en = "Visited and named", list = { townships = true }, covered_by = ["T_where", "T_rows"], window = "until" },
]
"#;

const SESSION_FILE: &str = r#"
id = "test_session"
tag = 907
code = "X7"
zh = "会议"
en = "Sessions"
owner = "township"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "名称", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "开会", en = "Opened", type = "date", required_from = "start" },
  { tag = 3, id = "term", zh = "届", en = "Term", type = "number", max = 99 },
  { tag = 4, id = "number", zh = "次", en = "Number", type = "number", max = 99 },
  { tag = 5, id = "plain", zh = "不是人代会", en = "No session", type = "flag" },
]
statuses = [{ tag = 1, id = "in", zh = "召开", en = "Met" }]
form = [{ zh = "会议", en = "Session", fields = ["title", "on", "term", "number", "plain"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["T_CLERK"] }]
session = { number = "number", term = "term", opened = "on", when = { field = "plain", filled = false } }
"#;

pub(crate) const FILES: [(&str, &str); 7] = [
    ("test_member.toml", MEMBER_FILE),
    ("test_work.toml", WORK_FILE),
    ("test_piece.toml", PIECE_FILE),
    ("test_aim.toml", AIM_FILE),
    ("test_term.toml", TERM_FILE),
    ("test_visit.toml", VISIT_FILE),
    ("test_session.toml", SESSION_FILE),
];

pub(super) fn catalogue() -> Arc<Catalogue> {
    static LOADED: std::sync::OnceLock<Arc<Catalogue>> = std::sync::OnceLock::new();
    let load = || Arc::new(Catalogue::load(FILES).unwrap_or_else(|problems| panic!("{problems}")));
    LOADED.get_or_init(load).clone()
}

/// What a visit says.
pub(super) fn visited(days: i32, town: Option<u32>, present: &[(Option<u32>, i64)]) -> Fields {
    let code = |n: u32| Value::Number(i64::from(township(n).number()));
    let row = |(town, heads): &(Option<u32>, i64)| {
        let mut row: Fields = [(2, Value::Number(*heads))].into();
        row.extend(town.map(|n| (1, code(n))));
        Value::Group(row)
    };
    let mut set: Fields = [(1, text("走访")), (2, ago(days))].into();
    set.extend(town.map(|n| (3, code(n))));
    if !present.is_empty() {
        set.insert(4, Value::List(present.iter().map(row).collect()));
    }
    set
}

pub(super) fn text(word: &str) -> Value {
    Value::Text(word.to_owned())
}

/// So many days before today.
pub(super) fn ago(days: i32) -> Value {
    Value::Date(TODAY.plus(-days))
}

pub(super) fn tenths(units: i64) -> Value {
    Value::Decimal(Decimal { units, scale: 1 })
}

/// A county with the nodes of its townships; what a node writes is at the hub at once.
pub(super) struct County {
    pub(super) hub: Office,
    pub(super) nodes: Vec<Office>,
    pub(super) membership: Membership,
}

pub(super) const FIRST: RecordId = RecordId(uuid::Uuid::from_u128(1));
pub(super) const SECOND: RecordId = RecordId(uuid::Uuid::from_u128(2));

impl County {
    /// Townships 1, 3, … in the first district, 2, 4, … in the second; the third moved there twenty days ago.
    pub(super) fn of(townships: u32) -> Self {
        let since = TODAY.plus(-2000);
        let open = |code, district, from, to| (code, Interval { district, from, to });
        let intervals = (1..=townships).flat_map(|n| match n {
            3 => {
                let moved = TODAY.plus(-20);
                vec![open(township(3), FIRST, since, Some(moved)), open(township(3), SECOND, moved, None)]
            }
            n => vec![open(township(n), if n % 2 == 1 { FIRST } else { SECOND }, since, None)],
        });
        Self {
            membership: Membership::new(intervals),
            hub: Office::with(Site::Hub, catalogue()),
            nodes: (1..=townships).map(|n| Office::with(Site::Township(township(n)), catalogue())).collect(),
        }
    }

    #[track_caller]
    pub(super) fn act(
        &mut self,
        n: u32,
        kind: u32,
        record: Option<RecordId>,
        action: &str,
        set: Fields,
    ) -> RecordId {
        let node = &mut self.nodes[n as usize - 1];
        let before = node.log.len();
        let role = if action == "void" { Role::TChair } else { Role::TClerk };
        let id = node.act(kind, record, action, set, role).record;
        for (stream, item) in node.log[before..].iter().filter(|(stream, _)| stream.travels()) {
            self.hub.item(*stream, item.clone());
        }
        id
    }

    #[track_caller]
    pub(super) fn void(&mut self, n: u32, kind: u32, id: RecordId) -> RecordId {
        self.act(n, kind, Some(id), "void", Fields::new())
    }

    #[track_caller]
    pub(super) fn enter(&mut self, n: u32, kind: u32, set: impl Into<Fields>) -> RecordId {
        self.act(n, kind, None, "enter", set.into())
    }

    #[track_caller]
    pub(super) fn member(&mut self, n: u32, name: &str, since: i32) -> RecordId {
        self.enter(n, MEMBER, [(1, text(name)), (2, ago(since))])
    }

    #[track_caller]
    pub(super) fn work(
        &mut self,
        n: u32,
        days: i32,
        more: impl IntoIterator<Item = (u32, Value)>,
    ) -> RecordId {
        let mut set: Fields = [(1, text("事")), (2, ago(days))].into();
        set.extend(more);
        self.enter(n, WORK, set)
    }

    /// A session of the congress opened so many days ago.
    #[track_caller]
    pub(super) fn session(&mut self, n: u32, days: i32, term: i64, number: i64) -> RecordId {
        let numbers = [(3, Value::Number(term)), (4, Value::Number(number))];
        let mut set: Fields = [(1, text("人代会")), (2, ago(days))].into();
        set.extend(numbers);
        self.enter(n, SESSION, set)
    }

    #[track_caller]
    pub(super) fn aim(&mut self, n: u32, target: i64, advanced: i64) {
        let code = Value::Number(i64::from(township(n).number()));
        let set = [
            (1, text("任务")),
            (2, Value::Date("2026-01-01".parse().expect("a date"))),
            (3, code),
            (4, Value::Number(target)),
            (5, Value::Number(advanced)),
        ];
        self.hub.act(AIM, None, "say", set.into(), Role::COffice);
    }

    /// A visit of the county: to one township, with those of others that came, each with so many heads.
    #[track_caller]
    pub(super) fn visit(&mut self, days: i32, town: Option<u32>, present: &[(Option<u32>, i64)]) -> RecordId {
        let set = visited(days, town, present);
        self.hub.act(VISIT, None, "enter", set, Role::COffice).record
    }

    /// The question, by the name of a period.
    #[track_caller]
    pub(super) fn question(&self, ids: &[&str], level: Level, period: &str) -> Question {
        let name: PeriodName = period.parse().expect("a period");
        let asked = name.days(&self.hub.views, self.hub.folder.catalogue(), TODAY);
        Question {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            level,
            days: asked.days,
            as_of: TODAY,
            offices: BTreeMap::new(),
        }
    }

    #[track_caller]
    pub(super) fn ask(&self, ids: &[&str], level: Level, period: &str) -> Vec<Line> {
        let question = self.question(ids, level, period);
        query(&self.hub.views, self.hub.folder.catalogue(), &self.membership, &question)
    }

    /// The line of one figure.
    #[track_caller]
    pub(super) fn line(&self, id: &str, whom: Whom, period: &str) -> Line {
        let level = match whom {
            Whom::County => Level::County,
            Whom::District(_) => Level::District,
            Whom::Township(_) | Whom::Rest => Level::Township,
        };
        let lines = self.ask(&[id], level, period);
        let mut lines = lines.into_iter().filter(|line| line.whom == whom && line.split.is_none());
        lines.next().unwrap_or_else(|| panic!("no line of {id} for {whom:?}"))
    }

    #[track_caller]
    pub(super) fn figure(&self, id: &str, whom: Whom, period: &str) -> String {
        let line = self.line(id, whom, period);
        line.word.map_or_else(|| line.figure.to_string(), |word| word.zh)
    }

    pub(super) fn town(n: u32) -> Whom {
        Whom::Township(township(n))
    }

    pub(super) fn code(n: u32) -> TownshipCode {
        township(n)
    }
}

pub(super) fn day(text: &str) -> Day {
    text.parse().expect("a date")
}
