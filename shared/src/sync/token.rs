//! Session tokens: how the hub tells a restored folder from two machines with one installation.
//!
//! In every session in which something moves the hub issues a token, after the one that the node presented: the tokens
//! of a township form a tree. A node that never saw the answer presents the old one again, and that is no fault. Once a
//! later token has been presented, an older one means that a folder was restored: the node goes on from there, and the
//! line that it left is abandoned. Whoever then presents a token of the abandoned line is a second machine.
//!
//! The tree grows only when the node says something after the Welcome, so a greeting that lay in a queue and reaches the
//! hub days late, from a connection long dead, changes nothing.

use super::message::Token;
use crate::limits;

/// One token that was issued, or presented by a node that knew more than the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub token: Token,
    /// The token presented when it was issued; none for a first session.
    pub after: Option<Token>,
    pub presented: bool,
    pub abandoned: bool,
}

/// What a presented token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The newest that the node can have, as far as the hub knows.
    Current,
    /// A later one has been presented before.
    Older,
    /// Of a line that was left.
    Abandoned,
}

/// Judges a presented token. A token that the hub does not know is current: the hub was restored, or it was one of the
/// oldest and is forgotten.
pub fn judge(rows: &[TokenRow], presented: Option<Token>) -> Judgement {
    let row = presented.and_then(|token| rows.iter().find(|row| row.token == token));
    match (presented, row) {
        (_, Some(row)) if row.abandoned => Judgement::Abandoned,
        (Some(_), None) => Judgement::Current,
        _ if rows.iter().any(|row| row.after == presented && row.presented) => Judgement::Older,
        _ => Judgement::Current,
    }
}

/// The rows after `presented` was presented and `issued` was issued for it. Applying the same pair twice changes nothing.
pub fn advance(rows: &mut Vec<TokenRow>, presented: Option<Token>, issued: Token) {
    if rows.iter().any(|row| row.token == issued) {
        return;
    }
    let restored = judge(rows, presented) == Judgement::Older;
    match presented.map(|token| (token, rows.iter().position(|row| row.token == token))) {
        Some((_, Some(at))) => {
            rows[at].presented = true;
            let (token, after) = (rows[at].token, rows[at].after);
            // Other answers to the same presentation can no longer be what the node goes on from.
            let others: Vec<Token> = rows
                .iter()
                .filter(|row| row.after == after && row.token != token)
                .map(|row| row.token)
                .collect();
            others.into_iter().for_each(|other| abandon(rows, other));
        }
        Some((token, None)) => {
            // The hub was restored: the token was issued after all that the hub remembers.
            let after = rows.iter().rev().find(|row| !row.abandoned).map(|row| row.token);
            rows.push(TokenRow { token, after, presented: true, abandoned: false });
        }
        None => {}
    }
    if restored {
        let left: Vec<Token> =
            rows.iter().filter(|row| row.after == presented).map(|row| row.token).collect();
        left.into_iter().for_each(|child| abandon(rows, child));
    }
    rows.push(TokenRow { token: issued, after: presented, presented: false, abandoned: false });
    let surplus = rows.len().saturating_sub(limits::TOKENS_KEPT);
    rows.drain(..surplus);
}

/// Marks a token and all that were issued after it.
fn abandon(rows: &mut [TokenRow], token: Token) {
    let mut line = vec![token];
    // Rows stand in order of issue, so one pass meets every child after its parent.
    for row in rows {
        if line.contains(&row.token) || row.after.is_some_and(|after| line.contains(&after)) {
            row.abandoned = true;
            line.push(row.token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(n: u8) -> Option<Token> {
        Some(Token([n; 16]))
    }

    /// Judges and, unless refused, advances.
    #[track_caller]
    fn present(rows: &mut Vec<TokenRow>, presented: Option<Token>, issued: u8) -> Judgement {
        let judgement = judge(rows, presented);
        if judgement != Judgement::Abandoned {
            advance(rows, presented, Token([issued; 16]));
        }
        judgement
    }

    #[test]
    fn a_line_of_sessions_is_current_throughout() {
        let mut rows = Vec::new();
        assert_eq!(present(&mut rows, None, 1), Judgement::Current);
        for n in 1..100 {
            assert_eq!(present(&mut rows, t(n), n + 1), Judgement::Current, "{n}");
        }
        assert_eq!(rows.len(), limits::TOKENS_KEPT);
    }

    #[test]
    fn lost_answers_are_no_clones() {
        let mut rows = Vec::new();
        present(&mut rows, None, 1);
        assert_eq!(present(&mut rows, t(1), 2), Judgement::Current);
        assert_eq!(present(&mut rows, t(1), 3), Judgement::Current);
        assert_eq!(present(&mut rows, t(1), 4), Judgement::Current);
        assert_eq!(present(&mut rows, t(3), 5), Judgement::Current);
        assert_eq!(present(&mut rows, t(5), 6), Judgement::Current);
    }

    #[test]
    fn a_restored_folder_goes_on_and_the_line_that_it_left_is_a_clone() {
        let mut rows = Vec::new();
        present(&mut rows, None, 1);
        for n in 1..6 {
            present(&mut rows, t(n), n + 1);
        }
        assert_eq!(present(&mut rows, t(3), 30), Judgement::Older);
        assert_eq!(present(&mut rows, t(30), 31), Judgement::Current);
        assert_eq!(judge(&rows, t(6)), Judgement::Abandoned);
        assert_eq!(judge(&rows, t(4)), Judgement::Abandoned);
        assert_eq!(present(&mut rows, t(2), 40), Judgement::Older);
        assert_eq!(judge(&rows, t(31)), Judgement::Abandoned);
    }

    #[test]
    fn of_two_machines_with_one_token_one_is_stopped() {
        let mut rows = Vec::new();
        present(&mut rows, None, 1);
        assert_eq!(present(&mut rows, t(1), 2), Judgement::Current, "the first machine");
        assert_eq!(present(&mut rows, t(1), 3), Judgement::Current, "the second looks like a lost answer");
        assert_eq!(present(&mut rows, t(2), 4), Judgement::Current, "the first again");
        assert_eq!(judge(&rows, t(3)), Judgement::Abandoned, "the second is found");
    }

    #[test]
    fn a_token_that_a_restored_hub_forgot_is_taken() {
        let mut rows = Vec::new();
        present(&mut rows, None, 1);
        present(&mut rows, t(1), 2);
        assert_eq!(present(&mut rows, t(9), 10), Judgement::Current);
        assert_eq!(present(&mut rows, t(10), 11), Judgement::Current);
        assert_eq!(judge(&rows, t(2)), Judgement::Older);
    }

    #[test]
    fn a_node_without_a_token_after_others_were_presented_was_restored() {
        let mut rows = Vec::new();
        present(&mut rows, None, 1);
        present(&mut rows, t(1), 2);
        assert_eq!(present(&mut rows, None, 3), Judgement::Older);
        assert_eq!(judge(&rows, t(2)), Judgement::Abandoned);
        assert_eq!(judge(&rows, t(3)), Judgement::Current);
    }
}
