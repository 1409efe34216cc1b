use clap::Args;
use serde::Serialize;
use shared::net::ca::Ca;
use shared::program::Failure;

use super::Desk;
use crate::app::App;

/// 新建县级枢纽 / Makes a new hub: folders, settings, certificate authority
#[derive(Debug, Args)]
pub(super) struct Init {
    /// 县（市、区）代码，六位 / code of the county, six digits
    #[arg(long)]
    county: String,
    /// 县（市、区）名称 / its name
    #[arg(long)]
    name: String,
    /// 法定期限 / legal profile: national, or a province
    #[arg(long, default_value = "national")]
    profile: String,
    /// 监听地址 / address to listen on
    #[arg(long, default_value = "0.0.0.0:7443")]
    listen: String,
    /// 乡镇访问县里的地址，印在加入码上 / host:port printed on one-time tokens
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<String>,
}

#[derive(Serialize)]
struct Made {
    data: String,
    settings: String,
    county: String,
    name: String,
    fingerprint: String,
}

impl Init {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let mut given = vec![
            ("county.code", self.county.clone()),
            ("county.name", self.name.clone()),
            ("county.profile", self.profile),
            ("net.listen", self.listen),
        ];
        given.extend(self.address.map(|address| ("net.address", address)));
        App::init(&desk.data, &given, &*desk.clock)?;
        let config = desk.config(Vec::new())?;
        let ca = Ca::open(&config.ca(), config.certificate_days).map_err(Failure::internal)?;
        let made = Made {
            data: desk.data.display().to_string(),
            settings: crate::config::file(&desk.data).display().to_string(),
            county: self.county,
            name: self.name,
            fingerprint: ca.fingerprint().to_string(),
        };
        desk.out.data(&made, |lang| {
            format!(
                "{} {}\n{} {}\n{} {}\n",
                lang.pick("已建立县级枢纽：", "hub made in"),
                made.data,
                lang.pick("设置文件：", "settings:"),
                made.settings,
                lang.pick("根证书指纹：", "fingerprint of its root:"),
                made.fingerprint
            )
        });
        Ok(())
    }
}
