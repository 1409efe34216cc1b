use clap::Subcommand;
use shared::ids::TownshipCode;
use shared::program::{Failure, Lang, Table, beijing_minute};

use super::{Desk, status};
use crate::app::township::{self, Invitation, Line};

/// 乡镇：登记、加入码、吊销 / Townships: list them, give them one-time tokens, end their certificates
#[derive(Debug, Subcommand)]
pub(super) enum Township {
    /// 登记一个乡镇并发加入码 / Lists a township and prints its one-time token
    Add {
        /// 九位代码 / code of nine digits
        code: TownshipCode,
        #[arg(long)]
        name: String,
        /// TOWN, TOWNSHIP, ETHNIC_TOWNSHIP, SUBDISTRICT
        #[arg(long)]
        kind: String,
        /// 所属片 / district that it belongs to
        #[arg(long)]
        district: Option<String>,
        /// 从哪天起属于该片（默认今年元旦）/ first day in the district; this year's first by default
        #[arg(long, requires = "district", value_name = "DATE")]
        from: Option<String>,
    },
    /// 更名或改制（乡改镇、镇改街道），代码不变 / Another name or form under the same code
    Change {
        code: TownshipCode,
        #[arg(long, required_unless_present = "kind")]
        name: Option<String>,
        /// TOWN, TOWNSHIP, ETHNIC_TOWNSHIP, SUBDISTRICT
        #[arg(long)]
        kind: Option<String>,
    },
    /// 并入另一乡镇，或换用新代码（新代码先用 add 登记）/ Merged into another, or on under a new code, which is added first
    Merge {
        code: TownshipCode,
        #[arg(long, value_name = "CODE")]
        into: TownshipCode,
        /// 从哪天起 / first day
        #[arg(long, value_name = "DATE")]
        from: String,
    },
    /// 所有乡镇 / Every township
    List,
    /// 一个乡镇的情况 / One township
    Show { code: TownshipCode },
    /// 立即吊销证书和加入码 / Ends its certificates and tokens, at once
    Revoke {
        code: TownshipCode,
        /// 原因，不写人名 / why; no names
        #[arg(long, default_value = "revoked")]
        reason: String,
    },
    /// 再发一个加入码，例如换了电脑 / A fresh one-time token, for a new office PC
    Reenrol { code: TownshipCode },
}

impl Township {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self {
            Self::Add { code, name, kind, district, from } => {
                let invitation = counter.ask(township::Add { code, name, kind, district, from })?;
                desk.out.data(&invitation, |lang| slip(&invitation, lang));
            }
            Self::Change { code, name, kind } => {
                let line = counter.ask(township::Change { code, name, kind })?;
                desk.out.data(&line, |lang| changed(&line, lang));
            }
            Self::Merge { code, into, from } => {
                let line = counter.ask(township::Merge { code, into, from })?;
                desk.out.data(&line, |lang| changed(&line, lang));
            }
            Self::Reenrol { code } => {
                let invitation = counter.ask(township::Reenrol { code })?;
                desk.out.data(&invitation, |lang| slip(&invitation, lang));
            }
            Self::List => {
                let lines = counter.ask(township::List {})?;
                desk.out.data(&lines, |lang| table(&lines, lang));
            }
            Self::Show { code } => {
                let town = counter.ask(township::Show { code })?;
                desk.out.data(&town, |lang| status::one(&town, lang));
            }
            Self::Revoke { code, reason } => {
                let line = counter.ask(township::Revoke { code, reason })?;
                desk.out.data(&line, |lang| {
                    format!(
                        "{} {} {}",
                        line.name,
                        line.code,
                        lang.pick("的证书和加入码已全部作废", "has no certificate and no token any more")
                    )
                });
            }
        }
        Ok(())
    }
}

fn changed(line: &Line, lang: Lang) -> String {
    let next = match (line.successor, lang) {
        (None, Lang::Zh) => "该办公室照常工作；用 township reenrol 重新加入后改用新名称和类型。".to_owned(),
        (None, Lang::En) => {
            "Its office goes on as before; once it joins again (township reenrol) it has the new name and form.".to_owned()
        }
        (Some(into), Lang::Zh) => {
            format!("该办公室仍可用原代码工作和上报，直到以 {into} 加入；之后请用 township revoke 停用原证书。")
        }
        (Some(into), Lang::En) => format!(
            "Its office goes on under the old code until it joins as {into}; then end the old certificate with township revoke."
        ),
    };
    format!("{}{next}\n", table(std::slice::from_ref(line), lang))
}

/// What is handed over to the township, on paper or by telephone.
fn slip(invitation: &Invitation, lang: Lang) -> String {
    let Invitation { county, code, name, token, fingerprint, address, expires } = invitation;
    let expires = beijing_minute(*expires);
    let address = address.as_deref();
    let command = match address {
        Some(_) => format!("township-node join {token}"),
        None => format!("township-node join {token} --hub {}", lang.pick("县里地址:7443", "HOST:7443")),
    };
    match lang {
        Lang::Zh => format!(
            "────────── 加入通知单 ──────────\n\
             单　　位：{name}（{code}）\n\
             县　　里：{county}\n\
             加 入 码：{token}\n\
             证书指纹：{fingerprint}\n\
             有效期至：{expires}（只能使用一次）\n\
             在办公室电脑上运行：\n  {command}\n\
             ────────────────────────────────\n"
        ),
        Lang::En => format!(
            "---------- to join ----------\n\
             township:    {name} ({code})\n\
             county:      {county}\n\
             token:       {token}\n\
             fingerprint: {fingerprint}\n\
             good until:  {expires} (once)\n\
             on the office PC run:\n  {command}\n\
             -----------------------------\n"
        ),
    }
}

fn table(lines: &[Line], lang: Lang) -> String {
    let heads = [
        ("代码", "code"),
        ("名称", "name"),
        ("类型", "kind"),
        ("片", "district"),
        ("状态", "standing"),
        ("已并入", "merged into"),
        ("证书余天", "days left"),
    ];
    let mut table = Table::left(heads.map(|(zh, en)| lang.pick(zh, en)));
    for line in lines {
        table.row([
            line.code.to_string(),
            line.name.clone(),
            status::kind(&line.kind, lang),
            line.district.clone().unwrap_or_default(),
            status::standing(&line.standing, lang).to_owned(),
            line.successor.map(|code| code.to_string()).unwrap_or_default(),
            line.certificate_days.map(|days| days.to_string()).unwrap_or_default(),
        ]);
    }
    table.render()
}
