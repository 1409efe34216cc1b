//! How records and townships are called in cells.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::catalogue::model::{Kind, Privacy};
use crate::exchange::cell::{Directory as _, Townships};
use crate::exchange::out::Known;
use crate::ids::{RecordId, TownshipCode};
use crate::ledger::{Ledger, Names, Words, short};
use crate::record::{Fields, Value};
use crate::store::View;
use crate::view::read;

/// Calls a record by its title where that means no other record, else by its number, else by its short id: what is
/// written is found again. For others to read, nothing that stays in the office is said.
pub(super) struct Calls<'a> {
    ledger: &'a Ledger<'a>,
    views: &'a dyn View,
    names: Names<'a>,
    public: bool,
    known: RefCell<BTreeMap<RecordId, String>>,
}

impl<'a> Calls<'a> {
    pub(super) fn new(ledger: &'a Ledger<'a>, views: &'a dyn View, public: bool) -> Self {
        Self { ledger, views, names: ledger.names(views), public, known: RefCell::default() }
    }

    /// The title of a record that everybody may know.
    pub(super) fn title(&self, id: RecordId) -> String {
        Words { views: self.views, catalogue: self.ledger.catalogue }.title(id)
    }

    fn call(&self, kinds: &[u32], id: RecordId) -> String {
        let Some(record) = read::record(self.views, id) else { return short(id) };
        let Some(kind) = self.ledger.catalogue.kinds.get(&record.kind) else { return short(id) };
        let local = if self.public { Fields::new() } else { self.ledger.own(self.views, &record) };
        if self.public && !record.stream.travels() {
            return short(id);
        }
        let spelled = spellings(kind, self.public).into_iter().filter_map(|tag| {
            match record.fields.get(&tag).or_else(|| local.get(&tag))? {
                Value::Text(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }
        });
        // A mark that parts values would make two names of one.
        let whole = |text: &String| !text.contains([';', '；', '\n']);
        let means = |text: &String| self.names.records(kinds, text) == [id];
        let short = short(id);
        spelled.filter(whole).chain([short]).find(means).unwrap_or_else(|| id.to_string())
    }
}

/// Fields by which a record may be called, in the order in which people like them.
fn spellings(kind: &Kind, public: bool) -> Vec<u32> {
    let number = kind.numbering.iter().map(|numbering| numbering.field);
    let tags = [kind.title].into_iter().chain(number).chain(kind.import.iter().map(|import| import.key));
    let open =
        |tag: &u32| !public || kind.fields.get(tag).is_some_and(|field| field.privacy == Privacy::Sync);
    tags.filter(open).collect()
}

impl Known for Calls<'_> {
    fn township(&self, code: TownshipCode) -> String {
        let townships: &Townships = self.ledger.townships;
        let name = townships.name(code).filter(|name| townships.find(name) == Ok(code));
        name.map_or_else(|| code.to_string(), str::to_owned)
    }

    fn record(&self, kinds: &[u32], id: RecordId) -> String {
        if let Some(called) = self.known.borrow().get(&id) {
            return called.clone();
        }
        let called = self.call(kinds, id);
        self.known.borrow_mut().insert(id, called.clone());
        called
    }
}
