use proptest::prelude::*;
use xianglian_proto::v1;

use super::*;
use crate::net::token::Fingerprint;

const DAY: i64 = 24 * 60 * 60 * 1000;

fn subject(which: u8) -> Subject {
    match which % 3 {
        0 => Subject::Township("330282002".parse().unwrap()),
        1 => Subject::Township("330282100".parse().unwrap()),
        _ => Subject::Reader("statistics".parse().unwrap()),
    }
}

/// Any order of notes, sensible or not.
fn notes() -> impl Strategy<Value = Vec<Note>> {
    let one = (0u8..4, 0u8..3, 0u8..6, 0u8..6, 0i64..1000).prop_map(|(kind, who, serial, with, at)| {
        let (subject, serial, asked_with) = (subject(who), Serial([serial; 16]), Serial([with; 16]));
        let not_after = at + 365 * DAY;
        match (kind, &subject) {
            (0, Subject::Township(township)) => {
                Note::Invited { township: *township, token_hash: [with; 32], at, expires: at + 14 * DAY }
            }
            (1, _) => Note::Renewed { subject, asked_with, serial, at, not_after },
            (2, _) => Note::Revoked { subject, at, reason: "lost".into() },
            _ => Note::Enrolled {
                token_hash: subject_is_township(&subject).then_some([with; 32]),
                subject,
                serial,
                at,
                not_after,
                instance: Some([with; 16]),
                certificate: vec![with],
                software: "test".into(),
            },
        }
    });
    proptest::collection::vec(one, 0..40)
}

fn subject_is_township(subject: &Subject) -> bool {
    matches!(subject, Subject::Township(_))
}

proptest! {
    #[test]
    fn notes_travel_unchanged(notes in notes()) {
        for note in notes {
            let wire = v1::NodeNote::from(&note);
            prop_assert_eq!(Note::try_from(wire), Ok(note));
        }
    }

    #[test]
    fn a_note_met_twice_changes_nothing_and_bounds_hold(notes in notes()) {
        let mut register = Register::default();
        for note in &notes {
            register.apply(note);
            let once = register.clone();
            register.apply(note);
            prop_assert_eq!(&register, &once, "{}", note);
            for (_, member) in register.members() {
                prop_assert!(member.certificates.len() <= 2);
                prop_assert!(member.invitations.len() <= INVITATIONS_MAX);
            }
        }
    }
}

#[test]
fn the_tenth_open_token_closes_the_first() {
    let mut register = Register::default();
    let township = "330282002".parse().unwrap();
    let tokens: Vec<Token> =
        (0..10).map(|_| Token::mint(township, Fingerprint([1; 16]), None).unwrap()).collect();
    for (at, token) in (0..).zip(&tokens) {
        for note in register.invite(token, at, 14 * DAY) {
            register.apply(&note);
        }
    }
    assert_eq!(register.look(&tokens[0], 20), Err(Deny::TokenUnknown));
    assert_eq!(register.look(&tokens[9], 20), Ok(()));
    assert_eq!(register.look(&tokens[9], 9 + 14 * DAY), Err(Deny::TokenExpired));
}
