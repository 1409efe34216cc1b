//! Who talks to whom, and over what: identities, the hub's certificate authority, enrolment, TLS, gRPC.
//!
//! The hub has its own certificate authority, made when the hub is made. A node gets its certificate with a one-time
//! token that also carries the fingerprint of the hub's root, so neither side has to trust the line. From then on the
//! certificate alone says who a caller is (I10): it carries exactly one name,
//! `spiffe://xianglian/<county>/township/<code>` or `…/reader/<name>`, and what a payload claims is checked against it.
//!
//! ```text
//!  hub    ca ── signs ──> server certificate, node certificates        register ── fold of the notes ── who is enrolled
//!          gate: TCP -> TLS -> Connection{peer} -> server: deny by default -> Enrolment | Sync | Report | health
//!  node   identity (key + certificate, one file) -> dial: TCP -> TLS -> channel -> drive: one session
//! ```
//!
//! One port. A connection without a certificate may call `Enrolment/Join` and nothing else (not even health: a stranger
//! learns nothing but that a hub of this product is there, and its clock). A certificate that is presented must be good.
//!
//! Clocks are arguments, sockets come through [`link::Dial`] and [`link::Listen`], so the same code runs on real sockets
//! and in a simulated network.

pub mod clock;
pub mod keys;
pub mod peer;
pub mod token;

pub mod ca;
pub mod identity;
pub mod register;
pub mod trust;

pub mod dial;
pub mod failure;
pub mod gate;
pub mod link;
pub mod tls;

pub mod book;
pub mod enrol;
pub mod server;
pub mod session;
