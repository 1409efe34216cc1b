//! How ledgers of past work are read: what a file says of it, and what follows from the rest of the file where it says
//! nothing. Every kind that townships write takes imports, or says why it does not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::condition;
use super::kind::Places;
use super::model::{Condition, Import, ImportDeadline, Kind, Owner, Runs};
use super::names::Names;
use super::read::Tab;

/// Headings of the column that names the township, for kinds that name none.
const TOWNSHIP_HEADINGS: [&str; 4] = ["乡镇", "所在乡镇", "所属乡镇", "乡镇街道"];

/// Completes a kind that is otherwise whole.
pub(super) fn import(top: &Tab<'_>, names: &Names<'_>, kind: &mut Kind, places: &mut Places) {
    let Some(tab) = top.tab("import") else {
        if kind.owner == Owner::Township {
            kind.import = Some(derived(kind));
        }
        return;
    };
    places.import = tab.at;
    if let Some(refused) = tab.tab("refused") {
        kind.no_import = Some(refused.label());
        refused.done();
        tab.done();
        return;
    }
    let default = derived(kind);
    let key = match tab.word("key") {
        Some(word) => names.field(word).map(|field| field.tag),
        None => default.key,
    };
    let mut status = Vec::new();
    for rule in tab.tabs("status") {
        let then = names.status(rule.need_word("then"));
        status.extend(then.map(|then| (condition::condition_in(&rule, "when", names), then)));
        rule.done();
    }
    if !tab.has("status") {
        status = default.status;
    } else if status.last().is_none_or(|(last, _)| *last != Condition::All(Vec::new())) {
        names.report.say(
            tab.at,
            "the last status rule has no `when`: what if none fits?",
            "最后一条状态规则不得带 when",
        );
    }
    let deadlines = deadlines(&tab, names);
    let township_headings = match tab.has("township_headings") {
        true => tab.strings("township_headings"),
        false => default.township_headings,
    };
    tab.done();
    kind.import = Some(Import { key, township_headings, status, deadlines });
}

fn deadlines(tab: &Tab<'_>, names: &Names<'_>) -> Vec<ImportDeadline> {
    let mut deadlines = Vec::new();
    for rule in tab.tabs("deadlines") {
        let word = rule.need_word("deadline");
        let number = names.deadline(word);
        let due = rule.word("due").and_then(|word| names.date_field(word));
        let given = number.is_some_and(|number| names.world.runs.get(&number) == Some(&Runs::Given));
        if given != due.is_some() {
            names.report.say(
                word.at,
                format!("`{}` wants `due` if its last day is given by the record, and only then", word.text),
                format!("截止日由记录给出的期限（且只有它）要写 due：`{}`", word.text),
            );
        }
        let from = names.date_field(rule.need_word("from"));
        let met = rule.word("met").and_then(|word| names.date_field(word));
        rule.done();
        let found = number.zip(from).map(|(deadline, from)| ImportDeadline { deadline, from, due, met });
        deadlines.extend(found);
    }
    deadlines
}

/// What follows from the rest of the file: a row is known by the kind's number, else by what it says; its status is the
/// furthest of which it has everything that the status asks for beyond the first, else the first.
fn derived(kind: &Kind) -> Import {
    let own = |heading: &&str| {
        kind.fields.values().any(|f| f.label.zh == *heading || f.headings.iter().any(|h| h == heading))
    };
    let township_headings = TOWNSHIP_HEADINGS.iter().filter(|heading| !own(heading));
    Import {
        key: kind.numbering.as_ref().map(|numbering| numbering.field),
        township_headings: township_headings.map(|&heading| heading.to_owned()).collect(),
        status: status_rules(kind),
        deadlines: Vec::new(),
    }
}

fn status_rules(kind: &Kind) -> Vec<(Condition, u32)> {
    let Some(first) = first_status(kind) else { return Vec::new() };
    let asked = |status: u32| -> BTreeSet<u32> {
        let fields = kind.fields.values().filter(|field| field.required_in.contains(&status));
        fields.map(|field| field.tag).collect()
    };
    let at_start = asked(first);
    // Of statuses that ask for the same, the one that is reached first.
    let mut by_fields: BTreeMap<BTreeSet<u32>, u32> = BTreeMap::new();
    for status in in_order(kind, first) {
        let more: BTreeSet<u32> = asked(status).difference(&at_start).copied().collect();
        if !more.is_empty() {
            by_fields.entry(more).or_insert(status);
        }
    }
    let mut rules: Vec<(BTreeSet<u32>, u32)> = by_fields.into_iter().collect();
    rules.sort_by_key(|(fields, status)| (std::cmp::Reverse(fields.len()), *status));
    let conditions = rules.into_iter().map(|(fields, status)| {
        (Condition::All(fields.into_iter().map(Condition::Filled).collect()), status)
    });
    conditions.chain([(Condition::All(Vec::new()), first)]).collect()
}

/// To which a record comes that somebody makes: no draft, if there is another.
fn first_status(kind: &Kind) -> Option<u32> {
    let made =
        || kind.actions.values().filter(|action| action.from.is_empty()).filter_map(|action| action.to);
    let said = |status: &u32| kind.statuses.get(status).is_some_and(|status| !status.draft);
    made().find(said).or_else(|| made().next()).or_else(|| kind.statuses.keys().next().copied())
}

/// Statuses that can be reached from one, by the number of steps.
fn in_order(kind: &Kind, first: u32) -> Vec<u32> {
    let mut found = vec![first];
    let mut waiting = VecDeque::from([first]);
    while let Some(status) = waiting.pop_front() {
        for action in kind.actions.values().filter(|action| action.from.contains(&status)) {
            if let Some(to) = action.to
                && !found.contains(&to)
            {
                found.push(to);
                waiting.push_back(to);
            }
        }
    }
    found
}
