//! How the nights went (§3.9 of the domain study): in which of them each township came through, what it brought, and
//! how many it has missed. A night is judged once it is over; see [`shared::sync::nights`] for when that is.

use serde::{Deserialize, Serialize};
use shared::ids::TownshipCode;
use shared::net::peer::Subject;
use shared::program::Failure;
use shared::record::Day;
use shared::store::View;
use shared::sync::nights::{self, night_of};
use shared::tally::Membership;

use super::App;
use super::ask::Ask;
use super::town::Town;
use super::viewer::{Sight, Viewer};
use crate::limits;

/// The nights from one to another, both included; those of the last [`limits::NIGHTS`] that are over if neither is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nights {
    /// The day on which the first of them begins, `2026-11-01`.
    pub from: Option<String>,
    /// The day on which the last of them begins; what is not over yet is not judged.
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub from: String,
    pub to: String,
    pub townships: Vec<Township>,
}

/// One township over the nights asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Township {
    pub code: TownshipCode,
    pub name: String,
    #[serde(flatten)]
    pub tally: Tally,
}

/// What became of some nights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Nights on which it was to come: from the one in which it was enrolled on.
    pub expected: u32,
    /// Nights with a session that ended with a receipt.
    pub completed: u32,
    /// Nights in which a session began to move something and none ended with a receipt; not among the completed ones.
    pub partial: u32,
    /// The nights missed, partial ones too.
    pub missed: Vec<String>,
    /// Of these, those without an interruption up to the last night.
    pub missed_in_row: u32,
    /// Entries that came, and that were sent down.
    pub received: u64,
    pub sent: u64,
    /// Entries stored and not counted after the last of the sessions that moved something.
    pub held: u32,
}

impl Tally {
    /// The nightly success in percent, rounded to tenths: `96.7 %`; `—` where no night was expected.
    pub fn percent(&self) -> String {
        let figure = shared::tally::Figure::Rate {
            numerator: i64::from(self.completed),
            denominator: i64::from(self.expected),
            form: shared::tally::Form::Percent,
        };
        figure.to_string()
    }
}

/// Some nights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Day,
    pub to: Day,
}

impl Ask for Nights {
    type Answer = Answer;

    fn answer(self, app: &App) -> Result<Answer, Failure> {
        app.report_nights(Viewer::County, &self)
    }
}

impl App {
    /// The nights of the townships that a viewer sees.
    ///
    /// # Errors
    /// `Invalid`: a day is not one, the last is before the first, or more than [`limits::NIGHTS_MAX`] are asked for.
    pub fn report_nights(&self, viewer: Viewer, ask: &Nights) -> Result<Answer, Failure> {
        let span = self.nights_asked(ask)?;
        let sight = self.sight(viewer);
        let towns: Vec<Town> = self.seen_towns(&sight);
        let townships = self.store.read(|views| {
            let membership = Membership::read(views, &self.catalogue);
            let one = |town: Town| {
                let tally = self.nights(views, &membership, town.code, span);
                Township { code: town.code, name: town.name, tally }
            };
            towns.into_iter().map(one).collect()
        });
        Ok(Answer { from: span.from.to_string(), to: span.to.to_string(), townships })
    }

    /// The townships that a viewer sees, by code.
    pub(super) fn seen_towns(&self, sight: &Sight) -> Vec<Town> {
        self.towns().iter().filter(|town| sight.sees(town.code)).cloned().collect()
    }

    /// The last nights that are over.
    pub(super) fn last_nights(&self) -> Span {
        let to = self.last_night();
        Span { from: to.plus(1 - i32::from(limits::NIGHTS)), to }
    }

    /// The last night that is over.
    fn last_night(&self) -> Day {
        night_of(self.now()).plus(-1)
    }

    fn nights_asked(&self, ask: &Nights) -> Result<Span, Failure> {
        let day = |text: &Option<String>| text.as_deref().map(str::parse::<Day>).transpose();
        let (from, to) = (day(&ask.from)?, day(&ask.to)?);
        let to = to.unwrap_or_else(|| self.last_night());
        let span = Span { from: from.unwrap_or_else(|| to.plus(1 - i32::from(limits::NIGHTS))), to };
        if span.to < span.from {
            return Err(Failure::invalid("截止日期在起始日期之前。", "The last night is before the first."));
        }
        if span.to.0 - span.from.0 >= i32::from(limits::NIGHTS_MAX) {
            let most = limits::NIGHTS_MAX;
            let (zh, en) =
                (format!("最多查看 {most} 夜。"), format!("At most {most} nights can be asked for."));
            return Err(Failure::invalid(zh, en));
        }
        Ok(span)
    }

    /// What became of the nights of a township. From the day on which it was merged into another it need not come.
    pub(super) fn nights(
        &self,
        views: &dyn View,
        membership: &Membership,
        township: TownshipCode,
        span: Span,
    ) -> Tally {
        let mut tally = Tally::default();
        let Some(first) = self.first_night(views, township) else { return tally };
        let member = self.office.member(&Subject::Township(township));
        let revoked = member.and_then(|member| member.revoked).map(night_of);
        let merged = membership.merged(township).map(|day| day.plus(-1));
        let ended = revoked.into_iter().chain(merged).min();
        let last = span.to.min(self.last_night()).min(ended.unwrap_or(Day(i32::MAX)));
        let heard = nights::nights(views, township, span.from, span.to);
        for (_, night) in &heard {
            tally.received += night.received;
            tally.sent += night.sent;
            if night.completed > 0 {
                tally.held = night.held;
            }
        }
        let mut heard = heard.into_iter().peekable();
        let mut day = span.from.max(first);
        while heard.next_if(|(night, _)| *night < day).is_some() {}
        while day <= last {
            let night = heard.next_if(|(night, _)| *night == day).map(|(_, night)| night).unwrap_or_default();
            tally.expected += 1;
            if night.completed > 0 {
                tally.completed += 1;
                tally.missed_in_row = 0;
            } else {
                tally.partial += u32::from(night.begun > 0);
                tally.missed_in_row += 1;
                tally.missed.push(day.to_string());
            }
            day = day.plus(1);
        }
        tally
    }

    /// The night from which on a township is to come: that of the day on which it was enrolled, or the first in which it
    /// was heard.
    fn first_night(&self, views: &dyn View, township: TownshipCode) -> Option<Day> {
        let enrolled = self.office.member(&Subject::Township(township)).and_then(|member| member.enrolled);
        let heard = nights::first(views, township);
        enrolled.map(Day::beijing).into_iter().chain(heard).min()
    }
}
