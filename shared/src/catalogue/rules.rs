//! What must hold within one kind, beyond what reading it has already found.

use std::collections::{BTreeMap, BTreeSet};

use toml_span::Span;

use super::kind::Places;
use super::model::{Action, CoverageList, Effect, Field, Guard, Kind, On, Owner, Piece, Privacy};
use super::problem::Report;
use super::read::Word;
use super::{figures_across, graph, reactions};

/// Names are lower-case words joined by `_`: they are typed on command lines and stand in addresses of pages.
pub(super) fn good_name(report: &Report<'_>, word: Word<'_>, en: &str, zh: &str) {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let Some(first) = word.text.bytes().next() else { return };
    if !first.is_ascii_lowercase() || !word.text.bytes().all(plain) {
        report.say(
            word.at,
            format!("the {en} id `{}` may have lower-case letters, digits and `_` only", word.text),
            format!("{zh}的 id `{}` 只能用小写字母、数字和下划线", word.text),
        );
    }
}

/// Neither the tag nor the id is taken.
pub(super) fn fresh(
    report: &Report<'_>,
    at: Span,
    taken: &BTreeMap<String, u32>,
    tag: u32,
    id: &str,
    en: &str,
    zh: &str,
) {
    if tag == 0 {
        report.say(at, format!("{en} tags start at 1"), format!("{zh}编号从 1 开始"));
    }
    if let Some((twin, number)) = taken.iter().find(|(name, number)| *name == id || **number == tag) {
        report.say(
            at,
            format!("{en} {tag} `{id}` repeats {en} {number} `{twin}`"),
            format!("{zh}重复：{tag} `{id}` 与 {number} `{twin}`"),
        );
    }
}

pub(super) fn empty(report: &Report<'_>, at: Span, key: &str) {
    report.say(at, format!("`{key}` is empty"), format!("`{key}` 为空"));
}

/// `{n}` stands in a number format once; every other `{…}` is `abbr`, `year` or a field.
pub(super) fn numbering_format(report: &Report<'_>, format: Word<'_>, pieces: &[Piece]) {
    if format.text.is_empty() {
        return;
    }
    let numbers = pieces.iter().filter(|piece| matches!(piece, Piece::Number(_))).count();
    let broken =
        pieces.iter().any(|piece| matches!(piece, Piece::Literal(text) if text.contains(['{', '}'])));
    if numbers != 1 || broken {
        report.say(
            format.at,
            "a number format holds `{n}` once and otherwise only `{abbr}`, `{year}` and fields",
            "编号格式须含一个 {n}，其余只能用 {abbr}、{year} 和字段",
        );
    }
}

/// All rules that look at the whole kind.
pub(super) fn check(kind: &Kind, places: &Places, report: &Report<'_>) {
    let rules = Rules { kind, places, report };
    rules.ways();
    rules.form();
    rules.private();
    rules.settable();
    rules.deadlines();
    rules.numbers();
    rules.owner();
    rules.addressed();
    rules.headings();
    rules.looks();
}

pub(super) struct Rules<'a> {
    pub(super) kind: &'a Kind,
    pub(super) places: &'a Places,
    pub(super) report: &'a Report<'a>,
}

impl Rules<'_> {
    pub(super) fn at_action(&self, action: &Action) -> Span {
        self.places.actions.get(&action.tag).copied().unwrap_or(self.places.kind)
    }

    pub(super) fn at_field(&self, tag: u32) -> Span {
        self.places.fields.get(&tag).copied().unwrap_or(self.places.kind)
    }

    pub(super) fn label(&self, tag: u32) -> (String, String) {
        let field = self.kind.fields.get(&tag);
        field.map_or_else(
            || (tag.to_string(), tag.to_string()),
            |field| (field.id.clone(), field.label.zh.clone()),
        )
    }

    /// Creation exists, every status can be reached, and every open one can be left for good.
    fn ways(&self) {
        let actions = &self.kind.actions;
        if !actions.values().any(|action| action.from.is_empty() && action.to.is_some()) {
            self.report.say(
                self.places.kind,
                "no action creates a record (one without `from`)",
                "没有新建操作（不带 from 的操作）",
            );
        }
        let reachable = graph::reachable(actions, &[]);
        for status in self.kind.statuses.values() {
            let at = self.places.statuses.get(&status.tag).copied().unwrap_or(self.places.kind);
            let (id, zh) = (&status.id, &status.label.zh);
            if !reachable.contains(&status.tag) {
                self.report.say(
                    at,
                    format!("status `{id}` can never be reached"),
                    format!("状态 `{id}`（{zh}）永远到不了"),
                );
            } else if status.open && !self.leaves(status.tag) {
                self.report.say(
                    at,
                    format!("no way leads from the open status `{id}` to one that is not open"),
                    format!("未办结状态 `{id}`（{zh}）没有出口"),
                );
            }
        }
        for action in actions.values() {
            if action.id == "edit" && (action.to.is_some() || action.from.is_empty()) {
                self.report.say(
                    self.at_action(action),
                    "`edit` has `from` and no `to`",
                    "edit 只有 from，没有 to",
                );
            }
            if action.from.is_empty() && action.to.is_none() {
                self.report.say(
                    self.at_action(action),
                    format!("action `{}` has neither `from` nor `to`", action.id),
                    format!("操作 `{}`（{}）既没有 from 也没有 to", action.id, action.label.zh),
                );
            }
        }
    }

    fn leaves(&self, start: u32) -> bool {
        let mut seen = BTreeSet::from([start]);
        loop {
            let before = seen.len();
            for action in self.kind.actions.values() {
                if action.from.iter().any(|from| seen.contains(from)) {
                    seen.extend(action.to);
                }
            }
            if seen.len() == before {
                break;
            }
        }
        seen.iter().any(|tag| self.kind.statuses.get(tag).is_some_and(|status| !status.open))
    }

    /// Each field stands in the form.
    fn form(&self) {
        let shown: BTreeSet<u32> =
            self.kind.form.iter().flat_map(|section| section.fields.iter().copied()).collect();
        for field in self.kind.fields.values().filter(|field| !shown.contains(&field.tag)) {
            self.report.say(
                self.at_field(field.tag),
                format!("field `{}` stands in no section of the form", field.id),
                format!("字段 `{}`（{}）不在任何表单栏目中", field.id, field.label.zh),
            );
        }
    }

    /// What stays in the office is not used where the county could read it.
    fn private(&self) {
        for (nth, tag) in self.kind.list.iter().enumerate() {
            let at = self.places.list.get(nth).copied().unwrap_or(self.places.kind);
            self.public(at, *tag, "the list", "列表");
        }
        self.public(self.places.date, self.kind.date, "the attribution date", "归属日期");
        for (measure, at) in self.kind.measures.iter().zip(&self.places.measures) {
            for (id, zh) in figures_across::private(self.kind, measure) {
                self.report.say(
                    *at,
                    format!("measure `{}` uses `{id}`, which must not leave the office", measure.id),
                    format!("指标 `{}` 用到了不外传的字段 `{id}`（{zh}）", measure.id),
                );
            }
        }
        for (coverage, at) in self.kind.coverages.iter().zip(&self.places.coverages) {
            if let CoverageList::Choices { field, .. } = coverage.list {
                self.public(*at, field, &format!("coverage `{}`", coverage.id), "覆盖率");
            }
        }
        if let Some(term) = self.kind.term {
            self.public(self.places.term, term.number, "the term", "届次");
            self.public(self.places.term, term.start, "the term", "届次");
        }
        if let Some(numbering) = &self.kind.numbering {
            self.public(self.places.numbering, numbering.field, "the number", "编号");
            let fields = numbering.format.iter().filter_map(|piece| match piece {
                Piece::Field(tag) => Some(*tag),
                _ => None,
            });
            for tag in fields.chain(numbering.per.iter().copied()).chain(numbering.year_of) {
                self.public(self.places.numbering, tag, "the number", "编号");
            }
        }
        if let Some(key) = self.kind.import.as_ref().and_then(|import| import.key) {
            self.public(self.places.import, key, "the import key", "导入主键");
        }
        for action in self.kind.actions.values() {
            for effect in &action.effects {
                let days = match effect {
                    Effect::Start { from, due, .. } => [*from, *due],
                    Effect::Meet { on, .. } => [*on, None],
                    Effect::Extend { to, .. } => [Some(*to), None],
                    _ => [None, None],
                };
                for tag in days.into_iter().flatten() {
                    self.public(self.at_action(action), tag, "a deadline", "期限");
                }
            }
        }
        self.local_when();
    }

    fn public(&self, at: Span, tag: u32, en: &str, zh: &str) {
        if self.kind.fields.get(&tag).is_some_and(|field| field.privacy == Privacy::Local) {
            let (id, label) = self.label(tag);
            self.report.say(
                at,
                format!("{en} uses `{id}`, which must not leave the office"),
                format!("{zh}用到了不外传的字段 `{id}`（{label}）"),
            );
        }
    }

    /// Whether a record stays in the office is settled when it is created.
    fn local_when(&self) {
        let Some(condition) = &self.kind.local_when else { return };
        for tag in condition.fields() {
            for action in self.kind.actions.values().filter(|action| action.from.is_empty()) {
                if !self.demands(action, tag) {
                    let (id, zh) = self.label(tag);
                    self.report.say(
                        self.places.local_when,
                        format!("`local_when` uses `{id}`, which `{}` does not require", action.id),
                        format!("local_when 用到 `{id}`（{zh}），但新建操作 `{}` 不要求填写", action.id),
                    );
                }
            }
        }
    }

    /// Whether a field is filled once the action is done.
    fn known(&self, action: &Action, tag: u32) -> bool {
        let stays = action.to.is_none()
            && !action.from.is_empty()
            && self
                .kind
                .fields
                .get(&tag)
                .is_some_and(|field| action.from.iter().all(|from| field.required_in.contains(from)));
        let set = self.kind.fields.get(&tag).is_some_and(|field| {
            field.default.is_some() || action.effects.iter().any(|effect| self.sets(effect, field))
        });
        self.demands(action, tag) || stays || set
    }

    fn demands(&self, action: &Action, tag: u32) -> bool {
        let by_status = self
            .kind
            .fields
            .get(&tag)
            .is_some_and(|field| action.to.is_some_and(|to| field.required_in.contains(&to)));
        by_status || action.requires.contains(&tag)
    }

    /// A required field can be filled by the time it is required. (What the clerk fills is taken with the action.)
    fn settable(&self) {
        for action in self.kind.actions.values() {
            let Some(to) = action.to else { continue };
            for field in
                self.kind.fields.values().filter(|field| {
                    field.derived && field.compute.is_none() && field.required_in.contains(&to)
                })
            {
                let before = !action.from.is_empty()
                    && action.from.iter().all(|from| field.required_in.contains(from));
                let set = action.effects.iter().any(|effect| self.sets(effect, field));
                if !before && !set && !reactions::give(self.kind, action, field.tag) {
                    self.report.say(
                        self.at_action(action),
                        format!(
                            "action `{}` leads where `{}` is required, but nothing sets it",
                            action.id, field.id
                        ),
                        format!(
                            "操作 `{}` 之后必须有 `{}`（{}），但没有任何地方填写它",
                            action.id, field.id, field.label.zh
                        ),
                    );
                }
            }
            for tag in action.requires.iter().chain(&action.accepts) {
                if self.kind.fields.get(tag).is_some_and(|field| field.derived) {
                    let (id, zh) = self.label(*tag);
                    self.report.say(
                        self.at_action(action),
                        format!("action `{}` asks for `{id}`, which the program fills", action.id),
                        format!("操作 `{}` 要求填写由程序生成的 `{id}`（{zh}）", action.id),
                    );
                }
            }
        }
    }

    fn sets(&self, effect: &Effect, field: &Field) -> bool {
        match effect {
            Effect::Set { field: tag, .. } | Effect::Increment { field: tag } => *tag == field.tag,
            Effect::Number => {
                self.kind.numbering.as_ref().is_some_and(|numbering| numbering.field == field.tag)
            }
            Effect::Append { field: tag, .. } => *tag == field.tag,
            Effect::Create(create) => create.link == Some(field.tag),
            _ => false,
        }
    }

    /// What is met, stopped, extended or counted has been started; what is started can end.
    fn deadlines(&self) {
        let mut started: BTreeSet<u32> = BTreeSet::new();
        let mut ended: BTreeSet<u32> = BTreeSet::new();
        for effect in self.kind.actions.values().flat_map(|action| &action.effects) {
            match effect {
                Effect::Start { deadline, .. } => drop(started.insert(*deadline)),
                Effect::Meet { deadline, .. } | Effect::Cancel { deadline } => drop(ended.insert(*deadline)),
                _ => {}
            }
        }
        for action in self.kind.actions.values() {
            let mut used: Vec<u32> = action
                .effects
                .iter()
                .filter_map(|effect| match effect {
                    Effect::Meet { deadline, .. }
                    | Effect::Cancel { deadline }
                    | Effect::Extend { deadline, .. } => Some(*deadline),
                    _ => None,
                })
                .collect();
            used.extend(action.guards.iter().filter_map(|guard| match guard {
                Guard::ExtensionsBelow { deadline, .. } => Some(*deadline),
                _ => None,
            }));
            if used.iter().any(|deadline| !started.contains(deadline)) {
                self.report.say(
                    self.at_action(action),
                    format!("action `{}` ends or extends a deadline that nothing starts", action.id),
                    format!("操作 `{}` 了结或延长的期限从未开始", action.id),
                );
            }
            let starts = action.effects.iter().filter_map(|effect| match effect {
                Effect::Start { deadline, .. } => Some(*deadline),
                _ => None,
            });
            if starts.into_iter().any(|deadline| !ended.contains(&deadline)) {
                self.report.say(
                    self.at_action(action),
                    format!("action `{}` starts a deadline that nothing ends", action.id),
                    format!("操作 `{}` 开始的期限没有了结", action.id),
                );
            }
        }
        for (measure, at) in self.kind.measures.iter().zip(&self.places.measures) {
            let mut used = measure.condition.deadlines();
            used.extend(match measure.on {
                On::Due(deadline) => Some(deadline),
                _ => None,
            });
            if used.iter().any(|deadline| !started.contains(deadline)) {
                self.report.say(
                    *at,
                    format!("measure `{}` counts a deadline that nothing starts", measure.id),
                    format!("指标 `{}` 用到的期限从未开始", measure.id),
                );
            }
        }
    }

    fn numbers(&self) {
        for action in self.kind.actions.values() {
            if action.effects.contains(&Effect::Number) && self.kind.numbering.is_none() {
                self.report.say(
                    self.at_action(action),
                    format!("action `{}` gives a number, but there is no [numbering]", action.id),
                    format!("操作 `{}` 要编号，但没有 [numbering]", action.id),
                );
            }
        }
        let Some(numbering) = &self.kind.numbering else { return };
        for action in self.kind.actions.values().filter(|action| action.effects.contains(&Effect::Number)) {
            // An empty field of `per` makes a row of its own; a year must be known.
            for tag in numbering.year_of.iter().filter(|tag| !self.known(action, **tag)) {
                let (id, zh) = self.label(*tag);
                self.report.say(
                    self.at_action(action),
                    format!("action `{}` gives a number by `{id}`, which may be empty then", action.id),
                    format!("操作 `{}` 按 `{id}`（{zh}）编号，但那时它可能没有填", action.id),
                );
            }
        }
        if !self.kind.actions.values().any(|action| action.effects.contains(&Effect::Number)) {
            self.report.say(self.places.numbering, "no action gives the number", "没有操作生成编号");
        }
        if self.kind.fields.get(&numbering.field).is_some_and(|field| !field.derived) {
            let (id, zh) = self.label(numbering.field);
            self.report.say(
                self.places.numbering,
                format!("the program gives the number: `{id}` must be `derived = true`"),
                format!("编号由程序生成，`{id}`（{zh}）须写 derived = true"),
            );
        }
    }

    /// Who may act follows from who owns the records; what the county makes public leaves a draft by `publish`.
    fn owner(&self) {
        let (ours, other) = match self.kind.owner {
            Owner::Township => ("T_", "township"),
            Owner::County => ("C_", "county"),
        };
        for action in self.kind.actions.values() {
            let code = action
                .roles
                .iter()
                .map(|role| role.code())
                .find(|code| *code != "SYSTEM" && !code.starts_with(ours));
            if let Some(code) = code {
                self.report.say(
                    self.at_action(action),
                    format!("the records belong to the {other}: {code} cannot do `{}`", action.id),
                    format!("{code} 不能操作 `{}`：记录不归它所有", action.id),
                );
            }
            let publishes = action.effects.contains(&Effect::Publish);
            let draft = |tag: &u32| self.kind.statuses.get(tag).is_some_and(|status| status.draft);
            let leaves_draft = action.to.is_some_and(|to| !draft(&to)) && action.from.iter().all(draft);
            if publishes && self.kind.owner == Owner::Township {
                self.report.say(
                    self.at_action(action),
                    "only county records are published",
                    "只有县级记录才下发",
                );
            }
            if self.kind.owner == Owner::County && leaves_draft && !publishes {
                self.report.say(
                    self.at_action(action),
                    format!("action `{}` leaves the draft: it must publish", action.id),
                    format!("操作 `{}` 之后不再是草稿，须写 do = \"publish\"", action.id),
                );
            }
        }
    }

    /// A column of an office file belongs to one field.
    fn headings(&self) {
        let mut seen: BTreeMap<&str, &Field> = BTreeMap::new();
        for field in self.kind.fields.values() {
            for heading in std::iter::once(&field.label.zh).chain(&field.headings) {
                match seen.insert(heading, field) {
                    Some(twin) if twin.tag != field.tag => self.report.say(
                        self.at_field(field.tag),
                        format!("the heading `{heading}` belongs to `{}` and to `{}`", twin.id, field.id),
                        format!("表头“{heading}”同时属于 `{}` 和 `{}`", twin.id, field.id),
                    ),
                    _ => {}
                }
            }
        }
    }
}
