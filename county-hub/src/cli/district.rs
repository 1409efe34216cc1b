use clap::Subcommand;
use shared::ids::TownshipCode;
use shared::program::{Failure, Lang, Table};

use super::Desk;
use crate::app::district::{self, Map, Written};

/// 片：设立、划分、挂钩联系 / Districts: found them, put townships in, name who looks after them
#[derive(Debug, Subcommand)]
pub(super) enum District {
    /// 设立一个片 / Founds a district
    Add {
        name: String,
        /// 排列顺序 / place in lists
        #[arg(long)]
        order: Option<i64>,
        /// 从哪天起（默认今年元旦）/ first day; this year's first by default
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
    },
    /// 某天的分片情况 / Districts and their townships on a day
    List {
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
    },
    /// 从某天起把乡镇划入一个片 / From a day on a township belongs to a district
    Assign {
        township: TownshipCode,
        district: String,
        #[arg(long, value_name = "DATE")]
        from: String,
    },
    /// 确定挂钩联系人 / Names a member of the standing committee who looks after a district
    Liaison {
        district: String,
        /// 人员代码 / code of the member's account
        #[arg(long)]
        member: String,
        /// 姓名 / name
        #[arg(long)]
        name: String,
        /// 牵头 / the one who leads
        #[arg(long)]
        lead: bool,
        #[arg(long, value_name = "DATE")]
        from: String,
        /// 到哪天为止（不含）/ first day on which it no longer holds
        #[arg(long, value_name = "DATE")]
        to: Option<String>,
    },
}

impl District {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        let written = match self {
            Self::List { on } => {
                let map = counter.ask(district::List { on })?;
                desk.out.data(&map, |lang| table(&map, lang));
                return Ok(());
            }
            Self::Add { name, order, from } => counter.ask(district::Add { name, order, from })?,
            Self::Assign { township, district, from } => {
                counter.ask(district::Assign { township, district, from })?
            }
            Self::Liaison { district, member, name, lead, from, to } => {
                counter.ask(district::Liaison { member, name, district, lead, from, to })?
            }
        };
        desk.out.data(&written, |lang| said(&written, lang));
        Ok(())
    }
}

fn said(written: &Written, lang: Lang) -> String {
    format!("{} {}", lang.pick("已保存", "saved"), written.record)
}

fn table(map: &Map, lang: Lang) -> String {
    let mut table = Table::left([
        lang.pick("片", "district"),
        lang.pick("乡镇数", "townships"),
        lang.pick("乡镇", "names"),
        lang.pick("挂钩联系", "liaison"),
    ]);
    let names = |townships: &[(TownshipCode, String)]| {
        townships.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(lang.pick("、", ", "))
    };
    for district in &map.districts {
        let liaisons = district.liaisons.iter().map(|liaison| {
            let lead = if liaison.lead { lang.pick("（牵头）", " (lead)") } else { "" };
            format!("{}{lead}", liaison.name)
        });
        let liaisons = liaisons.collect::<Vec<_>>().join(lang.pick("、", ", "));
        let count = district.townships.len().to_string();
        table.row([district.name.clone(), count, names(&district.townships), liaisons]);
    }
    if !map.unassigned.is_empty() {
        let count = map.unassigned.len().to_string();
        table.row([
            lang.pick("（未划片）", "(in none)").to_owned(),
            count,
            names(&map.unassigned),
            String::new(),
        ]);
    }
    format!("{}\n{}", map.on, table.render())
}
