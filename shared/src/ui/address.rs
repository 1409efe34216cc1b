//! Addresses with a query, changed one name at a time.

use std::fmt;

/// A path and the pairs of its query, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    path: String,
    query: Vec<(String, String)>,
}

impl Address {
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new() }
    }

    /// With one more pair.
    #[must_use]
    pub fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Without the pairs of a name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.query.retain(|(other, _)| other != name);
        self
    }

    /// With this as the only pair of its name.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<String>) -> Self {
        self.without(name).and(name, value)
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (nth, (name, value)) in self.query.iter().enumerate() {
            f.write_str(if nth == 0 { "?" } else { "&" })?;
            write!(f, "{}={}", encoded(name), encoded(value))?;
        }
        Ok(())
    }
}

/// A text as one part of an address: a name or value of a query, a step of a path.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_changed_by_name() {
        let list = Address::new("/r/petition").and("status", "open").and("page", "3");
        assert_eq!(list.to_string(), "/r/petition?status=open&page=3");
        assert_eq!(list.clone().with("page", "4").to_string(), "/r/petition?status=open&page=4");
        assert_eq!(list.without("status").without("page").to_string(), "/r/petition");
        assert_eq!(
            Address::new("/s").with("q", "路 灯&a=b").to_string(),
            "/s?q=%E8%B7%AF%20%E7%81%AF%26a%3Db"
        );
    }
}
