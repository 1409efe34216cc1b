//! What a command ends with when it does not succeed.

use std::fmt;

use serde_json::json;

use super::lang::{Lang, Text, text};
use crate::code::ErrorCode;

/// A failure as a user meets it: a code that decides the exit status, what is wrong and what to do about it, in both
/// languages. `details` are lines of their own: one wrong field each, one bad row each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub code: ErrorCode,
    /// Boxed, because every function at the edge returns one.
    pub said: Box<Said>,
}

/// The words of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub message: Text,
    pub details: Vec<Text>,
    /// What to do now.
    pub advice: Option<Text>,
    /// For the log and for `--json`: the machine's own words. Never a name, a number of a person or text of a record.
    pub cause: Option<String>,
}

impl Failure {
    pub fn new(code: ErrorCode, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let said = Said { message: text(zh, en), details: Vec::new(), advice: None, cause: None };
        Self { code, said: Box::new(said) }
    }

    pub fn not_found(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, zh, en)
    }

    pub fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ErrorCode::Invalid, zh, en)
    }

    /// From words without capital and full stop.
    pub fn sentence(code: ErrorCode, zh: &str, en: &str) -> Self {
        let mut chars = en.chars();
        let en: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
        Self::new(code, format!("{zh}。"), format!("{en}."))
    }

    /// A fault of the program itself; `cause` says what was found.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(
            ErrorCode::Internal,
            "程序内部出错，数据没有丢失。请把下面这一行交给维护人员。",
            "The program made a mistake; no data is lost. Please give the line below to your support.",
        )
        .because(cause)
    }

    #[must_use]
    pub fn detail(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.said.details.push(text(zh, en));
        self
    }

    #[must_use]
    pub fn advise(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.said.advice = Some(text(zh, en));
        self
    }

    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.said.cause = Some(cause.to_string());
        self
    }

    /// What standard error shows.
    pub fn render(&self, lang: Lang) -> String {
        let mut out = format!("{}{}\n", lang.pick("错误：", "error: "), self.said.message.get(lang));
        for detail in &self.said.details {
            out.push_str(&format!("  · {}\n", detail.get(lang)));
        }
        if let Some(cause) = &self.said.cause {
            out.push_str(&format!("  {}{cause}\n", lang.pick("原因：", "cause: ")));
        }
        if let Some(advice) = &self.said.advice {
            out.push_str(&format!("{}{}\n", lang.pick("怎么办：", "what to do: "), advice.get(lang)));
        }
        out
    }

    /// What standard output holds under `--json`: always both languages, so that a script need not choose.
    pub fn to_json(&self) -> serde_json::Value {
        let both = |t: &Text| json!({ "zh": t.zh, "en": t.en });
        json!({
            "error": {
                "code": self.code.name(),
                "exit": self.code.exit(),
                "message": both(&self.said.message),
                "details": self.said.details.iter().map(both).collect::<Vec<_>>(),
                "advice": self.said.advice.as_ref().map(both),
                "cause": self.said.cause,
            }
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.said.message.en)?;
        self.said.cause.as_ref().map_or(Ok(()), |cause| write!(f, " ({cause})"))
    }
}

impl std::error::Error for Failure {}

impl From<crate::ids::ParseError> for Failure {
    fn from(error: crate::ids::ParseError) -> Self {
        Self::new(
            ErrorCode::Invalid,
            format!("“{}”的写法不对。", error.found),
            format!("\"{}\" is not {}.", error.found, error.expected),
        )
        .because(error)
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        use crate::store::StoreError as E;
        let failure = match &error {
            E::Full => Self::new(
                ErrorCode::Full,
                "磁盘已满，这次没有保存。已保存的数据没有丢失，仍可查看。",
                "The disk is full, so this was not saved. Nothing saved before is lost; reading goes on.",
            )
            .advise("请清理磁盘空间后再试。", "Make room on the disk, then try again."),
            E::Locked => Self::new(
                ErrorCode::Busy,
                "数据文件夹正被另一个程序使用。",
                "Another program is using the data folder.",
            )
            .advise(
                "请先关闭正在运行的程序（例如后台服务），再试一次。",
                "Close the program that is running (for example the background service) and try again.",
            ),
            E::Damage { segment, offset, .. } => Self::new(
                ErrorCode::Damaged,
                format!("数据文件第 {segment} 段在字节 {offset} 处损坏。"),
                format!("The journal is damaged in segment {segment} at byte {offset}."),
            )
            .advise(
                "请不要删除任何文件；联系县里，从县级节点或备份取回。",
                "Delete nothing; ask the county: the hub or a backup holds the lost part.",
            ),
            E::Closed(_) => Self::new(
                ErrorCode::Unavailable,
                "写入磁盘失败，程序已停止写入以保护数据。",
                "Writing to the disk failed; the store closed itself to protect the data.",
            )
            .advise("请检查磁盘后重新启动程序。", "Check the disk, then start the program again."),
            E::Io { .. } => Self::new(
                ErrorCode::Setup,
                "读写数据文件夹失败。",
                "The data folder cannot be read or written.",
            )
            .advise("请检查文件夹权限和磁盘。", "Check the folder's permissions and the disk."),
            E::TooLarge { bytes, max } => Self::new(
                ErrorCode::Invalid,
                format!("内容过大（{bytes} 字节，最多 {max} 字节），没有保存。"),
                format!("It is too large ({bytes} bytes, at most {max}) and was not saved."),
            ),
            E::NotNext { .. } => Self::internal(""),
        };
        failure.because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_it_in_both_languages_and_in_json() {
        let failure = Failure::new(ErrorCode::Refused, "不能交办。", "Cannot be assigned.")
            .detail("缺少“主办单位”", "\"main unit\" is missing")
            .advise("请补填。", "Fill it in.");
        assert_eq!(failure.render(Lang::Zh), "错误：不能交办。\n  · 缺少“主办单位”\n怎么办：请补填。\n");
        assert_eq!(
            failure.render(Lang::En),
            "error: Cannot be assigned.\n  · \"main unit\" is missing\nwhat to do: Fill it in.\n"
        );
        let json = failure.to_json();
        assert_eq!(json["error"]["code"], "refused");
        assert_eq!(json["error"]["exit"], 4);
        assert_eq!(json["error"]["details"][0]["zh"], "缺少“主办单位”");
    }
}
