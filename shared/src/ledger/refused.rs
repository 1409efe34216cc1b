//! Why nothing was written, as the user meets it.

use crate::code::ErrorCode;
use crate::command::{Code, Refusal};
use crate::program::Failure;
use crate::store::StoreError;

/// A refusal by the rules, in the words of the catalogue, one line for each problem.
pub fn refused(refusal: &Refusal) -> Failure {
    let code = match refusal.code() {
        Some(Code::NoRecord | Code::UnknownKind | Code::UnknownAction | Code::UnknownField) => {
            ErrorCode::NotFound
        }
        Some(Code::Value | Code::Required | Code::Date | Code::Link | Code::TooLarge) => ErrorCode::Invalid,
        Some(Code::Conflict) => ErrorCode::Conflict,
        _ => ErrorCode::Refused,
    };
    match refusal.problems.as_slice() {
        [one] => Failure::sentence(code, &one.zh, &one.en),
        many => {
            let count = many.len();
            let start = Failure::new(
                code,
                format!("有 {count} 处需要改正："),
                format!("{count} things need to be put right:"),
            );
            many.iter().fold(start, |failure, problem| failure.detail(&problem.zh, &problem.en))
        }
    }
}

/// Why a closure of the store came to nothing: the rules said no, or the machine failed.
#[derive(Debug)]
pub enum Stop {
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
