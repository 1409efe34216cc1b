//! What a figure is worth in an appraisal: points against a target, exact until they are rounded once.
//!
//! Everything is a whole number of thousandths, or a fraction of whole numbers; there is no floating point. A figure without
//! a case ("—") is worth nothing that could be said: it is neither a failure nor a success, so it suggests no points.
//!
//! Not here: which items a scheme has and who decides in the end (the county's records), places among townships
//! ([`super::rank`]).

use super::figure::Figure;

/// Points or values in thousandths: 28.5 is 28 500.
pub type Thousandths = i64;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// The more the better: reached from the bound upwards.
    More,
    /// The less the better: reached from the bound downwards.
    Less,
}

/// How points follow from a value. Values and bounds are in the unit that is printed, such as percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// The full mark for the target, below it the share of the target that was reached. The target is above 0.
    Linear { target: Thousandths },
    /// The full mark where the target is reached; else the best of the steps (bound, points) that are.
    Steps { target: Thousandths, steps: Vec<(Thousandths, Thousandths)>, sense: Sense },
    /// The full mark, less so many points for each one that is missing (or too many), in proportion for parts of one.
    Deduct { target: Thousandths, per: Thousandths, sense: Sense },
}

/// To what points are rounded; halves go up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    Tenth,
    Half,
    Whole,
}

impl Rounding {
    fn step(self) -> i128 {
        match self {
            Self::Tenth => 100,
            Self::Half => 500,
            Self::Whole => 1000,
        }
    }
}

/// The points of a value given as `numerator / denominator` (the denominator is above 0), from 0 to `full`, both included;
/// whoever deserves the full mark gets it unrounded. Better values never get fewer points.
pub fn points(
    full: Thousandths,
    function: &Function,
    (numerator, denominator): (i128, i128),
    rounding: Rounding,
) -> Thousandths {
    let full = full.max(0);
    let wide = i128::from;
    // The value in thousandths is `value / unit`.
    let (value, unit) = (numerator.saturating_mul(1000), denominator.max(1));
    let reaches = |bound: Thousandths, sense: Sense| match sense {
        Sense::More => value >= wide(bound).saturating_mul(unit),
        Sense::Less => value <= wide(bound).saturating_mul(unit),
    };
    // Points as a fraction over `over`.
    let (points, over) = match function {
        Function::Linear { target } => {
            let target = wide(*target).max(1);
            if value >= target.saturating_mul(unit) {
                return full;
            }
            (wide(full).saturating_mul(value.max(0)), target.saturating_mul(unit))
        }
        Function::Steps { target, steps, sense } => {
            if reaches(*target, *sense) {
                return full;
            }
            let best = steps.iter().filter(|(bound, _)| reaches(*bound, *sense)).map(|(_, points)| *points);
            (wide(best.max().unwrap_or(0)), 1)
        }
        Function::Deduct { target, per, sense } => {
            let missing = match sense {
                Sense::More => wide(*target).saturating_mul(unit).saturating_sub(value),
                Sense::Less => value.saturating_sub(wide(*target).saturating_mul(unit)),
            };
            if missing <= 0 {
                return full;
            }
            let lost = missing.saturating_mul(wide((*per).max(0)));
            // `per` is thousandths of a point for one whole, `missing` counts in thousandths of one.
            let over = unit.saturating_mul(1000);
            (wide(full).saturating_mul(over).saturating_sub(lost), over)
        }
    };
    rounded(points, over, rounding).min(full)
}

/// The points of a figure; `None` where it has no case.
pub fn points_of(
    full: Thousandths,
    function: &Function,
    figure: &Figure,
    rounding: Rounding,
) -> Option<Thousandths> {
    figure.value().map(|value| points(full, function, value, rounding))
}

/// The nearest step, halves up; below 0 is 0.
fn rounded(points: i128, over: i128, rounding: Rounding) -> Thousandths {
    let step = rounding.step();
    let whole = over.saturating_mul(step);
    if points <= 0 || whole <= 0 {
        return 0;
    }
    let steps = (points.saturating_mul(2).saturating_add(whole)) / whole.saturating_mul(2);
    i64::try_from(steps.saturating_mul(step)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(full: i64, function: &Function, value: i128) -> i64 {
        points(full * 1000, function, (value, 1), Rounding::Tenth)
    }

    #[test]
    fn a_share_of_the_target_is_that_share_of_the_points() {
        let linear = Function::Linear { target: 95_000 };
        assert_eq!(at(10, &linear, 216), 10_000, "more than the target is the full mark");
        assert_eq!(at(10, &linear, 95), 10_000);
        assert_eq!(at(10, &linear, 57), 6_000);
        assert_eq!(at(10, &linear, 94), 9_900, "9.8947 is 9.9");
        assert_eq!(at(10, &linear, 0), 0);
        let half = points(10_000, &linear, (57, 1), Rounding::Whole);
        assert_eq!(half, 6_000);
        assert_eq!(points(5_000, &Function::Linear { target: 100_000 }, (905, 10), Rounding::Half), 4_500);
        assert_eq!(
            points(5_000, &Function::Linear { target: 100_000 }, (95, 1), Rounding::Half),
            5_000,
            "4.75 goes up"
        );
    }

    #[test]
    fn steps_are_reached_one_after_the_other() {
        let steps = vec![(60_000, 3_000), (80_000, 6_000)];
        let function = Function::Steps { target: 95_000, steps, sense: Sense::More };
        assert_eq!(
            [59, 60, 79, 80, 94, 95].map(|value| at(10, &function, value)),
            [0, 3_000, 3_000, 6_000, 6_000, 10_000]
        );
        // Overdue matters: the fewer the better.
        let function =
            Function::Steps { target: 0, steps: vec![(5_000, 1_000), (2_000, 3_000)], sense: Sense::Less };
        assert_eq!([6, 5, 2, 0].map(|value| at(5, &function, value)), [0, 1_000, 3_000, 5_000]);
    }

    #[test]
    fn each_that_is_missing_costs_so_much() {
        let four = Function::Deduct { target: 4_000, per: 1_500, sense: Sense::More };
        assert_eq!([5, 4, 3, 1, 0].map(|value| at(6, &four, value)), [6_000, 6_000, 4_500, 1_500, 0]);
        let none = Function::Deduct { target: 0, per: 2_000, sense: Sense::Less };
        assert_eq!([0, 1, 9].map(|value| at(5, &none, value)), [5_000, 3_000, 0]);
        assert_eq!(
            points(6_000, &four, (35, 10), Rounding::Tenth),
            5_300,
            "half of one is missing: 5.25 goes up"
        );
    }

    #[test]
    fn no_case_suggests_nothing() {
        let function = Function::Linear { target: 100_000 };
        let none = Figure::Rate { numerator: 0, denominator: 0, form: super::super::Form::Percent };
        assert_eq!(points_of(10_000, &function, &none, Rounding::Tenth), None);
        let nine_tenths = Figure::Rate { numerator: 9, denominator: 10, form: super::super::Form::Percent };
        assert_eq!(points_of(10_000, &function, &nine_tenths, Rounding::Tenth), Some(9_000));
    }

    fn sense() -> impl Strategy<Value = Sense> {
        prop_oneof![Just(Sense::More), Just(Sense::Less)]
    }

    fn function() -> impl Strategy<Value = Function> {
        let bound = || 0i64..200_000;
        let steps = prop::collection::vec((bound(), 0i64..20_000), 0..3);
        prop_oneof![
            (1i64..200_000).prop_map(|target| Function::Linear { target }),
            (bound(), steps, sense()).prop_map(|(target, steps, sense)| Function::Steps {
                target,
                steps,
                sense
            }),
            (bound(), 0i64..20_000, sense()).prop_map(|(target, per, sense)| Function::Deduct {
                target,
                per,
                sense
            }),
        ]
    }

    fn rounding() -> impl Strategy<Value = Rounding> {
        prop_oneof![Just(Rounding::Tenth), Just(Rounding::Half), Just(Rounding::Whole)]
    }

    fn sense_of(function: &Function) -> Sense {
        match function {
            Function::Linear { .. } => Sense::More,
            Function::Steps { sense, .. } | Function::Deduct { sense, .. } => *sense,
        }
    }

    proptest! {
        #[test]
        fn points_stay_between_nothing_and_the_full_mark(
            full in 0i64..=100_000, function in function(), n in -1_000_000i128..1_000_000, d in 1i128..1_000, rounding in rounding(),
        ) {
            let points = points(full, &function, (n, d), rounding);
            prop_assert!((0..=full).contains(&points));
        }

        #[test]
        fn the_better_value_never_gets_fewer_points(
            full in 0i64..=100_000, function in function(), n in 0i128..1_000_000, more in 0i128..1_000_000, d in 1i128..1_000,
            rounding in rounding(),
        ) {
            let (low, high) = (points(full, &function, (n, d), rounding), points(full, &function, (n + more, d), rounding));
            match sense_of(&function) {
                Sense::More => prop_assert!(low <= high),
                Sense::Less => prop_assert!(low >= high),
            }
        }

        #[test]
        fn who_reaches_the_target_gets_the_full_mark(full in 0i64..=100_000, function in function(), rounding in rounding()) {
            let target = match &function {
                Function::Linear { target } | Function::Steps { target, .. } | Function::Deduct { target, .. } => *target,
            };
            prop_assert_eq!(points(full, &function, (i128::from(target), 1000), rounding), full);
        }

        #[test]
        fn a_fraction_in_other_terms_is_worth_the_same(
            full in 0i64..=100_000, function in function(), n in 0i128..100_000, d in 1i128..1_000, times in 1i128..100,
        ) {
            let rounding = Rounding::Tenth;
            prop_assert_eq!(
                points(full, &function, (n, d), rounding),
                points(full, &function, (n * times, d * times), rounding)
            );
        }
    }
}
