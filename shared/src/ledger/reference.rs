//! Files of the catalogue as records of the county: how a file becomes a record, and which files the records say are in
//! force. Only the kind with `[reference]` is looked at, by its mark.
//!
//! Not here: whether a file can be used, and where it is kept ([`crate::program`]).

use std::collections::BTreeMap;

use super::Ledger;
use crate::catalogue::model::{Kind, ReferenceMark};
use crate::code::ErrorCode;
use crate::command::{Act, Command, Decision};
use crate::ids::Site;
use crate::limits;
use crate::program::{CountyFile, Failure, RefusedFile, text};
use crate::record::{Actor, Day, Fields, Value};
use crate::store::View;
use crate::view::read;

/// A file to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    pub file: CountyFile,
    pub valid_from: Day,
}

impl Ledger<'_> {
    /// The files that the county has in force today: of each name the edition that came into force last, of two on one
    /// day the one published later. With those that cannot be read, and why.
    pub fn reference_files(&self) -> (Vec<CountyFile>, Vec<RefusedFile>) {
        let (today, catalogue) = (self.clock.today(), self.catalogue);
        let marked = catalogue.kinds.values().find_map(|kind| Some((kind, kind.reference.as_ref()?)));
        let Some((kind, mark)) = marked else { return Default::default() };
        self.store.read(|views| in_force(views, kind, mark, today))
    }

    /// Publishes a file to every township; durable on return. The file itself has been checked by then.
    ///
    /// # Errors
    /// Its name or its text is none that can be sent, or the rules refuse it.
    pub fn publish_reference(&self, edition: &Edition, actor: &Actor) -> Result<Decision, Failure> {
        let marked = self.catalogue.kinds.values().find_map(|kind| Some((kind, kind.reference.as_ref()?)));
        let (kind, mark) = marked.ok_or_else(|| Failure::internal("no kind holds reference files"))?;
        let set = fields(kind, mark, edition, self.clock.today())?;
        self.commit(&Command::new(kind.tag, None, Act::Take(mark.publish), set), actor)
    }
}

fn in_force(
    views: &dyn View,
    kind: &Kind,
    mark: &ReferenceMark,
    today: Day,
) -> (Vec<CountyFile>, Vec<RefusedFile>) {
    let mut newest = BTreeMap::new();
    read::list(views, kind.tag, Site::Hub, None, &mut |line| {
        let Some(record) = read::record(views, line.id) else { return true };
        let void = record.flags.has(crate::record::EntryFlags::VOIDED);
        let from = match record.fields.get(&mark.from) {
            Some(Value::Date(from)) if *from <= today => *from,
            _ => return true,
        };
        if void || !mark.statuses.contains(&record.status) {
            return true;
        }
        let name = said(&record.fields, mark.name);
        let place = (from, record.id);
        if newest.get(&name).is_none_or(|(other, _)| *other < place) {
            newest.insert(name, (place, record.fields));
        }
        true
    });
    let (mut files, mut faulty) = (Vec::new(), Vec::new());
    for (name, (_, fields)) in newest {
        let version = said(&fields, mark.version);
        let text_of = joined(&fields, mark);
        let why = if what(&name).is_none() {
            text("文件名不能使用", "its name cannot be used")
        } else if checksum(&text_of) != said(&fields, mark.hash) {
            text("校验值不符", "its checksum does not fit")
        } else {
            files.push(CountyFile { name, version, text: text_of });
            continue;
        };
        faulty.push(RefusedFile { name, version, why });
    }
    (files, faulty)
}

fn said(fields: &Fields, tag: u32) -> String {
    match fields.get(&tag) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

fn fields(kind: &Kind, mark: &ReferenceMark, edition: &Edition, today: Day) -> Result<Fields, Failure> {
    let Edition { file, valid_from } = edition;
    let key = what(&file.name).ok_or_else(|| {
        Failure::invalid(
            format!("文件名“{}”不能使用。", file.name),
            format!("The file name \"{}\" cannot be used.", file.name),
        )
        .advise(
            "请写成 calendars/2027.json、profiles/xx.toml、codes/xx.toml 或 xx.toml，只用小写字母、数字、- 和 _。",
            "Write it as calendars/2027.json, profiles/xx.toml, codes/xx.toml or xx.toml, in lower-case letters, digits, - and _.",
        )
    })?;
    let text = tidied(&file.text);
    let parts = parts(&text).ok_or_else(|| {
        let most = limits::REFERENCE_BYTES_MAX / 1024;
        Failure::new(
            ErrorCode::Invalid,
            format!("文件过大或含有无法传送的内容（最大{most}KB）。"),
            format!("The file is too large ({most} KiB at most) or holds what cannot be sent."),
        )
    })?;
    let rows = parts.into_iter().map(|part| Value::Group([(mark.text, Value::Text(part))].into()));
    let choice = kind.fields.get(&mark.what).and_then(|field| field.choice_key(key)).map(|choice| choice.id);
    let choice = choice.ok_or_else(|| Failure::internal("a reference kind without its choices"))?;
    Ok([
        (mark.name, Value::Text(file.name.clone())),
        (mark.what, Value::Choice(choice)),
        (mark.version, Value::Text(file.version.clone())),
        (mark.from, Value::Date(*valid_from)),
        (mark.content, Value::List(rows.collect())),
        (mark.hash, Value::Text(checksum(&text))),
        (mark.bytes, Value::Number(text.len() as i64)),
        (mark.published, Value::Date(today)),
    ]
    .into())
}

/// What a file of this name is, by the key of its choice; `None` for a name that is not used.
pub fn what(name: &str) -> Option<&'static str> {
    let (folder, file) = name.split_once('/').unwrap_or(("", name));
    let (stem, ending) = file.rsplit_once('.')?;
    let plain = |part: &str| {
        let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        !part.is_empty() && part.len() <= 60 && part.bytes().all(sign)
    };
    if !plain(stem) || !(folder.is_empty() || plain(folder)) {
        return None;
    }
    match (folder, ending) {
        ("calendars", "json") => Some("CALENDAR"),
        ("calendars", _) => None,
        ("profiles", "toml") => Some("PROFILE"),
        ("codes", "toml") => Some("CODES"),
        (_, "toml") => Some("CATALOGUE"),
        _ => None,
    }
}

/// The text as it is sent and written: lines end in one sign, and the last one ends.
pub fn tidied(text: &str) -> String {
    let lines = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    format!("{}\n", lines.trim())
}

fn checksum(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Stands at both ends of the text of every row: the gate takes blanks away at the ends of a text.
const EDGE: char = '|';

/// The texts of the rows, cut behind the end of a line where there is one.
fn parts(text: &str) -> Option<Vec<String>> {
    let sendable = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if text.len() > limits::REFERENCE_BYTES_MAX || !text.chars().all(sendable) {
        return None;
    }
    let (mut parts, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let most = rest.char_indices().nth(limits::TEXT_CHARS_MAX - 2).map_or(rest.len(), |(at, _)| at);
        let cut = match rest[..most].rfind('\n') {
            Some(line_end) if most < rest.len() => line_end + 1,
            _ => most,
        };
        parts.push(format!("{EDGE}{}{EDGE}", &rest[..cut]));
        rest = &rest[cut..];
    }
    Some(parts)
}

fn joined(fields: &Fields, mark: &ReferenceMark) -> String {
    let rows = match fields.get(&mark.content) {
        Some(Value::List(rows)) => rows.as_slice(),
        _ => &[],
    };
    let texts = rows.iter().filter_map(|row| if let Value::Group(row) = row { Some(row) } else { None });
    texts.map(|row| whole(&said(row, mark.text)).to_owned()).collect()
}

fn whole(part: &str) -> &str {
    part.strip_prefix(EDGE).and_then(|part| part.strip_suffix(EDGE)).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        let table = [
            ("calendars/2027.json", Some("CALENDAR")),
            ("profiles/jiangxi.toml", Some("PROFILE")),
            ("codes/periodical.toml", Some("CODES")),
            ("unity.toml", Some("CATALOGUE")),
            ("kinds/unity.toml", Some("CATALOGUE")),
            ("calendars/2027.toml", None),
            ("unity.json", None),
            ("../township.toml", None),
            ("kinds/../township.toml", None),
            ("a/b/c.toml", None),
            ("/etc/x.toml", None),
            ("C:x.toml", None),
            (".toml", None),
            ("Unity.toml", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(what(name), expected, "{name}");
        }
    }

    #[test]
    fn every_file_that_the_program_carries_can_be_sent() {
        let files =
            crate::catalogue::builtin_files().iter().chain(crate::catalogue::builtin_calendar_files());
        for (name, text) in files {
            let text = tidied(text);
            let parts = parts(&text).unwrap_or_else(|| panic!("{name} cannot be sent"));
            assert_eq!(parts.iter().map(|part| whole(part)).collect::<String>(), text, "{name}");
        }
    }

    proptest! {
        /// What is cut is put together again, whatever it holds, and the gate leaves every part as it is.
        #[test]
        fn parts_make_the_text(lines in prop::collection::vec("[ a-z法|\t]{0,3000}", 1..40)) {
            let text = tidied(&lines.join("\n"));
            let parts = parts(&text).expect("it is not too large");
            prop_assert!(parts.iter().all(|part| part.trim() == part));
            prop_assert!(parts.iter().all(|part| part.chars().count() <= limits::TEXT_CHARS_MAX));
            prop_assert_eq!(parts.iter().map(|part| whole(part)).collect::<String>(), text);
        }
    }
}
