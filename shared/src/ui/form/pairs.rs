//! Names and values as a browser posts them.

/// Names and values in the order of the page. A name may come several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The last value of a name: a box that is ticked comes after the mark that it was there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether the name, or one below it, was on the page at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| below(other, name))
    }

    /// The pairs of a name and of those below it.
    pub fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter().filter(move |(other, _)| below(other, name))
    }

    /// Without a name and those below it.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(other, _)| !below(other, name));
    }

    /// The numbers that stand below a name (`f.rows.0.on`, `f.rows.2.on`: 0 and 2), ascending.
    pub fn numbers(&self, name: &str) -> Vec<usize> {
        let number = |(other, _): (&str, &str)| {
            let rest = other.strip_prefix(name)?.strip_prefix('.')?;
            rest.split('.').next()?.parse().ok()
        };
        let mut found: Vec<usize> = self.iter().filter_map(number).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The same pairs with what stands below one number standing below another.
    pub(super) fn renumber(&mut self, name: &str, from: usize, to: usize) {
        let (old, new) = (format!("{name}.{from}"), format!("{name}.{to}"));
        for (other, _) in &mut self.0 {
            if below(other, &old) {
                *other = format!("{new}{}", &other[old.len()..]);
            }
        }
    }
}

fn below(other: &str, name: &str) -> bool {
    other.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl FromIterator<(String, String)> for Pairs {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}
