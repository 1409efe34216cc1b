//! One file of a kind, from tables to the model.

use std::collections::BTreeMap;

use toml_span::Span;

use super::fields::{self, ChoiceSets, Draft};
use super::model::{
    Action, Condition, Field, Guard, Kind, NodeKind, Numbering, Owner, Reason, Section, Shape, Status,
    TermMark,
};
use super::names::{Names, Other, World};
use super::read::{Tab, Word};
use super::{address, amount, condition, figures, graph, guard, import, marks, reactions, returns, rules};
use crate::record::Role;

/// Where the parts of a kind stand in its file, for the rules that look at the whole.
#[derive(Default)]
pub(super) struct Places {
    pub(super) kind: Span,
    pub(super) fields: BTreeMap<u32, Span>,
    pub(super) statuses: BTreeMap<u32, Span>,
    pub(super) actions: BTreeMap<u32, Span>,
    pub(super) measures: Vec<Span>,
    pub(super) rates: Vec<Span>,
    pub(super) coverages: Vec<Span>,
    pub(super) term: Span,
    pub(super) list: Vec<Span>,
    pub(super) import: Span,
    pub(super) numbering: Span,
    pub(super) title: Span,
    pub(super) date: Span,
    pub(super) local_when: Span,
}

/// Fields and choices that several kinds share, from the common file.
#[derive(Default)]
pub(super) struct Common<'a> {
    pub(super) sets: ChoiceSets,
    pub(super) fields: Vec<Tab<'a>>,
}

/// The names of a kind, for the rules of others; what is wrong with it is told when it is read whole.
pub(super) fn names(top: &Tab<'_>, common: &Common<'_>, world: &World) -> Other {
    let report = top.report;
    let mut places = Places::default();
    let mut names =
        Names { world, report, statuses: BTreeMap::new(), actions: BTreeMap::new(), fields: BTreeMap::new() };
    statuses(top, &mut names, &mut places);
    let mut actions = BTreeMap::new();
    for (tag, tab) in action_names(top, &mut names) {
        actions.insert(tab.need_word("id").text.to_owned(), (tag, !tab.has("from")));
    }
    let mut fields = BTreeMap::new();
    for mut draft in field_drafts(top, common, &mut places) {
        fields::resolve_links(&mut draft, &names);
        fields.insert(draft.field.tag, draft.field);
    }
    let (owner, numbered) = (Some(owner(top)), top.has("numbering"));
    Other { owner, statuses: names.statuses, actions, fields, numbered }
}

/// Reads a kind; what is wrong goes to the report of `top`.
pub(super) fn kind(top: &Tab<'_>, common: &Common<'_>, world: &World) -> (Kind, Places) {
    let report = top.report;
    let mut places = Places { kind: top.at, ..Places::default() };
    let id = top.need_word("id");
    rules::good_name(report, id, "kind", "台账");
    let mut names =
        Names { world, report, statuses: BTreeMap::new(), actions: BTreeMap::new(), fields: BTreeMap::new() };

    let statuses = statuses(top, &mut names, &mut places);
    let action_tabs = action_names(top, &mut names);
    let mut drafts = field_drafts(top, common, &mut places);
    for draft in &mut drafts {
        fields::resolve_links(draft, &names);
    }
    for draft in &mut drafts {
        draft.field.locks_in = names.statuses(&draft.locks_in);
    }
    for draft in &drafts {
        if let Some(twin) = names.fields.values().find(|f| f.tag == draft.field.tag || f.id == draft.field.id)
        {
            report.say(
                draft.at,
                format!(
                    "field {} `{}` repeats field {} `{}`",
                    draft.field.tag, draft.field.id, twin.tag, twin.id
                ),
                format!("字段重复：{} `{}`", draft.field.tag, draft.field.id),
            );
        } else {
            names.fields.insert(draft.field.tag, draft.field.clone());
        }
    }
    for draft in &drafts {
        let compute = amount::compute(&draft.tab, &draft.field, &names);
        if let Some(field) = names.fields.get_mut(&draft.field.tag) {
            field.compute = compute;
        }
    }
    let mut actions = actions(&action_tabs, &names, &mut places);
    for draft in &drafts {
        let named = required_from(&draft.required_from, &actions, &names);
        if let Some(field) = names.fields.get_mut(&draft.field.tag) {
            field.required_in = graph::behind(&statuses, &actions, &named);
        }
    }
    accept_required(&mut actions, &names.fields);

    let (title, date) = (top.need_word("title"), top.need_word("date"));
    (places.title, places.date) = (title.at, date.at);
    let text = |shape: &Shape| matches!(shape, Shape::Text { .. });
    let form = sections(top, &names);
    let list = top.words("list");
    places.list = list.iter().map(|word| word.at).collect();
    let counted = figures::figures(top, &names, &mut places);
    let kind = Kind {
        id: id.text.to_owned(),
        tag: top.need_number("tag"),
        code: top.need_word("code").text.to_owned(),
        label: top.label(),
        owner: owner(top),
        nodes: nodes(top),
        address: address::address(top, &names),
        title: names.field_of(title, "a text", "文字", text).unwrap_or_default(),
        date: names.date_field(date).unwrap_or_default(),
        responsible: top.word("responsible").and_then(|word| names.field(word)).map(|field| field.tag),
        reason_privacy: fields::privacy(top, "reason_privacy"),
        local_when: condition::optional(top, "local_when", &names),
        numbering: numbering(top, &names, &mut places),
        plan_statuses: names.statuses(&top.words("plan_statuses")),
        delegation: marks::delegation(top, &names),
        staff: marks::staff(top, &names),
        reference: marks::reference(top, &names),
        sample: marks::sample(top, &names),
        returns: returns::returns(top, &names, &actions),
        calendar: marks::calendar(top, &names, &actions),
        list: names.field_tags(&list),
        form,
        import: None,
        no_import: None,
        fields: names.fields.clone(),
        statuses,
        actions,
        reactions: Vec::new(),
        reminders: Vec::new(),
        measures: counted.measures,
        rates: counted.rates,
        coverages: counted.coverages,
        term: term(top, &names, &mut places),
        session: marks::session(top, &names),
        veto: marks::veto(top, &names),
    };
    places.local_when = top.value("local_when").map_or(top.at, |value| value.span);
    let mut kind = kind;
    widen_reached(&mut kind);
    import::import(top, &names, &mut kind, &mut places);
    kind.reactions = reactions::reactions(top, &kind, &names);
    kind.reminders = reactions::reminders(top, &kind, &names);
    top.done();
    rules::check(&kind, &places, report);
    (kind, places)
}

fn statuses(top: &Tab<'_>, names: &mut Names<'_>, places: &mut Places) -> BTreeMap<u32, Status> {
    let mut statuses: BTreeMap<u32, Status> = BTreeMap::new();
    for tab in top.tabs("statuses") {
        let id = tab.need_word("id");
        let status = Status {
            tag: tab.need_number("tag"),
            id: id.text.to_owned(),
            label: tab.label(),
            open: tab.flag("open"),
            draft: tab.flag("draft"),
        };
        tab.done();
        rules::good_name(names.report, id, "status", "状态");
        rules::fresh(names.report, tab.at, &names.statuses, status.tag, &status.id, "status", "状态");
        names.statuses.insert(status.id.clone(), status.tag);
        places.statuses.insert(status.tag, tab.at);
        statuses.insert(status.tag, status);
    }
    statuses
}

fn action_names<'a>(top: &Tab<'a>, names: &mut Names<'_>) -> Vec<(u32, Tab<'a>)> {
    let tabs = top.tabs("actions").into_iter().map(|tab| {
        let (tag, id) = (tab.need_number("tag"), tab.need_word("id"));
        rules::good_name(names.report, id, "action", "操作");
        rules::fresh(names.report, tab.at, &names.actions, tag, id.text, "action", "操作");
        names.actions.insert(id.text.to_owned(), tag);
        (tag, tab)
    });
    tabs.collect()
}

/// The fields of the file and those that it uses from the common file.
fn field_drafts<'a>(top: &Tab<'a>, common: &Common<'a>, places: &mut Places) -> Vec<Draft<'a>> {
    let mut sets = common.sets.clone();
    sets.extend(fields::choice_sets(top));
    let mut drafts: Vec<Draft<'a>> =
        top.tabs("fields").iter().map(|tab| fields::field(tab, &sets, false)).collect();
    for word in top.words("uses") {
        let found = common.fields.iter().find(|tab| tab.word("id").is_some_and(|id| id.text == word.text));
        match found {
            Some(tab) => drafts.push(Draft { at: word.at, ..fields::field(tab, &common.sets, false) }),
            None => top.report.say(
                word.at,
                format!("no common field `{}`", word.text),
                format!("没有这个公共字段：`{}`", word.text),
            ),
        }
    }
    for draft in &drafts {
        places.fields.entry(draft.field.tag).or_insert(draft.at);
    }
    drafts
}

fn actions(tabs: &[(u32, Tab<'_>)], names: &Names<'_>, places: &mut Places) -> BTreeMap<u32, Action> {
    let mut actions = BTreeMap::new();
    for (tag, tab) in tabs {
        let reason = match tab.word("reason") {
            None => Reason::None,
            Some(word) if word.text == "required" => Reason::Required,
            Some(word) if word.text == "optional" => Reason::Optional,
            Some(word) => {
                names.report.say(
                    word.at,
                    "`reason` is \"required\" or \"optional\"",
                    "reason 只能是 required 或 optional",
                );
                Reason::None
            }
        };
        let action = Action {
            tag: *tag,
            id: tab.need_word("id").text.to_owned(),
            label: tab.label(),
            from: names.statuses(&tab.words("from")),
            to: tab.word("to").and_then(|word| names.status(word)),
            roles: roles(tab, "roles", true),
            nodes: if tab.has("nodes") { nodes(tab) } else { Vec::new() },
            behalf: roles(tab, "behalf", false),
            requires: names.field_tags(&tab.words("requires")),
            accepts: names.field_tags(&tab.words("accepts")),
            reason,
            guards: tab.tabs("guards").iter().filter_map(|guard| guard::guard(guard, names)).collect(),
            effects: tab
                .tabs("effects")
                .iter()
                .filter_map(|effect| condition::effect(effect, names))
                .collect(),
        };
        tab.done();
        places.actions.insert(*tag, tab.at);
        actions.insert(*tag, action);
    }
    actions
}

fn roles(tab: &Tab<'_>, key: &'static str, needed: bool) -> Vec<Role> {
    let words = tab.words(key);
    if needed && words.is_empty() {
        tab.report.say(tab.at, "`roles` is missing: who may do this?", "缺少 roles：由谁操作？");
    }
    let mut roles = Vec::new();
    for word in words {
        match Role::from_code(word.text) {
            Some(role) => roles.push(role),
            None => tab.report.say(
                word.at,
                format!("no role `{}`", word.text),
                format!("没有这个角色：`{}`", word.text),
            ),
        }
    }
    roles
}

/// The word `start` stands for all statuses that creation leads to.
fn required_from(words: &[Word<'_>], actions: &BTreeMap<u32, Action>, names: &Names<'_>) -> Vec<u32> {
    let (start, named): (Vec<Word<'_>>, Vec<Word<'_>>) = words.iter().partition(|word| word.text == "start");
    let mut statuses = names.statuses(&named);
    if !start.is_empty() {
        statuses
            .extend(actions.values().filter(|action| action.from.is_empty()).filter_map(|action| action.to));
    }
    statuses
}

/// What a status demands can be given with the action that leads there.
fn accept_required(actions: &mut BTreeMap<u32, Action>, fields: &BTreeMap<u32, Field>) {
    for action in actions.values_mut() {
        let Some(to) = action.to else { continue };
        for field in fields.values().filter(|field| !field.derived && field.required_in.contains(&to)) {
            if !action.requires.contains(&field.tag) && !action.accepts.contains(&field.tag) {
                action.accepts.push(field.tag);
            }
        }
    }
}

fn owner(top: &Tab<'_>) -> Owner {
    let word = top.need_word("owner");
    match word.text {
        "county" => Owner::County,
        "township" | "" => Owner::Township,
        other => {
            top.report.say(
                word.at,
                format!("`owner` is \"township\" or \"county\", not \"{other}\""),
                "owner 只能是 township 或 county",
            );
            Owner::Township
        }
    }
}

fn nodes(top: &Tab<'_>) -> Vec<NodeKind> {
    let words = top.words("nodes");
    if words.is_empty() {
        return NodeKind::ALL.to_vec();
    }
    let mut nodes = Vec::new();
    for word in words {
        match NodeKind::from_code(word.text) {
            Some(node) => nodes.push(node),
            None => top.report.say(
                word.at,
                format!(
                    "no node kind `{}`; known: {}",
                    word.text,
                    NodeKind::ALL.map(NodeKind::code).join(", ")
                ),
                format!("没有这种乡级单位：`{}`", word.text),
            ),
        }
    }
    nodes
}

fn sections(top: &Tab<'_>, names: &Names<'_>) -> Vec<Section> {
    let mut seen: Vec<u32> = Vec::new();
    let mut form = Vec::new();
    for tab in top.tabs("form") {
        let words = tab.words("fields");
        for word in &words {
            let Some(field) = names.field(*word) else { continue };
            if seen.contains(&field.tag) {
                names.report.say(
                    word.at,
                    format!("field `{}` stands twice in the form", field.id),
                    format!("字段 `{}`（{}）在表单中重复", field.id, field.label.zh),
                );
            }
            seen.push(field.tag);
        }
        form.push(Section { label: tab.label(), fields: names.field_tags(&words) });
        tab.done();
    }
    form
}

fn numbering(top: &Tab<'_>, names: &Names<'_>, places: &mut Places) -> Option<Numbering> {
    let tab = top.tab("numbering")?;
    places.numbering = tab.at;
    let number = |shape: &Shape| matches!(shape, Shape::Text { .. } | Shape::Number { .. });
    let field = names.field_of(tab.need_word("field"), "a text or a number", "文字或数字", number);
    let per = names.field_tags(&tab.words("per"));
    let year_of = match tab.word("year_of") {
        None if !per.is_empty() => None,
        None => names.date_field(tab.need_word("year_of")),
        Some(word) => names.date_field(word),
    };
    let format = tab.word("format").unwrap_or(Word { text: "", at: tab.at });
    let pieces = amount::pieces(format, names);
    rules::numbering_format(names.report, format, &pieces);
    tab.done();
    Some(Numbering { field: field?, format: pieces, year_of, per })
}

/// `[term]`: the number of a term of office and the day on which it began.
fn term(top: &Tab<'_>, names: &Names<'_>, places: &mut Places) -> Option<TermMark> {
    let tab = top.tab("term")?;
    places.term = tab.at;
    let number = |shape: &Shape| matches!(shape, Shape::Text { .. } | Shape::Number { .. });
    let number = names.field_of(tab.need_word("number"), "a text or a number", "文字或数字", number);
    let start = names.date_field(tab.need_word("start"));
    tab.done();
    Some(TermMark { number: number?, start: start? })
}

/// Adds to every `Reached` what can only be reached through it.
fn widen_reached(kind: &mut Kind) {
    let (statuses, actions) = (kind.statuses.clone(), kind.actions.clone());
    let widen =
        |condition: &mut Condition| widen_in(condition, &|named| graph::behind(&statuses, &actions, named));
    for measure in &mut kind.measures {
        widen(&mut measure.condition);
    }
    if let Some(mark) = &mut kind.session {
        widen(&mut mark.condition);
    }
    for action in kind.actions.values_mut() {
        for guard in &mut action.guards {
            match guard {
                Guard::When(condition) | Guard::Must { condition, .. } => widen(condition),
                Guard::Alone(alone) => widen(&mut alone.condition),
                _ => {}
            }
        }
    }
}

/// As [`widen_reached`], for a condition of another file over this kind.
pub(super) fn widen_for(kind: &Kind, condition: &mut Condition) {
    widen_in(condition, &|named| graph::behind(&kind.statuses, &kind.actions, named));
}

fn widen_in(condition: &mut Condition, behind: &dyn Fn(&[u32]) -> Vec<u32>) {
    match condition {
        Condition::All(list) | Condition::Any(list) => {
            list.iter_mut().for_each(|inner| widen_in(inner, behind))
        }
        Condition::Not(inner) => widen_in(inner, behind),
        Condition::Reached(named) => *named = behind(named),
        _ => {}
    }
}
