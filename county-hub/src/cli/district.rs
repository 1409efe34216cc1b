use clap::Subcommand;
use shared::ids::TownshipCode;
use shared::program::{Failure, Lang, Table};

use super::Desk;
use crate::app::district::{self, Map, Written};
use crate::app::district_check::{self, Checked};

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
    /// 哪些日子分片不完整：无牵头联系人、乡镇未划片等 / Days on which the districts are not in order
    Check {
        /// 期间，如 2026、2026Q3（默认今年元旦至今天）/ from this year's first day to today by default
        #[arg(long)]
        period: Option<String>,
        /// 应有几个片 / how many districts there are to be
        #[arg(long, value_name = "N", default_value_t = district_check::DISTRICTS)]
        count: usize,
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
            Self::Check { period, count } => {
                let checked = counter.ask(district_check::Check { period, count: Some(count) })?;
                desk.out.data(&checked, |lang| gaps(&checked, lang));
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

fn gaps(checked: &Checked, lang: Lang) -> String {
    let (from, to) = (&checked.from, &checked.to);
    if checked.gaps.is_empty() {
        return match lang {
            Lang::Zh => format!("{from} 至 {to}：分片完整。"),
            Lang::En => format!("{from} to {to}: the districts are in order."),
        };
    }
    let mut table = Table::left([
        lang.pick("起", "from"),
        lang.pick("至", "to"),
        lang.pick("天数", "days"),
        lang.pick("问题", "what"),
    ]);
    for gap in &checked.gaps {
        let what = gap.text(lang).to_owned();
        table.row([gap.from.clone(), gap.to.clone(), gap.days.to_string(), what]);
    }
    table.render()
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
