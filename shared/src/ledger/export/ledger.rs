//! The walk over the records, and what is written of each.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Seek, Write};
use std::path::Path;

use super::calls::Calls;
use super::columns::{Children, Columns, Shows};
use super::{Export, Exported, failed, tongue};
use crate::catalogue::model::Kind;
use crate::exchange::out::{Book, Form, Known as _, Page, Paper, Put, Sheet, Text, Tone, file_name};
use crate::ids::{RecordId, Site};
use crate::ledger::list::{Wanted, next_due};
use crate::ledger::{Ledger, words};
use crate::limits::EXPORT_ROWS_MAX;
use crate::program::{Failure, Lang};
use crate::record::{Day, EntryFlags, Fields, Record, Value};
use crate::store::View;
use crate::tally::Membership;
use crate::view::read;

/// A record that is to be written, and its place: by owner, then by day, then by number.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    owner: usize,
    day: Day,
    number: String,
    id: RecordId,
}

/// Where the records are, and what is asked of them.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) views: &'a dyn View,
    pub(super) ask: &'a Export,
}

pub(super) fn write(
    here: Here<'_>,
    scratch: Option<&Path>,
    to: impl Write + Seek + Send,
) -> Result<Exported, Failure> {
    let Here { ledger, views, ask } = here;
    let wanted = Wanted::read(ledger, views, &ask.list)?;
    let kind = wanted.kind;
    let mut columns = Columns::of(ledger, kind, ask)?;
    let mut told = Exported {
        kind: kind.id.clone(),
        rows: 0,
        columns: columns.heads.len(),
        child_rows: Vec::new(),
        void: 0,
        not_public: 0,
    };
    let lines = lines(here, &wanted, &mut told, &mut columns)?;
    told.rows = lines.len();
    let head = Head::of(ledger, &wanted, ask, lines.len());
    let walk = Walk { here, kind, columns: &columns, calls: Calls::new(ledger, views, ask.public) };
    if ask.form == Form::Csv {
        let headings = columns.heads.iter().map(|column| column.heading.as_str());
        let mut text = Text::new(to, headings).map_err(failed)?;
        walk.over(&lines, &mut |_, _, cells| text.row(cells).map_err(failed))?;
        text.finish().map_err(failed)?;
        return Ok(told);
    }
    let paper = Paper {
        title: &head.title,
        office: &head.office,
        now_ms: ledger.clock.now_ms(),
        tongue: tongue(ask.lang),
        scratch,
    };
    let mut book = Book::new(paper).map_err(failed)?;
    let main = book.sheet(head.page(&columns)).map_err(failed)?;
    let mut children: Vec<(Sheet, usize)> = Vec::new();
    for child in &columns.children {
        children.push((book.sheet(head.child_page(child, ask.lang)).map_err(failed)?, 0));
    }
    walk.over(&lines, &mut |record, local, cells| {
        book.row(main, cells, Tone::Plain).map_err(failed)?;
        for (child, (sheet, count)) in columns.children.iter().zip(&mut children) {
            for cells in walk.children(child, record, local) {
                book.row(*sheet, &cells, Tone::Plain).map_err(failed)?;
                *count += 1;
            }
        }
        Ok(())
    })?;
    let named = columns.children.iter().zip(children);
    told.child_rows =
        named.map(|(child, (_, count))| (ask.lang.of(&child.field.label).to_owned(), count)).collect();
    book.finish(to).map_err(failed)?;
    Ok(told)
}

/// The records asked for, in the order in which they are written. Columns keep the child rows of which there are any.
fn lines(
    here: Here<'_>,
    wanted: &Wanted<'_>,
    told: &mut Exported,
    columns: &mut Columns<'_>,
) -> Result<Vec<Line>, Failure> {
    let Here { ledger, views, ask } = here;
    let owners = owners(ledger, views);
    let number = wanted.kind.numbering.as_ref().map(|numbering| numbering.field);
    let number = number.or(wanted.kind.import.as_ref().map(|import| import.key));
    let mut lines: Vec<Line> = Vec::new();
    let mut many = false;
    let mut filled = BTreeSet::new();
    wanted.visit(views, None, &mut |line| {
        let Some(record) = read::record(views, line.id) else { return true };
        let local = ledger.own(views, &record);
        if !wanted.fits(line.day, &record, &local) {
            return true;
        }
        if record.flags.has(EntryFlags::VOIDED) && !ask.void {
            told.void += 1;
            return true;
        }
        if ask.public && !may_be_read(wanted.kind, &record) {
            told.not_public += 1;
            return true;
        }
        many = lines.len() == EXPORT_ROWS_MAX;
        for tag in columns.children.iter().map(|child| child.field.tag) {
            if record.fields.contains_key(&tag) || local.contains_key(&tag) {
                filled.insert(tag);
            }
        }
        let own = number.and_then(|tag| record.fields.get(&tag).or_else(|| local.get(&tag)));
        lines.push(Line {
            owner: owners.get(&line.owner).copied().unwrap_or(usize::MAX),
            day: line.day,
            number: own.map(padded).unwrap_or_default(),
            id: line.id,
        });
        !many
    });
    if many {
        return Err(Failure::invalid(
            format!("超过 {EXPORT_ROWS_MAX} 条，一张工作表放不下。"),
            format!("There are more than {EXPORT_ROWS_MAX} records, which no sheet holds."),
        )
        .advise("请用 --period 分期间导出。", "Export them by period, with --period."));
    }
    columns.children.retain(|child| filled.contains(&child.field.tag));
    lines.sort_unstable();
    Ok(lines)
}

/// The places of the townships: those of one district stand together.
fn owners(ledger: &Ledger<'_>, views: &dyn View) -> BTreeMap<Site, usize> {
    let membership = Membership::read(views, ledger.catalogue);
    let today = ledger.clock.today();
    let mut codes: Vec<_> =
        ledger.townships.codes().map(|code| (membership.settled(code, today), code)).collect();
    // What belongs to no district comes last.
    codes.sort_by_key(|(district, code)| (district.is_none(), *district, *code));
    codes.into_iter().enumerate().map(|(at, (_, code))| (Site::Township(code), at)).collect()
}

/// Whether a record is for everybody to read, as far as it says so itself: it leaves the office, is no draft, and is
/// neither marked as not open nor as a work secret.
fn may_be_read(kind: &Kind, record: &Record) -> bool {
    let says = |id: &str, key: &str| {
        let Some(field) = kind.field(id) else { return false };
        match record.fields.get(&field.tag) {
            Some(Value::Choice(choice)) => field.choice(*choice).is_some_and(|choice| choice.key == key),
            _ => false,
        }
    };
    record.stream.travels()
        && !kind.is_draft(record.status)
        && !says("openness", "NOT_OPEN")
        && !says("security_level", "WORK_SECRET")
}

/// A number in a form in which texts stand in the order of the numbers in them.
fn padded(value: &Value) -> String {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        _ => return String::new(),
    };
    let mut out = String::with_capacity(text.len() + 8);
    let mut digits = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_digit() {
            digits.push(character);
        } else {
            if !digits.is_empty() {
                out.push_str(&format!("{digits:0>12}"));
                digits.clear();
            }
            out.push(character);
        }
    }
    out
}

/// What stands above the table.
pub(super) struct Head {
    office: String,
    title: String,
    kind: String,
    period: Option<String>,
    note: String,
    printed: String,
}

impl Head {
    pub(super) fn of(ledger: &Ledger<'_>, wanted: &Wanted<'_>, ask: &Export, rows: usize) -> Self {
        let (lang, kind) = (ask.lang, lang_kind(wanted.kind, ask.lang));
        let office = ledger.office();
        let today = ledger.clock.today();
        let day = match lang {
            Lang::Zh => today.chinese(),
            Lang::En => today.to_string(),
        };
        let period = wanted.period().map(|period| match lang {
            Lang::Zh => period.chinese(),
            Lang::En => period.name(),
        });
        let mut parts = Vec::new();
        match lang {
            Lang::Zh => parts.push(format!("期间：{}", period.as_deref().unwrap_or("全部"))),
            Lang::En => parts.push(format!("period: {}", period.as_deref().unwrap_or("all"))),
        }
        let mut more = |zh: &str, en: &str, what: &str| match lang {
            Lang::Zh => parts.push(format!("{zh}{what}")),
            Lang::En => parts.push(format!("{en}{what}")),
        };
        if let Some(status) = &ask.list.status {
            more("状态：", "status: ", status);
        }
        if ask.list.open {
            more("未办结", "open", "");
        }
        if ask.list.overdue {
            more("超期", "overdue", "");
        }
        if !ask.list.fields.is_empty() {
            more("条件：", "where: ", &ask.list.fields.join(lang.pick("，", ", ")));
        }
        if ask.public {
            more("公开版", "for the public", "");
        }
        let count = rows.to_string();
        match lang {
            Lang::Zh => more("共 ", "", &format!("{count} 条")),
            Lang::En => more("", "records: ", &count),
        }
        let printed = format!("{}{day}", lang.pick("打印日期：", "printed: "));
        more("", "", &printed);
        let title = match lang {
            Lang::Zh => format!("{office}{kind}"),
            Lang::En => format!("{office}: {kind}"),
        };
        Self { office, title, kind, period, note: parts.join("　　"), printed }
    }

    pub(super) fn file_name(&self, ask: &Export) -> String {
        let mark = if ask.public { ask.lang.pick("公开版", "public") } else { "" };
        let period = self.period.as_deref().unwrap_or_default();
        file_name([self.office.as_str(), &self.kind, period, mark], ask.form)
    }

    fn page(&self, columns: &Columns<'_>) -> Page {
        Page {
            name: self.kind.clone(),
            title: self.title.clone(),
            notes: vec![self.note.clone()],
            columns: columns.heads.clone(),
            frozen: columns.frozen,
            foot: (self.title.clone(), self.printed.clone()),
            filter: true,
        }
    }

    fn child_page(&self, child: &Children<'_>, lang: Lang) -> Page {
        let name = lang.of(&child.field.label).to_owned();
        Page {
            title: format!("{}{}{name}", self.title, lang.pick("：", ": ")),
            notes: vec![self.note.clone()],
            columns: child.heads.clone(),
            frozen: u16::try_from(child.keys.len()).unwrap_or(0),
            foot: (format!("{} {name}", self.title), self.printed.clone()),
            filter: true,
            name,
        }
    }
}

fn lang_kind(kind: &Kind, lang: Lang) -> String {
    let name = lang.of(&kind.label);
    match lang {
        Lang::Zh => format!("{name}台账"),
        Lang::En => name.to_owned(),
    }
}

struct Walk<'a> {
    here: Here<'a>,
    kind: &'a Kind,
    columns: &'a Columns<'a>,
    calls: Calls<'a>,
}

/// Takes a record, its values that stay here, and its cells.
type Take<'t> = dyn FnMut(&Record, &Fields, &[Put]) -> Result<(), Failure> + 't;

impl Walk<'_> {
    fn over(&self, lines: &[Line], take: &mut Take<'_>) -> Result<(), Failure> {
        let Here { ledger, views, .. } = self.here;
        let membership = Membership::read(views, ledger.catalogue);
        for (nth, line) in lines.iter().enumerate() {
            let Some(record) = read::record(views, line.id) else { continue };
            let local = ledger.own(views, &record);
            let cells: Vec<Put> = self
                .columns
                .shows
                .iter()
                .map(|shows| self.cell(shows, nth, (line.day, &record, &local), &membership))
                .collect();
            take(&record, &local, &cells)?;
        }
        Ok(())
    }

    fn cell(
        &self,
        shows: &Shows<'_>,
        nth: usize,
        (day, record, local): (Day, &Record, &Fields),
        membership: &Membership,
    ) -> Put {
        let office = match record.stream.writer() {
            Site::Township(code) => Some(code),
            Site::Hub => None,
        };
        match shows {
            Shows::Place => Put::Whole(i64::try_from(nth).unwrap_or(i64::MAX).saturating_add(1)),
            Shows::Township => Put::text(office.map(|code| self.calls.township(code)).unwrap_or_default()),
            Shows::District => {
                let district = office.and_then(|code| membership.settled(code, day));
                Put::text(district.map(|id| self.calls.title(id)).unwrap_or_default())
            }
            Shows::Field(spelling) => {
                let tag = spelling.field().tag;
                match record.fields.get(&tag).or_else(|| local.get(&tag)) {
                    Some(value) => spelling.put(value, &self.calls),
                    None => Put::Empty,
                }
            }
            Shows::Status => {
                let (_, label) = words::status(Some(self.kind), record.status);
                let void = record.flags.has(EntryFlags::VOIDED);
                let mark = if void { self.here.ask.lang.pick("（作废）", " (void)") } else { "" };
                Put::text(format!("{}{mark}", label.get(self.here.ask.lang)))
            }
            Shows::Due => next_due(record).map_or(Put::Empty, Put::day),
            Shows::Record => Put::text(record.id.to_string()),
        }
    }

    /// The child rows of a record, as cells.
    fn children(&self, child: &Children<'_>, record: &Record, local: &Fields) -> Vec<Vec<Put>> {
        let value = |tag: &u32| record.fields.get(tag).or_else(|| local.get(tag));
        let Some(Value::List(rows)) = value(&child.field.tag) else { return Vec::new() };
        let put = |spelling: &crate::exchange::out::Spelling<'_>, value: Option<&Value>| {
            value.map_or(Put::Empty, |value| spelling.put(value, &self.calls))
        };
        let row = |(nth, row): (usize, &Value)| {
            let Value::Group(row) = row else { return None };
            let keys = child.keys.iter().map(|key| put(key, value(&key.field().tag)));
            let place = Put::Whole(i64::try_from(nth + 1).unwrap_or(i64::MAX));
            let own = child.columns.iter().map(|column| put(column, row.get(&column.field().tag)));
            Some(keys.chain([place]).chain(own).collect())
        };
        rows.iter().enumerate().filter_map(row).collect()
    }
}
