//! What many stories begin with: deputies in office, a term, a meeting that has been held.

use super::bed::{Office, roll};

const NAMES: [&str; 12] = [
    "张桂香",
    "李建国",
    "王秀英",
    "赵明",
    "陈海燕",
    "刘根生",
    "周小红",
    "吴志强",
    "郑兰",
    "孙立新",
    "马春生",
    "朱玉梅",
];

/// A deputy of the township, elected but not yet confirmed.
#[track_caller]
pub fn elected(office: &Office, name: &str, day: &str, term: &str, more: &[&str]) -> String {
    let (name, day, term) = (format!("姓名={name}"), format!("当选日期={day}"), format!("届={term}"));
    let mut set = vec![
        name.as_str(),
        &day,
        &term,
        "性别=女",
        "民族=汉族",
        "政治面貌=群众",
        "出生年份=1975",
        "学历=大专",
        "职业构成=农民",
        "选区=第三选区",
    ];
    set.extend(more);
    office.clerk().opens("人大代表", "登记", &set)
}

/// Twelve deputies of the 19th congress in office since its first session of 10 January 2022; the first three are the
/// presidium. The clock stands where it stood.
#[track_caller]
pub fn seated(office: &Office) -> Vec<String> {
    let mut ids = Vec::new();
    for (nth, name) in NAMES.iter().enumerate() {
        let posts = ["职务=主席", "职务=副主席", "职务=主席团成员"];
        let more: Vec<&str> = posts.get(nth).copied().into_iter().collect();
        let id = elected(office, name, "2021-12-10", "19", &more);
        let cert = format!("代表证号=19{:03}", nth + 1);
        office.clerk().does(&id, "确认资格", &["资格确认日期=2021-12-20", &cert]);
        ids.push(id);
    }
    office.clerk().opens(
        "届次",
        "登记本届",
        &["名称=第十九届人民代表大会", "届=19", "首次会议日期=2022-01-10"],
    );
    ids
}

/// A meeting of a kind on a day, planned and noticed before and closed on that day by a roll; the clock stands there.
#[track_caller]
pub fn held(office: &Office, form: &str, day: &str, title: &str, roll: &str) -> String {
    let (form, first, last) =
        (format!("会议类型={form}"), format!("开会日期={day}"), format!("闭会日期={day}"));
    let title = format!("会议名称={title}");
    let notice = format!("通知发出日期={}", office.today());
    let id = office.clerk().opens("会议", "列入计划", &[&title, &form, &first]);
    office.clerk().does(&id, "发出通知", &[&notice, "地点=镇政府三楼会议室"]);
    office.go_to(day);
    office.clerk().does(&id, "开会", &["届=19", roll]);
    office.clerk().does(&id, "闭会", &[&last, "会期（天）=1"]);
    id
}

/// A presidium meeting with all its three members.
#[track_caller]
pub fn presidium(office: &Office, day: &str, deputies: &[String]) -> String {
    let title = format!("{day} 主席团会议");
    held(office, "主席团会议", day, &title, &roll("代表出席情况", deputies, 3, 0, 0))
}
