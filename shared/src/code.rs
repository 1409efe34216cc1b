//! One closed list of what can go wrong at the edge of a program, and how each is said there.
//!
//! Modules have their own error types; at the edge each is turned into one of these codes, and the code alone decides
//! the exit code, the gRPC status and the HTTP status.

/// What went wrong, as a user meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// The command line or the request is not understood.
    Usage,
    /// A value given is not acceptable (wrong form, out of bounds, missing).
    Invalid,
    /// The rules say no (role, status, deadline).
    Refused,
    /// There is no such thing.
    NotFound,
    /// It exists already, or has changed in the meantime.
    Conflict,
    /// The configuration or the data folder is not usable as it is.
    Setup,
    /// Who is asking is not known.
    Unauthenticated,
    /// Who is asking may not do this.
    Forbidden,
    /// The other side cannot be reached or broke off; trying again later is right.
    Unavailable,
    /// The other side refuses for good: enrol again, update, ask the county.
    Stopped,
    /// The disk is full.
    Full,
    /// Stored bytes are damaged.
    Damaged,
    /// Another process uses the data folder.
    Busy,
    /// A fault of the program itself.
    Internal,
}

impl ErrorCode {
    pub const ALL: [Self; 14] = [
        Self::Usage,
        Self::Invalid,
        Self::Refused,
        Self::NotFound,
        Self::Conflict,
        Self::Setup,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::Unavailable,
        Self::Stopped,
        Self::Full,
        Self::Damaged,
        Self::Busy,
        Self::Internal,
    ];

    /// Exit code of a command; 0 is success, 1 is never used (a panic or a shell uses it).
    pub fn exit(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Refused => 4,
            Self::NotFound => 5,
            Self::Conflict => 6,
            Self::Setup => 7,
            Self::Unauthenticated => 8,
            Self::Forbidden => 9,
            Self::Unavailable => 10,
            Self::Stopped => 11,
            Self::Full => 12,
            Self::Damaged => 13,
            Self::Busy => 14,
            Self::Internal => 70,
        }
    }

    /// Number of the gRPC status.
    pub fn grpc(self) -> i32 {
        match self {
            Self::Usage | Self::Invalid => 3,
            Self::Refused | Self::Setup | Self::Stopped => 9,
            Self::NotFound => 5,
            Self::Conflict => 6,
            Self::Unauthenticated => 16,
            Self::Forbidden => 7,
            Self::Unavailable | Self::Busy => 14,
            Self::Full => 8,
            Self::Damaged => 15,
            Self::Internal => 13,
        }
    }

    /// HTTP status.
    pub fn http(self) -> u16 {
        match self {
            Self::Usage | Self::Invalid => 422,
            Self::Refused | Self::Conflict => 409,
            Self::NotFound => 404,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::Unavailable | Self::Busy | Self::Setup | Self::Stopped => 503,
            Self::Full => 507,
            Self::Damaged | Self::Internal => 500,
        }
    }

    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Setup => "setup",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::Unavailable => "unavailable",
            Self::Stopped => "stopped",
            Self::Full => "full",
            Self::Damaged => "damaged",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ErrorCode;

    #[test]
    fn exits_and_names_are_distinct() {
        let exits: BTreeSet<u8> = ErrorCode::ALL.iter().map(|code| code.exit()).collect();
        let names: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!((exits.len(), names.len()), (ErrorCode::ALL.len(), ErrorCode::ALL.len()));
        assert!(exits.iter().all(|exit| *exit > 1));
    }
}
