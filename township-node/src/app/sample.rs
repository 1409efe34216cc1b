//! Made-up work, to try the program with or to measure it.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::catalogue::model::{Kind, Owner};
use shared::code::ErrorCode;
use shared::ids::StreamName;
use shared::ledger::Stop;
use shared::limits;
use shared::program::{Clock, Failure, Progress};
use shared::record::{Day, Entry, EntryFlags};
use shared::sample::{Amounts, Known, Seat, Step, Story, Wish, county};
use shared::store::Tx;

use super::Node;

/// Steps of one commit.
const STEPS_PER_COMMIT: usize = 64;
/// Days of a year, rounded.
const YEAR_DAYS: i32 = 365;

/// What is to be made up.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// One kind, with what it rests on; all if none is named.
    pub kind: Option<&'a str>,
    /// Records of that kind; else as many as a plausible office has.
    pub count: Option<u32>,
    /// Up to today.
    pub years: u32,
    /// The same seed makes up the same.
    pub seed: u64,
    /// Whether somebody has said that a real township may get made-up work.
    pub sure: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Sampled {
    pub from: String,
    pub to: String,
    pub seed: u64,
    /// Everything that was done, one by one.
    pub steps: usize,
    pub records: usize,
    pub kinds: Vec<SampledKind>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SampledKind {
    pub kind: String,
    pub zh: String,
    pub en: String,
    pub records: usize,
}

/// The moment of a step, and the bytes for the id that it gives.
struct Moment {
    at_ms: i64,
    bytes: [u8; 10],
}

impl Clock for Moment {
    fn now_ms(&self) -> i64 {
        self.at_ms
    }

    fn random(&self, bytes: &mut [u8]) {
        for (to, from) in bytes.iter_mut().zip(self.bytes.iter().cycle()) {
            *to = *from;
        }
    }
}

impl Node {
    /// Fills an empty data folder with made-up work of the last years. It goes through the same gate as all other work.
    ///
    /// # Errors
    /// `Conflict` for a folder that holds work or belongs to the county's exchange, `Refused` for a real township of which
    /// nobody said that they are sure, `Invalid` for what is out of bounds.
    pub fn sample(&self, ask: Sample<'_>, progress: &Progress) -> Result<Sampled, Failure> {
        self.may_be_filled(ask.sure)?;
        if !(1..=limits::SAMPLE_YEARS_MAX).contains(&ask.years) {
            let most = limits::SAMPLE_YEARS_MAX;
            return Err(Failure::invalid(
                format!("年数应在1至{most}之间。"),
                format!("Years are 1 to {most}."),
            ));
        }
        if ask.count.is_some_and(|count| !(1..=limits::SAMPLE_COUNT_MAX).contains(&count)) {
            let most = limits::SAMPLE_COUNT_MAX;
            return Err(Failure::invalid(
                format!("条数应在1至{most}之间。"),
                format!("Records are 1 to {most}."),
            ));
        }
        let to = self.clock().today();
        let from = to.plus(1 - YEAR_DAYS * i32::try_from(ask.years).unwrap_or(1));
        let story = self.story(ask, from, to)?;
        progress.total(story.steps.len() as u64);
        let mut known = Known::default();
        let mut made: BTreeMap<u32, usize> = BTreeMap::new();
        for part in story.steps.chunks(STEPS_PER_COMMIT) {
            self.write(|tx| {
                part.iter().try_for_each(|step| self.take_step(tx, step, &mut known, &mut made))
            })?;
            progress.step(part.len() as u64);
        }
        progress.done();
        let kinds = made.iter().filter_map(|(tag, records)| {
            let kind = self.catalogue().kinds.get(tag)?;
            let (kind, label) = (kind.id.clone(), &kind.label);
            Some(SampledKind { kind, zh: label.zh.clone(), en: label.en.clone(), records: *records })
        });
        Ok(Sampled {
            from: from.to_string(),
            to: to.to_string(),
            seed: ask.seed,
            steps: story.steps.len(),
            records: made.values().sum(),
            kinds: kinds.collect(),
        })
    }

    fn take_step(
        &self,
        tx: &mut Tx<'_>,
        step: &Step,
        known: &mut Known,
        made: &mut BTreeMap<u32, usize>,
    ) -> Result<(), Stop> {
        let Some(command) = step.command(known) else { return Ok(()) };
        let moment = Moment { at_ms: step.at_ms, bytes: step.random() };
        let decision = self.ledger_by(&moment, |desk| desk.commit_in(tx, &command, &step.actor))?;
        let begins = |entry: &&Entry| entry.rev == 1 && !entry.flags.has(EntryFlags::PRIVATE);
        for entry in decision.entries.iter().map(|(_, entry)| entry).filter(begins) {
            *made.entry(entry.kind).or_default() += 1;
        }
        known.learn(step, &decision);
        Ok(())
    }

    /// Made-up work must not mix with real work.
    fn may_be_filled(&self, sure: bool) -> Result<(), Failure> {
        let office = self.office();
        let fictional = county::find(office.code()).is_some();
        let written = [StreamName::Township(office.code()), StreamName::Local(office.site())];
        if written.iter().any(|stream| self.store().head(*stream).len > 0) {
            return Err(Failure::new(
                ErrorCode::Conflict,
                "此数据文件夹里已有记录，没有改动。",
                "This data folder holds records already; nothing was changed.",
            )
            .advise(
                "样例只写入空的数据文件夹：请用 --data 另建一个（init）。",
                "Made-up work goes into an empty folder: make another with --data DIR init.",
            ));
        }
        if office.identity.is_some() && !fictional {
            return Err(Failure::new(
                ErrorCode::Conflict,
                "本机已加入县里，样例会被报到县里，没有改动。",
                "This node has joined the county, which would get the made-up work; nothing was changed.",
            ));
        }
        if !sure && !fictional {
            let name = &office.township.name;
            return Err(Failure::new(
                ErrorCode::Refused,
                format!("{name} 不是虚构的乡镇：要写入的全是编造的记录。"),
                format!("{name} is no made-up township, and every record would be made up."),
            )
            .advise(
                "确定只是试用，请加 --yes；或 init --township 999901101 --name 石桥镇 建一个虚构乡镇。",
                "Add --yes if this folder is for trying only, or init --township 999901101 --name 石桥镇.",
            ));
        }
        Ok(())
    }

    fn story(&self, ask: Sample<'_>, from: Day, to: Day) -> Result<Story, Failure> {
        let office = self.office();
        let catalogue = self.catalogue();
        let kind = ask.kind.map(|name| shared::ledger::find_kind(catalogue, name)).transpose()?;
        if ask.count.is_some() && kind.is_none() {
            return Err(Failure::invalid("--count 要与 --kind 同用。", "--count goes with --kind."));
        }
        if let (None, Some(town)) = (kind, county::find(office.code())) {
            let amounts = Amounts::YEAR.years(ask.years as usize);
            return Ok(Story::of_township(catalogue, ask.seed, from, to, town, amounts));
        }
        let ours = |kind: &Kind| kind.owner == Owner::Township && kind.nodes.contains(&office.kind());
        if let Some(kind) = kind.filter(|kind| !ours(kind)) {
            let (zh, en) = (&kind.label.zh, &kind.label.en);
            return Err(Failure::invalid(
                format!("本单位不登记{zh}。"),
                format!("This office keeps no {en}."),
            ));
        }
        let seat = Seat {
            site: office.site(),
            node: Some(office.kind()),
            abbr: office.township.abbr.clone(),
            profile: office.township.profile.clone(),
        };
        let only = kind.map(|kind| Wish::with_needs(catalogue, kind, ask.count)).unwrap_or_default();
        let wish = Wish { seat, name: &office.township.name, from, to, percent: 100, only };
        Ok(Story::of_office(catalogue, ask.seed, wish))
    }
}
