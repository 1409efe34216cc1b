//! Settings of the node: where its folders are, who the office is, how it speaks.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use shared::catalogue::model::NodeKind;
use shared::code::ErrorCode;
use shared::ids::TownshipCode;
use shared::program::{
    Failure, Lang, Layers, LogFormat, Setting, Settings, Text, commented_file, read_if_there, text,
};
use shared::record::Role;

use crate::limits::SESSION_IDLE_MINUTES;

/// Names of environment variables begin with this: `XIANGLIAN_HUB_ADDRESS`.
pub const ENV_PREFIX: &str = "XIANGLIAN";
pub const FILE: &str = "township.toml";

const fn setting(
    key: &'static str,
    default: Option<&'static str>,
    zh: &'static str,
    en: &'static str,
) -> Setting {
    Setting { key, default, zh, en, bare: false }
}

/// Every setting of the program.
pub static SETTINGS: [Setting; 22] = [
    setting("lang", Some("zh"), "界面语言：zh 或 en", "language of messages: zh or en"),
    setting(
        "township.code",
        None,
        "九位乡镇代码；加入县里后以县里的登记为准",
        "township code of nine digits; once joined, the county's word counts",
    ),
    setting("township.name", None, "乡镇名称，如 坎墩街道", "name of the township"),
    setting(
        "township.kind",
        None,
        "类型：TOWN 镇、TOWNSHIP 乡、ETHNIC_TOWNSHIP 民族乡、SUBDISTRICT 街道",
        "one of TOWN, TOWNSHIP, ETHNIC_TOWNSHIP, SUBDISTRICT",
    ),
    setting(
        "township.abbr",
        None,
        "编号用的简称，如 坎墩；空则取名称",
        "short name used in numbers; empty: from the name",
    ),
    setting(
        "township.profile",
        None,
        "法定期限依据：national 或省份，如 zhejiang",
        "legal profile for deadlines: national, or a province such as zhejiang",
    ),
    setting(
        "office.staff",
        Some("u1"),
        "经办人账号代码（不填姓名）",
        "code of the member of staff (never a name)",
    ),
    setting("office.role", Some("T_CLERK"), "默认角色", "role of the user unless --as says otherwise"),
    setting(
        "office.accounts",
        None,
        "各角色的账号代码，如 T_CHAIR=c1；T_VICE=v1：以该角色办理而未写 --staff 时使用",
        "accounts of the roles, such as T_CHAIR=c1; T_VICE=v1: taken when somebody acts in a role without --staff",
    ),
    setting("hub.address", None, "县级节点地址，如 hub.example.gov.cn:7420", "address of the hub, host:port"),
    setting(
        "sync.slot",
        None,
        "每夜同步的时刻：从01:00起的分钟数，0–239；空则按乡镇代码错开",
        "minute of the nightly exchange, counted from 01:00, 0-239; empty: spread by township code",
    ),
    setting(
        "state.dir",
        None,
        "状态文件夹（放在数据文件夹之外，用来识别数据被复制或恢复）",
        "folder for state that must not be copied with the data",
    ),
    setting(
        "catalogue.dir",
        None,
        "县里下发的台账目录文件夹；空则只用内置的",
        "folder with further catalogue files",
    ),
    setting(
        "web.listen",
        Some("127.0.0.1:7070"),
        "网页地址；本机以外的地址用 https；off 为关闭",
        "address of the pages; https on any but this machine's own; off: none",
    ),
    setting(
        "web.names",
        None,
        "别的电脑访问网页时所用的名称，用；隔开，如 rendaban.lan",
        "names by which other machines reach the pages, parted by ;",
    ),
    setting(
        "web.certificate",
        None,
        "网页证书文件（PEM）；空则自己做一张",
        "certificate of the pages (PEM); empty: one of the program's own making",
    ),
    setting("web.key", None, "网页证书的私钥文件（PEM）", "private key of that certificate (PEM)"),
    Setting {
        bare: true,
        ..setting(
            "web.idle_minutes",
            Some("30"),
            "多少分钟不用就自动退出登录，5–480",
            "minutes without a request after which a session ends, 5-480",
        )
    },
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
    setting("log.format", Some("text"), "日志格式：text 或 json", "text or json"),
    setting("log.filter", Some("info"), "日志级别，如 info、debug", "what is logged, such as info or debug"),
];

/// Who the office is, as far as the settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Township {
    pub code: TownshipCode,
    pub name: String,
    pub kind: NodeKind,
    pub abbr: String,
    pub profile: String,
}

impl Township {
    /// The name without the word for its form: 坎墩 for 坎墩街道.
    pub fn short(name: &str) -> &str {
        let cut = ["民族乡", "街道", "镇", "乡"].iter().find_map(|end| name.strip_suffix(end));
        cut.filter(|short| !short.is_empty()).unwrap_or(name)
    }
}

/// Settled settings of one node.
#[derive(Debug, Clone)]
pub struct Config {
    pub data: PathBuf,
    pub state: PathBuf,
    pub lang: Lang,
    /// `None`: comes with joining.
    pub township: Option<Township>,
    pub staff: String,
    pub role: Role,
    /// Account codes of other roles that act on this PC.
    pub accounts: Vec<(Role, String)>,
    pub hub: Option<String>,
    pub slot: Option<u16>,
    pub catalogue: Option<PathBuf>,
    pub web: Web,
    /// Font files of the office's own for papers.
    pub body_font: Option<PathBuf>,
    pub title_font: Option<PathBuf>,
    pub log_format: LogFormat,
    pub log_filter: String,
    pub settings: Settings,
}

/// Settings of the pages.
#[derive(Debug, Clone, Default)]
pub struct Web {
    /// `None`: there are no pages.
    pub listen: Option<SocketAddr>,
    pub names: Vec<String>,
    /// Certificate and key; `None`: the program makes its own.
    pub certificate: Option<(PathBuf, PathBuf)>,
    pub idle_minutes: u32,
}

impl Config {
    /// Reads the file in the data folder and settles everything. `layers` holds flags and environment; its file is
    /// filled in here.
    ///
    /// # Errors
    /// `Setup`: the file or a value cannot be used.
    pub fn load(data: &Path, mut layers: Layers) -> Result<Self, Failure> {
        layers.file = read_if_there(&data.join(FILE))?;
        let settings = Settings::settle(&SETTINGS, ENV_PREFIX, &layers)?;
        let path = |key: &str| settings.get(key).map(PathBuf::from);
        let role: Option<RoleCode> = settings.parse("office.role")?;
        let slot: Option<Slot> = settings.parse("sync.slot")?;
        Ok(Self {
            data: data.to_owned(),
            state: path("state.dir").unwrap_or_else(|| state_folder(&layers.env)),
            lang: settings.parse("lang")?.unwrap_or_default(),
            township: township(&settings)?,
            staff: settings.get("office.staff").unwrap_or_default().to_owned(),
            role: role.map_or(Role::TClerk, |role| role.0),
            accounts: accounts(&settings)?,
            hub: settings.get("hub.address").map(str::to_owned),
            slot: slot.map(|slot| slot.0),
            catalogue: path("catalogue.dir"),
            web: web(&settings)?,
            body_font: path("print.body_font"),
            title_font: path("print.title_font"),
            log_format: settings.parse("log.format")?.unwrap_or_default(),
            log_filter: settings.get("log.filter").unwrap_or("info").to_owned(),
            settings,
        })
    }

    /// Whether the folder has been made a node's.
    pub fn initialised(&self) -> bool {
        self.data.join(FILE).exists()
    }
}

/// A parser for one form of value, so that a wrong one is reported with its source.
struct Slot(u16);

impl std::str::FromStr for Slot {
    type Err = shared::ids::ParseError;
    fn from_str(found: &str) -> Result<Self, Self::Err> {
        let minute = found.parse().ok().filter(|minute| *minute < crate::scheduler::WINDOW_MINUTES);
        minute.map(Self).ok_or_else(|| shared::ids::ParseError::new("a minute from 0 to 239", found))
    }
}

struct RoleCode(Role);

impl std::str::FromStr for RoleCode {
    type Err = shared::ids::ParseError;
    fn from_str(found: &str) -> Result<Self, Self::Err> {
        role_named(found)
            .map(Self)
            .ok_or_else(|| shared::ids::ParseError::new("a role such as T_CLERK", found))
    }
}

/// Minutes without a request.
struct Idle(u32);

impl std::str::FromStr for Idle {
    type Err = shared::ids::ParseError;
    fn from_str(found: &str) -> Result<Self, Self::Err> {
        let minutes = found.parse().ok().filter(|minutes| SESSION_IDLE_MINUTES.contains(minutes));
        minutes.map(Self).ok_or_else(|| shared::ids::ParseError::new("minutes from 5 to 480", found))
    }
}

fn web(settings: &Settings) -> Result<Web, Failure> {
    let names = settings.get("web.names").unwrap_or_default().split(['；', ';', ',', '，']);
    let certificate = match (settings.get("web.certificate"), settings.get("web.key")) {
        (None, None) => None,
        (Some(certificate), Some(key)) => Some((PathBuf::from(certificate), PathBuf::from(key))),
        _ => {
            let (zh, en) = (
                "配置项 web.certificate 和 web.key 要一起写。",
                "The settings web.certificate and web.key belong together.",
            );
            return Err(Failure::new(ErrorCode::Setup, zh, en));
        }
    };
    Ok(Web {
        listen: match settings.get("web.listen") {
            None | Some("off") => None,
            Some(_) => settings.parse("web.listen")?,
        },
        names: names.map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect(),
        certificate,
        idle_minutes: settings.parse("web.idle_minutes")?.map_or(30, |Idle(minutes)| minutes),
    })
}

fn accounts(settings: &Settings) -> Result<Vec<(Role, String)>, Failure> {
    let Some(list) = settings.get("office.accounts") else { return Ok(Vec::new()) };
    let one = |pair: &str| {
        let (role, code) = pair.split_once('=')?;
        Some((role_named(role.trim())?, code.trim().to_owned())).filter(|(_, code)| !code.is_empty())
    };
    list.split(['；', ';', '，', ','])
        .filter(|pair| !pair.trim().is_empty())
        .map(|pair| {
            one(pair).ok_or_else(|| {
                Failure::new(
                    ErrorCode::Setup,
                    format!("配置项 office.accounts 中的“{pair}”无法使用。"),
                    format!("\"{pair}\" in the setting office.accounts cannot be used."),
                )
                .advise("请写成 T_CHAIR=c1；T_VICE=v1。", "Write it as T_CHAIR=c1; T_VICE=v1.")
            })
        })
        .collect()
}

/// A role by its code or its Chinese label.
pub fn role_named(name: &str) -> Option<Role> {
    Role::from_code(name).or_else(|| Role::all().find(|role| role.label().0 == name))
}

/// A form of township by its code or its Chinese label.
pub fn node_kind_named(name: &str) -> Option<NodeKind> {
    NodeKind::from_code(name).or_else(|| NodeKind::ALL.into_iter().find(|kind| kind.label().0 == name))
}

fn township(settings: &Settings) -> Result<Option<Township>, Failure> {
    let Some(code) = settings.parse::<TownshipCode>("township.code")? else { return Ok(None) };
    let name = settings.get("township.name").map_or_else(|| code.to_string(), str::to_owned);
    let kind = match settings.get("township.kind") {
        None => kind_of_name(&name),
        Some(kind) => node_kind_named(kind).ok_or_else(|| {
            Failure::new(
                ErrorCode::Setup,
                format!("配置项 township.kind 的值“{kind}”无法使用。"),
                format!("The setting township.kind = \"{kind}\" cannot be used."),
            )
            .advise(
                "请写 TOWN（镇）、TOWNSHIP（乡）、ETHNIC_TOWNSHIP（民族乡）或 SUBDISTRICT（街道）。",
                "Use TOWN, TOWNSHIP, ETHNIC_TOWNSHIP or SUBDISTRICT.",
            )
        })?,
    };
    let abbr = settings.get("township.abbr").unwrap_or_else(|| Township::short(&name)).to_owned();
    let profile = settings.get("township.profile").unwrap_or("national").to_owned();
    Ok(Some(Township { code, name, kind, abbr, profile }))
}

/// The form that a township's name ends with; a town if it says nothing.
pub fn kind_of_name(name: &str) -> NodeKind {
    if name.ends_with("街道") {
        NodeKind::Subdistrict
    } else if name.ends_with("民族乡") {
        NodeKind::EthnicTownship
    } else if name.ends_with('乡') {
        NodeKind::Township
    } else {
        NodeKind::Town
    }
}

/// The data folder when `--data` and `XIANGLIAN_DATA` say nothing.
pub fn data_folder(env: &[(String, String)]) -> PathBuf {
    home(env, "XDG_DATA_HOME", ".local/share")
}

/// `$XDG_STATE_HOME/xianglian`, or what the platform has in its place.
pub fn state_folder(env: &[(String, String)]) -> PathBuf {
    if cfg!(windows) {
        home(env, "XDG_STATE_HOME", "").join("state")
    } else {
        home(env, "XDG_STATE_HOME", ".local/state")
    }
}

fn home(env: &[(String, String)], xdg: &str, under_home: &str) -> PathBuf {
    let get = |name: &str| {
        env.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, v)| PathBuf::from(v))
    };
    let platform = || if cfg!(windows) { get("LOCALAPPDATA") } else { None };
    let base = get(xdg).or_else(platform).or_else(|| get("HOME").map(|home| home.join(under_home)));
    base.unwrap_or_else(|| PathBuf::from(".")).join("xianglian")
}

/// Makes a data folder with its commented file.
///
/// # Errors
/// `Conflict` if it is a data folder already, `Setup` if it cannot be written.
pub fn write_new(data: &Path, given: &[(&str, String)]) -> Result<PathBuf, Failure> {
    let path = data.join(FILE);
    if path.exists() {
        return Err(Failure::new(
            ErrorCode::Conflict,
            format!("{} 已经是数据文件夹，没有改动。", data.display()),
            format!("{} is a data folder already; nothing was changed.", data.display()),
        )
        .advise(
            "要修改配置，请编辑其中的 township.toml。",
            "To change settings, edit township.toml in it.",
        ));
    }
    std::fs::create_dir_all(data).and_then(|()| std::fs::write(&path, file(given))).map_err(|e| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法建立 {}。", data.display()),
            format!("{} cannot be made.", data.display()),
        )
        .because(e)
    })?;
    Ok(path)
}

/// The commented file that `init` writes.
pub fn file(given: &[(&str, String)]) -> String {
    let heading: Text = text("乡联乡镇节点的配置", "settings of a township's node of Xianglian");
    commented_file(&SETTINGS, &heading, given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(file: &str) -> Result<Config, Failure> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), file).unwrap();
        Config::load(folder.path(), Layers::default())
    }

    #[test]
    fn a_township_is_read_with_what_follows_from_its_name() {
        let town =
            config("[township]\ncode = \"330282002\"\nname = \"坎墩街道\"\n").unwrap().township.unwrap();
        assert_eq!(
            (town.kind, town.abbr.as_str(), town.profile.as_str()),
            (NodeKind::Subdistrict, "坎墩", "national")
        );
        assert_eq!(config("").unwrap().township, None);
        assert_eq!(Township::short("乡"), "乡");
    }

    #[test]
    fn a_value_that_cannot_be_used_is_named() {
        for (file, key) in [
            ("[township]\ncode = \"33\"\n", "township.code"),
            ("[township]\ncode = \"330282002\"\nkind = \"CITY\"\n", "township.kind"),
            ("[sync]\nslot = \"240\"\n", "sync.slot"),
            ("[office]\nrole = \"KING\"\n", "office.role"),
            ("lang = \"fr\"\n", "lang"),
            ("[web]\nlisten = \"everywhere\"\n", "web.listen"),
            ("[web]\nidle_minutes = 4\n", "web.idle_minutes"),
            ("[web]\nkey = \"k.pem\"\n", "web.key"),
        ] {
            let failure = config(file).unwrap_err();
            assert_eq!(failure.code, ErrorCode::Setup);
            assert!(failure.said.message.zh.contains(key), "{failure:?}");
        }
    }

    #[test]
    fn the_file_that_init_writes_is_read_back() {
        let written = file(&[("township.code", "330282002".into()), ("township.name", "坎墩街道".into())]);
        assert_eq!(config(&written).unwrap().township.unwrap().name, "坎墩街道");
        assert!(written.contains("县级节点地址"));
    }

    #[test]
    fn folders_follow_the_platform() {
        let env = [("HOME".to_owned(), "/home/a".to_owned())];
        if !cfg!(windows) {
            assert_eq!(data_folder(&env), Path::new("/home/a/.local/share/xianglian"));
            assert_eq!(state_folder(&env), Path::new("/home/a/.local/state/xianglian"));
        }
    }
}
