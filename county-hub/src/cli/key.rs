use clap::Subcommand;
use shared::ids::TownshipCode;
use shared::program::{Failure, Lang, Table};

use super::Desk;
use crate::app::key::{Add, Line, List, Revoke};

/// 访问钥匙：供其他程序经 HTTP 读取 / Access keys for programs that read over HTTP
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// 新建钥匙；密文只显示这一次；同名的旧钥匙作废 / Makes a key and shows its secret, this once; an older one of the same name ends
    Add {
        /// 1–40 个字，给人看的名称 / what people call it
        name: String,
        /// 只看一个乡镇能看的 / sees what this township sees
        #[arg(long, value_name = "CODE", conflicts_with = "district")]
        township: Option<TownshipCode>,
        /// 只看一个片的乡镇 / sees the townships of this district
        #[arg(long, value_name = "NAME")]
        district: Option<String>,
        /// 只用于 calendar（日程订阅）或 metrics（监控）/ opens the calendar feed alone, or the metrics alone
        #[arg(long, value_name = "DOOR")]
        only: Option<String>,
        /// 有效天数（默认 365）/ days that it lives; 365 by default
        #[arg(long)]
        days: Option<u32>,
    },
    /// 所有钥匙 / Every key
    List,
    /// 立即吊销 / Ends a key, at once
    Revoke { name: String },
}

impl Key {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self {
            Self::Add { name, township, district, only, days } => {
                let issued = counter.ask(Add { name, township, district, only, days })?;
                desk.out.data(&issued, |lang| {
                    let once = lang.pick("密文只显示这一次，请妥善保存：", "The secret, shown this once:");
                    format!("{}\n{once}\n{}\n", table(&[&issued.line], lang), issued.secret)
                });
            }
            Self::List => {
                let lines = counter.ask(List {})?;
                desk.out.data(&lines, |lang| table(&lines.iter().collect::<Vec<_>>(), lang));
            }
            Self::Revoke { name } => {
                let line = counter.ask(Revoke { name })?;
                desk.out.data(&line, |lang| format!("{} {}", line.name, lang.pick("已吊销", "revoked")));
            }
        }
        Ok(())
    }
}

fn table(lines: &[&Line], lang: Lang) -> String {
    let heads = match lang {
        Lang::Zh => ["名称", "范围", "用途", "新建", "有效期至", "状态"],
        Lang::En => ["name", "sees", "for", "made", "until", "standing"],
    };
    let mut table = Table::left(heads);
    for line in lines {
        let only = match line.only.as_deref() {
            None => lang.pick("全部", "everything"),
            Some("calendar") => lang.pick("日程订阅", "calendar"),
            Some("metrics") => lang.pick("监控", "metrics"),
            Some(other) => other,
        };
        let standing = match (&line.revoked, line.good) {
            (Some(_), _) => lang.pick("已吊销", "revoked"),
            (None, false) => lang.pick("已过期", "expired"),
            (None, true) => lang.pick("有效", "good"),
        };
        table.row([
            line.name.as_str(),
            &line.of_name,
            only,
            &line.made[..10.min(line.made.len())],
            &line.expires[..10.min(line.expires.len())],
            standing,
        ]);
    }
    table.render()
}
