//! A failure as it travels from the running hub to a sub-command.

use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::program::{Failure, Text, text};

/// What the running hub answers.
pub(super) type Reply = Result<serde_json::Value, Box<WireFailure>>;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireFailure {
    code: String,
    message: Both,
    details: Vec<Both>,
    advice: Option<Both>,
    cause: Option<String>,
}

/// (Chinese, English)
#[derive(Debug, Serialize, Deserialize)]
struct Both(String, String);

impl From<&Text> for Both {
    fn from(text: &Text) -> Self {
        Self(text.zh.clone(), text.en.clone())
    }
}

impl From<Both> for Text {
    fn from(Both(zh, en): Both) -> Self {
        text(zh, en)
    }
}

impl From<Failure> for WireFailure {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code.name().to_owned(),
            message: (&failure.said.message).into(),
            details: failure.said.details.iter().map(Both::from).collect(),
            advice: failure.said.advice.as_ref().map(Both::from),
            cause: failure.said.cause.clone(),
        }
    }
}

impl From<WireFailure> for Failure {
    fn from(wire: WireFailure) -> Self {
        let known = ErrorCode::ALL.into_iter().find(|known| known.name() == wire.code);
        let code = known.unwrap_or(ErrorCode::Internal);
        let mut failure = Self::new(code, wire.message.0, wire.message.1);
        failure.said.details = wire.details.into_iter().map(Text::from).collect();
        failure.said.advice = wire.advice.map(Text::from);
        failure.said.cause = wire.cause;
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_comes_back_as_it_went() {
        let failure = Failure::new(ErrorCode::Refused, "不能", "cannot")
            .detail("一", "one")
            .advise("再试", "try again")
            .because("why");
        let line = serde_json::to_string(&WireFailure::from(failure.clone())).unwrap();
        let back: WireFailure = serde_json::from_str(&line).unwrap();
        assert_eq!(Failure::from(back), failure);
    }
}
