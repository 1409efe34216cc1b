//! Answers of the app as messages of the service `Report`.

use shared::catalogue::model::{Catalogue, Kind, Label, Owner};
use shared::ids::TownshipCode;
use shared::ledger::{ShownItem, ShownPart, ShownTownship};
use xianglian_proto::v1;

use crate::app::feed::Event;
use crate::app::report::Seen;
use crate::app::{acks, coverage, district, drill, health, status, tally};

pub(super) fn tally(answer: &tally::Answer) -> v1::TallyReply {
    // Cells stand in the order of measures and units, each pair once.
    let pairs = answer.measures.iter().flat_map(|column| answer.units.iter().map(move |unit| (column, unit)));
    let rows = pairs.zip(&answer.cells).map(|((column, unit), cell)| v1::TallyRow {
        measure: cell.measure.clone(),
        label: column.zh.clone(),
        level: unit.level.clone(),
        unit: cell.unit.clone(),
        name: unit.name.clone(),
        split: cell.split.clone(),
        numerator: Some(cell.numerator),
        denominator: cell.denominator,
        text: cell.text.clone(),
        target: column.target.clone(),
        met: cell.met,
        missing: cell.missing.iter().map(|gap| gap.id.clone()).collect(),
        before: cell.before.as_ref().map(before_out),
        rank: cell.rank.unwrap_or(0),
        unranked: cell.unranked.clone().unwrap_or_default(),
        within: unit.within.clone().unwrap_or_default(),
    });
    let own = answer.own_days.iter().map(|own| v1::OwnDays {
        township: own.township.to_string(),
        from: own.from.clone(),
        to: own.to.clone(),
    });
    let before = answer.before.as_ref();
    v1::TallyReply {
        rows: rows.collect(),
        coverage: Some(coverage(&answer.coverage)),
        from: answer.from.clone(),
        to: answer.to.clone(),
        as_of: answer.as_of.clone(),
        own_days: own.collect(),
        before_from: before.map(|before| before.from.clone()).unwrap_or_default(),
        before_to: before.map(|before| before.to.clone()).unwrap_or_default(),
    }
}

fn before_out(before: &tally::CellBefore) -> v1::Before {
    v1::Before {
        numerator: Some(before.numerator),
        denominator: before.denominator,
        text: before.text.clone(),
        change: before.change.clone().unwrap_or_default(),
    }
}

fn coverage(coverage: &coverage::Coverage) -> v1::Coverage {
    let each = coverage.each.iter().map(|one| v1::Freshness {
        township: one.township.to_string(),
        last_sync: one.last_sync.clone().unwrap_or_default(),
        days_stale: one.days_stale,
        stale: one.stale,
        partial: one.partial,
    });
    v1::Coverage {
        townships: coverage.townships,
        reporting: coverage.reporting,
        oldest: coverage.oldest.clone().unwrap_or_default(),
        oldest_township: coverage.oldest_township.map(|code| code.to_string()).unwrap_or_default(),
        held: coverage.held,
        silent: coverage.silent.iter().map(ToString::to_string).collect(),
        synced: coverage.synced,
        each: each.collect(),
    }
}

pub(super) fn drill(answer: drill::Answer) -> v1::DrillReply {
    let drill::Answer { from, to, as_of, shown, .. } = answer;
    let part = |part: ShownPart| v1::DrillPart {
        role: part.role,
        measure: part.id,
        label: part.label.zh,
        text: part.text,
    };
    let item = |item: ShownItem| v1::DrillItem {
        part: u32::try_from(item.part).unwrap_or(u32::MAX),
        township: item.township.map(|code| code.to_string()).unwrap_or_default(),
        day: item.day,
        amount: item.amount,
        row: item.row.unwrap_or(0),
        // A choice on a list has a key and no record.
        value: match item.value {
            Some(value) => value.zh,
            None if item.record.is_empty() => item.short,
            None => String::new(),
        },
        record: item.record,
        days: item.days,
        covered: item.covered,
        withheld: item.withheld,
    };
    let township =
        |one: ShownTownship| v1::DrillTownship { township: one.township.to_string(), text: one.text };
    v1::DrillReply {
        numerator: Some(shown.numerator),
        denominator: shown.denominator,
        text: shown.text.zh,
        parts: shown.parts.into_iter().map(part).collect(),
        items: shown.items.into_iter().map(item).collect(),
        townships: shown.townships.into_iter().map(township).collect(),
        next: shown.next.unwrap_or_default(),
        from,
        to,
        as_of,
    }
}

pub(super) fn nodes(towns: Vec<status::Township>, nights: health::Answer) -> v1::NodesReply {
    let mut nights: std::collections::BTreeMap<TownshipCode, health::Tally> =
        nights.townships.into_iter().map(|town| (town.code, town.tally)).collect();
    let nodes = towns.into_iter().map(|town| {
        let tally = nights.remove(&town.code).unwrap_or_default();
        node(town, tally)
    });
    v1::NodesReply { nodes: nodes.collect() }
}

fn node(town: status::Township, nights: health::Tally) -> v1::NodeHealth {
    v1::NodeHealth {
        township: town.code.to_string(),
        name: town.name,
        district: town.district.unwrap_or_default(),
        status: town.standing,
        last_sync: town.last_sync.unwrap_or_default(),
        entries: town.entries,
        held: town.held,
        software: town.software.unwrap_or_default(),
        clock_offset_ms: town.clock_offset_ms.unwrap_or_default(),
        certificate_days: town.certificate_days.and_then(|days| i32::try_from(days).ok()).unwrap_or_default(),
        missing: if town.partial { u64::from(town.waiting.unwrap_or_default()) } else { 0 },
        successor: town.successor.map(|(code, _)| code.to_string()).unwrap_or_default(),
        catalogue: town.catalogue.unwrap_or_default(),
        backlog: town.waiting.unwrap_or_default(),
        nights: Some(v1::Nights {
            expected: nights.expected,
            completed: nights.completed,
            partial: nights.partial,
            missed: nights.missed,
            missed_in_row: nights.missed_in_row,
            received: nights.received,
            sent: nights.sent,
            held: nights.held,
        }),
        form: town.kind,
    }
}

pub(super) fn record(seen: Seen) -> v1::RecordByIdReply {
    let reasons = seen.reasons.into_iter().map(|(rev, reason)| v1::ReasonGiven { rev, reason });
    v1::RecordByIdReply { record: Some(seen.record.to_message()), reasons: reasons.collect() }
}

pub(super) fn kinds(catalogue: &Catalogue) -> v1::KindsReply {
    v1::KindsReply {
        catalogue: catalogue.version.clone(),
        kinds: catalogue.kinds.values().map(kind).collect(),
    }
}

fn kind(kind: &Kind) -> v1::KindInfo {
    let named = |tag: u32, id: &str, label: &Label| v1::Named {
        tag,
        id: id.to_owned(),
        zh: label.zh.clone(),
        en: label.en.clone(),
    };
    let measures = kind.measures.iter().map(|measure| named(measure.tag, &measure.id, &measure.label));
    let rates = kind.rates.iter().map(|rate| named(0, &rate.id, &rate.label));
    let coverages = kind.coverages.iter().map(|coverage| named(0, &coverage.id, &coverage.label));
    v1::KindInfo {
        tag: kind.tag,
        id: kind.id.clone(),
        code: kind.code.clone(),
        zh: kind.label.zh.clone(),
        en: kind.label.en.clone(),
        owner: match kind.owner {
            Owner::County => "county".to_owned(),
            Owner::Township => "township".to_owned(),
        },
        fields: kind.fields.values().map(|field| named(field.tag, &field.id, &field.label)).collect(),
        statuses: kind.statuses.values().map(|status| named(status.tag, &status.id, &status.label)).collect(),
        measures: measures.chain(rates).chain(coverages).collect(),
    }
}

pub(super) fn districts(map: district::Map) -> v1::DistrictsReply {
    let town = |(code, name): (TownshipCode, String)| v1::TownshipInfo { code: code.to_string(), name };
    v1::DistrictsReply {
        on: map.on,
        districts: map
            .districts
            .into_iter()
            .map(|found| v1::DistrictInfo {
                id: found.id.as_bytes().to_vec(),
                name: found.name,
                order: found.order,
                townships: found.townships.into_iter().map(town).collect(),
            })
            .collect(),
        unassigned: map.unassigned.into_iter().map(town).collect(),
    }
}

pub(super) fn events(events: Vec<Event>) -> v1::EventsReply {
    let event = |event: Event| v1::Event {
        record: event.record.as_bytes().to_vec(),
        deadline: event.deadline.unwrap_or_default(),
        kind: event.kind,
        owner: event.township.map(|code| code.to_string()).unwrap_or_default(),
        title: event.title.zh,
        place: event.place,
        first: event.first.to_string(),
        last: event.last.to_string(),
        rev: event.rev,
        standing: event.standing.name().to_owned(),
    };
    v1::EventsReply { events: events.into_iter().map(event).collect() }
}

pub(super) fn acknowledgements(page: acks::Answer) -> v1::AcknowledgementsReply {
    let line = |line: acks::Line| v1::Acknowledgement {
        record: line.record.as_bytes().to_vec(),
        kind: line.kind,
        title: line.title,
        township: line.township.to_string(),
        published: line.published,
        delivered: line.delivered.unwrap_or_default(),
        answer_kind: line.answer_kind,
        answer: line.answer.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
        answered: line.answered.unwrap_or_default(),
        due: line.due.unwrap_or_default(),
        standing: line.standing.name().to_owned(),
    };
    v1::AcknowledgementsReply { lines: page.lines.into_iter().map(line).collect(), next: page.next }
}
