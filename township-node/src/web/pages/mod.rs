//! Every page. Thin: each reads what was asked, calls the app, presents.

pub(super) mod about;
pub(super) mod accounts;
pub(super) mod assets;
pub(super) mod audit;
pub(super) mod due;
pub(super) mod held;
pub(super) mod join;
pub(super) mod ledger;
pub(super) mod ledgers;
pub(super) mod login;
pub(super) mod me;
pub(super) mod pick;
pub(super) mod record;
pub(super) mod settings;
pub(super) mod setup;
pub(super) mod step;
pub(super) mod sync;
pub(super) mod today;
pub(super) mod wait;

use super::route::Route;

/// Every route; a test walks them.
pub(super) const ROUTES: &[&[Route]] = &[
    assets::ROUTES,
    login::ROUTES,
    setup::ROUTES,
    today::ROUTES,
    ledgers::ROUTES,
    ledger::ROUTES,
    record::ROUTES,
    step::ROUTES,
    pick::ROUTES,
    due::ROUTES,
    sync::ROUTES,
    held::ROUTES,
    join::ROUTES,
    me::ROUTES,
    accounts::ROUTES,
    audit::ROUTES,
    settings::ROUTES,
    about::ROUTES,
];
