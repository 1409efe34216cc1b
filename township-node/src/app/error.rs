//! Refusals and errors of the parts below, as a clerk meets them.

use shared::code::ErrorCode;
use shared::command::{Code, Refusal};
use shared::net::failure::{Failure as NetFailure, Retry};
use shared::program::Failure;
use shared::store::StoreError;

/// A refusal by the rules, in the words of the catalogue.
pub fn refused(refusal: &Refusal) -> Failure {
    let code = match refusal.code() {
        Some(Code::NoRecord) => ErrorCode::NotFound,
        Some(Code::UnknownKind | Code::UnknownAction | Code::UnknownField) => ErrorCode::NotFound,
        Some(Code::Value | Code::Required | Code::Date | Code::Link | Code::TooLarge) => ErrorCode::Invalid,
        Some(Code::Conflict) => ErrorCode::Conflict,
        _ => ErrorCode::Refused,
    };
    match refusal.problems.as_slice() {
        [one] => Failure::new(code, format!("{}。", one.zh), format!("{}.", capital(&one.en))),
        many => {
            let count = many.len();
            let start = Failure::new(
                code,
                format!("有 {count} 处需要改正："),
                format!("{count} things need to be put right:"),
            );
            many.iter().fold(start, |failure, problem| failure.detail(problem.zh.clone(), problem.en.clone()))
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Why a closure of the store came to nothing.
#[derive(Debug)]
pub(super) enum Stop {
    Store(StoreError),
    Refused(Refusal),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Store(error) => error.into(),
            Stop::Refused(refusal) => refused(&refusal),
        }
    }
}

/// What went wrong on the way to the county.
pub(super) fn net(failure: &NetFailure) -> Failure {
    let said =
        Failure::new(failure.code(), format!("{}。", failure.zh()), format!("{}.", capital(&failure.en())));
    match failure.retry() {
        Retry::Later => said.advise(
            "数据都在本机，没有丢失；稍后会自动再试，也可以再运行一次 sync。",
            "Everything is safe on this PC; it will be tried again by itself, or run sync again.",
        ),
        Retry::Clerk => {
            said.advise("请按上面的提示处理后再试。", "Put this right on this PC, then try again.")
        }
        Retry::County => said.advise(
            "请联系县人大办；数据都在本机，没有丢失。",
            "Please call the county office; everything is safe on this PC.",
        ),
    }
}

pub(super) fn not_found(zh: impl Into<String>, en: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::NotFound, zh, en)
}

pub(super) fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::Invalid, zh, en)
}
