//! `catalogue`: the kinds of record, and a check of catalogue files.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;
use shared::catalogue::model::{Field, Kind, Privacy, Shape};
use shared::ledger::find_kind;
use shared::program::{CountyFiles, Failure, Lang, Table, load_calendar, load_catalogue};
use shared::record::Role;

use super::Desk;

#[derive(Debug, Subcommand)]
pub(super) enum Catalogue {
    /// 检查台账目录文件；不写文件夹则检查内置的 · check the files of a folder, or those built in
    Check(Check),
    /// 有哪些台账 · kinds of record
    Kinds,
    /// 一种台账的字段、状态和步骤 · fields, statuses and actions of a kind
    Show(Show),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// 台账，如 代表建议、议案 或 proposal · kind of record
    kind: String,
}

impl Catalogue {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self {
            Self::Check(check) => check.run(desk),
            Self::Kinds => super::record::Record::Kinds.run(desk),
            Self::Show(show) => show.run(desk),
        }
    }
}

impl Check {
    fn run(self, desk: &Desk) -> Result<(), Failure> {
        let (catalogue, calendar) = match &self.folder {
            Some(folder) => (load_catalogue(&[folder])?, load_calendar(&[folder])?),
            None => {
                let config = desk.config()?;
                let found = CountyFiles::of(&config.data).load(config.catalogue.as_deref())?;
                found.without.map_or(Ok(()), Err)?;
                (found.catalogue, found.calendar)
            }
        };
        let (kinds, version, days) = (catalogue.kinds.len(), &catalogue.version, calendar.version());
        let value = json!({ "kinds": kinds, "profiles": catalogue.profiles.len(), "version": version, "calendar": days });
        desk.out.data(&value, |lang| match lang {
            Lang::Zh => format!("目录没有错误：{kinds} 种台账，版本 {version}；节假日版本 {days}。"),
            Lang::En => format!("No mistakes: {kinds} kinds, version {version}; holidays {days}."),
        });
        Ok(())
    }
}

impl Show {
    fn run(self, desk: &Desk) -> Result<(), Failure> {
        let catalogue = desk.catalogue()?;
        let kind = find_kind(&catalogue, &self.kind)?;
        desk.out.data(&json_of(kind), |lang| page(kind, lang));
        Ok(())
    }
}

fn json_of(kind: &Kind) -> serde_json::Value {
    let status = |tag: &u32| kind.statuses.get(tag).map(|status| status.id.clone());
    json!({
        "id": kind.id,
        "code": kind.code,
        "zh": kind.label.zh,
        "en": kind.label.en,
        "fields": kind.fields.values().map(|field| json!({
            "id": field.id, "zh": field.label.zh, "en": field.label.en, "type": shape(&field.shape, Lang::En),
            "local": field.privacy == Privacy::Local, "derived": field.derived,
            "choices": field.choices().iter().map(|c| json!({ "key": c.key, "zh": c.label.zh, "en": c.label.en })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "statuses": kind.statuses.values().map(|s| json!({ "id": s.id, "zh": s.label.zh, "en": s.label.en, "open": s.open })).collect::<Vec<_>>(),
        "actions": kind.actions.values().map(|a| json!({
            "id": a.id, "zh": a.label.zh, "en": a.label.en,
            "from": a.from.iter().filter_map(status).collect::<Vec<_>>(),
            "to": a.to.as_ref().and_then(status),
            "roles": a.roles.iter().map(|role| role.code()).collect::<Vec<_>>(),
            "behalf": a.behalf.iter().map(|role| role.code()).collect::<Vec<_>>(),
            "requires": a.requires.iter().filter_map(|tag| kind.fields.get(tag)).map(|f| f.id.clone()).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn page(kind: &Kind, lang: Lang) -> String {
    let mut fields = Table::left(match lang {
        Lang::Zh => ["字段", "代号", "填写", "可选内容"],
        Lang::En => ["field", "id", "type", "choices"],
    });
    for field in kind.fields.values() {
        let mut form = shape(&field.shape, lang).to_owned();
        if field.privacy == Privacy::Local {
            form.push_str(lang.pick("，不外报", ", stays here"));
        }
        if field.derived {
            form.push_str(lang.pick("，自动", ", derived"));
        }
        let mark = lang.pick("、", ", ");
        let choices = |field: &Field| {
            let names: Vec<&str> = field.choices().iter().map(|c| lang.pick(&c.label.zh, &c.key)).collect();
            names.join(mark)
        };
        // What stands in a row is written in the order of its columns.
        let offered = match &field.shape {
            Shape::Rows(columns) => {
                let columns: Vec<&str> =
                    columns.values().map(|c| lang.pick(c.label.zh.as_str(), c.id.as_str())).collect();
                columns.join("|")
            }
            _ => choices(field),
        };
        fields.row([lang.of(&field.label), &field.id, &form, &offered]);
    }
    let label = |tag: &u32| kind.statuses.get(tag).map(|status| lang.of(&status.label).to_owned());
    let mut actions = Table::left(match lang {
        Lang::Zh => ["步骤", "代号", "从", "到", "由谁"],
        Lang::En => ["action", "id", "from", "to", "by"],
    });
    let mark = lang.pick("、", ", ");
    for action in kind.actions.values().filter(|action| action.roles != [Role::System]) {
        let from: Vec<String> = action.from.iter().filter_map(label).collect();
        let from =
            if from.is_empty() { lang.pick("（新建）", "(new)").to_owned() } else { from.join(mark) };
        let roles: Vec<&str> = action
            .roles
            .iter()
            .chain(&action.behalf)
            .map(|role| lang.pick(role.label().0, role.label().1))
            .collect();
        let to = action.to.as_ref().and_then(label).unwrap_or_default();
        actions.row([lang.of(&action.label).to_owned(), action.id.clone(), from, to, roles.join(mark)]);
    }
    format!(
        "{}（{} {}）\n\n{}\n{}",
        lang.of(&kind.label),
        kind.id,
        kind.code,
        fields.render(),
        actions.render()
    )
}

fn shape(shape: &Shape, lang: Lang) -> &'static str {
    let (zh, en) = match shape {
        Shape::Text { lines: true, .. } => ("多行文字", "text, several lines"),
        Shape::Text { .. } => ("文字", "text"),
        Shape::Number { .. } => ("整数", "number"),
        Shape::Decimal { .. } => ("数", "decimal"),
        Shape::Flag => ("是/否", "yes/no"),
        Shape::Date => ("日期", "date"),
        Shape::Time => ("时间", "time"),
        Shape::Choice(_) => ("选一", "choice"),
        Shape::Choices(_) => ("多选", "choices"),
        Shape::Texts { .. } => ("多项文字", "texts"),
        Shape::Link(_) => ("关联记录", "link"),
        Shape::Links(_) => ("多条关联记录", "links"),
        Shape::Township => ("乡镇", "township"),
        Shape::Townships => ("多个乡镇", "townships"),
        Shape::Blob => ("附件", "bytes"),
        Shape::Rows(_) => ("明细", "rows"),
    };
    lang.pick(zh, en)
}
