use clap::Args;
use shared::catalogue::model::NodeKind;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;
use crate::app::coverage::age_text;
use crate::app::status::{self, Township};

/// 县级枢纽和各乡镇的情况 / How the hub and every township are
#[derive(Debug, Args)]
pub(super) struct Status {}

impl Status {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        let running = counter.is_running();
        let status = counter.ask(status::Ask {})?;
        desk.out.data(&status, |lang| {
            let mut out = format!(
                "{}（{}） {}\n{}\n\n",
                status.name,
                status.county,
                if running {
                    lang.pick("正在运行", "running")
                } else {
                    lang.pick("未运行", "not running")
                },
                status.coverage.text(lang),
            );
            out.push_str(&table(&status.townships, lang));
            out.push_str(&status.refused_reactions.text(lang));
            if !status.events.is_empty() {
                out.push('\n');
            }
            for event in &status.events {
                out.push_str(&format!("{} {} {}\n", event.at, event.name, lang.pick(&event.zh, &event.en)));
            }
            out
        });
        Ok(())
    }
}

fn table(townships: &[Township], lang: Lang) -> String {
    let heads = [
        ("代码", "code", Align::Left),
        ("乡镇", "township", Align::Left),
        ("片", "district", Align::Left),
        ("状态", "standing", Align::Left),
        ("最后同步", "last sync", Align::Left),
        ("条目", "entries", Align::Right),
        ("待报", "waiting", Align::Right),
        ("夜间同步", "nights", Align::Right),
        ("连缺夜", "missed", Align::Right),
        ("待更正", "held", Align::Right),
        ("软件", "software", Align::Left),
        ("目录", "catalogue", Align::Left),
        ("时钟差(秒)", "clock (s)", Align::Right),
        ("证书余天", "cert days", Align::Right),
        ("未签收", "unsigned", Align::Right),
        ("其中逾期", "overdue", Align::Right),
        ("提示", "notice", Align::Left),
    ];
    let mut table = Table::new(heads.map(|(zh, en, align)| (lang.pick(zh, en), align)));
    for town in townships {
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        table.row([
            town.code.to_string(),
            town.name.clone(),
            town.district.clone().unwrap_or_default(),
            standing(&town.standing, lang).to_owned(),
            town.age_ms.map_or(lang.pick("从未", "never").to_owned(), |age| age_text(age, lang)),
            town.entries.to_string(),
            town.waiting.map(|count| count.to_string()).unwrap_or_default(),
            format!("{}/{}", town.nights.completed, town.nights.expected),
            town.nights.missed_in_row.to_string(),
            town.held.to_string(),
            town.software.clone().unwrap_or_default(),
            town.catalogue.as_deref().map(|version| version.chars().take(8).collect()).unwrap_or_default(),
            number(town.clock_offset_ms.map(|ms| ms / 1000)),
            number(town.certificate_days),
            number(town.unanswered.map(|count| i64::from(count.undelivered + count.waiting + count.overdue))),
            number(town.unanswered.map(|count| i64::from(count.overdue))),
            notices(town, lang),
        ]);
    }
    table.render()
}

/// What should be looked at, in words.
fn notices(town: &Township, lang: Lang) -> String {
    let mut words = Vec::new();
    if let Some((_, name)) = &town.successor {
        words.push(match lang {
            Lang::Zh => format!("已并入{name}"),
            Lang::En => format!("merged into {name}"),
        });
    }
    if let (true, Some(waiting)) = (town.partial, town.waiting) {
        words.push(match lang {
            Lang::Zh => format!("上次未传完，还差 {waiting} 条"),
            Lang::En => format!("cut off last time, {waiting} entries are missing"),
        });
    }
    if let Some(days) = town.clock_days {
        let (by, much) = (if days > 0 { ("快", "ahead") } else { ("慢", "behind") }, days.abs());
        words.push(match lang {
            Lang::Zh => format!("电脑时钟{} {much} 天，登记的日期要核对", by.0),
            Lang::En => format!("its clock is {much} days {}: look at the dates it entered", by.1),
        });
    }
    if town.ahead > 0 {
        words.push(match lang {
            Lang::Zh => format!("{} 条记录的日期在明天之后", town.ahead),
            Lang::En => format!("{} records are dated after tomorrow", town.ahead),
        });
    }
    words.extend(town.event.as_ref().map(|event| lang.pick(&event.zh, &event.en).to_owned()));
    words.join(lang.pick("；", "; "))
}

/// One township, with what is held of it.
pub(super) fn one(town: &Township, lang: Lang) -> String {
    let mut out = table(std::slice::from_ref(town), lang);
    for held in &town.held_entries {
        let record = held.record.as_deref().unwrap_or("?");
        out.push_str(&format!(
            "{} {} {} {} {}\n",
            held.seq,
            held.kind,
            record,
            lang.pick(&held.zh, &held.en),
            held.detail
        ));
    }
    out
}

pub(super) fn standing(code: &str, lang: Lang) -> &str {
    match code {
        "EXPECTED" => lang.pick("待加入", "expected"),
        "ENROLLED" => lang.pick("已加入", "enrolled"),
        "EXPIRED" => lang.pick("证书过期", "expired"),
        "REVOKED" => lang.pick("已吊销", "revoked"),
        "ABSENT" => lang.pick("未邀请", "absent"),
        other => other,
    }
}

pub(super) fn kind(code: &str, lang: Lang) -> String {
    let label = NodeKind::from_code(code).map(NodeKind::label);
    label.map_or_else(|| code.to_owned(), |(zh, en)| lang.pick(zh, en).to_owned())
}
