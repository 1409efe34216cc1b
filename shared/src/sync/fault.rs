//! Planted faults: mistakes that the simulation must find, so that it is known to look.
//!
//! Without the feature `faults` no fault can be planted and the questions are compiled away.

/// One mistake that somebody could make in this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The hub acknowledges a batch, then stores it.
    AckBeforeDurable,
    /// The hub signs the receipt, then stores the last batch.
    ReceiptBeforeDurable,
    /// The node takes what it has sent for what the hub has.
    CursorBeforeData,
    /// The node keeps its old acknowledgement when the hub says that it holds less.
    AckedNotLowered,
    /// A node that takes the hub's branch appends again what the branch already has.
    RebaseWithoutDedupe,
    /// A node that takes the hub's branch does not append its own later work.
    RebaseDropsOwn,
    /// The hub appends salvaged entries that it already has.
    SalvageWithoutDedupe,
    /// The hub ignores salvaged entries.
    SalvageIgnored,
    /// The hub stores what a session sends that a newer one has replaced.
    StaleSession,
    /// The hub takes any token.
    TokenUnchecked,
    /// The hub takes the township from the frame, not from the certificate.
    PayloadTrusted,
    /// The hub takes entries back into a down stream without its own signature over them.
    ProofUnchecked,
    /// Acknowledgements do not open the window.
    WindowStuck,
    /// A side that waits waits for ever.
    SilenceForever,
    /// A node that has the bytes of an entry takes the digest in their place.
    WithheldDropped,
    /// An entry too large for the hub is sent whole, and refused, again and again.
    OversizeStuck,
    /// The node offers a stream that must not leave it.
    LocalOffered,
}

impl Fault {
    pub const ALL: [Self; 17] = [
        Self::AckBeforeDurable,
        Self::ReceiptBeforeDurable,
        Self::CursorBeforeData,
        Self::AckedNotLowered,
        Self::RebaseWithoutDedupe,
        Self::RebaseDropsOwn,
        Self::SalvageWithoutDedupe,
        Self::SalvageIgnored,
        Self::StaleSession,
        Self::TokenUnchecked,
        Self::PayloadTrusted,
        Self::ProofUnchecked,
        Self::WindowStuck,
        Self::SilenceForever,
        Self::WithheldDropped,
        Self::OversizeStuck,
        Self::LocalOffered,
    ];
}

#[cfg(feature = "faults")]
mod planted {
    use super::Fault;
    use std::cell::Cell;

    thread_local! {
        static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
    }

    /// Plants one fault in all sessions of this thread, or none.
    pub fn plant(fault: Option<Fault>) {
        PLANTED.set(fault);
    }

    pub(crate) fn planted(fault: Fault) -> bool {
        PLANTED.get() == Some(fault)
    }
}

#[cfg(feature = "faults")]
pub use planted::plant;
#[cfg(feature = "faults")]
pub(crate) use planted::planted;

#[cfg(not(feature = "faults"))]
pub(crate) const fn planted(_: Fault) -> bool {
    false
}
