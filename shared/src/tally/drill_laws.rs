//! What a figure is drilled to makes that figure, whatever the records are.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::contribution::key;
use super::property::{county, trips, works};
use super::*;
use crate::catalogue::model::{Catalogue, RateForm, Show};
use crate::ids::Site;
use crate::record::Day;
use crate::sample::tests::World;
use crate::sample::{Amounts, Story};
use crate::store::View;
use crate::view::read;

/// Something that has records, and a catalogue by which they are counted.
struct Counted<'a> {
    views: &'a dyn View,
    catalogue: &'a Catalogue,
    membership: &'a Membership,
}

impl Counted<'_> {
    fn lines(&self, question: &Question) -> Vec<Line> {
        query(self.views, self.catalogue, self.membership, question)
    }

    /// All pages of a figure put together; no item comes twice.
    fn drill(&self, question: &Question, line: &Line, limit: usize) -> Drilled {
        let mut ask = Drill {
            question: question.clone(),
            id: line.id.clone(),
            split: line.split,
            whom: line.whom,
            limit,
            after: None,
        };
        let page = |ask: &Drill| {
            drill(self.views, self.catalogue, self.membership, ask)
                .unwrap_or_else(|| panic!("{} of {:?} is a figure", line.id, line.whom))
        };
        let mut whole = page(&ask);
        while let Some(next) = whole.next.take() {
            ask.after = Some(next);
            let more = page(&ask);
            assert!(more.next != ask.after, "pages go on");
            whole.items.extend(more.items);
            whole.next = more.next;
        }
        let mut seen = BTreeSet::new();
        for item in &whole.items {
            let value = item.value.as_ref().and_then(key);
            assert!(
                seen.insert(format!("{} {:?} {:?} {value:?} {:?}", item.part, item.of, item.row, item.unit))
            );
            if let ItemOf::Record(id) = item.of {
                assert!(read::record(self.views, id).is_some());
            }
        }
        whole
    }

    /// The figure of each part is what its records add up to.
    fn parts_hold(&self, whole: &Drilled, id: &str) {
        for (nth, part) in whole.parts.iter().enumerate().filter(|(_, part)| part.role != Role::List) {
            let items = whole.items.iter().filter(|item| item.part == nth);
            let (_, measure) = self.catalogue.measure(&part.id).expect("a measure");
            let rate = self.catalogue.rates().find(|(_, rate)| rate.id == id);
            let made = if rate.is_some_and(|(_, rate)| rate.form.of_days()) {
                let days: BTreeSet<_> = items.map(|item| (item.unit, item.day)).collect();
                days.len() as i64
            } else if measure.by.is_some() {
                // Where the township itself is the value, it stands beside the item.
                let value =
                    |item: &Item| item.value.as_ref().map(|value| key(value).expect("a value that counts"));
                let values: BTreeSet<_> = items.map(|item| (item.unit, value(item))).collect();
                values.len() as i64
            } else {
                items.map(|item| item.amount).sum()
            };
            assert_eq!(part.figure.parts(), (made, None), "{}", part.id);
        }
    }

    /// The parts make the figure.
    fn figure_holds(&self, whole: &Drilled, line: &Line, question: &Question) {
        let level = question.level;
        assert_eq!((whole.figure.parts(), &whole.word), (line.figure.parts(), &line.word), "{}", line.id);
        let of = |role: Role| whole.parts.iter().filter(move |part| part.role == role);
        let thousandths = whole.parts.iter().any(|part| matches!(part.figure, Figure::Thousandths(_)));
        let scaled = |part: &DrillPart| match part.figure {
            Figure::Count(n) if thousandths => n * 1000,
            figure => figure.parts().0,
        };
        let sum = |role| of(role).map(scaled).sum::<i64>();
        let rate = self.catalogue.rates().find(|(_, rate)| rate.id == line.id).map(|(_, rate)| rate);
        match rate.map(|rate| &rate.form) {
            None => self.plain_holds(whole, line),
            Some(RateForm::Sum) => assert_eq!(line.figure.parts().0, sum(Role::Numerator), "{}", line.id),
            Some(form) if form.divides() => {
                let made = (sum(Role::Numerator), Some(sum(Role::Denominator)));
                assert_eq!(line.figure.parts(), made, "{}", line.id);
            }
            Some(RateForm::Median) => {
                let spread = whole.items.iter().flat_map(|item| {
                    let days = item.days.expect("a spread");
                    (0..item.amount).map(move |_| days)
                });
                let mut days: Vec<i64> = spread.collect();
                days.sort_unstable();
                let middle = match days.len() {
                    0 => (0, Some(0)),
                    n => (days[(n - 1) / 2] + days[n / 2], Some(2)),
                };
                assert_eq!(line.figure.parts(), middle, "{}", line.id);
            }
            Some(RateForm::Grade { .. }) if line.split.is_none() => {
                let (points, lines) = (sum(Role::Numerator), of(Role::Line).map(scaled).collect::<Vec<_>>());
                let reached = lines.iter().take_while(|line| points >= **line).count() as i64;
                let set = lines.iter().all(|line| *line > 0);
                assert_eq!(
                    line.figure.parts(),
                    if set { (reached, None) } else { (0, Some(0)) },
                    "{}",
                    line.id
                );
            }
            Some(RateForm::Grade { .. }) if level != Level::Township => {
                assert_eq!(line.figure.parts().0, whole.townships.len() as i64, "{}", line.id);
            }
            Some(RateForm::GapOver { .. } | RateForm::SinceLastOver { .. }) if level != Level::Township => {
                let over: i64 = whole.townships.iter().map(|(_, figure)| figure.parts().0).sum();
                assert_eq!(line.figure.parts().0, over, "{}", line.id);
            }
            // Of a township that is in no district nothing is asked, whatever was done there.
            Some(RateForm::SinceLast) if !line.figure.has_value() => {}
            Some(RateForm::LongestGap | RateForm::SinceLast) if level == Level::Township => {
                let last =
                    |unit| question.as_of.min(question.days.of(unit).map_or(question.as_of, |days| days.to));
                let days: BTreeSet<(Unit, Day)> =
                    whole.items.iter().filter_map(|item| Some((item.unit, item.day?))).collect();
                let until = |(unit, day): &(Unit, Day)| {
                    let after = days.range((*unit, day.plus(1))..).next().filter(|(other, _)| other == unit);
                    i64::from(after.map_or(last(*unit), |(_, next)| *next).0 - day.0)
                };
                let gaps: Vec<i64> = days.iter().map(until).collect();
                let found = match rate.map(|rate| &rate.form) {
                    Some(RateForm::SinceLast) => gaps.last(),
                    _ => gaps.iter().max(),
                };
                assert_eq!(
                    line.figure.parts(),
                    found.map_or((0, Some(0)), |days| (*days, None)),
                    "{}",
                    line.id
                );
            }
            Some(_) => {}
        }
    }

    fn plain_holds(&self, whole: &Drilled, line: &Line) {
        match self.catalogue.coverages().find(|(_, coverage)| coverage.id == line.id) {
            None => assert_eq!((whole.parts.len(), whole.parts[0].role), (1, Role::Whole)),
            Some((_, coverage)) => {
                let covered = whole.items.iter().filter(|item| item.covered == Some(true)).count() as i64;
                let all = whole.items.len() as i64;
                let shown = match coverage.show {
                    Show::Covered => covered,
                    Show::Missing => all - covered,
                };
                assert_eq!(line.figure.parts(), (shown, Some(all)), "{}", line.id);
            }
        }
    }

    /// Every figure of some of the units; of those that are split the parts with cases. Gives how many had records.
    fn hold(&self, question: &Question, limit: usize, of: &dyn Fn(Whom) -> bool) -> usize {
        let mut with_records = 0;
        for line in self.lines(question).into_iter().filter(|line| of(line.whom)) {
            if line.split.is_some() && line.figure.is_nothing() {
                continue;
            }
            let whole = self.drill(question, &line, limit);
            self.parts_hold(&whole, &line.id);
            self.figure_holds(&whole, &line, question);
            with_records += usize::from(!whole.items.is_empty());
        }
        with_records
    }
}

fn question(days: Span, level: Level, as_of: Day) -> Question {
    Question { ids: Vec::new(), level, days, as_of, offices: BTreeMap::new() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn records_make_their_figure(works in works(), trips in trips(), limit in 1..40usize) {
        let county = county(&works, &trips);
        let views = &county.hub.views;
        let counted = Counted { views, catalogue: county.hub.folder.catalogue(), membership: &county.membership };
        for name in ["..", "2026-10-20..2026-11-10", "term"] {
            for level in [Level::County, Level::District, Level::Township] {
                counted.hold(&county.question(&[], level, name), limit, &|_| true);
            }
        }
    }
}

/// The figures of the catalogue that the program carries, over a year of a county's work.
#[test]
fn records_make_every_figure_of_the_catalogue() {
    let catalogue = Catalogue::builtin();
    let (from, to) = ("2026-01-05".parse().unwrap(), "2026-12-31".parse().unwrap());
    let amounts = Amounts { deputies: 5, proposals: 4, petitions: 4, publicity: 3, visits: 1, others: 4 };
    let story = Story::new(&catalogue, 5, from, to, amounts);
    let mut world = World::new("zhejiang");
    world.tell(story.steps.iter());
    let hub = &world.offices[&Site::Hub].views;
    let membership = Membership::read(hub, &catalogue);
    let counted = Counted { views: hub, catalogue: &catalogue, membership: &membership };
    let as_of: Day = "2026-10-20".parse().unwrap();
    let district = membership.districts().into_iter().next().map(Whom::District);
    let township = membership.townships_in(Period::ALL).into_iter().next_back().map(Whom::Township);
    let asked = [
        ("2026", Level::County, Some(Whom::County)),
        ("2026Q2", Level::District, district),
        ("2026S1", Level::Township, township),
    ];
    let found = asked.map(|(name, level, whom)| {
        let name: PeriodName = name.parse().unwrap();
        let days = name.days(hub, &catalogue, as_of).days;
        counted.hold(&question(days, level, as_of), 300, &|other| Some(other) == whom)
    });
    assert!(found[0] > 300 && found[1] > 100 && found[2] > 10, "{found:?}");
}
