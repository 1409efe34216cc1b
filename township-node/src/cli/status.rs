//! `status`: how this node stands.

use clap::Args;
use serde_json::json;
use shared::code::ErrorCode;
use shared::program::{Failure, Lang, beijing_minute, text};
use shared::record::Day;

use super::Desk;
use crate::app::Status as Standing;
use crate::service::{self, Health};

#[derive(Debug, Args)]
pub(super) struct Status {}

impl Status {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let (status, health) = match desk.node() {
            Ok(node) => (node.status(desk.lang()), None),
            Err(busy) if busy.code == ErrorCode::Busy => {
                let health = told_by_service(desk).ok_or(busy)?;
                desk.out.note(&text(
                    format!("后台程序正在运行，以下是 {} 的状况。", beijing_minute(health.at_ms)),
                    format!(
                        "The service is running; this is how it stood at {}.",
                        beijing_minute(health.at_ms)
                    ),
                ));
                (health.status.clone(), Some(health))
            }
            Err(other) => return Err(other),
        };
        let mut value = json!(status);
        value["service"] = health.as_ref().map_or(serde_json::Value::Null, |health| {
            json!({ "state": health.state, "at": health.at, "next_sync": health.next_sync, "failures": health.failures })
        });
        desk.out.data(&value, |lang| page(&status, health.as_ref(), lang));
        Ok(())
    }
}

/// By how much this PC's clock is off, in minutes or, once dates are wrong by it, in days.
pub(super) fn clock(offset_ms: i64, lang: Lang) -> String {
    let (minutes, days) = (offset_ms.abs() / 60_000, offset_ms.abs() / Day::MS);
    match (lang, days) {
        (Lang::Zh, 0) => format!("与县里相差 {minutes} 分钟，请校准"),
        (Lang::En, 0) => format!("{minutes} minutes off the county's; please set it"),
        (Lang::Zh, _) => format!("与县里相差 {days} 天，请校准；其间登记的日期请核对"),
        (Lang::En, _) => {
            format!("{days} days off the county's; please set it, and look at the dates entered meanwhile")
        }
    }
}

/// What the running service has written down.
fn told_by_service(desk: &Desk) -> Option<Health> {
    let bytes = std::fs::read(desk.data.join(service::FILE)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// 11月23日 02:14
pub(super) fn moment(ms: i64, lang: Lang) -> String {
    let full = beijing_minute(ms);
    match (lang, full.get(5..7), full.get(8..10), full.get(11..)) {
        (Lang::Zh, Some(month), Some(day), Some(time)) => {
            format!("{}月{}日 {time}", month.trim_start_matches('0'), day.trim_start_matches('0'))
        }
        _ => full,
    }
}

fn page(status: &Standing, health: Option<&Health>, lang: Lang) -> String {
    let mut out = String::new();
    let mut line = |zh: &str, en: &str, value: String| {
        out.push_str(&format!("{}{}{value}\n", lang.pick(zh, en), lang.pick("：", ": ")));
    };
    line("乡镇", "township", format!("{}（{}）", status.name, status.township));
    let joined = match (&status.county, status.certificate_days, lang) {
        (Some(_), Some(days), Lang::Zh) if days < 0 => "证书已过期，请向县里要新的加入码".to_owned(),
        (Some(_), Some(days), Lang::Zh) => format!("已加入，证书还有 {days} 天"),
        (Some(_), Some(days), Lang::En) => format!("joined; the certificate has {days} days left"),
        (_, _, Lang::Zh) => "尚未加入，请用县里的加入码运行 join".to_owned(),
        (_, _, Lang::En) => "not joined; run join with the county's token".to_owned(),
    };
    line("县里", "county", joined);
    let never = lang.pick("从未", "never").to_owned();
    line("上次成功", "last success", status.last_success_ms.map_or(never, |ms| moment(ms, lang)));
    if let Some(ms) = status.last_failure_ms {
        let why = status.failure.as_deref().map_or_else(String::new, |why| match lang {
            Lang::Zh => format!("（{why}）"),
            Lang::En => format!(" ({why})"),
        });
        line("上次失败", "last failure", format!("{}{why}", moment(ms, lang)));
    }
    if let Some(receipt) = &status.receipt {
        let at = moment(receipt.at_ms, lang);
        line(
            "县里已收到",
            "received by the county",
            match lang {
                Lang::Zh => format!("{at}，回执 {}，共 {} 条", receipt.number, receipt.entries),
                Lang::En => format!("{at}, receipt {}, {} entries", receipt.number, receipt.entries),
            },
        );
    }
    line(
        "待上报",
        "waiting",
        match lang {
            Lang::Zh => format!("{} 条", status.waiting),
            Lang::En => format!("{} entries", status.waiting),
        },
    );
    if let Some(next) = health.and_then(|health| health.next_sync.clone()) {
        line("下次同步", "next exchange", next);
    }
    if status.clock_wrong {
        line("本机时间", "clock", clock(status.clock_offset_ms, lang));
    }
    let files = &status.county_files;
    if !files.in_force.is_empty() {
        let names: Vec<String> =
            files.in_force.iter().map(|line| format!("{} {}", line.name, line.version)).collect();
        line("县里下发的目录", "from the county", names.join(lang.pick("、", ", ")));
    }
    for refused in &files.refused {
        let (name, version, why) = (&refused.name, &refused.version, refused.why.get(lang));
        line("未能采用", "cannot be used", format!("{name} {version}{}{why}", lang.pick("：", ": ")));
    }
    if status.folder == "copied" {
        out.push_str(lang.pick(
            "这个数据文件夹是从别处复制或移动来的：可以继续登记，但要先用新的加入码运行 join 才能同步，未上报的内容不会丢失。\n",
            "This data folder was copied or moved here: you can go on working, but must join with a fresh token before it syncs; nothing unsent is lost.\n",
        ));
    }
    for recovery in &status.recovered {
        let at = moment(recovery.at_ms, lang);
        out.push_str(&match lang {
            Lang::Zh => format!(
                "{at} 恢复：从县里取回 {} 条，重新追加本机 {} 条，无法找回 {} 条。\n",
                recovery.taken_back, recovery.reappended, recovery.lost
            ),
            Lang::En => format!(
                "{at} recovered: {} entries taken back, {} appended again, {} lost.\n",
                recovery.taken_back, recovery.reappended, recovery.lost
            ),
        });
    }
    out.push_str(&status.refused_reactions.text(lang));
    if !status.held.is_empty() {
        out.push_str(&format!("\n{}\n", lang.pick("搁置的改动（用 held 处理）：", "held (see held):")));
        out.push_str(&super::held::table(&status.held, lang));
    }
    out
}
