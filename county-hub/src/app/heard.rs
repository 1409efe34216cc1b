//! When a township was last heard of, and whether that ended well.

use shared::ids::TownshipCode;
use shared::store::View;
use shared::sync::note;

use super::App;

/// What the hub knows of a township's exchanges; ms since 1970 by the hub's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Heard {
    /// The last exchange.
    pub(super) at: Option<i64>,
    /// An exchange after the last that came to its end: it began and broke off.
    pub(super) broke_off: Option<i64>,
}

pub(super) fn heard(_app: &App, views: &dyn View, code: TownshipCode) -> Heard {
    let session = note::township_state(views, code).session;
    Heard { at: session.map(|session| session.at), broke_off: None }
}
