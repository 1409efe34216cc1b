//! Groups of ledgers that belong together: how a menu is divided. They say nothing about records.

use super::model::Group;
use super::read::Tab;

/// The groups that a common file lists, in its order.
pub(super) fn groups(tab: &Tab<'_>) -> Vec<Group> {
    let mut found: Vec<Group> = Vec::new();
    for group in tab.tabs("groups") {
        let id = group.need_word("id");
        if found.iter().any(|other| other.id == id.text) {
            group.report.say(
                id.at,
                format!("the group `{}` is there twice", id.text),
                format!("分组 `{}` 重复", id.text),
            );
        }
        found.push(Group { id: id.text.to_owned(), label: group.label() });
        group.done();
    }
    found
}

/// The group that a kind says it belongs to.
pub(super) fn group(top: &Tab<'_>, groups: &[Group]) -> Option<String> {
    let named = top.word("group")?;
    if !groups.iter().any(|group| group.id == named.text) {
        let known: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
        let known = known.join(", ");
        top.report.say(
            named.at,
            format!("no group `{}`; known: {known}", named.text),
            format!("没有分组 `{}`；可用：{known}", named.text),
        );
    }
    Some(named.text.to_owned())
}
