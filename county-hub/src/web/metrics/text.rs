//! The text format of Prometheus (exposition format 0.0.4): families with their samples, in the order in which they are
//! written.

use std::fmt::Write as _;

/// What a family is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Grows until the program starts anew.
    Counter,
    Gauge,
    Histogram,
}

/// A page in the making.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// Begins a family. `name` ends in its unit, that of a counter in `_total`.
    pub(super) fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family { page: self, name }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// A family whose samples follow.
pub(super) struct Family<'a> {
    page: &'a mut Page,
    name: &'static str,
}

impl Family<'_> {
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: Number) {
        self.line("", labels, value);
    }

    /// The samples of a histogram: (upper bound in its unit, how many up to it), then all and their sum.
    pub(super) fn histogram(&mut self, buckets: &[(f64, u64)], count: u64, sum: f64) {
        for (bound, up_to) in buckets {
            self.line("_bucket", &[("le", &bound.to_string())], Number::Count(*up_to));
        }
        self.line("_bucket", &[("le", "+Inf")], Number::Count(count));
        self.line("_sum", &[], Number::Measure(sum));
        self.line("_count", &[], Number::Count(count));
    }

    fn line(&mut self, ending: &str, labels: &[(&str, &str)], value: Number) {
        let out = &mut self.page.0;
        let _ = write!(out, "{}{ending}", self.name);
        for (place, (label, value)) in labels.iter().enumerate() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(out, "{}{label}=\"{value}\"", if place == 0 { '{' } else { ',' });
        }
        if !labels.is_empty() {
            out.push('}');
        }
        let _ = match value {
            Number::Count(count) => writeln!(out, " {count}"),
            Number::Measure(measure) => writeln!(out, " {measure}"),
        };
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Count(u64),
    /// In the unit of the name; finite.
    Measure(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_the_format_says() {
        let mut page = Page::default();
        let mut family = page.family("a_seconds", Kind::Gauge, "a line\nand \\ another");
        family.sample(&[("name", "x\"\\\n"), ("code", "1")], Number::Measure(0.5));
        page.family("b_seconds", Kind::Histogram, "b").histogram(&[(0.001, 1), (2.5, 3)], 4, 7.25);
        let text = String::from_utf8(page.into_bytes()).expect("text");
        let expected = "# HELP a_seconds a line\\nand \\\\ another\n# TYPE a_seconds gauge\n\
            a_seconds{name=\"x\\\"\\\\\\n\",code=\"1\"} 0.5\n# HELP b_seconds b\n# TYPE b_seconds histogram\n\
            b_seconds_bucket{le=\"0.001\"} 1\nb_seconds_bucket{le=\"2.5\"} 3\nb_seconds_bucket{le=\"+Inf\"} 4\n\
            b_seconds_sum 7.25\nb_seconds_count 4\n";
        assert_eq!(text, expected);
    }
}
