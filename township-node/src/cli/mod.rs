//! The command line: reads arguments, calls [`crate::app`], presents. One file for each sub-command.

mod account;
mod archive;
mod backup;
mod catalogue;
mod config;
mod daily;
mod disclose;
mod due;
mod export;
mod find;
mod held;
mod import;
mod init;
mod join;
mod print;
mod rebuild;
mod record;
mod record_show;
mod run;
mod sample;
mod status;
mod sync;
mod tally;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use shared::catalogue::model::Catalogue as Kinds;
use shared::code::ErrorCode;
use shared::program::{Clock, CountyFiles, Failure, Lang, Layers, Output, Progress, start_logging, text};
use shared::record::Role;
use shared::store::Options;

use crate::app::Node;
use crate::config::{self as settings, Config};

/// 乡联乡镇节点：乡镇人大办的台账，每夜与县里同步
///
/// The program of a township's office: its ledger, and its nightly exchange with the county.
#[derive(Debug, Parser)]
#[command(name = "township-node", version, arg_required_else_help = true)]
struct Cli {
    /// 数据文件夹 · data folder [env: XIANGLIAN_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 语言 zh 或 en · language of messages
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<String>,
    /// 以 JSON 输出结果 · one JSON value on standard output
    #[arg(long, global = true)]
    json: bool,
    /// 日志级别，如 info、debug · what is logged
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 建立数据文件夹和配置文件 · make a data folder
    Init(init::Init),
    /// 用县里给的加入码加入 · join the county with a one-time token
    Join(join::Join),
    /// 在后台运行，每夜同步 · run in the background
    Run(run::Run),
    /// 现在就与县里同步 · exchange with the county now
    Sync(sync::Sync),
    /// 查看同步和本机状况 · how this node stands
    Status(status::Status),
    /// 登记和办理 · records
    #[command(subcommand)]
    Record(record::Record),
    /// 打印：交办单、登记表、签到表等，存为 PDF 或网页 · forms on paper
    Print(print::Print),
    /// 办理每日自动事项：期限、来件、提醒（后台程序每天自动办理） · the program's own work of the day
    Daily(daily::Daily),
    /// 到期提醒和催办 · what is due, with its light
    Due(due::Due),
    /// 查找记录：名称、单位、编号、日期，任何字词 · records by any part of what they say
    Find(find::Find),
    /// 搁置的改动 · changes that are stored but not counted
    #[command(subcommand)]
    Held(held::Held),
    /// 导入过去的台账 · import a ledger of past work
    Import(import::Import),
    /// 导出台账或导入模板（Excel、CSV） · export a ledger, or the form for an import
    Export(export::Export),
    /// 编造一份样例，供试用 · made-up work in an empty data folder, to try things with
    Sample(sample::Sample),
    /// 统计 · figures
    Tally(tally::Tally),
    /// 网页账号 · who may log in to the pages
    #[command(subcommand)]
    Account(account::Account),
    /// 检查全部数据 · check the whole journal and its chains
    Verify(verify::Verify),
    /// 重建索引 · make the views anew
    Rebuild(rebuild::Rebuild),
    /// 归档包：打包、核对 · the package for the county archives
    #[command(subcommand)]
    Archive(archive::Archive),
    /// 公开：按台账目录写出可公开的内容 · what the public may see
    Disclose(disclose::Disclose),
    /// 备份到另一个文件夹 · copy the journal
    Backup(backup::Backup),
    /// 台账目录 · the catalogue of kinds
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    /// 配置 · settings
    #[command(subcommand)]
    Config(config::Config),
}

/// What every sub-command is given.
pub(crate) struct Desk {
    pub(crate) data: PathBuf,
    pub(crate) layers: Layers,
    pub(crate) out: Output,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Desk {
    fn lang(&self) -> Lang {
        self.out.lang
    }

    fn config(&self) -> Result<Config, Failure> {
        Config::load(&self.data, self.layers.clone())
    }

    /// The catalogue in force; the node need not be open.
    fn catalogue(&self) -> Result<Arc<Kinds>, Failure> {
        let config = self.config()?;
        Ok(CountyFiles::of(&config.data).load(config.catalogue.as_deref())?.catalogue)
    }

    /// Opens the node, with a bar if its views have to be made anew.
    fn node(&self) -> Result<Node, Failure> {
        let bar = self.out.progress(&text("正在重建索引", "rebuilding the views"), None);
        let options = Options { progress: Box::new(watch(&bar)), ..Options::default() };
        let node = Node::open_with(self.config()?, Arc::clone(&self.clock), options)?;
        bar.done();
        Ok(node)
    }

    /// A runtime for the few sub-commands that talk to the network.
    fn block_on<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.map_err(Failure::internal)?.block_on(work)
    }
}

fn watch(bar: &Progress) -> impl Fn(shared::store::Progress) + Send + Sync + 'static {
    let bar = bar.clone();
    move |progress| bar.at(progress.entries)
}

/// Runs the program with these arguments, the first being its name. `env` is the environment.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    env: Vec<(String, String)>,
    clock: Arc<dyn Clock>,
) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors; clap prints both to the right place.
            let code = if error.use_stderr() { ErrorCode::Usage.exit() } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let mut out = Output { lang: spoken(cli.lang.as_deref(), &env), json: cli.json };
    let result = prepare(&cli, env, clock, &mut out).and_then(|desk| dispatch(&desk, cli.command));
    out.finish(result)
}

/// The language before the settings are read, so that a mistake in them can be said.
fn spoken(flag: Option<&str>, env: &[(String, String)]) -> Lang {
    let env = env.iter().find(|(name, _)| name == "XIANGLIAN_LANG").map(|(_, value)| value.as_str());
    flag.or(env).and_then(|lang| lang.parse().ok()).unwrap_or_default()
}

fn prepare(
    cli: &Cli,
    env: Vec<(String, String)>,
    clock: Arc<dyn Clock>,
    out: &mut Output,
) -> Result<Desk, Failure> {
    let named = env.iter().find(|(name, value)| name == "XIANGLIAN_DATA" && !value.is_empty());
    let named = named.map(|(_, value)| PathBuf::from(value));
    let data = cli.data.clone().or(named).unwrap_or_else(|| settings::data_folder(&env));
    let mut layers = Layers { env, ..Layers::default() };
    layers.flags.extend(cli.lang.clone().map(|lang| ("lang", lang)));
    layers.flags.extend(cli.log.clone().map(|filter| ("log.filter", filter)));
    let config = Config::load(&data, layers.clone())?;
    out.lang = config.lang;
    // Only `run` is a service; for the others the log would stand between a clerk and the answer.
    let service = matches!(cli.command, Command::Run(_));
    let filter = if service || cli.log.is_some() { config.log_filter.as_str() } else { "error" };
    start_logging(config.log_format, filter)?;
    Ok(Desk { data, layers, out: *out, clock })
}

fn dispatch(desk: &Desk, command: Command) -> Result<(), Failure> {
    match command {
        Command::Init(command) => command.run(desk),
        Command::Join(command) => command.run(desk),
        Command::Run(command) => command.run(desk),
        Command::Sync(command) => command.run(desk),
        Command::Status(command) => command.run(desk),
        Command::Record(command) => command.run(desk),
        Command::Print(command) => command.run(desk),
        Command::Daily(command) => command.run(desk),
        Command::Due(command) => command.run(desk),
        Command::Find(command) => command.run(desk),
        Command::Held(command) => command.run(desk),
        Command::Import(command) => command.run(desk),
        Command::Export(command) => command.run(desk),
        Command::Sample(command) => command.run(desk),
        Command::Tally(command) => command.run(desk),
        Command::Account(command) => command.run(desk),
        Command::Verify(command) => command.run(desk),
        Command::Rebuild(command) => command.run(desk),
        Command::Archive(command) => command.run(desk),
        Command::Disclose(command) => command.run(desk),
        Command::Backup(command) => command.run(desk),
        Command::Catalogue(command) => command.run(desk),
        Command::Config(command) => command.run(desk),
    }
}

/// A role on the command line: its code or its Chinese name.
fn role(name: Option<&str>) -> Result<Option<Role>, Failure> {
    name.map(|name| {
        settings::role_named(name).ok_or_else(|| {
            let (zh, en): (Vec<_>, Vec<_>) = Role::all()
                .filter(|role| role.code().starts_with("T_"))
                .map(|role| (format!("{}（{}）", role.label().0, role.code()), role.code()))
                .unzip();
            Failure::new(
                ErrorCode::Invalid,
                format!("没有“{name}”这个角色。"),
                format!("There is no role \"{name}\"."),
            )
            .advise(format!("可用：{}", zh.join("、")), format!("Known: {}.", en.join(", ")))
        })
    })
    .transpose()
}

/// The words of a wish, shared by every sub-command that changes records.
#[derive(Debug, clap::Args)]
struct WishArgs {
    /// 字段=内容，可多次；多个值用；隔开，空内容表示清除 · field=value
    #[arg(long = "set", value_name = "字段=内容")]
    set: Vec<String>,
    /// 理由 · reason
    #[arg(long, default_value = "")]
    reason: String,
    /// 以何角色办理，如 T_CHAIR 或 人大主席 · act as this role
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// 经办人账号代码，不写则用配置里的 · code of the member of staff
    #[arg(long, value_name = "CODE")]
    staff: Option<String>,
    /// 代为录入（凭书面材料） · entered for somebody who brought paper
    #[arg(long)]
    on_behalf: bool,
}

impl WishArgs {
    fn wish(&self) -> Result<crate::app::Wish, Failure> {
        Ok(crate::app::Wish {
            set: self.set.clone(),
            reason: self.reason.clone(),
            role: role(self.role.as_deref())?,
            staff: self.staff.clone(),
            on_behalf: self.on_behalf,
        })
    }
}
