//! What goes wrong, as a problem document (RFC 9457): the closed error code, words in Chinese and English, and what to do.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use shared::code::ErrorCode;
use shared::program::{Failure, Lang};

use super::accept::language;
use super::schema::{Words, answer};

pub(super) const PROBLEM_TYPE: &str = "application/problem+json";

answer! {
    /// What went wrong (RFC 9457).
    pub struct Problem {
        /// Names the error code, as an address that need not lead anywhere.
        pub r#type: String,
        /// The error code in words, in the language asked for.
        pub title: String,
        /// HTTP status.
        pub status: u16,
        /// What is wrong here, in the language asked for.
        pub detail: String,
        /// One of a closed list: usage, invalid, refused, not_found, conflict, setup, unauthenticated, forbidden,
        /// unavailable, stopped, full, damaged, busy, internal.
        pub code: String,
        /// The detail in both languages.
        pub message: Words,
        /// One line for each thing that is wrong.
        pub details: Vec<Words>,
        /// What to do.
        pub advice: Option<Words>,
    }
}

/// HTTP status of an error code at this door, where nothing is filled in by hand: what is not well written is a bad
/// request.
pub(super) fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Usage | ErrorCode::Invalid => StatusCode::BAD_REQUEST,
        other => StatusCode::from_u16(other.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The answer to a request that failed.
pub(super) fn respond(failure: &Failure, asked: &HeaderMap) -> Response {
    respond_with(status(failure.code), failure, asked)
}

/// The same where HTTP has a status of its own for it.
pub(super) fn respond_with(status: StatusCode, failure: &Failure, asked: &HeaderMap) -> Response {
    if failure.code == ErrorCode::Internal {
        tracing::error!(error = %failure, "a request failed");
    }
    let lang = language(asked);
    let said = &failure.said;
    let (zh, en) = title(failure.code);
    let problem = Problem {
        r#type: format!("urn:xianglian:error:{}", failure.code.name()),
        title: lang.pick(zh, en).to_owned(),
        status: status.as_u16(),
        detail: said.message.get(lang).to_owned(),
        code: failure.code.name().to_owned(),
        message: said.message.clone().into(),
        details: said.details.iter().cloned().map(Words::from).collect(),
        advice: said.advice.clone().map(Words::from),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let said_in = match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(said_in));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    if status == StatusCode::UNAUTHORIZED {
        let bearer = HeaderValue::from_static("Bearer realm=\"xianglian\"");
        headers.insert(header::WWW_AUTHENTICATE, bearer);
    }
    response
}

fn title(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::Usage => ("请求无法理解", "The request is not understood"),
        ErrorCode::Invalid => ("参数有误", "A value is not acceptable"),
        ErrorCode::Refused => ("规则不允许", "The rules say no"),
        ErrorCode::NotFound => ("没有找到", "There is no such thing"),
        ErrorCode::Conflict => ("已经存在或已变动", "It is there already, or has changed"),
        ErrorCode::Setup => ("设置有误", "The settings cannot be used"),
        ErrorCode::Unauthenticated => ("需要钥匙", "A key is needed"),
        ErrorCode::Forbidden => ("无权查看", "Not yours to see"),
        ErrorCode::Unavailable => ("暂时无法应答", "Not available now"),
        ErrorCode::Stopped => ("已停止", "Stopped for good"),
        ErrorCode::Full => ("磁盘已满", "The disk is full"),
        ErrorCode::Damaged => ("数据损坏", "Stored data are damaged"),
        ErrorCode::Busy => ("正忙", "Busy"),
        ErrorCode::Internal => ("程序出错", "A fault of the program"),
    }
}
