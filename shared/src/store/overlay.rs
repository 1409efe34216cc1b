//! Changed rows in memory, with a way back.

use std::collections::BTreeMap;
use std::ops::Bound;

/// Rows changed: the new value, or None for a row that is gone.
pub(crate) type Map = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Changes that can be taken back to any earlier mark.
#[derive(Default)]
pub(crate) struct Overlay {
    pub(crate) map: Map,
    /// What each change since the start replaced, oldest first.
    undo: Vec<(Vec<u8>, Option<Option<Vec<u8>>>)>,
    bytes: usize,
}

impl Overlay {
    pub(crate) fn set(&mut self, key: &[u8], value: Option<Vec<u8>>) {
        self.bytes += key.len() + value.as_ref().map_or(0, Vec::len) + 64;
        let replaced = self.map.insert(key.to_vec(), value);
        self.undo.push((key.to_vec(), replaced));
    }

    pub(crate) fn mark(&self) -> usize {
        self.undo.len()
    }

    pub(crate) fn rollback(&mut self, mark: usize) {
        while self.undo.len() > mark {
            let Some((key, replaced)) = self.undo.pop() else { return };
            match replaced {
                Some(value) => self.map.insert(key, value),
                None => self.map.remove(&key),
            };
        }
    }

    /// Forgets the way back: marks taken before are no longer valid.
    pub(crate) fn settle(&mut self) {
        self.undo.clear();
    }

    /// About the memory that the changes take, in bytes; never less than they do.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Direction of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Up,
    Down,
}

/// Keys to walk: those under `prefix`, starting at `from` (inclusive) if given.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    pub prefix: &'a [u8],
    pub from: Option<&'a [u8]>,
    pub order: Order,
}

/// The least key above every key under `prefix`; None when there is none.
pub(crate) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

impl Scan<'_> {
    /// The range of keys, or None when it is empty.
    pub(crate) fn bounds(&self) -> Option<(Bound<Vec<u8>>, Bound<Vec<u8>>)> {
        let mut low = Bound::Included(self.prefix.to_vec());
        let mut high = prefix_end(self.prefix).map_or(Bound::Unbounded, Bound::Excluded);
        match (self.from, self.order) {
            (Some(from), Order::Up) if from > self.prefix => low = Bound::Included(from.to_vec()),
            (Some(from), Order::Down) if from.starts_with(self.prefix) || from < self.prefix => {
                high = Bound::Included(from.to_vec());
            }
            _ => {}
        }
        let empty = match (&low, &high) {
            (Bound::Included(low), Bound::Excluded(high)) => low >= high,
            (Bound::Included(low), Bound::Included(high)) => low > high,
            _ => false,
        };
        (!empty).then_some((low, high))
    }
}

type Rows<'a> = Box<dyn Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)> + 'a>;

/// Walks several maps as one; of equal keys the first map's row counts.
pub(crate) struct Merge<'a> {
    sources: Vec<std::iter::Peekable<Rows<'a>>>,
    order: Order,
}

impl<'a> Merge<'a> {
    /// `maps` newest first.
    pub(crate) fn new(maps: impl Iterator<Item = &'a Map>, scan: &Scan<'_>) -> Self {
        let bounds = scan.bounds();
        let sources = maps
            .filter_map(|map| {
                let range = map.range::<Vec<u8>, _>(bounds.clone()?);
                let rows: Rows<'a> = match scan.order {
                    Order::Up => Box::new(range),
                    Order::Down => Box::new(range.rev()),
                };
                Some(rows.peekable())
            })
            .collect();
        Self { sources, order: scan.order }
    }

    pub(crate) fn peek(&mut self) -> Option<&'a [u8]> {
        let order = self.order;
        self.sources
            .iter_mut()
            .filter_map(|rows| rows.peek().map(|(key, _)| key.as_slice()))
            .reduce(|best, key| if comes_first(order, key, best) { key } else { best })
    }

    pub(crate) fn pop(&mut self) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        let next = self.peek()?;
        let mut found = None;
        for rows in &mut self.sources {
            if let Some((_, value)) = rows.next_if(|(key, _)| key.as_slice() == next) {
                found.get_or_insert(value.as_deref());
            }
        }
        found.map(|value| (next, value))
    }
}

/// Whether `a` is walked before `b`.
pub(crate) fn comes_first(order: Order, a: &[u8], b: &[u8]) -> bool {
    match order {
        Order::Up => a < b,
        Order::Down => a > b,
    }
}
