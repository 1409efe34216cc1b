//! Everything that can go wrong between a node and the hub, in a closed list and in words a clerk understands.
//!
//! [`Deny`] is what the hub says; it travels as a name in the answer's metadata, so no text has to be matched.
//! [`Failure`] is what the node makes of it, or of an attempt that never got so far.

use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

use super::clock::day_text;
use super::token::TokenError;
use crate::code::ErrorCode;
use crate::sync::message::RefusalCode;

/// Metadata of a refusal: its name, and the hub's clock in milliseconds since 1970-01-01T00:00:00Z.
pub(crate) const DENY_KEY: &str = "xianglian-deny";
pub(crate) const CLOCK_KEY: &str = "xianglian-clock";

macro_rules! denials {
    ($($name:ident, $wire:literal, $code:ident, $zh:literal, $en:literal;)*) => {
        /// Why the hub says no.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Deny {
            $(#[doc = $en] $name,)*
        }

        impl Deny {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Stable name on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

            /// In the clerk's words.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh,)* }
            }

            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }

            fn grpc(self) -> Code {
                match self { $(Self::$name => Code::$code,)* }
            }
        }
    };
}

denials! {
    NoCertificate, "no-certificate", Unauthenticated,
        "没有证书，请先用加入码加入", "a client certificate is needed; join with a one-time token first";
    NotEnrolled, "not-enrolled", Unauthenticated,
        "县里没有本机的登记，请用新的加入码重新加入", "the hub does not know this certificate; join again with a fresh token";
    Revoked, "revoked", PermissionDenied,
        "本机证书已被县里吊销，请联系县人大办", "the certificate has been revoked by the county";
    Expired, "expired", Unauthenticated,
        "本机证书已过期，请用新的加入码重新加入", "the certificate has expired; join again with a fresh token";
    ReadersOnly, "readers-only", PermissionDenied,
        "乡镇证书不能调用此服务", "a township's certificate may not call this";
    TownshipsOnly, "townships-only", PermissionDenied,
        "只读证书不能调用此服务", "a reader's certificate may not call this";
    OtherTownship, "other-township", PermissionDenied,
        "证书属于另一个乡镇", "the certificate is another township's";
    OtherCounty, "other-county", PermissionDenied,
        "证书属于另一个县", "the certificate is another county's";
    TokenBad, "token-bad", InvalidArgument,
        "加入码输入有误", "the token is mistyped";
    TokenUnknown, "token-unknown", PermissionDenied,
        "县里没有这个加入码（可能已作废）", "the hub does not know this token; it may have been withdrawn";
    TokenUsed, "token-used", PermissionDenied,
        "加入码已经用过，请向县里要新的", "the token has been used; ask the county for a fresh one";
    TokenExpired, "token-expired", PermissionDenied,
        "加入码已过期，请向县里要新的", "the token has expired; ask the county for a fresh one";
    RequestBad, "request-bad", InvalidArgument,
        "请求有误", "the request is not as it should be";
    Busy, "busy", Unavailable,
        "县中心正忙，稍后自动重试", "the hub is busy; trying again later";
    Stopping, "stopping", Unavailable,
        "县中心正在重启，稍后自动重试", "the hub is stopping; trying again later";
    Silent, "silent", DeadlineExceeded,
        "长时间没有数据，连接已结束", "nothing was heard for too long";
    StoreFull, "store-full", ResourceExhausted,
        "县中心磁盘已满，请联系县人大办", "the hub's disk is full";
    Fault, "fault", Internal,
        "县中心内部错误，请联系县人大办", "a fault at the hub; see its log";
}

impl Deny {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deny| deny.name() == name)
    }

    /// The answer that says so. `now` is the hub's clock.
    pub fn status(self, now: i64) -> Status {
        let mut status = Status::new(self.grpc(), self.en());
        let metadata = status.metadata_mut();
        metadata.insert(DENY_KEY, MetadataValue::from_static(self.name()));
        metadata.insert(CLOCK_KEY, MetadataValue::from(now));
        status
    }

    pub fn of(status: &Status) -> Option<Self> {
        status.metadata().get(DENY_KEY)?.to_str().ok().and_then(Self::from_name)
    }
}

/// Reads the hub's clock from an answer that refuses.
pub(crate) fn clock_of(status: &Status) -> Option<i64> {
    status.metadata().get(CLOCK_KEY)?.to_str().ok()?.parse().ok()
}

/// Why a node's attempt came to nothing. Nothing is lost by any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No connection: no line, no such host, nobody listens.
    Unreachable {
        address: String,
        why: String,
    },
    /// Somebody listens, but does not speak TLS or HTTP/2.
    NotAHub {
        address: String,
    },
    /// The hub's certificate is not of the county that this node belongs to.
    UnknownHub {
        address: String,
    },
    /// Joining: the hub at this address is not the one that made the token. The token was not sent.
    WrongHub {
        address: String,
    },
    /// The hub does not know who made this node's certificate.
    UnknownToHub,
    CertificateExpired {
        not_after: i64,
    },
    CertificateRevoked,
    /// The hub's own certificate is not valid now, and this PC's date is right.
    HubCertificate,
    /// This PC's date is wrong; `hub` is the hub's clock if it could be asked.
    Clock {
        local: i64,
        hub: Option<i64>,
    },
    /// This node has no certificate yet.
    NotEnrolled,
    /// The hub said no.
    Denied(Deny),
    /// The two sides could not agree; the number is that of the protocol's refusal.
    Refused {
        code: u32,
        zh: String,
        en: String,
    },
    /// The line broke, or the other side fell silent, in the middle.
    CutOff {
        why: String,
    },
    Token(TokenError),
    /// This node's own store or files.
    Full,
    Local {
        why: String,
    },
    /// Stopped by the user or because the program ends.
    Stopped,
}

/// What has to happen before another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// By itself, with back-off.
    Later,
    /// After somebody has done something at this PC.
    Clerk,
    /// After the county has done something.
    County,
}

impl Failure {
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unreachable { .. } | Self::CutOff { .. } | Self::Stopped => ErrorCode::Unavailable,
            Self::Denied(Deny::Busy | Deny::Stopping | Deny::Silent) => ErrorCode::Unavailable,
            Self::Denied(Deny::StoreFull | Deny::Fault) => ErrorCode::Unavailable,
            Self::Denied(Deny::NoCertificate | Deny::NotEnrolled) | Self::NotEnrolled => {
                ErrorCode::Unauthenticated
            }
            Self::Denied(Deny::TokenBad | Deny::RequestBad) | Self::Token(_) => ErrorCode::Invalid,
            Self::Denied(_) | Self::CertificateRevoked | Self::UnknownToHub => ErrorCode::Forbidden,
            Self::CertificateExpired { .. } => ErrorCode::Unauthenticated,
            Self::NotAHub { .. } | Self::UnknownHub { .. } | Self::WrongHub { .. } => ErrorCode::Setup,
            Self::Clock { .. } => ErrorCode::Setup,
            Self::HubCertificate => ErrorCode::Unavailable,
            Self::Refused { code, .. } if RefusalCode::from_number(*code).passes() => ErrorCode::Unavailable,
            Self::Refused { .. } => ErrorCode::Stopped,
            Self::Full => ErrorCode::Full,
            Self::Local { .. } => ErrorCode::Internal,
        }
    }

    pub fn retry(&self) -> Retry {
        match self {
            Self::Unreachable { .. } | Self::CutOff { .. } | Self::Stopped => Retry::Later,
            Self::Denied(Deny::Busy | Deny::Stopping | Deny::Silent) => Retry::Later,
            Self::Denied(Deny::StoreFull | Deny::Fault) | Self::HubCertificate => Retry::County,
            Self::Refused { code, .. } if RefusalCode::from_number(*code).passes() => Retry::Later,
            Self::Denied(Deny::Revoked) | Self::CertificateRevoked | Self::Refused { .. } => Retry::County,
            _ => Retry::Clerk,
        }
    }

    /// In the clerk's words.
    pub fn zh(&self) -> String {
        match self {
            Self::Unreachable { address, .. } => {
                format!("连不上县中心 {address}，请检查网线和网络；恢复后自动重试")
            }
            Self::NotAHub { address } => format!("{address} 不是县中心，请检查地址和端口"),
            Self::UnknownHub { address } => format!("{address} 不是本县的中心，请检查地址；没有发送任何数据"),
            Self::WrongHub { address } => format!("{address} 不是发出加入码的县中心；加入码没有发出"),
            Self::UnknownToHub => "县中心不认识本机证书的签发者，请用新的加入码重新加入".into(),
            Self::CertificateExpired { not_after } => {
                format!("本机证书已于 {} 过期，请用新的加入码重新加入", day_text(*not_after))
            }
            Self::CertificateRevoked => Deny::Revoked.zh().into(),
            Self::HubCertificate => "县中心的证书不在有效期内，请联系县人大办".into(),
            Self::Clock { local, hub: None } => format!("本机日期不对：{}", day_text(*local)),
            Self::Clock { local, hub: Some(hub) } => {
                format!(
                    "本机日期不对：{}（县中心：{}），请改正后重试",
                    moment_text(*local),
                    moment_text(*hub)
                )
            }
            Self::NotEnrolled => Deny::NoCertificate.zh().into(),
            Self::Denied(deny) => deny.zh().into(),
            Self::Refused { zh, .. } => zh.clone(),
            Self::CutOff { .. } => "连接中断；已收到的数据有效，稍后从断点继续".into(),
            Self::Token(why) => why.zh(),
            Self::Full => "本机磁盘已满，请清理后重试；没有丢失任何数据".into(),
            Self::Local { why } => format!("本机程序出错：{why}"),
            Self::Stopped => "已停止".into(),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Self::Unreachable { address, why } => format!("cannot reach the hub at {address}: {why}"),
            Self::NotAHub { address } => format!("{address} is not a hub: it does not speak gRPC over TLS"),
            Self::UnknownHub { address } => {
                format!("{address} is not the hub of this county; nothing was sent")
            }
            Self::WrongHub { address } => {
                format!("{address} is not the hub that made the token; the token was not sent")
            }
            Self::UnknownToHub => {
                "the hub does not know the issuer of this node's certificate; join again".into()
            }
            Self::CertificateExpired { not_after } => {
                format!(
                    "this node's certificate expired on {}; join again with a fresh token",
                    day_text(*not_after)
                )
            }
            Self::CertificateRevoked => Deny::Revoked.en().into(),
            Self::HubCertificate => "the hub's certificate is not valid now".into(),
            Self::Clock { local, hub: None } => format!("this PC's date is wrong: {}", day_text(*local)),
            Self::Clock { local, hub: Some(hub) } => {
                format!("this PC's date is wrong: {} (hub: {})", moment_text(*local), moment_text(*hub))
            }
            Self::NotEnrolled => Deny::NoCertificate.en().into(),
            Self::Denied(deny) => deny.en().into(),
            Self::Refused { en, .. } => en.clone(),
            Self::CutOff { why } => format!("cut off: {why}; what was received stands"),
            Self::Token(why) => why.to_string(),
            Self::Full => "this PC's disk is full; nothing was lost".into(),
            Self::Local { why } => format!("a fault of this node: {why}"),
            Self::Stopped => "stopped".into(),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for Failure {}

/// Day and time of a moment in China's time, for example `2026-11-23 17:08`.
fn moment_text(unix_ms: i64) -> String {
    const CHINA_MS: i64 = 8 * 60 * 60 * 1000;
    let time = super::clock::to_time(unix_ms.saturating_add(CHINA_MS));
    format!("{} {:02}:{:02}", day_text(unix_ms.saturating_add(CHINA_MS)), time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_denial_travels_by_name_with_the_clock() {
        let names: BTreeSet<&str> = Deny::ALL.iter().map(|deny| deny.name()).collect();
        assert_eq!(names.len(), Deny::ALL.len());
        for deny in Deny::ALL {
            let status = deny.status(1_790_000_000_000);
            assert_eq!((Deny::of(&status), clock_of(&status)), (Some(*deny), Some(1_790_000_000_000)));
        }
        assert_eq!(Deny::of(&Status::internal("other")), None);
    }

    #[test]
    fn a_refusal_that_passes_is_tried_again_by_itself() {
        for code in RefusalCode::KNOWN {
            let refused = Failure::Refused { code: code.number(), zh: String::new(), en: String::new() };
            assert_eq!(refused.retry() == Retry::Later, code.passes(), "{code:?}");
            assert_eq!(refused.code() == ErrorCode::Unavailable, code.passes(), "{code:?}");
        }
    }

    #[test]
    fn a_wrong_date_is_said_with_both_dates() {
        let local = 1_230_768_000_000;
        assert_eq!(Failure::Clock { local, hub: None }.zh(), "本机日期不对：2009-01-01");
        let both = Failure::Clock { local, hub: Some(1_795_453_680_000) }.zh();
        assert!(both.contains("2009-01-01 08:00") && both.contains("2026-11-24 01:08"), "{both}");
    }
}
