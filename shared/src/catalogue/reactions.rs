//! What the program does of itself, as files write it: reactions to records of the other side, and reminders. With what
//! must hold of them.
//!
//! Not here: doing it ([`crate::command`], [`crate::ledger`]).

use super::amount::Giver;
use super::condition;
use super::load;
use super::model::{
    Action, Effect, Field, Give, Kind, Meant, Owner, Privacy, Reaction, Reminder, Response, Shape,
};
use super::names::Names;
use super::read::{Tab, Word};
use crate::limits;
use crate::record::Role;

/// The `[[reactions]]` of a kind, which is known but for them.
pub(super) fn reactions(top: &Tab<'_>, kind: &Kind, names: &Names<'_>) -> Vec<Reaction> {
    let tabs = top.tabs("reactions");
    let found = tabs.iter().filter_map(|tab| {
        let reaction = Reading { tab, kind, names }.reaction();
        tab.done();
        reaction
    });
    found.collect()
}

/// The `[[reminders]]` of a kind, which is known but for them.
pub(super) fn reminders(top: &Tab<'_>, kind: &Kind, names: &Names<'_>) -> Vec<Reminder> {
    let mut found: Vec<Reminder> = Vec::new();
    for tab in top.tabs("reminders") {
        let reading = Reading { tab: &tab, kind, names };
        if let Some(reminder) = reading.reminder() {
            let marks = [reminder.mark_due, reminder.mark_days];
            if found.iter().any(|twin| marks.contains(&twin.mark_due) || marks.contains(&twin.mark_days)) {
                reading.say(tab.at, "each reminder has marks of its own", "每条提醒的 mark 须各用各的字段");
            }
            found.push(reminder);
        }
        tab.done();
    }
    found
}

/// Whether a reaction that takes the action fills the field.
pub(super) fn give(kind: &Kind, action: &Action, field: u32) -> bool {
    let takes = |reaction: &&Reaction| reaction.does.action() == action.tag;
    kind.reactions.iter().filter(takes).any(|reaction| reaction.set.iter().any(|(tag, _)| *tag == field))
}

struct Reading<'r> {
    tab: &'r Tab<'r>,
    kind: &'r Kind,
    names: &'r Names<'r>,
}

impl Reading<'_> {
    fn say(&self, at: toml_span::Span, en: impl Into<String>, zh: impl Into<String>) {
        self.names.report.say(at, en, zh);
    }

    fn reaction(&self) -> Option<Reaction> {
        let (tab, names) = (self.tab, self.names);
        let to = tab.need_word("to");
        let Some(tag) = names.kind(to) else {
            // What a kind that nobody knows is said to have cannot be judged.
            for key in ["when", "set", "take", "create", "on", "through", "voided", "keep", "owed"] {
                tab.value(key);
            }
            return None;
        };
        let theirs = names.of_kind(tag);
        if names.world.others.get(&tag).and_then(|other| other.owner) == Some(self.kind.owner) {
            self.say(
                to.at,
                format!(
                    "`{}` is written on this side too: a kind reacts to records of the other side",
                    to.text
                ),
                format!("`{}` 由本方登记；只能对他方的记录作出反应", to.text),
            );
        }
        let when = condition::condition_in(tab, "when", &theirs);
        if let Some(value) = tab.value("when") {
            self.arrives(value.span, &theirs, to, when.fields());
        }
        let (voided, keep) = (tab.flag("voided"), tab.flag("keep"));
        let set = Giver { names: &theirs, columns: None, item: None }.all(tab, "set", names);
        for (tag, give) in &set {
            self.arrives(self.at_set(*tag), &theirs, to, give.fields());
        }
        let does = match (tab.word("take"), tab.word("create")) {
            (Some(take), None) => self.take(take, (tag, to), &theirs),
            (None, Some(create)) => self.create(create, voided, keep, &set),
            _ => {
                tab.value("on");
                tab.value("through");
                self.say(tab.at, "a reaction has either `take` or `create`", "反应要写 take 或 create 之一");
                None
            }
        };
        if keep && tab.has("take") {
            self.say(tab.at, "`keep` goes with `create`", "keep 只与 create 同用");
        }
        let owed = tab.word("owed");
        let does = does?;
        self.settable(&set.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), does);
        let owed = owed.and_then(|word| self.owed(word, does, &set));
        Some(Reaction { to: tag, when, voided, does, set, owed })
    }

    /// The deadline of an answer that is owed: it begins with the record, and something meets it.
    fn owed(&self, word: Word<'_>, does: Response, set: &[(u32, Give)]) -> Option<u32> {
        let owed = self.names.deadline(word)?;
        let answers = matches!(does, Response::Create { .. })
            && self.kind.owner == Owner::Township
            && set.iter().any(|(_, give)| matches!(give, Give::This));
        if !answers {
            self.say(
                word.at,
                "`owed` goes with `create` of a township kind whose record links to `this`",
                "owed 只用于乡镇台账的 create，且所建记录须关联到达的记录（this = true）",
            );
        }
        let begins = |effect: &Effect| matches!(effect, Effect::Start { deadline, when: None, complex: None, .. } if *deadline == owed);
        let meets = |effect: &Effect| matches!(effect, Effect::Meet { deadline, .. } if *deadline == owed);
        let made = self.kind.actions.get(&does.action());
        if !made.is_some_and(|action| action.effects.iter().any(begins)) {
            self.say(
                word.at,
                format!("`{}` does not begin with the record, or not always", word.text),
                format!("新建时没有开始 `{}`，或只在有条件时开始", word.text),
            );
        }
        if !self.kind.actions.values().flat_map(|action| &action.effects).any(meets) {
            self.say(
                word.at,
                format!("nothing meets `{}` here", word.text),
                format!("这里没有操作完成 `{}`", word.text),
            );
        }
        Some(owed)
    }

    /// Fields of the other side that do not leave their office.
    fn arrives(&self, at: toml_span::Span, theirs: &Names<'_>, to: Word<'_>, fields: Vec<u32>) {
        for field in fields.iter().filter_map(|tag| theirs.fields.get(tag)) {
            if field.privacy == Privacy::Local {
                let (id, zh) = (&field.id, &field.label.zh);
                self.say(
                    at,
                    format!("`{id}` of `{}` stays in its office: it never arrives here", to.text),
                    format!("`{}` 的 `{id}`（{zh}）不外传，此处读不到", to.text),
                );
            }
        }
    }

    fn take(&self, take: Word<'_>, (tag, to): (u32, Word<'_>), theirs: &Names<'_>) -> Option<Response> {
        let (tab, names) = (self.tab, self.names);
        let is_link = |shape: &Shape| matches!(shape, Shape::Link(_) | Shape::Links(_));
        let may_name = |names: &Names<'_>, field: u32, kind: u32| {
            matches!(names.fields.get(&field).map(|field| &field.shape),
                Some(Shape::Link(kinds) | Shape::Links(kinds)) if kinds.contains(&kind))
        };
        let on = match (tab.word("on"), tab.word("through")) {
            (Some(on), None) => theirs.field_of(on, "a link", "关联", is_link).map(|field| {
                self.arrives(on.at, theirs, to, vec![field]);
                if !may_name(theirs, field, self.kind.tag) {
                    let (theirs, ours) = (to.text, &self.kind.id);
                    self.say(
                        on.at,
                        format!("`{}` of `{theirs}` does not link to `{ours}`", on.text),
                        format!("`{theirs}` 的 `{}` 不能关联 `{ours}`", on.text),
                    );
                }
                Meant::ByTheirs(field)
            }),
            (None, Some(through)) => names.field_of(through, "a link", "关联", is_link).map(|field| {
                if !may_name(names, field, tag) {
                    self.say(
                        through.at,
                        format!("`{}` does not link to `{}`", through.text, to.text),
                        format!("`{}` 不能关联 `{}`", through.text, to.text),
                    );
                }
                Meant::ByOurs(field)
            }),
            _ => {
                self.say(
                    tab.at,
                    "which record of ours? say either `on` (their link to it) or `through` (its link to theirs)",
                    "要写明 on（对方记录的关联字段）或 through（本方记录的关联字段）之一",
                );
                None
            }
        };
        let action = self.action(take)?;
        if action.from.is_empty() {
            self.say(
                take.at,
                format!("`{}` creates a record: say `create`", take.text),
                format!("`{}` 是新建操作，应写 create", take.text),
            );
        }
        Some(Response::Take { action: action.tag, on: on? })
    }

    fn create(&self, create: Word<'_>, voided: bool, keep: bool, set: &[(u32, Give)]) -> Option<Response> {
        for word in [self.tab.word("on"), self.tab.word("through")].into_iter().flatten() {
            self.say(
                word.at,
                "what is created is known by the record that arrived: no `on`, no `through`",
                "新建的记录由到达的记录识别，不写 on、through",
            );
        }
        if voided {
            self.say(self.tab.at, "nothing is created for a void record", "不能为已作废的记录新建");
        }
        let action = self.action(create)?;
        if !action.from.is_empty() {
            self.say(
                create.at,
                format!("`{}` does not create a {}", create.text, self.kind.id),
                format!("`{}` 不是新建操作", create.text),
            );
        }
        for field in load::missing(self.kind, action, set) {
            self.say(
                create.at,
                format!("creates a {} without its `{}`", self.kind.id, field.id),
                format!("生成{}时没有填 `{}`（{}）", self.kind.label.zh, field.id, field.label.zh),
            );
        }
        Some(Response::Create { action: action.tag, keep })
    }

    /// An action of this kind that the program may take.
    fn action(&self, word: Word<'_>) -> Option<&Action> {
        let action = self.names.action(word).and_then(|tag| self.kind.actions.get(&tag))?;
        if !action.roles.contains(&Role::System) {
            self.say(
                word.at,
                format!("`{}` is taken by the program: its roles must name SYSTEM", word.text),
                format!("`{}` 由程序办理，roles 须含 SYSTEM", word.text),
            );
        }
        Some(action)
    }

    /// What is set can be set with that action.
    fn settable(&self, tags: &[u32], does: Response) {
        let Some(action) = self.kind.actions.get(&does.action()) else { return };
        for field in tags.iter().filter_map(|tag| self.kind.fields.get(tag)) {
            let (id, zh) = (&field.id, &field.label.zh);
            let accepted = action.from.is_empty()
                || action.id == "edit"
                || action.requires.contains(&field.tag)
                || action.accepts.contains(&field.tag);
            if field.derived && !self.given(field) {
                self.say(
                    self.at_set(field.tag),
                    format!("`{id}` is worked out by itself: nothing can be put there"),
                    format!("`{id}`（{zh}）由程序算出，不能写入"),
                );
            } else if !field.derived && !accepted {
                self.say(
                    self.at_set(field.tag),
                    format!("`{}` does not accept `{id}`", action.id),
                    format!("操作 `{}` 不接受 `{id}`（{zh}）", action.id),
                );
            }
        }
    }

    /// A derived field that waits for somebody to give it a value.
    fn given(&self, field: &Field) -> bool {
        let numbers = self.kind.numbering.as_ref().is_some_and(|numbering| numbering.field == field.tag);
        field.derived && field.compute.is_none() && !numbers
    }

    /// Where `set` names the field.
    fn at_set(&self, tag: u32) -> toml_span::Span {
        let id = self.kind.fields.get(&tag).map(|field| field.id.as_str());
        let keys = self.tab.tab("set").map(|set| set.keys()).unwrap_or_default();
        keys.iter().find(|(name, _)| Some(name.text) == id).map_or(self.tab.at, |(name, _)| name.at)
    }

    fn reminder(&self) -> Option<Reminder> {
        let (tab, names) = (self.tab, self.names);
        let word = tab.need_word("deadline");
        let deadline = names.deadline(word);
        let effects = self.kind.actions.values().flat_map(|action| &action.effects);
        let mut started = effects.filter_map(|effect| match effect {
            Effect::Start { deadline, .. } => Some(*deadline),
            _ => None,
        });
        if deadline.is_some_and(|deadline| !started.any(|other| other == deadline)) {
            self.say(
                word.at,
                format!("nothing starts `{}` here", word.text),
                format!("这里没有操作开始 `{}`", word.text),
            );
        }
        let days_before: Vec<u32> = tab.numbers("days_before");
        let overdue_every: Option<u32> = tab.number("overdue_every");
        let descends = days_before.windows(2).all(|pair| pair[0] > pair[1]);
        if !descends || days_before.contains(&0) || overdue_every == Some(0) {
            let at = tab.value("days_before").filter(|_| overdue_every != Some(0));
            self.say(
                at.map_or(tab.at, |value| value.span),
                "days go from more to fewer, the last not below 1",
                "天数须由多到少，最少为 1",
            );
        }
        if days_before.is_empty() && overdue_every.is_none() {
            self.say(
                tab.at,
                "when does it remind? say `days_before` or `overdue_every`",
                "何时提醒？要写 days_before 或 overdue_every",
            );
        }
        let take = tab.need_word("take");
        let action = self.action(take);
        if action.is_some_and(|action| action.from.is_empty() || action.to.is_some() || action.id == "edit") {
            self.say(
                take.at,
                format!("`{}` must be an event: with `from`, without `to`", take.text),
                format!("`{}` 须是事件：有 from、无 to", take.text),
            );
        }
        let Some(mark) = tab.tab("mark") else {
            self.say(
                tab.at,
                "`mark = { due = \"date\", days = \"number\" }` is missing",
                "缺少 mark = { due = \"日期字段\", days = \"数字字段\" }",
            );
            return None;
        };
        let number = |shape: &Shape| matches!(shape, Shape::Number { .. });
        let due = mark.need_word("due");
        let days = mark.need_word("days");
        let (mark_due, mark_days) = (names.date_field(due), names.field_of(days, "a number", "数字", number));
        mark.done();
        for (word, tag) in [(due, mark_due), (days, mark_days)] {
            if tag.and_then(|tag| self.kind.fields.get(&tag)).is_some_and(|field| !self.given(field)) {
                self.say(
                    word.at,
                    format!("`{}` is filled by the program: it must be `derived = true`", word.text),
                    format!("`{}` 由程序填写，须写 derived = true", word.text),
                );
            }
        }
        let most = i64::from(limits::DUE_DAYS_MAX);
        if let Some(Shape::Number { min, max }) =
            mark_days.and_then(|tag| self.kind.fields.get(&tag)).map(|field| &field.shape)
            && (days_before.first().is_some_and(|first| i64::from(*first) > *max.min(&most)) || *min > -most)
        {
            self.say(
                days.at,
                format!("`{}` must hold all days left, down to -{most} when it is over", days.text),
                format!("`{}` 须能容纳剩余天数，超期时低至 -{most}", days.text),
            );
        }
        let (action, deadline) = (action?.tag, deadline?);
        Some(Reminder {
            deadline,
            days_before,
            overdue_every,
            action,
            mark_due: mark_due?,
            mark_days: mark_days?,
        })
    }
}
