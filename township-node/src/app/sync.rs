//! One exchange with the county, and what it came to.

use std::sync::Arc;

use serde::Serialize;
use shared::code::ErrorCode;
use shared::ids::StreamName;
use shared::ledger::{Reacted, Stop};
use shared::net::dial::Road;
use shared::net::enrol;
use shared::net::failure::Failure as NetFailure;
use shared::net::keys::HubKey;
use shared::net::link::Tcp;
use shared::net::session::{self, Report};
use shared::program::{Failure, Lang, rfc3339};
use shared::sync::message::{Notice, RefusalCode};
use shared::sync::{ByRules, NodeSetup, Summary, note};
use shared::view::held;
use tokio_util::sync::CancellationToken;
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
    /// At the socket, TLS and all; then the messages alone.
    pub bytes_out: u64,
    pub bytes_in: u64,
    pub message_bytes_out: u64,
    pub message_bytes_in: u64,
    /// After the TLS handshake; an upper bound.
    pub round_trips: u64,
    pub milliseconds: u64,
    /// What the program did here because of what it got; the county hears of it with the next exchange.
    pub reacted: Reacted,
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
    /// One exchange with the county, and what follows here from what it brought. When `stop` fires it is given up between two steps; what was stored stays.
    ///
    /// # Errors
    /// The node has not joined, the county cannot be reached or refuses. Nothing is lost by any of them; the attempt is
    /// noted, and [`Node::status`] tells of it.
    pub async fn sync(
        &self,
        progress: impl Fn(SyncEvent) + Send,
        stop: &CancellationToken,
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
        let (instance, mark) = {
            let keeper = self.keeper();
            (keeper.instance(), keeper.watermark())
        };
        let setup = NodeSetup {
            township: office.code(),
            software: software(),
            catalogue: self.catalogue().version.clone(),
            capabilities: Vec::new(),
            instance,
            epoch: self.fresh_epoch(),
            mark,
            keys: Arc::new(HubKey(identity.enrolled.receipt_key.clone())),
            reappend: Arc::new(ByRules(Arc::clone(self.catalogue()))),
        };
        let meta = StreamName::Meta(office.site());
        let noted_before = self.store().head(meta).len;
        let road = self.road(&identity.address);
        let progress = move |summary: &Summary| {
            progress(SyncEvent { sent: summary.sent, received: summary.received });
        };
        let report = session::sync_once(&road, &identity, self.store(), setup, progress, stop).await;
        if report.summary.mark_settled {
            self.keeper().settled();
        }
        self.note_head();
        match &report.result {
            Ok(()) => {
                let mut synced = self.synced(&report)?;
                synced.reacted = self.react_aside().await;
                Ok(synced)
            }
            Err(failure) => {
                // The session notes its own end; what the line or the certificate was about, only we know.
                let said = matches!(failure, NetFailure::Refused { .. })
                    && self.store().head(meta).len > noted_before;
                if !said {
                    self.note_attempt(failure);
                }
                Err(net(failure))
            }
        }
    }

    /// Does what follows from what came. The exchange itself is good and over: what fails here is tried again by the next
    /// look, and the log says so.
    async fn react_aside(&self) -> Reacted {
        let node = self.clone();
        let done = tokio::task::spawn_blocking(move || node.react()).await;
        done.unwrap_or_else(|fault| Err(Failure::internal(fault))).unwrap_or_else(|failure| {
            tracing::warn!(error = %failure, "not reacted to what the county sent");
            Reacted::default()
        })
    }

    /// What the stored receipt says, with what the exchange cost.
    fn synced(&self, report: &Report) -> Result<Synced, Failure> {
        let receipt =
            self.read(note::last_receipt).ok_or_else(|| Failure::internal("no receipt after an exchange"))?;
        let (summary, cost) = (&report.summary, &report.cost);
        let stream = self.stream();
        let acked = self.read(note::node_state).acked.map_or(0, |state| state.head.len);
        Ok(Synced {
            sent: summary.sent,
            received: summary.received,
            held: self.read(|views| u64::from(held::count(views, None))) + u64::from(receipt.held_total),
            waiting: self.store().head(stream).len.saturating_sub(acked),
            receipt_at: rfc3339(receipt.at),
            receipt_at_ms: receipt.at,
            receipt: receipt.number,
            clock_offset_ms: summary.clock_offset,
            restored: summary.notice == Some(Notice::Restored),
            recovered: summary.recovered.map(|recovered| Recovered {
                taken_back: recovered.taken_back,
                reappended: recovered.reappended,
                lost: recovered.lost,
            }),
            bytes_out: cost.socket_out,
            bytes_in: cost.socket_in,
            message_bytes_out: cost.messages_out,
            message_bytes_in: cost.messages_in,
            round_trips: cost.round_trips,
            milliseconds: cost.ms,
            reacted: Reacted::default(),
        })
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

    /// Notes an attempt with the words of its failure.
    fn note_attempt(&self, failure: &NetFailure) {
        let note = pb::note::Kind::Attempt(pb::NodeAttempt {
            at: self.clock().now_ms(),
            code: NO_SESSION,
            detail: format!("{}\n{}", failure.zh(), failure.en()),
            token: Vec::new(),
        });
        let (site, fresh) = (self.office().site(), self.fresh_epoch());
        if let Err(error) = self.write(|tx| note::append(tx, site, fresh, vec![note]).map_err(Stop::Store)) {
            tracing::warn!(error = %error, "attempt not noted");
        }
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
