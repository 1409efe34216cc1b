//! One connection between a machine and the hub: two halves and what is on the way between them.

use std::collections::VecDeque;

use prost::Message as _;
use shared::sync::message::{HubMessage, NodeMessage, Token};
use shared::sync::{HubSession, NodeSession};
use xianglian_proto::v1 as pb;

pub struct Link {
    pub machine: usize,
    /// Generations of the two folders when it was made.
    pub hub_generation: u32,
    pub node: Option<NodeSession>,
    pub hub: Option<HubSession>,
    /// The token that the hub issues in this session.
    pub token: Token,
    pub to_hub: VecDeque<Vec<u8>>,
    pub to_node: VecDeque<Vec<u8>>,
    /// Nothing arrives any more, and nobody is told.
    pub silent: bool,
}

impl Link {
    pub fn over(&self) -> bool {
        let node_over = self.node.as_ref().is_none_or(|node| node.outcome().is_some());
        let hub_over = self.hub.as_ref().is_none_or(|hub| hub.outcome().is_some());
        node_over && hub_over
    }
}

pub fn node_bytes(message: NodeMessage) -> Vec<u8> {
    pb::NodeMessage::from(message).encode_to_vec()
}

pub fn hub_bytes(message: HubMessage) -> Vec<u8> {
    pb::HubMessage::from(message).encode_to_vec()
}

pub fn node_message(bytes: &[u8]) -> Option<NodeMessage> {
    pb::NodeMessage::decode(bytes).ok()?.try_into().ok()
}

pub fn hub_message(bytes: &[u8]) -> Option<HubMessage> {
    pb::HubMessage::decode(bytes).ok()?.try_into().ok()
}
