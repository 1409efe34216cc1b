//! What is due: the open deadlines of an office, the nearest first, each with its light, who has to act, and whether
//! they may be urged.

use serde::{Deserialize, Serialize};

use super::{Ledger, Words, short, words};
use crate::calendar::{Light, days_left};
use crate::catalogue::model::{Action, Effect, Guard, Kind};
use crate::ids::{RecordId, Site};
use crate::limits;
use crate::program::{Failure, Lang, Table, Text, cut, text};
use crate::record::{Day, DeadlineState, EntryFlags, Fields, Record, Role};
use crate::store::View;
use crate::view::condition::Subject;
use crate::view::read;

/// Columns of a title in the table; the record itself shows it whole.
const TITLE_COLUMNS_MAX: usize = 30;

/// Which deadlines are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueAsk {
    /// How many days ahead, today not counted; what is over is always there. [`limits::DUE_DAYS`] if it is not given, at
    /// most [`limits::DUE_DAYS_MAX`].
    pub days: Option<u16>,
    /// What a person calls the kind; none: every kind.
    pub kind: Option<String>,
    /// A township code or `hub`; none: everybody whose records are here.
    pub owner: Option<String>,
    /// Only the lines of one side of today.
    #[serde(default)]
    pub side: Side,
    /// Lines at most; [`limits::LIST_ROWS_MAX`] if it is not given.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// Which deadlines, seen from today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    #[default]
    Both,
    /// Those that are over.
    Over,
    /// Those that are not.
    Ahead,
}

/// Open deadlines in order of their last days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueList {
    pub today: String,
    /// Last day that the list covers.
    pub until: String,
    pub lines: Vec<DueLine>,
    /// More are due than are listed.
    pub more: bool,
}

/// One open deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueLine {
    pub record: RecordId,
    pub short: String,
    pub owner: String,
    /// By which an office calls it, where the kind has numbers.
    pub number: Option<Text>,
    pub title: Text,
    pub kind: String,
    pub kind_label: Text,
    pub status: String,
    pub status_label: Text,
    /// Such as `DL-SG-REPLY`.
    pub deadline: String,
    pub deadline_label: Text,
    pub due: String,
    /// The day by counting alone, where a day off or an extension moved it.
    pub raw: Option<String>,
    /// The holidays of its year are not known yet.
    pub provisional: bool,
    pub extensions: u32,
    /// Negative when it is over.
    pub days_left: i32,
    /// See [`Light::code`].
    pub light: String,
    pub light_label: Text,
    /// Who has to act: a unit that the record names, or a role of the office itself.
    pub responsible: Option<Text>,
    /// None where nobody can be urged.
    pub urge: Option<Urging>,
    pub advice: Option<Advice>,
}

/// How often somebody was urged, and when they may be again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urging {
    /// Since the deadline began to run.
    pub count: usize,
    pub last: Option<String>,
    /// First day on which they may be urged (again); not before today.
    pub from: String,
    pub now: bool,
}

/// What is to be done about a deadline. The county hears of it only through the chair, and only of what is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Urge those who have to act.
    Urge,
    /// It is over, and they were urged more often than is of use: the chair takes it up.
    Chair,
}

impl Advice {
    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Urge => ("可催办", "urge"),
            Self::Chair => ("报主席", "tell the chair"),
        }
    }

    /// Urging begins a week before the last day.
    fn of(light: Light, urging: &Urging) -> Option<Self> {
        use crate::calendar::Near;
        match light {
            Light::Red if urging.count > limits::URGES_MAX => Some(Self::Chair),
            Light::Red | Light::Yellow(Near::Day | Near::Days3 | Near::Days7) if urging.now => {
                Some(Self::Urge)
            }
            _ => None,
        }
    }
}

impl Ledger<'_> {
    /// What is due, the nearest day first.
    ///
    /// # Errors
    /// `NotFound`: no such kind; `Invalid`: more days than [`limits::DUE_DAYS_MAX`], or the owner is not understood.
    pub fn due(&self, ask: &DueAsk) -> Result<DueList, Failure> {
        let days = ask.days.unwrap_or(limits::DUE_DAYS);
        if days > limits::DUE_DAYS_MAX {
            let most = limits::DUE_DAYS_MAX;
            return Err(Failure::invalid(
                format!("最多查看 {most} 天以内的期限。"),
                format!("At most {most} days ahead can be listed."),
            ));
        }
        let kind = ask.kind.as_deref().map(|name| self.kind(name)).transpose()?.map(|kind| kind.tag);
        let owner: Option<Site> = ask.owner.as_deref().map(str::parse).transpose()?;
        let today = self.clock.today();
        let limit = ask.limit.unwrap_or(limits::LIST_ROWS_MAX).min(limits::LIST_ROWS_MAX);
        let until = match ask.side {
            Side::Over => today.plus(-1),
            Side::Both | Side::Ahead => today.plus(i32::from(days)),
        };
        let wanted = |line: &read::Due| {
            (ask.side != Side::Ahead || line.day >= today)
                && kind.is_none_or(|kind| line.kind == kind)
                && owner.is_none_or(|owner| line.owner == owner)
        };
        let (mut lines, mut more) = (Vec::new(), false);
        self.store.read(|views| {
            read::due(views, until, &mut |line| {
                if !wanted(&line) {
                    return true;
                }
                if lines.len() == limit {
                    more = true;
                    return false;
                }
                lines.extend(self.due_line(views, &line, today));
                true
            });
        });
        Ok(DueList { today: today.to_string(), until: until.to_string(), lines, more })
    }

    fn due_line(&self, views: &dyn View, line: &read::Due, today: Day) -> Option<DueLine> {
        let record = read::record(views, line.id)?;
        let state = record.deadlines.get(&line.deadline)?;
        let kind = self.catalogue.kinds.get(&record.kind);
        let local = self.own(views, &record);
        let words = Words { views, catalogue: self.catalogue };
        let cell = |tag: u32| {
            let value = record.fields.get(&tag).or_else(|| local.get(&tag))?;
            Some(words.cell(kind.and_then(|kind| kind.fields.get(&tag)), value))
        };
        let (status, status_label) = words::status(kind, record.status);
        let shown = self.deadline(state);
        let light = Light::of(state.effective_due, today);
        let urge = kind.and_then(|kind| self.urging(kind, &record, &local, state, today));
        let unknown = || text(format!("种类{}", record.kind), format!("kind {}", record.kind));
        Some(DueLine {
            record: record.id,
            short: short(record.id),
            owner: line.owner.to_string(),
            number: words.number(&record, &local),
            title: kind.and_then(|kind| cell(kind.title)).unwrap_or_else(|| text("", "")),
            kind: kind.map_or_else(|| record.kind.to_string(), |kind| kind.id.clone()),
            kind_label: kind.map_or_else(unknown, |kind| Text::from(&kind.label)),
            status,
            status_label,
            deadline: shown.code,
            deadline_label: shown.label,
            due: shown.due,
            raw: (state.raw_due != state.effective_due).then(|| state.raw_due.to_string()),
            provisional: state.provisional,
            extensions: state.extensions,
            days_left: days_left(state.effective_due, today),
            light: light.code().to_owned(),
            light_label: text(light.label().0, light.label().1),
            responsible: match kind.and_then(|kind| own_work(kind, state.kind)) {
                Some(role) => Some(text(role.label().0, role.label().1)),
                None => kind.and_then(|kind| kind.responsible).and_then(cell),
            },
            advice: urge.as_ref().and_then(|urging| Advice::of(light, urging)),
            urge,
        })
    }

    /// None where the record is another's, or its kind and status know no urging.
    fn urging(
        &self,
        kind: &Kind,
        record: &Record,
        local: &Fields,
        state: &DeadlineState,
        today: Day,
    ) -> Option<Urging> {
        if own_work(kind, state.kind).is_some() {
            return None;
        }
        let urge = kind.action("urge").filter(|urge| urge.from.contains(&record.status))?;
        let subject = Subject::of(record, Some(local));
        let applies = |guard: &Guard| !matches!(guard, Guard::When(condition) if !subject.holds(condition));
        let ours = record.stream.writer() == self.place.site && !record.flags.has(EntryFlags::VOIDED);
        if !ours || !urge.guards.iter().all(applies) {
            return None;
        }
        let urged = record.steps.iter().filter(|step| step.action == urge.tag);
        let urged = urged.map(|step| Day::beijing(step.at));
        let last = urged.clone().max();
        let from = again(urge, record).unwrap_or(today).max(today);
        // What is counted back from a day begins to run long before that day.
        let began = if state.raw_due < state.start { Day(i32::MIN) } else { state.start };
        Some(Urging {
            count: urged.filter(|day| *day >= began).count(),
            last: last.map(|day| day.to_string()),
            from: from.to_string(),
            now: from <= today,
        })
    }
}

/// The office's own role that has to meet a deadline, by the first action that does; none where another is waited for: a
/// unit takes that action, or the kind knows nothing but what it waits for.
fn own_work(kind: &Kind, deadline: u32) -> Option<Role> {
    let meets = |action: &Action, wanted: Option<u32>| {
        let met = |effect: &Effect| matches!(effect, Effect::Meet { deadline, .. } if wanted.is_none_or(|w| w == *deadline));
        action.effects.iter().any(met)
    };
    let of_unit = |action: &Action| action.roles.contains(&Role::TUnit);
    let first = kind.actions.values().find(|action| meets(action, Some(deadline)))?;
    let only_waits = kind.responsible.is_some()
        && !kind.actions.values().any(|action| of_unit(action) && meets(action, None));
    if of_unit(first) || only_waits { None } else { first.roles.first().copied() }
}

/// First day on which the action may be taken again, by its own guards; an office urges once in three days where they do
/// not say.
fn again(urge: &Action, record: &Record) -> Option<Day> {
    let said = urge.guards.iter().filter_map(|guard| match guard {
        Guard::Pause { action, days } => Some((*action, *days)),
        _ => None,
    });
    let mut pauses: Vec<(u32, u32)> = said.collect();
    if pauses.is_empty() {
        pauses.push((urge.tag, limits::URGE_PAUSE_DAYS));
    }
    let after = |(action, days): &(u32, u32)| {
        let last = record.steps.iter().filter(|step| step.action == *action).map(|step| step.at).max()?;
        Some(Day::beijing(last).plus(i32::try_from(*days).unwrap_or(i32::MAX)))
    };
    pauses.iter().filter_map(after).max()
}

impl DueList {
    /// A table for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        if self.lines.is_empty() {
            return match lang {
                Lang::Zh => format!("{} 前没有到期事项。\n", self.until),
                Lang::En => format!("Nothing is due until {}.\n", self.until),
            };
        }
        let heads = match lang {
            Lang::Zh => ["灯", "到期日", "剩余", "短号", "编号", "标题", "期限", "由谁办", "催办", "建议"],
            Lang::En => {
                ["light", "due", "left", "id", "number", "title", "deadline", "who", "urged", "advice"]
            }
        };
        let rows: Vec<[String; 10]> = self.lines.iter().map(|line| line.cells(lang)).collect();
        // A column in which no row says anything only makes the table wider.
        let said: Vec<usize> =
            (0..heads.len()).filter(|at| rows.iter().any(|row| !row[*at].is_empty())).collect();
        let mut table = Table::left(said.iter().map(|at| heads[*at]));
        for row in &rows {
            table.row(said.iter().map(|at| row[*at].as_str()));
        }
        let count = |light: &str| self.lines.iter().filter(|line| line.light.starts_with(light)).count();
        let (red, yellow, green) = (count("red"), count("yellow"), count("green"));
        let sum = match lang {
            Lang::Zh => format!("{}：红 {red}，黄 {yellow}，绿 {green}。\n", self.today),
            Lang::En => format!("{}: red {red}, yellow {yellow}, green {green}.\n", self.today),
        };
        table.render() + &sum
    }

    /// What to say beside the table when there are more.
    pub fn note(&self) -> Option<Text> {
        let rows = self.lines.len();
        self.more.then(|| {
            text(
                format!("只列出前 {rows} 条；用 --kind 或较小的 --days 缩小范围。"),
                format!("Only the first {rows} are shown; see --kind and --days."),
            )
        })
    }
}

impl DueLine {
    fn cells(&self, lang: Lang) -> [String; 10] {
        let text = |text: &Option<Text>| text.as_ref().map_or("", |text| text.get(lang)).to_owned();
        let advice = self.advice.map(Advice::label).map_or("", |(zh, en)| lang.pick(zh, en));
        [
            self.colour(lang).to_owned(),
            self.day(lang),
            self.left(lang),
            self.short.clone(),
            text(&self.number),
            cut(self.title.get(lang), TITLE_COLUMNS_MAX),
            self.deadline_label.get(lang).to_owned(),
            text(&self.responsible),
            self.urge.as_ref().map_or_else(String::new, |urge| urge.text(lang)),
            advice.to_owned(),
        ]
    }

    fn colour(&self, lang: Lang) -> &'static str {
        match self.light.as_str() {
            "red" => lang.pick("红", "red"),
            "green" => lang.pick("绿", "green"),
            _ => lang.pick("黄", "yellow"),
        }
    }

    fn day(&self, lang: Lang) -> String {
        let provisional = if self.provisional { lang.pick("（暂定）", " (provisional)") } else { "" };
        let raw = match (&self.raw, self.extensions) {
            (None, _) => String::new(),
            (Some(raw), 0) => format!("{}{raw}{}", lang.pick("（原 ", " (raw "), lang.pick("）", ")")),
            (Some(raw), _) => {
                format!("{}{raw}{}", lang.pick("（延期，原 ", " (extended, raw "), lang.pick("）", ")"))
            }
        };
        format!("{}{raw}{provisional}", self.due)
    }

    fn left(&self, lang: Lang) -> String {
        match (self.days_left, lang) {
            (0, _) => lang.pick("今天", "today").to_owned(),
            (days @ ..0, Lang::Zh) => format!("超期 {} 天", days.unsigned_abs()),
            (days @ ..0, Lang::En) => format!("{} days over", days.unsigned_abs()),
            (days, Lang::Zh) => format!("{days} 天"),
            (days, Lang::En) => format!("{days} days"),
        }
    }
}

impl Urging {
    fn text(&self, lang: Lang) -> String {
        let mut parts = Vec::new();
        if self.count > 0 {
            parts.push(match lang {
                Lang::Zh => format!("已催 {} 次", self.count),
                Lang::En => format!("{}×", self.count),
            });
        }
        if !self.now {
            parts.push(match lang {
                Lang::Zh => format!("{} 起可再催", self.from),
                Lang::En => format!("again from {}", self.from),
            });
        }
        parts.join(lang.pick("，", ", "))
    }
}
