//! The sub-commands, one file each. They hold no rule: they read what was asked, ask the hub, and print the answer.

mod acks;
mod appraisal;
mod archive;
mod backup;
mod catalogue;
mod config;
mod daily;
mod district;
mod export;
mod init;
mod key;
mod nights;
mod period;
mod print;
mod publicity;
mod reader;
mod rebuild;
mod record;
mod reference;
mod returns;
mod run;
mod status;
pub mod tally;
mod township;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use shared::code::ErrorCode;
use shared::program::{Clock, Failure, Lang, Output, SystemClock, start_logging, text};

use crate::app::App;
use crate::config::{Config, settle};
use crate::desk::Counter;

/// 乡联 · 县级枢纽：汇集各乡镇人大的台账，分片统计。
///
/// The county's hub: keeps every township's records, groups them into districts, counts and reports.
#[derive(Debug, Parser)]
#[command(name = "county-hub", version, propagate_version = true)]
struct Args {
    /// 数据文件夹（默认 COUNTY_HUB_DATA 或 county-hub-data）/ the hub's data folder
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 标准输出只有一个 JSON / standard output is one JSON value and nothing else
    #[arg(long, global = true)]
    json: bool,
    /// 语言 / language: zh, en
    #[arg(long, global = true, value_name = "LANG", default_value = "zh")]
    lang: Lang,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    #[command(subcommand)]
    Township(township::Township),
    #[command(subcommand)]
    District(district::District),
    #[command(subcommand)]
    Record(record::Record),
    Print(print::Print),
    #[command(subcommand)]
    Reference(reference::Reference),
    #[command(subcommand)]
    Reader(reader::Reader),
    #[command(subcommand)]
    Key(key::Key),
    Export(export::Export),
    Run(run::Run),
    Tally(tally::Tally),
    #[command(subcommand)]
    Period(period::Period),
    Returns(returns::Returns),
    #[command(subcommand)]
    Appraisal(appraisal::Appraisal),
    #[command(subcommand)]
    Publicity(publicity::Publicity),
    Daily(daily::Daily),
    Status(status::Status),
    Nights(nights::Nights),
    Acks(acks::Acks),
    Verify(verify::Verify),
    Rebuild(rebuild::Rebuild),
    Backup(backup::Backup),
    #[command(subcommand)]
    Archive(archive::Archive),
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

/// What every sub-command works with.
struct Desk {
    data: PathBuf,
    out: Output,
    clock: Arc<dyn Clock>,
}

/// Reads the command line, does what it says, ends with the exit code of what went wrong.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { ErrorCode::Usage.exit() } else { 0 });
        }
    };
    let out = Output { lang: args.lang, json: args.json };
    let folder = || std::env::var_os("COUNTY_HUB_DATA").unwrap_or_else(|| "county-hub-data".into()).into();
    let desk = Desk { data: args.data.unwrap_or_else(folder), out, clock: Arc::new(SystemClock) };
    out.finish(desk.run(args.command))
}

impl Desk {
    fn run(&self, command: Command) -> Result<(), Failure> {
        match command {
            Command::Init(init) => init.run(self),
            Command::Township(township) => township.run(self),
            Command::District(district) => district.run(self),
            Command::Record(record) => record.run(self),
            Command::Print(print) => print.run(self),
            Command::Reference(reference) => reference.run(self),
            Command::Reader(reader) => reader.run(self),
            Command::Key(key) => key.run(self),
            Command::Nights(nights) => nights.run(self),
            Command::Acks(acks) => acks.run(self),
            Command::Run(run) => run.run(self),
            Command::Export(export) => export.run(self),
            Command::Tally(tally) => tally.run(self),
            Command::Returns(returns) => returns.run(self),
            Command::Appraisal(appraisal) => appraisal.run(self),
            Command::Publicity(publicity) => publicity.run(self),
            Command::Period(period) => period.run(self),
            Command::Daily(daily) => daily.run(self),
            Command::Status(status) => status.run(self),
            Command::Verify(verify) => verify.run(self),
            Command::Rebuild(rebuild) => rebuild.run(self),
            Command::Backup(backup) => backup.run(self),
            Command::Archive(archive) => archive.run(self),
            Command::Catalogue(catalogue) => catalogue.run(self),
            Command::Config(config) => config.run(self),
        }
    }

    /// The settings of the data folder, with what was given on the command line over them.
    fn config(&self, flags: Vec<(&'static str, String)>) -> Result<Config, Failure> {
        if !crate::config::file(&self.data).exists() {
            return Err(Failure::new(
                ErrorCode::Setup,
                format!("{} 里还没有县级枢纽。", self.data.display()),
                format!("There is no hub in {} yet.", self.data.display()),
            )
            .advise(
                "请先运行 county-hub init，或用 --data 指定文件夹。",
                "Run county-hub init first, or name the folder with --data.",
            ));
        }
        Config::new(&self.data, &settle(&self.data, flags)?)
    }

    /// The hub, running or not.
    fn counter(&self) -> Result<Counter, Failure> {
        let config = self.config(Vec::new())?;
        // A sub-command has its own words; the log of the hub belongs to `run`. Trouble is said in both.
        let _ = start_logging(config.log_format, "warn");
        Counter::reach(&self.data, || self.open(config))
    }

    /// The hub opened by this process.
    fn open(&self, config: Config) -> Result<App, Failure> {
        let progress = self.out.progress(&text("正在整理数据", "Folding the journal"), None);
        let app = App::open(config, self.clock.clone(), &progress);
        progress.done();
        app
    }
}
