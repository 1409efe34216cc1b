//! `init`: a data folder with a commented configuration file.

use clap::Args;
use serde_json::json;
use shared::program::Failure;

use super::Desk;
use crate::app::{NewOffice, Node};
use crate::config;

#[derive(Debug, Args)]
pub(super) struct Init {
    /// 九位乡镇代码；不写则由 join 带来 · township code of nine digits
    #[arg(long, value_name = "CODE")]
    township: Option<String>,
    /// 乡镇名称 · name
    #[arg(long)]
    name: Option<String>,
    /// 镇、乡、民族乡、街道（或 TOWN …）；不写则看名称 · form of township
    #[arg(long)]
    kind: Option<String>,
    /// 编号用简称，如 坎墩 · short name used in numbers
    #[arg(long)]
    abbr: Option<String>,
    /// 法定期限依据：national 或省份 · legal profile
    #[arg(long)]
    profile: Option<String>,
    /// 县级节点地址 · address of the hub
    #[arg(long, value_name = "HOST:PORT")]
    hub: Option<String>,
    /// 经办人账号代码 · code of the member of staff
    #[arg(long)]
    staff: Option<String>,
}

impl Init {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let office = NewOffice {
            code: self.township.clone(),
            name: self.name,
            kind: self.kind,
            abbr: self.abbr,
            profile: self.profile,
            hub: self.hub,
            staff: self.staff,
        };
        let path = config::write_new(&desk.data, &office.settings()?)?;
        let known = self.township.is_some();
        if known && let Err(failure) = desk.config().and_then(|config| Node::open(config, desk.clock.clone()))
        {
            // A folder that cannot be opened must not look like one that can.
            let _ = std::fs::remove_file(&path);
            return Err(failure);
        }
        let value = json!({ "data": desk.data.display().to_string(), "config": path.display().to_string(), "township": self.township });
        desk.out.data(&value, |lang| {
            let made = lang.pick("已建立数据文件夹：", "data folder made: ");
            let next = match (known, lang.pick("zh", "en")) {
                (true, "zh") => "现在可以登记（record new）或导入（import）。拿到加入码后运行 join。",
                (true, _) => {
                    "You can now enter records (record new) or import; run join once you have a token."
                }
                (false, "zh") => "下一步：用县里给的加入码运行 join。",
                (false, _) => "Next: run join with the county's token.",
            };
            format!("{made}{}\n{next}", desk.data.display())
        });
        Ok(())
    }
}
