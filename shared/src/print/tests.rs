use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::Command;
use std::sync::Arc;

use super::measure::{advance, width};
use super::*;
use crate::catalogue::model::{Catalogue, Field, NodeKind, Owner, Shape};
use crate::command::Place;
use crate::exchange::Townships;
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::record::{Day, Decimal, EntryFlags, Value};
use crate::view::map::MapViews;
use crate::view::tables;

/// How much is in a record.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Filled {
    Nothing,
    /// As offices fill it in.
    Some,
    /// Every field to its bounds, with characters that are rare and signs that mean something to HTML.
    Brim,
}

const LONG: &str = "关于进一步加强农村道路养护管理的建议，村道（含机耕路）“畬族村”段路面破损，𠮷、龦、䶮、㛃、<b>&amp;\"'路宽3.5m，2026年11月23日起施工；";

fn code() -> TownshipCode {
    "330282105".parse().expect("nine digits")
}

fn id(of: u32, nth: u8) -> RecordId {
    let mut bytes = [nth; 16];
    bytes[..4].copy_from_slice(&of.to_be_bytes());
    RecordId::from_bytes(bytes)
}

fn text(max: usize, filled: Filled) -> Value {
    let wanted = if filled == Filled::Brim { max.min(3000) } else { max.min(24) };
    Value::Text(LONG.chars().cycle().take(wanted).collect())
}

fn value(field: &Field, filled: Filled) -> Value {
    let many = if filled == Filled::Brim { 40 } else { 3 };
    let day = Day::new(2026, 11, 23).expect("a day");
    match &field.shape {
        Shape::Text { max, .. } => text(*max, filled),
        Shape::Texts { max } => Value::List((0..many).map(|_| text(*max.min(&40), filled)).collect()),
        Shape::Number { max, .. } => Value::Number(if filled == Filled::Brim { *max } else { 7.min(*max) }),
        Shape::Decimal { max, scale, .. } => {
            Value::Decimal(Decimal { units: if filled == Filled::Brim { *max } else { 15 }, scale: *scale })
        }
        Shape::Flag => Value::Flag(true),
        Shape::Date => Value::Date(day),
        Shape::Time => Value::Time(1_795_000_000_000),
        Shape::Choice(choices) => Value::Choice(choices.last().map_or(1, |choice| choice.id)),
        Shape::Choices(choices) => {
            Value::List(choices.iter().map(|choice| Value::Choice(choice.id)).collect())
        }
        Shape::Link(kinds) => Value::Link(id(kinds[0], 1)),
        Shape::Links(kinds) => {
            Value::List((1..=many as u8).map(|nth| Value::Link(id(kinds[0], nth))).collect())
        }
        Shape::Township | Shape::Townships => Value::Number(330_282_105),
        Shape::Blob => Value::Blob(vec![1, 2, 3]),
        Shape::Rows(columns) => {
            let row = || {
                Value::Group(
                    columns.iter().map(|(tag, column)| (*tag, value(column, Filled::Some))).collect(),
                )
            };
            Value::List((0..many).map(|_| row()).collect())
        }
    }
}

fn record(kind: &Kind, id: RecordId, filled: Filled) -> Whole {
    let (mut fields, mut local) = (Fields::new(), Fields::new());
    for field in kind.fields.values().filter(|_| filled != Filled::Nothing) {
        let side = if kind.is_local(field.tag) { &mut local } else { &mut fields };
        side.insert(field.tag, value(field, filled));
    }
    let stream = match kind.owner {
        Owner::Township => StreamName::Township(code()),
        Owner::County => StreamName::DownAll,
    };
    let record = Record {
        id,
        kind: kind.tag,
        stream,
        rev: 1,
        status: kind.statuses.keys().next().copied().unwrap_or(1),
        fields,
        deadlines: BTreeMap::new(),
        created_at: 0,
        changed_at: 0,
        flags: EntryFlags::default(),
        steps: Vec::new(),
        last: [0; 16],
    };
    (record, local)
}

/// A store with a record of every kind to be linked to.
fn views(catalogue: &Catalogue) -> MapViews {
    let mut views = MapViews::default();
    for kind in catalogue.kinds.values() {
        for nth in 1..=40 {
            let id = id(kind.tag, nth);
            let (record, local) = record(kind, id, Filled::Some);
            views.0.insert(tables::record_key(id).to_vec(), record.encode());
            views.0.insert(tables::local_key(id).to_vec(), crate::record::encode_fields(&local));
        }
    }
    views
}

struct Bed {
    catalogue: Arc<Catalogue>,
    views: MapViews,
    townships: Townships,
}

impl Bed {
    fn new() -> Self {
        let catalogue = Catalogue::builtin();
        let views = views(&catalogue);
        Self { catalogue, views, townships: Townships::new([(code(), "逍林镇".to_owned())]) }
    }

    fn source(&self, kind: Option<&Kind>) -> Source<'_> {
        let county = kind.is_some_and(|kind| kind.owner == Owner::County);
        let place = if county {
            Place { site: Site::Hub, node: None, abbr: "慈溪市" }
        } else {
            Place { site: Site::Township(code()), node: Some(NodeKind::Town), abbr: "逍林" }
        };
        let today = Day::new(2026, 12, 1).expect("a day");
        Source { views: &self.views, catalogue: &self.catalogue, townships: &self.townships, place, today }
    }

    /// Every form of every kind, and the general one: (name, paper).
    fn papers(&self, filled: Filled) -> Vec<(String, Paper)> {
        let mut papers = Vec::new();
        for kind in self.catalogue.kinds.values() {
            let source = self.source(Some(kind));
            let count = if filled == Filled::Brim { 40 } else { 2 };
            let wholes: Vec<Whole> = (1..=count).map(|nth| record(kind, id(kind.tag, nth), filled)).collect();
            for form in &kind.prints {
                let of = if form.many { &wholes[..] } else { &wholes[..1] };
                for (word, of) in [("", of), ("blank", &[][..])] {
                    let paper = print(&source, Some(kind), form, of).expect("it can be printed");
                    papers.push((format!("{}/{} {word}", kind.id, form.id), paper));
                }
            }
            let paper = print_general(&source, kind, &wholes[..1]).expect("it can be printed");
            papers.push((format!("{}/{GENERAL}", kind.id), paper));
            let blank = print_general(&source, kind, &[]).expect("it can be printed");
            papers.push((format!("{}/{GENERAL} blank", kind.id), blank));
        }
        for form in &self.catalogue.papers {
            papers.push((
                form.id.clone(),
                print(&self.source(None), None, form, &[]).expect("it can be printed"),
            ));
        }
        papers
    }
}

/// No text stands outside its page or upon another.
fn check(name: &str, paper: &Paper) {
    assert!(!paper.pages.is_empty(), "{name}");
    for (nth, page) in paper.pages.iter().enumerate() {
        let texts: Vec<&Text> = page
            .items
            .iter()
            .filter_map(|item| if let Item::Text(text) = item { Some(text) } else { None })
            .collect();
        for text in &texts {
            let fits = text.x >= 5 * MM && text.x + text.wide <= page.wide - 5 * MM;
            assert!(
                fits && text.base <= page.high - 5 * MM && text.base > 5 * MM,
                "{name} page {nth}: {text:?}"
            );
        }
        for (at, one) in texts.iter().enumerate() {
            for other in &texts[at + 1..] {
                let across = one.x.max(other.x) + MM < (one.x + one.wide).min(other.x + other.wide);
                let (a, b) = (one.base - one.size * 8 / 10, other.base - other.size * 8 / 10);
                let down = a.max(b) + MM / 2 < one.base.min(other.base);
                assert!(!(across && down), "{name} page {nth}: {one:?} upon {other:?}");
            }
        }
    }
}

#[test]
fn every_form_of_every_kind_stands_on_its_pages() {
    let bed = Bed::new();
    for filled in [Filled::Nothing, Filled::Some, Filled::Brim] {
        let papers = bed.papers(filled);
        assert!(papers.len() > 2 * bed.catalogue.kinds.len(), "{}", papers.len());
        papers.iter().for_each(|(name, paper)| check(&format!("{name} {filled:?}"), paper));
    }
}

#[test]
fn the_same_values_give_the_same_bytes() {
    let bed = Bed::new();
    let (once, again) = (bed.papers(Filled::Some), bed.papers(Filled::Some));
    assert_eq!(once, again);
    let paper = joined(once.into_iter().take(6));
    let own = OwnFonts::default();
    assert_eq!(paper.pdf(&own).expect("a file"), paper.pdf(&own).expect("a file"));
    assert_eq!(paper.html(Style::At("/print.css")), paper.html(Style::At("/print.css")));
}

fn joined(papers: impl Iterator<Item = (String, Paper)>) -> Paper {
    Paper { title: "全部".to_owned(), pages: papers.flat_map(|(_, paper)| paper.pages).collect() }
}

/// What stands on a page, without regard to the order.
fn bag(text: &str) -> BTreeMap<char, usize> {
    let mut bag = BTreeMap::new();
    for c in text.chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
        *bag.entry(c).or_default() += 1;
    }
    bag
}

#[test]
fn a_reader_of_pdf_finds_every_text_again() {
    if Command::new("pdftotext").arg("-v").output().is_err() {
        eprintln!("pdftotext (poppler-utils) is not here: nothing was read back");
        return;
    }
    let bed = Bed::new();
    let paper = joined(bed.papers(Filled::Some).into_iter().chain(bed.papers(Filled::Nothing)));
    let pdf = paper.pdf(&OwnFonts::default()).expect("a file");
    assert_eq!(pdf.missing, Vec::<char>::new());
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&pdf.bytes).expect("room for it");
    let read = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(file.path()).arg("-").output();
    let read = String::from_utf8(read.expect("it runs").stdout).expect("UTF-8");
    let pages: Vec<&str> = read.split('\u{c}').collect();
    assert!(pages.len() > paper.pages.len(), "{} pages of {}", pages.len(), paper.pages.len());
    for (nth, (page, found)) in paper.pages.iter().zip(pages).enumerate() {
        let wanted: String = page
            .items
            .iter()
            .filter_map(|item| if let Item::Text(text) = item { Some(text.text.as_str()) } else { None })
            .collect();
        assert_eq!(bag(&wanted), bag(found), "page {nth}: {wanted}");
    }
}

#[test]
fn a_character_that_no_font_has_is_said() {
    let bed = Bed::new();
    let kind = bed.catalogue.kind("deputy").expect("deputies");
    let (mut record, local) = record(kind, id(kind.tag, 1), Filled::Some);
    let name = kind.field("name").expect("a name").tag;
    // The first is in every Chinese font, the second in the planes behind, the last in none of ours.
    record.fields.insert(name, Value::Text("王𠮷\u{2ffff}".to_owned()));
    let paper =
        print(&bed.source(Some(kind)), Some(kind), &kind.prints[0], &[(record, local)]).expect("printed");
    let pdf = paper.pdf(&OwnFonts::default()).expect("a file");
    assert_eq!(pdf.missing, ['\u{2ffff}']);
    assert!(matches!(
        paper.pdf(&OwnFonts { body: Some(vec![1, 2, 3]), title: None }),
        Err(PdfError::Font(_))
    ));
}

#[test]
fn nothing_of_a_record_becomes_markup() {
    let bed = Bed::new();
    let mut seen = 0;
    for (name, paper) in bed.papers(Filled::Brim) {
        let html = paper.html(Style::At("/static/print.css"));
        let tags: BTreeSet<&str> = html
            .split('<')
            .skip(1)
            .map(|tag| tag.split([' ', '>', '/']).next().unwrap_or_default())
            .collect();
        let known = [
            "", "!DOCTYPE", "body", "head", "html", "line", "link", "meta", "path", "polyline", "rect",
            "svg", "text", "title",
        ];
        assert!(tags.iter().all(|tag| known.contains(tag)), "{name}: {tags:?}");
        // Nothing in it needs more than `default-src 'none'; style-src 'self'`.
        assert!(!html.contains(" style=") && !html.contains("<style"), "{name}");
        seen += usize::from(html.contains("&lt;b&gt;&amp;amp;&quot;&#39;"));
    }
    assert!(seen > 50, "the values are there: {seen}");
}

/// What stays in the office is on the office's paper, and on no other.
#[test]
fn the_county_prints_nothing_that_stays_in_the_office() {
    let bed = Bed::new();
    let kind = bed.catalogue.kind("petition").expect("petitions");
    let secret = "绝不外传的内容";
    let (record, mut local) = record(kind, id(kind.tag, 1), Filled::Some);
    local.values_mut().for_each(|value| *value = Value::Text(secret.to_owned()));
    let printed = |source: &Source<'_>, whole: Whole| {
        let forms =
            kind.prints.iter().map(|form| print(source, Some(kind), form, std::slice::from_ref(&whole)));
        let all = forms.chain([print_general(source, kind, std::slice::from_ref(&whole))]);
        all.map(|paper| paper.expect("printed").texts().map(|text| text.text.clone()).collect::<String>())
            .collect::<Vec<_>>()
    };
    let office = bed.source(Some(kind));
    assert!(printed(&office, (record.clone(), local.clone())).iter().any(|text| text.contains(secret)));
    let mut views = bed.views.clone();
    views.0.insert(tables::record_key(record.id).to_vec(), record.encode());
    views.0.insert(tables::local_key(record.id).to_vec(), crate::record::encode_fields(&local));
    let place = Place { site: Site::Hub, node: None, abbr: "慈溪市" };
    let county = Source { views: &views, place, ..bed.source(Some(kind)) };
    let whole = county.whole(record.id).expect("it is there");
    assert!(printed(&county, whole).iter().all(|text| !text.contains(secret)));
    assert!(!county.title(record.id).contains(secret));
}

/// Lines are broken by widths that are written down; the fonts that are carried must have them.
#[test]
fn the_widths_are_those_of_the_fonts() {
    let own = OwnFonts::default();
    let mut fonts = super::fonts::Fonts::new(&own);
    for face in [Face::Body, Face::Title, Face::Heading] {
        let stack = fonts.stack(face).expect("the fonts are there");
        for c in (' '..='~').filter(|c| !c.is_ascii_digit()) {
            let (_, wide) = stack[0].glyph(c).expect("ASCII");
            assert_eq!((wide * 1000.0).round() as i32, advance(face, c), "{face:?} {c}");
        }
        for c in LONG.chars().filter(|c| *c > '\u{2e80}') {
            assert!(stack.iter().any(|font| font.glyph(c).is_some()), "{face:?} {c}");
            assert_eq!(width(face, &c.to_string(), 4000), 4000);
        }
    }
}

/// Every character of GBK can be printed, and every Han character of the two basic planes of GB 18030.
#[test]
fn the_fonts_have_the_characters_of_chinese_offices() {
    let own = OwnFonts::default();
    let mut fonts = super::fonts::Fonts::new(&own);
    let stack = fonts.stack(Face::Body).expect("the fonts are there");
    let has = |c: char| stack.iter().any(|font| font.glyph(c).is_some());
    let mut checked = 0;
    for lead in 0x81..=0xfe_u8 {
        for trail in 0x40..=0xfe_u8 {
            let bytes = [lead, trail];
            let (text, _, broken) = encoding_rs::GBK.decode(&bytes);
            let mut chars = text.chars();
            let (Some(c), None) = (chars.next(), chars.next()) else { continue };
            if broken || !('\u{3400}'..='\u{9fff}').contains(&c) {
                continue;
            }
            checked += 1;
            assert!(has(c), "{c} U+{:04X}", u32::from(c));
        }
    }
    assert!(checked >= 20_902, "{checked}");
    let without: Vec<char> =
        ('\u{3400}'..='\u{4db5}').chain('\u{4e00}'..='\u{9fa5}').filter(|c| !has(*c)).collect();
    assert_eq!(without, Vec::<char>::new());
}

#[test]
fn the_code_says_kind_number_and_id() {
    let bed = Bed::new();
    let kind = bed.catalogue.kind("petition").expect("petitions");
    let source = bed.source(Some(kind));
    let wholes = [record(kind, id(kind.tag, 1), Filled::Some)];
    let (code, short) = fill::Filling { source: &source, kind: Some(kind), wholes: &wholes }.code();
    assert!(code.starts_with("乡联 来信来访 ") && code.ends_with(&wholes[0].0.id.to_string()), "{code}");
    assert!(code.ends_with(&short));
    let paper = print_general(&source, kind, &wholes).expect("printed");
    let codes = paper.pages[0].items.iter().filter(|item| matches!(item, Item::Code { .. })).count();
    assert_eq!(codes, 1);
}
