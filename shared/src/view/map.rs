//! Views in a sorted map: an office in memory, for samples and tests.

use std::collections::BTreeMap;

use crate::store::{View, ViewMut};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapViews(pub BTreeMap<Vec<u8>, Vec<u8>>);

impl View for MapViews {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key).cloned()
    }

    fn scan(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) {
        let start = from.unwrap_or(prefix).to_vec();
        for (key, value) in self.0.range(start..).take_while(|(key, _)| key.starts_with(prefix)) {
            if !visit(key, value) {
                return;
            }
        }
    }
}

impl ViewMut for MapViews {
    fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.0.insert(key.to_vec(), value);
    }

    fn delete(&mut self, key: &[u8]) {
        self.0.remove(key);
    }
}
