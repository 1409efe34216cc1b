//! Suggestions like those of a real ledger (about 350 bytes an entry), for examples that measure.

use shared::catalogue::model::Catalogue;
use shared::ids::RecordId;
use shared::record::{Actor, Day, DeadlineState, Entry, EntryFlags, Fields, Role, Value};

/// Seconds that this thread has had a processor, so that other work on the machine does not count.
pub fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e9
}

/// The i-th suggestion of a township: fields by id, as an importer would give them.
pub fn suggestion(catalogue: &Catalogue, township: u32, i: u32) -> Entry {
    let kind = catalogue.kind("proposal").expect("the built-in catalogue has suggestions");
    let raised = Day(17_000 + (i * 37 % 3_600) as i32);
    let assigned = raised.plus(5);
    let replied = i.is_multiple_of(2);
    let mut set = Fields::new();
    let mut put = |id: &str, value: Value| {
        if let Some(field) = kind.field(id) {
            set.insert(field.tag, value);
        }
    };
    let text = |text: &str| Value::Text(text.to_owned());
    put("form", Value::Choice(2));
    put("level", Value::Choice(1));
    put("proposal_no", Value::Number(i64::from(i) + 1));
    put("title", Value::Text(format!("关于进一步完善学校周边公交站点线路合理布局的建议（第{i}件）")));
    put("delegation", text("第二代表团"));
    put("raised_on", Value::Date(raised));
    put("in_session", Value::Choice(1));
    put("subject", Value::Choice(i % 6 + 1));
    put("openness", Value::Choice(1));
    put("security_level", Value::Choice(2));
    put("review", Value::Choice(1));
    put("assigned_on", Value::Date(assigned));
    put("main_unit", text("市综合行政执法局（市城管局）"));
    put("co_units", Value::List(vec![text("市财政地税局"), text("宗汉街道")]));
    if replied {
        put("replied_on", Value::Date(assigned.plus(60)));
        put("result_class", Value::Choice(i % 4 + 1));
    }
    let deadline = catalogue.deadline("DL-SG-REPLY").map_or(1, |kind| kind.number);
    let due = assigned.plus(92);
    let status = kind.status(if replied { "replied" } else { "handling" }).map_or(1, |status| status.tag);
    let mut random = [0; 10];
    random[..4].copy_from_slice(&township.to_be_bytes());
    random[6..].copy_from_slice(&i.to_be_bytes());
    Entry {
        record: RecordId::mint(1_700_000_000_000 + i64::from(i), &random),
        kind: kind.tag,
        rev: 1,
        action: 0,
        status,
        set,
        cleared: Vec::new(),
        deadlines: vec![DeadlineState {
            kind: deadline,
            start: assigned,
            raw_due: due,
            effective_due: due,
            done: replied.then_some(assigned.plus(60)),
            provisional: false,
            profile: "zhejiang-2024.1+2026.1".to_owned(),
            cancelled: false,
            extensions: 0,
        }],
        actor: Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false },
        at: 1_700_000_000_000,
        tick: i,
        flags: EntryFlags::IMPORTED,
        reason: String::new(),
    }
}
