use super::*;

fn sample(address: Option<&str>) -> Token {
    let township = "330282002".parse().unwrap();
    Token { township, hub: Fingerprint([7; 16]), address: address.map(str::to_owned), secret: [0xa5; 15] }
}

#[test]
fn what_is_printed_is_read_back() {
    for address in [None, Some("10.32.0.5:7443"), Some("hub.example.gov.cn:7443"), Some("[::1]:7443")] {
        let token = sample(address);
        assert_eq!(token.to_string().parse(), Ok(token));
    }
}

#[test]
fn a_minted_token_is_read_back_and_two_differ() {
    let township = "330282002".parse().unwrap();
    let one = Token::mint(township, Fingerprint::of(b"root"), Some("hub:7443")).unwrap();
    let two = Token::mint(township, Fingerprint::of(b"root"), None).unwrap();
    assert_eq!(one.to_string().parse(), Ok(one.clone()));
    assert_ne!(one.hash(), two.hash());
    assert!(!format!("{one:?}").contains(&one.to_string()[4..9]), "the secret is not in the debug form");
}

#[test]
fn small_letters_blanks_look_alikes_and_full_width_are_read() {
    let token = sample(Some("hub.example:7443"));
    let text = token.to_string();
    let wide: String = text
        .chars()
        .map(|c| match c {
            '-' => '—',
            c => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        })
        .collect();
    for typed in [text.to_lowercase(), text.replace('-', " "), text.replace('0', "o").replace('1', "l"), wide]
    {
        // The look-alike replacement also touches the port's digits only if they hold 0 or 1; 7443 does not.
        assert_eq!(typed.parse(), Ok(token.clone()), "{typed}");
    }
}

#[test]
fn every_single_slip_is_named_by_its_group() {
    let text = sample(None).to_string();
    for at in 4..text.len() {
        if text.as_bytes()[at] == b'-' {
            continue;
        }
        for symbol in ALPHABET {
            let mut typed = text.clone().into_bytes();
            if typed[at] == *symbol {
                continue;
            }
            typed[at] = *symbol;
            let typed = String::from_utf8(typed).unwrap();
            let group = (at - 4) / 6 + 1;
            assert_eq!(typed.parse::<Token>(), Err(TokenError::Group(group)), "{typed}");
        }
    }
}

#[test]
fn exchanged_neighbours_and_exchanged_groups_are_found() {
    let township = "330282002".parse().unwrap();
    let text = Token::mint(township, Fingerprint::of(b"root"), None).unwrap().to_string();
    let symbols = text.as_bytes();
    for at in 4..symbols.len() - 1 {
        let mut typed = symbols.to_vec();
        if typed[at] == typed[at + 1] || typed[at] == b'-' || typed[at + 1] == b'-' {
            continue;
        }
        typed.swap(at, at + 1);
        assert!(String::from_utf8(typed).unwrap().parse::<Token>().is_err());
    }
    let groups: Vec<&str> = text.split('-').collect();
    for one in 1..groups.len() {
        for two in one + 1..groups.len() {
            let mut typed = groups.clone();
            typed.swap(one, two);
            assert!(groups[one] == groups[two] || typed.join("-").parse::<Token>().is_err());
        }
    }
}

#[test]
fn another_address_is_a_wrong_checksum() {
    let text = sample(Some("10.0.0.1:7443")).to_string().replace("10.0.0.1", "10.0.0.2");
    assert_eq!(text.parse::<Token>(), Err(TokenError::Checksum));
    assert_eq!(sample(None).to_string().parse::<Token>().map(|_| ()), Ok(()));
    assert_eq!("XL1-ABC".parse::<Token>(), Err(TokenError::Shape));
    assert_eq!(format!("{}@nowhere", sample(None)).parse::<Token>(), Err(TokenError::Address));
}

#[test]
fn a_fingerprint_is_read_as_it_is_printed() {
    let known = Fingerprint::of(b"root");
    let printed = known.to_string();
    assert_eq!(printed.parse(), Ok(known));
    assert_eq!(printed.to_uppercase().replace(':', " ").parse(), Ok(known));
    assert!(printed[1..].parse::<Fingerprint>().is_err() && "县".parse::<Fingerprint>().is_err());
}
