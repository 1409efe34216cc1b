//! The settings of a hub, and where things lie in its data folder.
//!
//! ```text
//! DATA/county.toml    settings, with comments
//! DATA/ca/            root certificate and key, server certificate, receipt key (owner only)
//! DATA/store/         journal and views
//! DATA/desk/socket    while the hub runs: the way for sub-commands
//! DATA/readers/       certificates made for programs that read reports
//! ```

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use shared::ids::ParseError;
use shared::net::peer::CountyId;
use shared::program::{
    Failure, Layers, LogFormat, Setting, Settings, Text, commented_file, read_if_there, text,
};

use shared::code::ErrorCode;

/// Prefix of environment variables: `COUNTY_HUB_NET_LISTEN` and so on.
pub const ENV_PREFIX: &str = "COUNTY_HUB";

const fn setting(
    key: &'static str,
    default: Option<&'static str>,
    zh: &'static str,
    en: &'static str,
) -> Setting {
    Setting { key, default, zh, en, bare: false }
}

/// Every setting of the program.
pub static SETTINGS: [Setting; 14] = [
    setting("county.code", None, "县（市、区）代码，六位", "code of the county, six digits"),
    setting("county.name", None, "县（市、区）名称", "name of the county"),
    setting(
        "county.profile",
        Some("national"),
        "法定期限：national 或省名，如 zhejiang",
        "legal profile: national, or a province such as zhejiang",
    ),
    setting("net.listen", Some("0.0.0.0:7443"), "监听地址", "address to listen on"),
    setting(
        "net.address",
        None,
        "乡镇访问县里的地址 主机:端口，印在加入码上",
        "host:port that townships reach the hub at; printed on one-time tokens",
    ),
    setting(
        "web.listen",
        Some("127.0.0.1:7480"),
        "供其他程序读取的 HTTP 地址；本机以外用 TLS；off 为关闭",
        "address of the HTTP door for other programs; TLS on any but this machine's own; off: none",
    ),
    Setting {
        bare: true,
        ..setting(
            "certificates.days",
            Some("365"),
            "乡镇证书的有效天数",
            "days that a township's certificate lives",
        )
    },
    Setting {
        bare: true,
        ..setting("tokens.days", Some("14"), "加入码的有效天数", "days that a one-time token lives")
    },
    setting(
        "daily.at",
        Some("07:30"),
        "每天自动办理期限、来件、提醒的时刻（北京时间）",
        "time of day, in Beijing, of the hub's own work: deadlines, reactions, reminders",
    ),
    setting(
        "catalogue.folder",
        None,
        "县里自定的台账目录（可不填）",
        "folder with kinds of record of the county's own (optional)",
    ),
    setting(
        "print.body_font",
        None,
        "打印正文的字体文件，如本机的仿宋 C:\\Windows\\Fonts\\simfang.ttf；空则用自带的宋体",
        "font file for the text of papers, such as a 仿宋; empty: the one that the program carries",
    ),
    setting(
        "print.title_font",
        None,
        "打印标题的字体文件，如方正小标宋；空则用自带的粗宋",
        "font file for titles of papers, such as a 小标宋; empty: the one that the program carries",
    ),
    setting("log.level", Some("info"), "日志详细程度", "what is logged"),
    setting("log.format", Some("text"), "日志格式：text 或 json", "format of the log: text or json"),
];

/// Settled settings of a hub.
#[derive(Debug, Clone)]
pub struct Config {
    pub data: PathBuf,
    pub county: CountyId,
    pub name: String,
    pub profile: String,
    pub listen: String,
    pub address: Option<String>,
    /// None: the door is not opened.
    pub web: Option<SocketAddr>,
    pub certificate_days: u32,
    pub token_days: u32,
    pub daily_at: TimeOfDay,
    pub catalogue: Option<PathBuf>,
    /// Font files of the county's own for papers.
    pub body_font: Option<PathBuf>,
    pub title_font: Option<PathBuf>,
    pub log_level: String,
    pub log_format: LogFormat,
}

/// A time of day, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    minute: u16,
}

impl TimeOfDay {
    /// Milliseconds since midnight.
    pub fn ms(self) -> i64 {
        i64::from(self.minute) * 60_000
    }
}

impl FromStr for TimeOfDay {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let two = |text: &str, below: u16| {
            let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u16>().ok().filter(|n| digits && *n < below)
        };
        let parts = text.split_once(':').and_then(|(hour, minute)| Some((two(hour, 24)?, two(minute, 60)?)));
        let (hour, minute) = parts.ok_or_else(|| ParseError::new("a time such as 07:30", text))?;
        Ok(Self { minute: hour * 60 + minute })
    }
}

/// The file with the settings of a data folder.
pub fn file(data: &Path) -> PathBuf {
    data.join("county.toml")
}

/// The file that `init` writes.
pub fn first_file(given: &[(&str, String)]) -> String {
    let heading: Text = text(
        "县级枢纽的设置。行首有 # 的是默认值；改动后重新启动即生效。",
        "Settings of the county's hub. Lines that begin with # are defaults; a change counts from the next start.",
    );
    commented_file(&SETTINGS, &heading, given)
}

/// Settles the settings of a data folder from flags, environment, file and defaults.
///
/// # Errors
/// `Setup`: the file is not readable or has a key that is not known.
pub fn settle(data: &Path, flags: Vec<(&'static str, String)>) -> Result<Settings, Failure> {
    let layers = Layers { flags, env: std::env::vars().collect(), file: read_if_there(&file(data))? };
    Settings::settle(&SETTINGS, ENV_PREFIX, &layers)
}

impl Config {
    /// # Errors
    /// `Setup`: a value is missing or does not parse.
    pub fn new(data: &Path, settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            data: data.to_owned(),
            county: needed(settings, "county.code")?,
            name: needed(settings, "county.name")?,
            profile: needed(settings, "county.profile")?,
            listen: needed(settings, "net.listen")?,
            address: settings.parse("net.address")?,
            web: match settings.get("web.listen") {
                None | Some("off") => None,
                Some(_) => settings.parse("web.listen")?,
            },
            certificate_days: needed(settings, "certificates.days")?,
            token_days: needed(settings, "tokens.days")?,
            daily_at: needed(settings, "daily.at")?,
            catalogue: settings.parse("catalogue.folder")?,
            body_font: settings.parse("print.body_font")?,
            title_font: settings.parse("print.title_font")?,
            log_level: needed(settings, "log.level")?,
            log_format: needed(settings, "log.format")?,
        })
    }

    pub fn ca(&self) -> PathBuf {
        self.data.join("ca")
    }

    pub fn store(&self) -> PathBuf {
        self.data.join("store")
    }

    pub fn readers(&self) -> PathBuf {
        self.data.join("readers")
    }
}

fn needed<T: std::str::FromStr>(settings: &Settings, key: &'static str) -> Result<T, Failure>
where
    T::Err: std::fmt::Display,
{
    settings.parse(key)?.ok_or_else(|| {
        Failure::new(
            ErrorCode::Setup,
            format!("缺少配置项 {key}。"),
            format!("The setting {key} is missing."),
        )
        .advise("还没有建库？请先运行 county-hub init。", "No hub here yet? Run county-hub init first.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_two_digits_and_two() {
        assert_eq!("07:30".parse::<TimeOfDay>().map(TimeOfDay::ms), Ok(27_000_000));
        for wrong in ["", "7:30", "24:00", "07:60", "07.30", "+7:30", "07:30:00"] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
    }
}
