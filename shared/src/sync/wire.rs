//! Messages as protobuf, both ways. What comes in is checked against [`crate::limits`]; fields that this version does
//! not know are ignored, streams with names that it does not know are left out.

use xianglian_proto::v1 as pb;

use super::message::{
    Agreed, Batch, Held, Hello, HubMessage, Instance, NodeMessage, Notice, Receipt, Refusal, RefusalCode,
    Sketch, StreamState, Token, Welcome,
};
use crate::ids::{Epoch, RecordId, StreamName, TownshipCode};
use crate::limits;
use crate::stream::{Hash, Head};

/// A message that is not one, or that is out of its bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: expected {expected}, found {found}")]
pub struct WireError {
    pub what: &'static str,
    pub expected: String,
    pub found: String,
}

fn wrong(what: &'static str, expected: impl ToString, found: impl ToString) -> WireError {
    WireError { what, expected: expected.to_string(), found: found.to_string() }
}

fn at_most(what: &'static str, max: usize, found: usize) -> Result<(), WireError> {
    if found > max { Err(wrong(what, format!("at most {max}"), found)) } else { Ok(()) }
}

fn text(what: &'static str, text: String) -> Result<String, WireError> {
    at_most(what, limits::SESSION_TEXT_CHARS_MAX, text.chars().count())?;
    Ok(text)
}

fn bytes_of<const N: usize>(what: &'static str, bytes: &[u8]) -> Result<[u8; N], WireError> {
    bytes.try_into().map_err(|_| wrong(what, format!("{N} bytes"), format!("{} bytes", bytes.len())))
}

fn maybe<const N: usize>(what: &'static str, bytes: &[u8]) -> Result<Option<[u8; N]>, WireError> {
    if bytes.is_empty() { Ok(None) } else { bytes_of(what, bytes).map(Some) }
}

fn township(code: &str) -> Result<TownshipCode, WireError> {
    code.parse().map_err(|_| wrong("township", "a code of nine digits", code))
}

fn capabilities(list: Vec<String>) -> Result<Vec<String>, WireError> {
    at_most("capabilities", limits::CAPABILITIES_MAX, list.len())?;
    list.into_iter().map(|name| text("capability", name)).collect()
}

fn token_in(bytes: &[u8]) -> Result<Option<Token>, WireError> {
    Ok(maybe("token", bytes)?.map(Token))
}

fn token_out(token: Option<Token>) -> Vec<u8> {
    token.map_or_else(Vec::new, |token| token.0.to_vec())
}

/// A stream's state as it stands on the wire and in notes.
pub(crate) fn state_out(state: &StreamState) -> pb::StreamState {
    pb::StreamState {
        stream: state.stream.to_string(),
        epoch: state.head.epoch.0,
        len: state.head.len,
        head: state.head.hash.0.to_vec(),
        forked: state.forked,
    }
}

/// None: a stream that this version does not know.
pub(crate) fn state_in(state: &pb::StreamState) -> Result<Option<StreamState>, WireError> {
    let Ok(stream) = state.stream.parse::<StreamName>() else { return Ok(None) };
    let head = Head { epoch: Epoch(state.epoch), len: state.len, hash: Hash(bytes_of("head", &state.head)?) };
    Ok(Some(StreamState { stream, head, forked: state.forked }))
}

fn states_out(states: &[StreamState]) -> Vec<pb::StreamState> {
    states.iter().map(state_out).collect()
}

fn states_in(states: Vec<pb::StreamState>) -> Result<Vec<StreamState>, WireError> {
    at_most("streams", limits::HELLO_STREAMS_MAX, states.len())?;
    states.iter().filter_map(|state| state_in(state).transpose()).collect()
}

fn ack_in(ack: pb::Ack) -> Result<StreamState, WireError> {
    let state = ack.state.ok_or_else(|| wrong("ack", "a state", "none"))?;
    state_in(&state)?.ok_or_else(|| wrong("ack", "a known stream", state.stream))
}

fn batch_out(batch: Batch) -> pb::Batch {
    pb::Batch {
        frame: batch.frame,
        packed_from: batch.packed_from,
        salvage: batch.salvage,
        proof: batch.proof,
    }
}

fn batch_in(batch: pb::Batch) -> Result<Batch, WireError> {
    at_most("frame", limits::MESSAGE_BYTES_MAX, batch.frame.len())?;
    at_most("proof", 128, batch.proof.len())?;
    Ok(Batch {
        frame: batch.frame,
        packed_from: batch.packed_from,
        salvage: batch.salvage,
        proof: batch.proof,
    })
}

fn refusal_out(refusal: Refusal) -> pb::Refusal {
    pb::Refusal { code: refusal.code.number(), detail: refusal.detail, clock: refusal.clock }
}

fn refusal_in(refusal: pb::Refusal) -> Refusal {
    // A refusal is the last word; one that is too long is cut rather than refused in turn.
    let detail = refusal.detail.chars().take(limits::SESSION_TEXT_CHARS_MAX).collect();
    Refusal { code: RefusalCode::from_number(refusal.code), detail, clock: refusal.clock }
}

fn held_out(held: &Held) -> pb::Held {
    pb::Held {
        stream: held.stream.to_string(),
        seq: held.seq,
        record: held.record.map_or_else(Vec::new, |record| record.as_bytes().to_vec()),
        kind: held.kind,
        code: held.code,
        detail: held.detail.clone(),
    }
}

fn held_in(held: pb::Held) -> Result<Option<Held>, WireError> {
    let Ok(stream) = held.stream.parse() else { return Ok(None) };
    Ok(Some(Held {
        stream,
        seq: held.seq,
        record: maybe("record id", &held.record)?.map(RecordId::from_bytes),
        kind: held.kind,
        code: held.code,
        detail: text("detail", held.detail)?,
    }))
}

pub(super) fn receipt_out(receipt: &Receipt) -> pb::Receipt {
    pb::Receipt {
        township: receipt.township.to_string(),
        streams: states_out(&receipt.streams),
        at: receipt.at,
        number: receipt.number.clone(),
        signature: receipt.signature.clone(),
        token: token_out(receipt.token),
        held: receipt.held.iter().map(held_out).collect(),
        held_total: receipt.held_total,
    }
}

pub(crate) fn receipt_in(receipt: pb::Receipt) -> Result<Receipt, WireError> {
    at_most("held entries", limits::RECEIPT_HELD_MAX, receipt.held.len())?;
    at_most("signature", 128, receipt.signature.len())?;
    Ok(Receipt {
        township: township(&receipt.township)?,
        streams: states_in(receipt.streams)?,
        at: receipt.at,
        number: text("number", receipt.number)?,
        signature: receipt.signature,
        token: token_in(&receipt.token)?,
        held: receipt
            .held
            .into_iter()
            .filter_map(|held| held_in(held).transpose())
            .collect::<Result<_, _>>()?,
        held_total: receipt.held_total,
    })
}

impl From<NodeMessage> for pb::NodeMessage {
    fn from(message: NodeMessage) -> Self {
        use pb::node_message::Kind;
        let kind = match message {
            NodeMessage::Hello(hello) => Kind::Hello(pb::Hello {
                protocol: hello.protocol,
                capabilities: hello.capabilities,
                software: hello.software,
                catalogue: hello.catalogue,
                clock: hello.clock,
                township: hello.township.to_string(),
                instance: hello.instance.map_or_else(Vec::new, |instance| instance.0.to_vec()),
                token: token_out(hello.token),
                streams: states_out(&hello.streams),
                backlog: hello.backlog,
                acked: hello.acked,
            }),
            NodeMessage::Sketch(sketch) => Kind::Sketch(pb::Sketch {
                stream: sketch.stream.to_string(),
                points: sketch
                    .points
                    .iter()
                    .map(|(seq, head)| pb::Point { seq: *seq, head: head.0.to_vec() })
                    .collect(),
                salvage: sketch.salvage,
            }),
            NodeMessage::Batch(batch) => Kind::Batch(batch_out(batch)),
            NodeMessage::Ack(state) => Kind::Ack(pb::Ack { state: Some(state_out(&state)) }),
            NodeMessage::Finished(states) => Kind::Finished(pb::Finished { streams: states_out(&states) }),
            NodeMessage::Refusal(refusal) => Kind::Refusal(refusal_out(refusal)),
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<pb::NodeMessage> for NodeMessage {
    type Error = WireError;
    fn try_from(message: pb::NodeMessage) -> Result<Self, WireError> {
        use pb::node_message::Kind;
        Ok(match message.kind.ok_or_else(|| wrong("message", "a known kind", "none"))? {
            Kind::Hello(hello) => Self::Hello(Hello {
                protocol: hello.protocol,
                capabilities: capabilities(hello.capabilities)?,
                software: text("software", hello.software)?,
                catalogue: text("catalogue", hello.catalogue)?,
                clock: hello.clock,
                township: township(&hello.township)?,
                instance: maybe("instance", &hello.instance)?.map(Instance),
                token: token_in(&hello.token)?,
                streams: states_in(hello.streams)?,
                backlog: hello.backlog,
                acked: hello.acked,
            }),
            Kind::Sketch(sketch) => {
                at_most("points", limits::SKETCH_POINTS_MAX, sketch.points.len())?;
                let point = |point: &pb::Point| Ok((point.seq, Hash(bytes_of("head", &point.head)?)));
                Self::Sketch(Sketch {
                    stream: sketch
                        .stream
                        .parse()
                        .map_err(|_| wrong("sketch", "a known stream", &sketch.stream))?,
                    points: sketch.points.iter().map(point).collect::<Result<_, WireError>>()?,
                    salvage: sketch.salvage,
                })
            }
            Kind::Batch(batch) => Self::Batch(batch_in(batch)?),
            Kind::Ack(ack) => Self::Ack(ack_in(ack)?),
            Kind::Finished(finished) => Self::Finished(states_in(finished.streams)?),
            Kind::Refusal(refusal) => Self::Refusal(refusal_in(refusal)),
        })
    }
}

impl From<HubMessage> for pb::HubMessage {
    fn from(message: HubMessage) -> Self {
        use pb::hub_message::Kind;
        let kind = match message {
            HubMessage::Welcome(welcome) => Kind::Welcome(pb::Welcome {
                protocol: welcome.protocol,
                capabilities: welcome.capabilities,
                software: welcome.software,
                catalogue: welcome.catalogue,
                clock: welcome.clock,
                streams: states_out(&welcome.streams),
                token: token_out(welcome.token),
                receipt: welcome.receipt.as_ref().map(receipt_out),
                notice: match welcome.notice {
                    Some(Notice::Restored) => "restored".to_owned(),
                    Some(Notice::Unknown) | None => String::new(),
                },
                entry_bytes_max: welcome.entry_bytes_max,
            }),
            HubMessage::Agreed(agreed) => Kind::Agreed(pb::Agreed {
                stream: agreed.state.stream.to_string(),
                seq: agreed.seq,
                state: Some(state_out(&agreed.state)),
            }),
            HubMessage::Batch(batch) => Kind::Batch(batch_out(batch)),
            HubMessage::Ack(state) => Kind::Ack(pb::Ack { state: Some(state_out(&state)) }),
            HubMessage::Receipt(receipt) => Kind::Receipt(receipt_out(&receipt)),
            HubMessage::Refusal(refusal) => Kind::Refusal(refusal_out(refusal)),
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<pb::HubMessage> for HubMessage {
    type Error = WireError;
    fn try_from(message: pb::HubMessage) -> Result<Self, WireError> {
        use pb::hub_message::Kind;
        Ok(match message.kind.ok_or_else(|| wrong("message", "a known kind", "none"))? {
            Kind::Welcome(welcome) => Self::Welcome(Welcome {
                protocol: welcome.protocol,
                capabilities: capabilities(welcome.capabilities)?,
                software: text("software", welcome.software)?,
                catalogue: text("catalogue", welcome.catalogue)?,
                clock: welcome.clock,
                streams: states_in(welcome.streams)?,
                token: token_in(&welcome.token)?,
                receipt: welcome.receipt.map(receipt_in).transpose()?,
                notice: match welcome.notice.as_str() {
                    "" => None,
                    "restored" => Some(Notice::Restored),
                    _ => Some(Notice::Unknown),
                },
                entry_bytes_max: welcome.entry_bytes_max,
            }),
            Kind::Agreed(agreed) => {
                Self::Agreed(Agreed { seq: agreed.seq, state: ack_in(pb::Ack { state: agreed.state })? })
            }
            Kind::Batch(batch) => Self::Batch(batch_in(batch)?),
            Kind::Ack(ack) => Self::Ack(ack_in(ack)?),
            Kind::Receipt(receipt) => Self::Receipt(receipt_in(receipt)?),
            Kind::Refusal(refusal) => Self::Refusal(refusal_in(refusal)),
        })
    }
}
