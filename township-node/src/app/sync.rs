//! One exchange with the county, and what it came to.

use std::sync::Arc;

use serde::Serialize;
use shared::code::ErrorCode;
use shared::net::dial::Road;
use shared::net::enrol;
use shared::net::failure::Failure as NetFailure;
use shared::net::link::Tcp;
use shared::program::{Failure, Lang};
use shared::sync::message::RefusalCode;
use shared::sync::{NodeSetup, note};
use xianglian_proto::v1 as pb;

use super::Node;
use super::error::net;
use super::join::{net_clock, software};
use super::office::Office;

/// Attempts that ended before a session began are noted with this number and their words.
const NO_SESSION: u32 = 200;

/// What an exchange came to.
#[derive(Debug, Clone, Serialize)]
pub struct Synced {
    /// Entries sent to the county and received from it.
    pub sent: u64,
    pub received: u64,
    /// Changes held back at either side now.
    pub held: u64,
    /// Entries that the county still has not confirmed.
    pub waiting: u64,
    pub receipt: String,
    /// The county's clock.
    pub receipt_at: String,
    pub receipt_at_ms: i64,
    pub clock_offset_ms: i64,
    /// The county saw that this folder had been restored.
    pub restored: bool,
    pub recovered: Option<Recovered>,
    pub bytes_out: u64,
    pub bytes_in: u64,
    pub milliseconds: i64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Recovered {
    pub taken_back: u64,
    pub reappended: u64,
    pub lost: u64,
}

/// How far an exchange has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncEvent {
    pub sent: u64,
    pub received: u64,
}

impl Node {
    /// One exchange with the county.
    ///
    /// # Errors
    /// The node has not joined, the county cannot be reached or refuses. Nothing is lost by any of them; the attempt is
    /// noted, and [`Node::status`] tells of it.
    pub async fn sync(
        &self,
        progress: impl Fn(SyncEvent) + Send + Sync + 'static,
    ) -> Result<Synced, Failure> {
        let office = self.office();
        let Some(identity) = office.identity.clone() else {
            return Err(Failure::new(
                ErrorCode::Unauthenticated,
                "尚未加入县里，不能同步。",
                "This node has not joined the county, so it cannot sync.",
            )
            .advise("请用县里给的加入码运行 join。", "Run join with the county's token."));
        };
        let started = crate::clock::ticks_ms();
        let setup = NodeSetup {
            township: office.code(),
            software: software(),
            catalogue: self.catalogue().version.clone(),
            capabilities: Vec::new(),
            instance: self.keeper().instance(),
            epoch: self.fresh_epoch(),
            mark: self.keeper().watermark(),
            keys: drive::receipt_keys(&identity),
            reappend: Arc::new(shared::sync::ByRules(Arc::clone(self.catalogue()))),
        };
        let road = self.road(&identity.address);
        let done = drive::sync_once(&road, &identity, self.store(), setup, progress).await;
        let report = match done {
            Ok(report) => report,
            Err(failure) => return Err(self.attempt_failed(&failure)),
        };
        self.finish(report, started)
    }

    fn finish(&self, _report: drive::Report, _started: i64) -> Result<Synced, Failure> {
        Err(Failure::internal("no driver"))
    }

    fn road(&self, joined_at: &str) -> Road {
        let address = self.config().hub.clone().unwrap_or_else(|| joined_at.to_owned());
        Road { dial: Arc::new(Tcp), clock: net_clock(self.clock()), address }
    }

    /// Replaces the certificate if two thirds of its life are over.
    ///
    /// # Errors
    /// As [`Node::sync`]; the certificate in use stays as it was.
    pub async fn renew_if_due(&self) -> Result<bool, Failure> {
        let office = self.office();
        let Some(identity) = office.identity.filter(|identity| identity.renewal_due(self.clock().now_ms()))
        else {
            return Ok(false);
        };
        let road = self.road(&identity.address);
        let fresh =
            enrol::renew(&road, &identity, &self.config().data).await.map_err(|failure| net(&failure))?;
        self.set_office(Office::of(self.config(), Some(fresh))?);
        Ok(true)
    }

    /// Notes an attempt that never became a session, and puts the failure in the clerk's words.
    fn attempt_failed(&self, failure: &NetFailure) -> Failure {
        let note = pb::note::Kind::Attempt(pb::NodeAttempt {
            at: self.clock().now_ms(),
            code: NO_SESSION,
            detail: format!("{}\n{}", failure.zh(), failure.en()),
            token: Vec::new(),
        });
        let (site, fresh) = (self.office().site(), self.fresh_epoch());
        let noted =
            self.write(|tx| note::append(tx, site, fresh, vec![note]).map_err(super::error::Stop::Store));
        if let Err(failure) = noted {
            tracing::warn!(error = %failure, "attempt not noted");
        }
        net(failure)
    }
}

/// The words for a noted failure.
pub(super) fn failure_text(code: u32, detail: &str, lang: Lang) -> String {
    if code == NO_SESSION {
        let (zh, en) = detail.split_once('\n').unwrap_or((detail, detail));
        return lang.pick(zh, en).to_owned();
    }
    let (zh, en) = refusal_text(code);
    lang.pick(zh, en).to_owned()
}

/// What a session's end means to a clerk, by its frozen number.
pub(super) fn refusal_text(code: u32) -> (&'static str, &'static str) {
    match RefusalCode::from_number(code) {
        RefusalCode::ProtocolOld => ("程序版本过旧，请升级", "the program is too old; please update it"),
        RefusalCode::Clone => (
            "另一台电脑正在用本乡镇的身份：请向县里要新的加入码，在本机重新加入",
            "another PC uses this township's identity: ask the county for a fresh token and join again here",
        ),
        RefusalCode::NewMachine => (
            "这是一台新的办公电脑：请向县里要新的加入码重新加入，未上报的内容不会丢失",
            "this is a new office PC: ask the county for a fresh token and join again; nothing unsent is lost",
        ),
        RefusalCode::NotYours => ("证书与乡镇不符", "the certificate is of another township"),
        RefusalCode::Restart => ("双方数据有变，稍后自动再试", "the two sides moved; it will be tried again"),
        RefusalCode::Malformed => {
            ("收到的内容无法识别，稍后自动再试", "what came could not be read; it will be tried again")
        }
        RefusalCode::Superseded => ("同一节点有更新的同步在进行", "a newer exchange of this node has begun"),
        RefusalCode::Unavailable => {
            ("对方暂时不能保存，稍后自动再试", "the other side cannot store now; it will be tried again")
        }
        RefusalCode::BranchTooLong => {
            ("需要合并的内容过长，请联系县里", "the branches to be joined are too long; call the county")
        }
        RefusalCode::Unknown(100) => ("线路中断，稍后自动再试", "the line broke; it will be tried again"),
        RefusalCode::Unknown(101) => {
            ("对方长时间没有回应，稍后自动再试", "the other side fell silent; it will be tried again")
        }
        RefusalCode::Unknown(102) => ("本机写入失败，请检查磁盘", "this PC could not write; check its disk"),
        RefusalCode::Unknown(_) => ("未知原因", "unknown reason"),
    }
}

mod drive {
    use super::*;
    use shared::net::identity::Identity;
    use shared::sync::receipt::Verify;
    pub(super) struct Report;
    pub(super) fn receipt_keys(_: &Identity) -> Arc<dyn Verify> {
        struct No;
        impl Verify for No {
            fn verify(&self, _: &[u8], _: &[u8]) -> bool {
                false
            }
        }
        Arc::new(No)
    }
    pub(super) async fn sync_once(
        _: &Road,
        _: &Identity,
        _: &shared::store::Store,
        _: NodeSetup,
        _: impl Fn(SyncEvent),
    ) -> Result<Report, NetFailure> {
        Err(NetFailure::Local { why: "no driver".into() })
    }
}
