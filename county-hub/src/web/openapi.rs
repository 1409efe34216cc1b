//! The description of the HTTP door (OpenAPI 3.1), written from the very tables and types that requests are led by and
//! answers are made of. What the two cannot disagree in is not said twice.

use serde_json::{Map, Value as Json, json};

use super::problem::{PROBLEM_TYPE, Problem};
use super::query::{Needed, Param};
use super::route::{Gives, Keeping, Route};
use super::schema::{Defs, Described as _};
use super::{key, routes};
use crate::app::key::Door;

const BEARER: &str = "bearer";
const ADDRESS: &str = "address";

/// The whole document.
pub(super) fn description() -> Json {
    let mut defs = Defs::default();
    let problem = Problem::schema(&mut defs);
    let mut paths = Map::new();
    for route in routes() {
        let operation = operation(route, &problem, &mut defs);
        let parameters: Vec<Json> = route.params.iter().map(parameter).collect();
        paths.insert(route.path.to_owned(), json!({ "parameters": parameters, "get": operation }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "乡联 Xianglian",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "县级枢纽供其他程序读取的接口，只读。钥匙由 county-hub key add 发放。每个字段总是存在，未知的为 null。\n\nWhat other programs read from the county's hub; nothing is written here. Keys are made with county-hub key add. Every field is always there; what is not known is null.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": defs.into_schemas(),
            "securitySchemes": {
                BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": both("访问钥匙", "an access key"),
                },
                ADDRESS: {
                    "type": "apiKey",
                    "in": "query",
                    "name": key::IN_QUERY,
                    "description": both(
                        "访问钥匙，供不能设置请求头的程序；请用只开这一处的钥匙",
                        "an access key, for programs that cannot set headers; use one that opens this door alone",
                    ),
                },
            },
        },
    })
}

fn both(zh: &str, en: &str) -> String {
    format!("{zh} / {en}")
}

fn parameter(param: &Param) -> Json {
    let path = param.needed == Needed::Path;
    json!({
        "name": param.name,
        "in": if path { "path" } else { "query" },
        "required": param.needed != Needed::No,
        "description": both(param.zh, param.en),
        "schema": param.shape.schema(),
    })
}

fn operation(route: &Route, problem: &Json, defs: &mut Defs) -> Json {
    let content = match route.gives {
        Gives::Json(schema) => json!({ route.gives.media(): { "schema": schema(defs) } }),
        Gives::Document(_) if route.gives.media() == super::route::JSON => {
            json!({ route.gives.media(): { "schema": { "type": "object" } } })
        }
        Gives::Document(_) => json!({ route.gives.media(): { "schema": { "type": "string" } } }),
    };
    let failed = |zh: &str, en: &str| json!({ "description": both(zh, en), "content": { PROBLEM_TYPE: { "schema": problem } } });
    let mut responses = json!({
        "200": { "description": both("应答", "the answer"), "content": content },
        "400": failed("参数有误", "a parameter is wrong"),
        "406": failed("给不出所要的类型", "no answer of the types that are wanted"),
        "414": failed("地址过长", "the address is too long"),
        "503": failed("暂时无法应答", "not available now"),
    });
    if route.keeping == Keeping::Tagged {
        responses["304"] = json!({ "description": both("与您已有的相同", "the same as you have") });
    }
    if route.door.is_some() {
        responses["401"] = failed("没有钥匙或钥匙无效", "no key, or one that is not good");
        responses["403"] = failed("这把钥匙不能看", "not for this key to see");
    }
    if route.missing {
        responses["404"] = failed("没有这样的台账、指标或记录", "no such kind, measure or record");
    }
    let mut operation = json!({
        "operationId": route.id,
        "summary": both(route.zh, route.en),
        "responses": responses,
    });
    let bearer = || json!({ BEARER: [] });
    let address = || json!({ ADDRESS: [] });
    operation["security"] = match route.door {
        None => json!([]),
        Some(Door::Api) => json!([bearer()]),
        Some(Door::Calendar) => json!([bearer(), address()]),
        // The last: nothing at all, for a caller on the hub's own machine.
        Some(Door::Metrics) => json!([bearer(), address(), {}]),
    };
    operation
}
