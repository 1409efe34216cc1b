//! When a township was last heard of, and whether that ended well.

use shared::ids::TownshipCode;
use shared::store::View;
use shared::sync::nights::{night_of, nights};
use shared::sync::note;

use super::App;

/// The last exchange of a township, as the hub knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    /// When it began, ms since 1970 by the hub's clock.
    pub(super) at: i64,
    /// Whether it came to its end: what the node had then is here.
    pub(super) whole: bool,
}

/// `None`: never.
pub(super) fn heard(app: &App, views: &dyn View, code: TownshipCode) -> Option<Heard> {
    let at = note::township_state(views, code).session?.at;
    let rows = nights(views, code, night_of(at), night_of(app.now()));
    let whole = rows.iter().any(|(_, night)| night.completed > 0 && night.last_at >= at);
    Some(Heard { at, whole })
}
