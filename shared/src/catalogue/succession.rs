//! What a newer catalogue may not change of the one in force: numbers that are frozen, and what stays in the office.
//!
//! Records that exist were written by the older one, so a number keeps its meaning for ever; and no file that comes over
//! the wire may let out what an office keeps to itself. Labels, rules, lengths and whatever is added are free.

use super::model::{Catalogue, Field, Kind, Label, Privacy, Shape};

impl Catalogue {
    /// All that `self` may not say after `before`; empty if it may follow it.
    pub fn breaks(&self, before: &Self) -> Vec<Label> {
        let mut found = Vec::new();
        for old in before.kinds.values() {
            match self.kinds.get(&old.tag) {
                Some(new) => kind(old, new, &mut found),
                None => found.push(label(
                    format!("不能去掉台账{}（{}）", old.tag, old.label.zh),
                    format!("kind {} `{}` cannot go", old.tag, old.id),
                )),
            }
        }
        for (number, old) in &before.deadlines {
            if self.deadlines.get(number).is_none_or(|new| new.code != old.code || new.runs != old.runs) {
                found.push(label(
                    format!("期限{number}（{}）的编号、代号和起算方式不能改", old.code),
                    format!("deadline {number} `{}` is frozen", old.code),
                ));
            }
        }
        for id in before.profiles.keys().filter(|id| !self.profiles.contains_key(*id)) {
            found.push(label(format!("不能去掉期限规定 `{id}`"), format!("profile `{id}` cannot go")));
        }
        found
    }
}

fn label(zh: String, en: String) -> Label {
    Label { zh, en }
}

fn kind(old: &Kind, new: &Kind, found: &mut Vec<Label>) {
    let (id, zh) = (&old.id, &old.label.zh);
    let mut say = |what_zh: String, what_en: String| {
        found.push(label(format!("{zh}：{what_zh}"), format!("{id}: {what_en}")));
    };
    if new.id != old.id || new.owner != old.owner {
        say("代号、登记方不能改".to_owned(), "its id and its owner are frozen".to_owned());
    }
    if old.reason_privacy == Privacy::Local && new.reason_privacy != Privacy::Local {
        say("办理理由不外传，不能改为上传".to_owned(), "reasons stay in the office".to_owned());
    }
    if old.local_when.is_some() && new.local_when != old.local_when {
        say("整条不外传的条件不能改".to_owned(), "which records stay in the office is frozen".to_owned());
    }
    for old in old.fields.values() {
        // A field that a newer file no longer knows is kept and passed on as it is, and never leaves if it never did.
        if let Some(new) = new.fields.get(&old.tag) {
            field(old, new, &mut say);
        } else if old.privacy == Privacy::Local {
            say(
                format!("不外传的字段 `{}` 不能去掉", old.id),
                format!("`{}`, which stays in the office, cannot go", old.id),
            );
        }
    }
    for old in old.statuses.values() {
        if new.statuses.get(&old.tag).is_none_or(|new| new.id != old.id) {
            say(
                format!("状态{}（{}）不能改", old.tag, old.label.zh),
                format!("status {} `{}` is frozen", old.tag, old.id),
            );
        }
    }
    for old in old.actions.values() {
        if new.actions.get(&old.tag).is_some_and(|new| new.id != old.id) {
            say(
                format!("操作{}（{}）的编号不能改作他用", old.tag, old.label.zh),
                format!("action {} `{}` is frozen", old.tag, old.id),
            );
        }
    }
    for old in &old.measures {
        let taken = new.measures.iter().any(|new| new.tag == old.tag && new.id != old.id);
        if taken {
            say(
                format!("指标{}（{}）的编号不能改作他用", old.tag, old.label.zh),
                format!("measure {} `{}` is frozen", old.tag, old.id),
            );
        }
    }
}

fn field(old: &Field, new: &Field, say: &mut dyn FnMut(String, String)) {
    let (tag, id, zh) = (old.tag, &old.id, &old.label.zh);
    if std::mem::discriminant(&new.shape) != std::mem::discriminant(&old.shape) {
        say(format!("字段{tag}（{zh}）的类型不能改"), format!("the type of field {tag} `{id}` is frozen"));
    }
    if old.privacy == Privacy::Local && new.privacy != Privacy::Local {
        say(format!("字段 `{id}`（{zh}）不外传，不能改为上传"), format!("field `{id}` stays in the office"));
    }
    for choice in old.choices() {
        if new.choice(choice.id).is_some_and(|new| new.key != choice.key) {
            say(
                format!("字段{tag}（{zh}）的选项{}不能改作他用", choice.id),
                format!("choice {} of field {tag} `{id}` is frozen", choice.id),
            );
        }
    }
    let (Shape::Rows(old), Shape::Rows(new)) = (&old.shape, &new.shape) else { return };
    for old in old.values() {
        if let Some(new) = new.get(&old.tag) {
            field(old, new, say);
        }
    }
}
