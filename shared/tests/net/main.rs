//! Identity, enrolment and the gate over real sockets: who gets in, who does not, and what both sides are told.

mod support;

mod enrolment;
mod handshake;
mod lifecycle;
mod sessions;
mod strangers;
