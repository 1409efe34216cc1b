//! What the caller takes: media types and languages (RFC 9110 §12).

use http::{HeaderMap, header};
use shared::program::Lang;

/// Whether an answer of this type is welcome. The most specific range that fits decides; without the header all are.
pub(super) fn takes(asked: &HeaderMap, media: &str) -> bool {
    let Some(ranges) = list(asked, header::ACCEPT) else { return true };
    if ranges.is_empty() {
        return true;
    }
    let (kind, _) = media.split_once('/').unwrap_or((media, ""));
    let fit = |range: &str| {
        if range.eq_ignore_ascii_case(media) {
            Some(3)
        } else if range.strip_suffix("/*").is_some_and(|of| of.eq_ignore_ascii_case(kind)) {
            Some(2)
        } else {
            (range == "*/*").then_some(1)
        }
    };
    let best = ranges.iter().filter_map(|(range, weight)| Some((fit(range)?, *weight))).max();
    best.is_some_and(|(_, weight)| weight > 0)
}

/// The language in which one line is said: English where it is wanted more than Chinese.
pub(super) fn language(asked: &HeaderMap) -> Lang {
    let ranges = list(asked, header::ACCEPT_LANGUAGE).unwrap_or_default();
    let weight = |of: &str| {
        let is = |range: &str| range.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(of));
        ranges.iter().filter(|(range, _)| is(range)).map(|(_, weight)| *weight).max().unwrap_or(0)
    };
    if weight("en") > weight("zh") { Lang::En } else { Lang::Zh }
}

/// The members of a list with their weights in thousandths, without further parameters; `None` without the header.
fn list(asked: &HeaderMap, name: header::HeaderName) -> Option<Vec<(String, u16)>> {
    let mut values = asked.get_all(name).iter().peekable();
    values.peek()?;
    let mut found = Vec::new();
    for member in values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let mut parts = member.split(';').map(str::trim);
        let Some(range) = parts.next().filter(|range| !range.is_empty()) else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight = weight.map_or(1000, |text| match text.parse::<f32>() {
            Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0) as u16,
            _ => 0,
        });
        found.push((range.to_owned(), weight));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_most_specific_range_decides() {
        let json = |value| takes(&asked(header::ACCEPT, value), "application/json");
        for good in [
            "*/*",
            "application/*",
            "application/json",
            "text/html, */*;q=0.1",
            "application/json;charset=utf-8",
        ] {
            assert!(json(good), "{good}");
        }
        for bad in ["text/html", "application/json;q=0, */*", "application/*;q=0", "application/xml"] {
            assert!(!json(bad), "{bad}");
        }
        assert!(takes(&HeaderMap::new(), "application/json"));
    }

    #[test]
    fn chinese_unless_english_is_wanted_more() {
        let lang = |value| language(&asked(header::ACCEPT_LANGUAGE, value));
        assert_eq!(lang("en-GB,en;q=0.9"), Lang::En);
        assert_eq!(lang("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(lang("fr"), Lang::Zh);
        assert_eq!(language(&HeaderMap::new()), Lang::Zh);
    }
}
