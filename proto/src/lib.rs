//! The wire format of Xianglian, version 1: messages always, gRPC clients and servers with the feature `grpc`.
//!
//! The .proto files beside this crate are the documentation; this crate holds no code of its own.

/// Package `xianglian.v1`.
pub mod v1 {
    #![allow(clippy::all, clippy::pedantic, missing_docs)]
    include!(concat!(env!("OUT_DIR"), "/xianglian.v1.rs"));
}

/// The file descriptor set of every message and service, for gRPC reflection and for other programs.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/xianglian.fds.bin"));
