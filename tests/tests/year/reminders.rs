//! Whether every deadline was reminded of as its rule says: once on the first morning on which a threshold had been reached,
//! then once on the day of each further one, and on no other day. Read from the journals, entry by entry.

use std::collections::BTreeMap;

use shared::catalogue::model::{Kind, Reminder};
use shared::ids::{RecordId, Site};
use shared::limits::{ENTRY_BYTES_MAX, FRAME_BYTES_MAX};
use shared::program::day_start_ms;
use shared::record::{Day, DeadlineState, Entry, EntryFlags};
use shared::store::Store;
use shared::stream::Item;

use super::bed::{MORNING_MS, Year};

/// Reminders of the year by kind, worked out by hand. A morning is the first one after a night in which something came.
const OF_KINDS: [(&str, usize); 10] = [
    // The county's own lines of the two that were late, see below: 3 days before and as often after. 1 + 2 and 1 + 62.
    ("assignment_line", 3 + 63),
    // Due on 30 June, reminded of 7, 3 and 1 days before and 1, 4, 7 … days after. Five townships reported on 15 June: none.
    // 青林畲族乡 reported on 6 July: 3 before, then on 1 and 4 July: 5. 云峰乡 never did: 3 before, and to 31 December, 184 days
    // after, 1 + 3 × 61: 62 more, 65 together. All other assignments were reported more than 7 days ahead.
    ("assignment_report", 5 + 65),
    // Called on 3 March, due on 3 June, answered on 20 May: the day before that is the 15th before the due day.
    ("county_proposal", 1),
    // Reports for the liaison meetings: they come with 6 days left, below the first threshold of 7: one each, before they are
    // written. Eight townships, four quarters.
    ("exchange_report", 32),
    // Problems of visits, 60 days: that of March is due on 18 May (the 17th is a Sunday) and was solved on the 21st: 7 and 1
    // before, 1 after: 3. That of May is due on 6 July: 2 and, every 10th day to 178 days after, 18: 20. That of September is
    // due on 16 November: 2 and, to 45 days after, 5: 7. That of November is due in January.
    ("guidance_visit", 3 + 20 + 7),
    // Answered with 3 days left, after that morning's reminder; in June on the day after, with 2 left. The county's session
    // was answered with 4 left.
    ("invitation_reply", 32),
    // Notice is due 7 days before each meeting: 21 and 7 days before that, and 3 in all quarters but the first, in which notice
    // went out 4 days before.
    ("liaison_meeting", 2 + 3 + 3 + 3),
    // Every month 3 and 1 days before the closing.
    ("period_control", 2 * 11),
    // A return comes with 3 days left and is filled in on the day after: one each, 86. 青林畲族乡 sent that of February on the
    // 7th: 3 and 1 before, 1 after: 3. 大坪乡 never sent that of July, due on 5 August: 2 before, and to 31 December, 148 days
    // after, 1 + 3 × 49: 50 more.
    ("periodic_return", 86 + 3 + 52),
    // Accepted on 12 February, 60 days are over on 13 April, answered on 20 May: 15, 7, 3, 1 before, and every 7th day to 36
    // after: 6.
    ("petition_referral", 4 + 6),
];

/// Tells what was reminded of, by kind, beside what was worked out.
pub fn check(year: &Year, differ: &mut dyn FnMut(&str, &[String], &[&str])) {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let catalogue = year.app().catalogue();
    let mut stores: Vec<(Site, &Store)> = vec![(Site::Hub, year.app().store())];
    let nodes = &year.cluster().nodes;
    stores.extend(nodes.iter().map(|(town, node)| (Site::Township(town.code), node.store())));
    for (site, store) in stores {
        for (id, entries) in histories(store, site) {
            let Some(kind) = catalogue.kinds.get(&entries[0].kind) else { continue };
            for reminder in &kind.reminders {
                let found = reminded(year, kind, reminder, id, &entries);
                if found > 0 {
                    *counted.entry(kind.id.clone()).or_default() += found;
                }
            }
        }
    }
    let found: Vec<String> = counted.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let expected: Vec<String> = OF_KINDS.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    differ("reminders", &found, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    let of = |town: &str| {
        let clerk = year.clerk(town);
        let reports = clerk.list("assignment_report", "").into_iter();
        reports.map(|id| clerk.value(id, "reminders").parse().unwrap_or(0)).sum::<u32>().to_string()
    };
    differ("reminders of assignments", &[of("云峰乡"), of("青林畲族乡"), of("石桥镇")], &["65", "5", "0"]);
}

/// The entries of every record that this side writes, in their order.
fn histories(store: &Store, site: Site) -> BTreeMap<RecordId, Vec<Entry>> {
    let mut all: BTreeMap<RecordId, Vec<Entry>> = BTreeMap::new();
    for (stream, head) in store.streams().into_iter().filter(|(stream, _)| stream.writer() == site) {
        let mut next = 1;
        while let Some(run) =
            store.run(stream, next..=head.len, FRAME_BYTES_MAX, ENTRY_BYTES_MAX).expect("a journal")
        {
            next += run.items.len() as u64;
            for item in run.items {
                let Item::Entry(bytes) = item else { continue };
                let Ok(entry) = Entry::decode(&bytes) else { continue };
                if !entry.flags.has(EntryFlags::PRIVATE) {
                    all.entry(entry.record).or_default().push(entry);
                }
            }
        }
    }
    all.values_mut().for_each(|entries| entries.sort_by_key(|entry| entry.rev));
    all
}

/// Walks through the mornings of the year with a record; gives the number of its reminders.
fn reminded(year: &Year, kind: &Kind, reminder: &Reminder, id: RecordId, entries: &[Entry]) -> usize {
    let action = &kind.actions[&reminder.action];
    let all = entries.iter().filter(|entry| entry.action == reminder.action).count();
    let mut rest = entries.iter().filter(|entry| entry.action != reminder.action).peekable();
    let (mut status, mut voided, mut deadline): (_, _, Option<&DeadlineState>) = (None, false, None);
    // The due day of which a morning has been seen on which it stood open.
    let mut known: Option<Day> = None;
    let mut expected = 0;
    for morning in &year.mornings {
        let at = day_start_ms(*morning) + MORNING_MS;
        while let Some(entry) = rest.next_if(|entry| entry.at <= at) {
            // An event leaves it as it was.
            status = Some(entry.status).filter(|status| *status != 0).or(status);
            voided = entry.flags.has(EntryFlags::VOIDED);
            let of = |state: &&DeadlineState| state.kind == reminder.deadline;
            deadline = entry.deadlines.iter().find(of).or(deadline);
        }
        let may = !voided && status.is_some_and(|status| action.from.contains(&status));
        let open = deadline.filter(|state| may && state.done.is_none() && !state.cancelled);
        let due = open.map(|state| state.effective_due);
        let wanted = due.is_some_and(|due| thresholds(reminder, due.0 - morning.0, known != Some(due)));
        known = due.or(known);
        let fired = entries.iter().filter(|entry| entry.action == reminder.action && entry.at == at).count();
        assert_eq!(fired, usize::from(wanted), "{} {id} on {morning}", kind.id);
        expected += fired;
    }
    assert_eq!(all, expected, "{} {id} was reminded of at another time", kind.id);
    all
}

/// Whether so many days before the due day (negative: after it) are one to remind on; on the first morning any threshold that
/// has been passed counts.
fn thresholds(reminder: &Reminder, left: i32, first: bool) -> bool {
    let before = reminder.days_before.iter().any(|days| {
        let days = i32::try_from(*days).expect("a few days");
        left == days || (first && left < days)
    });
    let after = reminder.overdue_every.is_some_and(|every| {
        let every = i32::try_from(every).expect("a few days");
        left < 0 && (first || (-left - 1) % every == 0)
    });
    before || after
}
