//! Traffic lights of deadlines: how near the last day is, or how far gone.

use crate::record::Day;

/// Days left at most in each band of yellow, the nearest first.
const BANDS: [(i32, Near); 4] = [(1, Near::Day), (3, Near::Days3), (7, Near::Days7), (15, Near::Days15)];

/// Red once the last day is over; yellow for its last fifteen days, by four bands; green before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Light {
    Red,
    Yellow(Near),
    Green,
}

/// How near a last day is that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Near {
    /// Today or tomorrow.
    Day,
    Days3,
    Days7,
    Days15,
}

impl Light {
    /// Every light, the most pressing first.
    pub const ALL: [Self; 6] = [
        Self::Red,
        Self::Yellow(Near::Day),
        Self::Yellow(Near::Days3),
        Self::Yellow(Near::Days7),
        Self::Yellow(Near::Days15),
        Self::Green,
    ];

    /// The light of an open deadline. Its last day itself is not over.
    pub fn of(effective_due: Day, today: Day) -> Self {
        let left = days_left(effective_due, today);
        if left < 0 {
            return Self::Red;
        }
        let band = BANDS.iter().find(|(most, _)| left <= *most);
        band.map_or(Self::Green, |(_, near)| Self::Yellow(*near))
    }

    /// Read by programs; frozen.
    pub fn code(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow(Near::Day) => "yellow_1",
            Self::Yellow(Near::Days3) => "yellow_3",
            Self::Yellow(Near::Days7) => "yellow_7",
            Self::Yellow(Near::Days15) => "yellow_15",
            Self::Green => "green",
        }
    }

    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Red => ("红灯（超期）", "red (overdue)"),
            Self::Yellow(Near::Day) => ("黄灯（1日内）", "yellow (within 1 day)"),
            Self::Yellow(Near::Days3) => ("黄灯（3日内）", "yellow (within 3 days)"),
            Self::Yellow(Near::Days7) => ("黄灯（7日内）", "yellow (within 7 days)"),
            Self::Yellow(Near::Days15) => ("黄灯（15日内）", "yellow (within 15 days)"),
            Self::Green => ("绿灯", "green"),
        }
    }
}

/// Days until the last day; 0 on it, negative once it is over.
pub fn days_left(effective_due: Day, today: Day) -> i32 {
    effective_due.0.saturating_sub(today.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole line of days, and both ends of what a day can be.
    #[test]
    fn every_day_has_its_light() {
        let today = Day(20_780);
        for left in -400..=400 {
            let expected = match left {
                ..0 => Light::Red,
                0..=1 => Light::Yellow(Near::Day),
                2..=3 => Light::Yellow(Near::Days3),
                4..=7 => Light::Yellow(Near::Days7),
                8..=15 => Light::Yellow(Near::Days15),
                _ => Light::Green,
            };
            assert_eq!(Light::of(today.plus(left), today), expected, "{left} days left");
            assert_eq!(days_left(today.plus(left), today), left);
        }
        assert_eq!(Light::of(Day(i32::MIN), Day(i32::MAX)), Light::Red);
        assert_eq!(Light::of(Day(i32::MAX), Day(i32::MIN)), Light::Green);
    }

    #[test]
    fn codes_and_labels_tell_them_apart() {
        let codes = Light::ALL.map(Light::code);
        assert_eq!(codes, ["red", "yellow_1", "yellow_3", "yellow_7", "yellow_15", "green"]);
        for (at, light) in Light::ALL.into_iter().enumerate() {
            let (zh, en) = light.label();
            assert!(!zh.is_empty() && !en.is_empty());
            assert!(Light::ALL[at + 1..].iter().all(|other| other.label() != (zh, en)));
        }
    }
}
