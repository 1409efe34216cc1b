//! From a set of files to a catalogue, or to all that is wrong with them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use toml_span::Span;

use super::fields;
use super::figures_across;
use super::group;
use super::kind::{self, Common, Places};
use super::model::{Action, Catalogue, CoverageList, Effect, Field, Give, Guard, Kind, Shape};
use super::names::{Names, World};
use super::prints;
use super::problem::{Problems, Report};
use super::profile;
use super::read::Tab;

include!(concat!(env!("OUT_DIR"), "/catalogue_files.rs"));

/// The files that the program carries: (name, text), such as `proposal.toml` and `profiles/national.toml`.
pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The holiday files that the program carries: (name, JSON text), one per year.
pub fn builtin_calendar_files() -> &'static [(&'static str, &'static str)] {
    CALENDARS
}

impl Catalogue {
    /// The catalogue that the program carries.
    ///
    /// # Panics
    /// If the files built in are broken, which the tests exclude.
    pub fn builtin() -> Arc<Self> {
        static BUILTIN: OnceLock<Arc<Catalogue>> = OnceLock::new();
        let load =
            || Arc::new(Self::load(FILES.iter().copied()).expect("the tests have loaded these very files"));
        BUILTIN.get_or_init(load).clone()
    }

    /// The catalogue that the program carries with further files; one of the same name takes the place of ours.
    ///
    /// # Errors
    /// All that is wrong with any of the files.
    pub fn builtin_and<'a>(extra: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problems> {
        Self::load(FILES.iter().copied().chain(extra))
    }

    /// The version that files given as (name, text) make, whether or not they can be used.
    pub fn version_of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        version(&files.into_iter().collect())
    }

    /// Reads and checks files given as (name, text); of two with one name the later counts. The order is of no matter.
    ///
    /// # Errors
    /// All that is wrong with any of them, by file and line.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problems> {
        let files: BTreeMap<&str, &str> = files.into_iter().collect();
        let version = version(&files);
        // A first reading only gathers the names that kinds use of each other; what is wrong is told by the second.
        let silent = Report::new("", "");
        let reports: Vec<Report<'_>> = files.iter().map(|(name, text)| Report::new(name, text)).collect();
        let mut documents = Vec::new();
        for (nth, text) in files.values().enumerate() {
            match toml_span::parse(text) {
                Ok(value) => documents.push((nth, value)),
                Err(error) => reports[nth].say(error.span, format!("not TOML: {error}"), "TOML 语法错误"),
            }
        }
        let tabs: Vec<(usize, Tab<'_>)> = documents
            .iter()
            .filter_map(|(nth, value)| Some((*nth, Tab::new(value, &reports[*nth])?)))
            .collect();
        let mut catalogue = Self {
            kinds: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            profiles: BTreeMap::new(),
            groups: Vec::new(),
            papers: Vec::new(),
            locks: Vec::new(),
            version,
            files: Arc::new(owned(&files)),
        };
        fill(&mut catalogue, &tabs, &reports, &silent);
        drop(tabs);
        drop(documents);
        let mut problems: Vec<_> = reports.into_iter().flat_map(Report::into_found).collect();
        problems.sort();
        if problems.is_empty() { Ok(catalogue) } else { Err(Problems(problems)) }
    }
}

fn owned(files: &BTreeMap<&str, &str>) -> BTreeMap<String, String> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// See [`Catalogue::version`].
fn version(files: &BTreeMap<&str, &str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, text) in files {
        for part in [name, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// What a file holds is told by its first word: `deadline_kinds`, `profile`, `common`, `papers`; all others are kinds.
fn fill<'a>(
    catalogue: &mut Catalogue,
    tabs: &[(usize, Tab<'a>)],
    reports: &[Report<'a>],
    silent: &'a Report<'a>,
) {
    let mut world = World::default();
    let mut common = Common::default();
    let mut deadline_places = BTreeMap::new();
    let mut kind_tabs = Vec::new();
    for (nth, tab) in tabs {
        if tab.has("deadline_kinds") {
            profile::deadline_kinds(tab, &mut world, &mut catalogue.deadlines, &mut deadline_places, *nth);
        } else if tab.has("papers") {
            let (statuses, actions, fields) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
            let names = Names { world: &world, report: tab.report, statuses, actions, fields };
            catalogue.papers.extend(prints::prints(tab, "papers", &names));
            tab.done();
        } else if tab.has("common") {
            common.sets.extend(fields::choice_sets(tab));
            common.fields.extend(tab.tabs("common"));
            common.groups.extend(group::groups(tab));
            tab.done();
        } else if !tab.has("profile") {
            let (id, tag) = (tab.need_word("id"), tab.need_number("tag"));
            super::rules::fresh(&reports[*nth], tab.at, &world.kinds, tag, id.text, "kind", "台账");
            world.kinds.insert(id.text.to_owned(), tag);
            kind_tabs.push((*nth, tab));
        }
    }
    for (_, tab) in tabs.iter().filter(|(_, tab)| tab.has("profile")) {
        let profile = profile::profile(tab, &world);
        catalogue.profiles.insert(profile.id.clone(), profile);
    }
    profile::complete(&mut catalogue.profiles);
    profile::check(&catalogue.deadlines, &catalogue.profiles, &deadline_places, reports);

    world.others = kind_tabs
        .iter()
        .map(|(_, tab)| (tab.need_number("tag"), kind::names(&tab.again(silent), &common, &world)))
        .collect();
    let mut places = BTreeMap::new();
    for (nth, tab) in kind_tabs {
        let (kind, found) = kind::kind(tab, &common, &world);
        places.insert(kind.tag, (nth, found));
        catalogue.kinds.insert(kind.tag, kind);
    }
    catalogue.groups = common.groups;
    let locking = |kind: &Kind| {
        let fields = kind.fields.values().filter(|field| !field.locks_in.is_empty());
        fields.map(|field| (kind.tag, field.tag)).collect::<Vec<_>>()
    };
    catalogue.locks = catalogue.kinds.values().flat_map(locking).collect();
    widen_conditions(catalogue);
    across(catalogue, &places, reports);
}

/// What another file says of a kind's statuses is read by that kind's own ways.
fn widen_conditions(catalogue: &mut Catalogue) {
    let kinds = catalogue.kinds.clone();
    for reaction in catalogue.kinds.values_mut().flat_map(|kind| &mut kind.reactions) {
        if let Some(kind) = kinds.get(&reaction.to) {
            kind::widen_for(kind, &mut reaction.when);
        }
    }
    for coverage in catalogue.kinds.values_mut().flat_map(|kind| &mut kind.coverages) {
        if let CoverageList::Records { kind, condition, .. } = &mut coverage.list
            && let Some(kind) = kinds.get(kind)
        {
            kind::widen_for(kind, condition);
        }
    }
}

/// What must hold between kinds.
fn across(catalogue: &Catalogue, places: &BTreeMap<u32, (usize, Places)>, reports: &[Report<'_>]) {
    figures_across::once(walk(catalogue, places, reports));
    for (kind, report, places) in walk(catalogue, places, reports) {
        figures_across::named(catalogue, kind, report, places);
        super::returns::named(catalogue, kind, report, places.kind);
        super::outward::names_in_public(catalogue, kind, report, places.kind);
        for action in kind.actions.values() {
            let at = places.actions.get(&action.tag).copied().unwrap_or(places.kind);
            handed_on(catalogue, kind, action, report, at);
            for guard in &action.guards {
                let Guard::LinkIn { field, statuses } = guard else { continue };
                linked_statuses(catalogue, kind, *field, statuses, report, at);
            }
        }
    }
}

/// What an action hands on to records of other kinds can be done there.
fn handed_on(catalogue: &Catalogue, kind: &Kind, action: &Action, report: &Report<'_>, at: Span) {
    for effect in &action.effects {
        let Effect::Create(create) = effect else { continue };
        let Some(other) = catalogue.kinds.get(&create.kind) else { continue };
        let Some(makes) = other.actions.get(&create.action) else { continue };
        for field in missing(other, makes, &create.set) {
            report.say(
                at,
                format!("`{}` creates a {} without its `{}`", action.id, other.id, field.id),
                format!(
                    "操作 `{}` 生成{}时没有填 `{}`（{}）",
                    action.id, other.label.zh, field.id, field.label.zh
                ),
            );
        }
        if other.owner != kind.owner {
            report.say(
                at,
                format!("`{}` creates a {}, which others write", action.id, other.id),
                format!("操作 `{}` 不能生成由他方登记的{}", action.id, other.label.zh),
            );
        }
    }
}

/// Fields that a record has to have when it is made, and that nothing gives.
pub(super) fn missing<'k>(kind: &'k Kind, makes: &'k Action, set: &[(u32, Give)]) -> Vec<&'k Field> {
    let given = |tag: u32| {
        let sets = |effect: &Effect| match effect {
            Effect::Set { field, .. } | Effect::Increment { field } => *field == tag,
            Effect::Number => kind.numbering.as_ref().is_some_and(|numbering| numbering.field == tag),
            Effect::Create(inner) => inner.link == Some(tag),
            _ => false,
        };
        set.iter().any(|(set, _)| *set == tag) || makes.effects.iter().any(sets)
    };
    let missing = kind.fields.values().filter(|field| {
        let needed =
            makes.requires.contains(&field.tag) || makes.to.is_some_and(|to| field.required_in.contains(&to));
        needed && field.default.is_none() && field.compute.is_none() && !given(field.tag)
    });
    missing.collect()
}

fn walk<'c, 'p, 'r>(
    catalogue: &'c Catalogue,
    places: &'p BTreeMap<u32, (usize, Places)>,
    reports: &'p [Report<'r>],
) -> impl Iterator<Item = (&'c Kind, &'p Report<'r>, &'p Places)> {
    catalogue.kinds.values().filter_map(move |kind| {
        let (nth, places) = places.get(&kind.tag)?;
        Some((kind, &reports[*nth], places))
    })
}

fn linked_statuses(
    catalogue: &Catalogue,
    kind: &Kind,
    field: u32,
    statuses: &[String],
    report: &Report<'_>,
    at: Span,
) {
    let Some(Shape::Link(kinds) | Shape::Links(kinds)) = kind.fields.get(&field).map(|field| &field.shape)
    else {
        return;
    };
    for status in statuses {
        let known =
            kinds.iter().filter_map(|tag| catalogue.kinds.get(tag)).any(|kind| kind.status(status).is_some());
        if !known {
            report.say(
                at,
                format!("the linked kinds have no status `{status}`"),
                format!("关联的台账没有状态 `{status}`"),
            );
        }
    }
}
