//! The node's side: one attempt, from dialling to the receipt.

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Streaming;
use xianglian_proto::v1;
use xianglian_proto::v1::sync_client::SyncClient;

use super::{Cost, Driver, Input, QUEUE_MESSAGES, Time, gather};
use crate::limits::MESSAGE_BYTES_MAX;
use crate::net::dial::{Caller, Link, Road};
use crate::net::failure::Failure;
use crate::net::identity::Identity;
use crate::store::{Store, StoreError};
use crate::sync::message::{HubMessage, RefusalCode};
use crate::sync::{self, NodeSession, NodeSetup, Outcome, Summary};

/// What an attempt came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// `Ok`: the receipt is stored.
    pub result: Result<(), Failure>,
    pub summary: Summary,
    pub cost: Cost,
}

/// One session with the hub that `road` leads to. `progress` is called after every step. When `stop` fires the session is
/// given up between two steps; what was stored stays.
pub async fn sync_once(
    road: &Road,
    identity: &Identity,
    store: &Store,
    setup: NodeSetup,
    mut progress: impl FnMut(&Summary) + Send,
    stop: &CancellationToken,
) -> Report {
    let started = Instant::now();
    let mut report = Report { result: Ok(()), summary: Summary::default(), cost: Cost::default() };
    let connecting = async {
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(Failure::Stopped),
            link = road.connect(Caller::Member(identity)) => link,
        }
    };
    match connecting.await {
        Err(failure) => report.result = Err(failure),
        Ok(link) => {
            report.result = exchange(&link, road, store, setup, &mut progress, stop, &mut report).await;
            let (socket, plain) = (&link.socket, &link.plain);
            report.cost.socket_out = socket.bytes_out();
            report.cost.socket_in = socket.bytes_in();
            report.cost.http_out = plain.bytes_out();
            report.cost.http_in = plain.bytes_in();
            report.cost.round_trips = plain.turns();
        }
    }
    report.cost.ms = started.elapsed().as_millis() as u64;
    report
}

async fn exchange(
    link: &Link<'_>,
    road: &Road,
    store: &Store,
    setup: NodeSetup,
    progress: &mut (impl FnMut(&Summary) + Send),
    stop: &CancellationToken,
    report: &mut Report,
) -> Result<(), Failure> {
    let time = Time::new(road.clock.clone());
    let (now, its_store) = (time.now(), store.clone());
    let started = tokio::task::spawn_blocking(move || NodeSession::start(now, &its_store, setup)).await;
    let half = started.map_err(|_| fault())?.map_err(own_store)?;
    let mut driver = Driver::new(half, store.clone(), time);

    let (sender, receiver) = mpsc::channel(QUEUE_MESSAGES);
    let mut say = Some(sender);
    // The hello goes out with the headers of the call: one round trip.
    let hello = driver.step(Input::Messages(Vec::new())).await.map_err(|_| fault())?;
    send(&say, hello, &mut report.cost).await;
    let mut client = SyncClient::new(link.channel.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let mut inbound: Option<Streaming<v1::HubMessage>> = None;
    let mut calling = Box::pin(client.session(ReceiverStream::new(receiver)));
    let mut broken = None;
    while !driver.ended() {
        let input = tokio::select! {
            biased;
            () = stop.cancelled() => {
                broken = Some(Failure::Stopped);
                Input::Cut
            }
            () = driver.silence() => Input::Silence,
            heard = async {
                match &mut inbound {
                    None => calling.as_mut().await.map(|answer| Heard::Open(answer.into_inner())).map_err(Box::new),
                    Some(stream) => {
                        let read = |message| HubMessage::try_from(message).ok();
                        gather(stream, &mut report.cost.messages_in, read).await.map(Heard::Messages)
                    }
                }
            } => match heard {
                Ok(Heard::Open(stream)) => {
                    inbound = Some(stream);
                    continue;
                }
                Ok(Heard::Messages(Some(messages))) => Input::Messages(messages),
                Ok(Heard::Messages(None)) => {
                    broken = Some(Failure::CutOff { why: "the hub ended the session without a word".into() });
                    Input::Cut
                }
                Err(status) => {
                    broken = Some(link.explain(&status).await);
                    Input::Cut
                }
            }
        };
        let said = driver.step(input).await.map_err(|_| fault())?;
        if let Some(half) = driver.half() {
            report.summary = half.summary().clone();
            progress(&report.summary);
        }
        send(&say, said, &mut report.cost).await;
    }
    // Half-closes the stream; a refusal of ours is on its way before it.
    say = None;
    drop(say);
    match driver.half().and_then(NodeSession::outcome) {
        Some(Outcome::Done) => Ok(()),
        Some(Outcome::Failed(sync::Failure::Cut)) => Err(broken.unwrap_or_else(fault)),
        Some(Outcome::Failed(failure)) => Err(told(failure)),
        None => Err(fault()),
    }
}

enum Heard {
    Open(Streaming<v1::HubMessage>),
    Messages(Option<Vec<HubMessage>>),
}

/// The queue holds all that the window allows, so this does not wait; a queue whose reader has gone is met by the reader.
async fn send(
    to: &Option<mpsc::Sender<v1::NodeMessage>>,
    messages: Vec<crate::sync::message::NodeMessage>,
    cost: &mut Cost,
) {
    for message in messages {
        let message = v1::NodeMessage::from(message);
        cost.messages_out += prost::Message::encoded_len(&message) as u64;
        if let Some(to) = to {
            let _ = to.send(message).await;
        }
    }
}

fn fault() -> Failure {
    Failure::Local { why: "a fault in the session; see the log".into() }
}

fn own_store(error: StoreError) -> Failure {
    match error {
        StoreError::Full => Failure::Full,
        other => Failure::Local { why: other.to_string() },
    }
}

/// The end of a session in words.
fn told(failure: &sync::Failure) -> Failure {
    let refusal = match failure {
        sync::Failure::Refused(refusal) => refusal,
        sync::Failure::Refusing(refusal) => {
            let why = format!("the hub said something that this node does not take: {}", refusal.detail);
            return Failure::Refused {
                code: refusal.code.number(),
                zh: "与县中心的数据核对不一致，稍后重试".into(),
                en: why,
            };
        }
        sync::Failure::Silence => return Failure::CutOff { why: "nothing was heard for too long".into() },
        sync::Failure::Cut => return Failure::CutOff { why: "the connection ended".into() },
        sync::Failure::Store(error) => return own_store(error.clone()),
    };
    let (zh, en) = match refusal.code {
        RefusalCode::ProtocolOld => {
            ("本机程序版本过旧，请更新", "this program is too old for the hub; update it")
        }
        RefusalCode::Clone => (
            "另有一台电脑在使用同一份数据，本机已停止同步；如这是新电脑，请用新的加入码加入",
            "another PC uses the same installation; if this is a new office PC, join with a fresh token",
        ),
        RefusalCode::NewMachine => (
            "这是一台新的办公电脑，请用新的加入码加入；未发送的工作会保留",
            "this is a new office PC: join with a fresh token; unsent work is kept",
        ),
        RefusalCode::NotYours => ("证书与本机乡镇不符", "the certificate is not of this township"),
        RefusalCode::Restart => {
            ("数据在同步时有变化，稍后重试", "what was sent does not follow what is there; trying again")
        }
        RefusalCode::Malformed => {
            ("县中心不认识本机发送的内容", "the hub does not understand what this node sent")
        }
        RefusalCode::Superseded => ("另一次同步已经开始", "a newer session of this node has begun"),
        RefusalCode::Unavailable => {
            ("县中心暂时不能保存，稍后重试", "the hub cannot store now; trying again later")
        }
        RefusalCode::BranchTooLong => (
            "恢复的数据与县里相差太多，请联系县人大办",
            "the restored folder and the hub have gone too far apart; ask the county",
        ),
        RefusalCode::Unknown(_) => {
            ("县中心拒绝了同步，请更新程序", "the hub refused for a reason that this version does not know")
        }
    };
    Failure::Refused { code: refusal.code.number(), zh: zh.into(), en: en.into() }
}
