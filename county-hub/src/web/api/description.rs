//! The description of this API, for programs that read descriptions. It says nothing of any county and is open to all.

use shared::program::Failure;

use crate::web::openapi;
use crate::web::route::{Asked, Gives, JSON, Keeping, Reply, Route};

pub(super) static ROUTE: Route = Route {
    id: "description",
    path: "/api/v1/openapi.json",
    door: None,
    zh: "本接口的说明（OpenAPI 3.1）",
    en: "The description of this API (OpenAPI 3.1)",
    params: &[],
    gives: Gives::Document(JSON),
    keeping: Keeping::Tagged,
    missing: false,
    answer,
};

fn answer(_: &Asked<'_>) -> Result<Reply, Failure> {
    Reply::json(&openapi::description())
}
