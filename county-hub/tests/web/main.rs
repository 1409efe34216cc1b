//! The HTTP door as other programs meet it. Every answer that any of these tests gets is checked against the description
//! of its route.

mod bed;
mod door;
mod metrics;
mod negotiation;
mod parameters;
mod walk;
