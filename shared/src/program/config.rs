//! Settings from four sources: flags over environment over file over default, each value knowing where it came from.
//!
//! A program lists its settings in one table of [`Setting`]s; the commented file that `init` writes, the check of a
//! file, the names of environment variables and `config show` all follow from that table.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::failure::Failure;
use super::lang::{Lang, Text, text};
use crate::code::ErrorCode;

/// One setting. All values are held as text; the program parses them, and a value that does not parse is reported with
/// its source.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Place in the file: `section.key`, or `key` alone before the first section.
    pub key: &'static str,
    /// `None`: empty unless somebody says something.
    pub default: Option<&'static str>,
    pub zh: &'static str,
    pub en: &'static str,
    /// Written into the file without quotes (numbers, true, false).
    pub bare: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Flag,
    /// Name of the variable.
    Env(String),
    /// Path of the file.
    File(String),
    Default,
}

impl Source {
    pub fn text(&self) -> Text {
        match self {
            Self::Flag => text("命令行", "command line"),
            Self::Env(name) => text(format!("环境变量 {name}"), format!("environment {name}")),
            Self::File(path) => text(format!("文件 {path}"), format!("file {path}")),
            Self::Default => text("默认值", "default"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

/// The raw sources, read by the caller; nothing here touches the environment or a file.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// (key, value)
    pub flags: Vec<(&'static str, String)>,
    /// (name, value), the whole environment or part of it.
    pub env: Vec<(String, String)>,
    /// (path, contents)
    pub file: Option<(String, String)>,
}

/// A row of `config show`.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    pub key: &'static str,
    pub value: Option<String>,
    pub source: String,
    pub about: String,
}

/// Settled values.
#[derive(Debug, Clone)]
pub struct Settings {
    table: &'static [Setting],
    values: BTreeMap<&'static str, (String, Source)>,
}

impl Settings {
    /// Settles every setting. `prefix` begins the names of variables: with `XIANGLIAN`, `hub.address` is
    /// `XIANGLIAN_HUB_ADDRESS`. Empty values count as not given.
    ///
    /// # Errors
    /// `Setup` when the file is not TOML or has a key that is not in the table.
    pub fn settle(table: &'static [Setting], prefix: &str, layers: &Layers) -> Result<Self, Failure> {
        let file = match &layers.file {
            Some((path, contents)) => read_file(table, path, contents)?,
            None => BTreeMap::new(),
        };
        let mut values = BTreeMap::new();
        for setting in table {
            let name = variable(prefix, setting.key);
            let flag = layers.flags.iter().rev().find(|(key, _)| *key == setting.key);
            let env = layers.env.iter().find(|(found, value)| *found == name && !value.is_empty());
            let value = if let Some((_, value)) = flag {
                Some((value.clone(), Source::Flag))
            } else if let Some((name, value)) = env {
                Some((value.clone(), Source::Env(name.clone())))
            } else if let Some(value) = file.get(setting.key) {
                let path = layers.file.as_ref().map_or("", |(path, _)| path.as_str());
                Some((value.clone(), Source::File(path.to_owned())))
            } else {
                setting.default.map(|value| (value.to_owned(), Source::Default))
            };
            if let Some((value, source)) = value
                && !value.is_empty()
            {
                values.insert(setting.key, (value, source));
            }
        }
        Ok(Self { table, values })
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(value, _)| value.as_str())
    }

    pub fn source(&self, key: &str) -> Option<&Source> {
        self.values.get(key).map(|(_, source)| source)
    }

    /// The value as a type of the program.
    ///
    /// # Errors
    /// `Setup`, naming the key, the value and its source.
    pub fn parse<T: std::str::FromStr>(&self, key: &str) -> Result<Option<T>, Failure>
    where
        T::Err: fmt::Display,
    {
        let Some((value, source)) = self.values.get(key) else { return Ok(None) };
        value.parse().map(Some).map_err(|e| {
            let source = source.text();
            Failure::new(
                ErrorCode::Setup,
                format!("配置项 {key} 的值“{value}”无法使用（来自{}）。", source.zh),
                format!("The setting {key} = \"{value}\" cannot be used (from {}).", source.en),
            )
            .because(e)
        })
    }

    /// Every setting in the order of the table.
    pub fn show(&self, lang: Lang) -> Vec<Shown> {
        let row = |setting: &Setting| {
            let found = self.values.get(setting.key);
            Shown {
                key: setting.key,
                value: found.map(|(value, _)| value.clone()),
                source: found.map_or(lang.pick("未设置", "not set").to_owned(), |(_, source)| {
                    source.text().get(lang).to_owned()
                }),
                about: lang.pick(setting.zh, setting.en).to_owned(),
            }
        };
        self.table.iter().map(row).collect()
    }
}

/// A file with every setting and what it is for, in both languages. Those in `given` are set, the rest stand as comments
/// with their defaults.
pub fn commented_file(table: &[Setting], heading: &Text, given: &[(&str, String)]) -> String {
    let mut out = format!("# {}\n# {}\n", heading.zh, heading.en);
    let mut section = "";
    for setting in table {
        let (part, key) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
        if part != section {
            out.push_str(&format!("\n[{part}]\n"));
            section = part;
        } else {
            out.push('\n');
        }
        out.push_str(&format!("# {}\n# {}\n", setting.zh, setting.en));
        let write = |value: &str| {
            if setting.bare { value.to_owned() } else { toml::Value::String(value.to_owned()).to_string() }
        };
        match given.iter().find(|(given, _)| *given == setting.key) {
            Some((_, value)) => out.push_str(&format!("{key} = {}\n", write(value))),
            None => out.push_str(&format!("#{key} = {}\n", write(setting.default.unwrap_or("")))),
        }
    }
    out
}

/// Text of a file, `None` if it is not there.
///
/// # Errors
/// `Setup` when it is there but cannot be read as UTF-8.
pub fn read_if_there(path: &Path) -> Result<Option<(String, String)>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(contents) => Ok(Some((path.display().to_string(), contents))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Failure::new(
            ErrorCode::Setup,
            format!("无法读取配置文件 {}。", path.display()),
            format!("The configuration file {} cannot be read.", path.display()),
        )
        .because(e)),
    }
}

fn variable(prefix: &str, key: &str) -> String {
    format!("{prefix}_{}", key.replace(['.', '-'], "_").to_uppercase())
}

fn read_file(table: &[Setting], path: &str, contents: &str) -> Result<BTreeMap<String, String>, Failure> {
    let parsed: toml::Table = contents.parse().map_err(|e: toml::de::Error| {
        let line = e.span().map_or(1, |span| contents[..span.start].matches('\n').count() + 1);
        Failure::new(
            ErrorCode::Setup,
            format!("配置文件 {path} 第 {line} 行写法不对。"),
            format!("The configuration file {path} is wrong at line {line}."),
        )
        .because(e.message())
    })?;
    let mut found = BTreeMap::new();
    flatten("", &toml::Value::Table(parsed), &mut found);
    match found.keys().find(|key| !table.iter().any(|setting| setting.key == key.as_str())) {
        None => Ok(found),
        Some(unknown) => Err(Failure::new(
            ErrorCode::Setup,
            format!("配置文件 {path} 里有不认识的配置项 {unknown}。"),
            format!("The configuration file {path} has an unknown setting {unknown}."),
        )
        .advise("用 config show 查看全部配置项。", "See all settings with config show.")),
    }
}

fn flatten(prefix: &str, value: &toml::Value, out: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, value, out);
            }
        }
        toml::Value::String(text) => {
            out.insert(prefix.to_owned(), text.clone());
        }
        other => {
            out.insert(prefix.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: [Setting; 3] = [
        Setting { key: "lang", default: Some("zh"), zh: "语言", en: "language", bare: false },
        Setting { key: "hub.address", default: None, zh: "地址", en: "address", bare: false },
        Setting { key: "hub.port", default: Some("7420"), zh: "端口", en: "port", bare: true },
    ];

    fn layers(file: &str) -> Layers {
        Layers { file: Some(("a.toml".into(), file.into())), ..Layers::default() }
    }

    #[test]
    fn flags_beat_environment_beats_file_beats_default() {
        let mut layers = layers("lang = \"en\"\n[hub]\nport = 1\naddress = \"file\"\n");
        layers.env = vec![("X_HUB_PORT".into(), "2".into()), ("X_HUB_ADDRESS".into(), "env".into())];
        layers.flags = vec![("hub.address", "flag".into())];
        let settings = Settings::settle(&TABLE, "X", &layers).unwrap();
        assert_eq!(settings.get("lang"), Some("en"));
        assert_eq!(settings.get("hub.port"), Some("2"));
        assert_eq!(settings.get("hub.address"), Some("flag"));
        assert_eq!(settings.source("hub.port"), Some(&Source::Env("X_HUB_PORT".into())));
        let settings = Settings::settle(&TABLE, "X", &Layers::default()).unwrap();
        assert_eq!(settings.get("hub.address"), None);
        assert_eq!(settings.source("hub.port"), Some(&Source::Default));
        assert_eq!(settings.show(Lang::En)[1].source, "not set");
    }

    #[test]
    fn the_written_file_reads_back() {
        let heading = text("配置", "settings");
        let file = commented_file(&TABLE, &heading, &[("hub.address", "a\"b".into())]);
        let settings = Settings::settle(&TABLE, "X", &layers(&file)).unwrap();
        assert_eq!(settings.get("hub.address"), Some("a\"b"));
        assert!(file.contains("#port = 7420"));
    }

    #[test]
    fn wrong_files_are_named_with_line_or_key() {
        let wrong = Settings::settle(&TABLE, "X", &layers("lang = \"en\"\n[hub\n")).unwrap_err();
        assert!(wrong.said.message.en.contains("line 2"), "{wrong}");
        let unknown = Settings::settle(&TABLE, "X", &layers("[hub]\nadress = 1\n")).unwrap_err();
        assert!(unknown.said.message.zh.contains("hub.adress"));
        let settings = Settings::settle(&TABLE, "X", &layers("[hub]\nport = \"x\"\n")).unwrap();
        assert!(settings.parse::<u16>("hub.port").unwrap_err().said.message.en.contains("file a.toml"));
    }
}
