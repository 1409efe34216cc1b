//! The one-time token: one line that a person carries from the county to the township.
//!
//! ```text
//! XL1-7KD2Q-0M3RT-…-9WX4C@10.32.0.5:7443
//!     └ 15 groups of 4 + 1 characters ┘└ where the hub is, optional
//! 300 bits: township code 30 · fingerprint of the hub's root 128 · secret 120 · checksum over all and the address 22
//! ```
//!
//! Characters are those of Crockford's base 32: no I, L, O or U; the first three are read as 1, 1 and 0. The fifth of a
//! group checks the four before it and the group's place, so that a slip of the hand is named by its group before any
//! byte is sent. Full-width characters, blanks and long dashes, as a Chinese keyboard makes them, are read as well.
//!
//! The hub keeps only a hash of the secret. The fingerprint lets the node know the hub before it sends the token.

use std::fmt;
use std::str::FromStr;

use ring::digest;

use super::keys::{KeyError, random};
use crate::ids::{ParseError, TownshipCode};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 15;
const ADDRESS_CHARS_MAX: usize = 253 + 6;

/// First half of the SHA-256 of the hub's root certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    pub fn of(certificate_der: &[u8]) -> Self {
        let digest = digest::digest(&digest::SHA256, certificate_der);
        let mut half = [0; 16];
        half.copy_from_slice(&digest.as_ref()[..16]);
        Self(half)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, pair) in self.0.chunks(2).enumerate() {
            if place > 0 {
                f.write_str(":")?;
            }
            pair.iter().try_for_each(|b| write!(f, "{b:02x}"))?;
        }
        Ok(())
    }
}

impl FromStr for Fingerprint {
    type Err = ParseError;
    /// As it is printed; colons, spaces and the case of letters do not matter.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("a fingerprint of 32 hexadecimal digits", text);
        let plain = half_width(text).replace([':', '-'], "");
        if plain.len() != 32 || !plain.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&plain[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A one-time token as the person sees it. Holds a secret: its Debug form shows only the township.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    pub township: TownshipCode,
    /// Of the hub's root certificate.
    pub hub: Fingerprint,
    /// `host:port`, if the county has put it in.
    pub address: Option<String>,
    secret: [u8; 15],
}

/// What is wrong with a token as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("this is not a token: it must start with XL1- and have {GROUPS} groups of 5 characters")]
    Shape,
    #[error("group {0} of the token is mistyped")]
    Group(usize),
    #[error("the token is mistyped, or its address is not the one that was printed")]
    Checksum,
    #[error("the address after @ must be host:port")]
    Address,
}

impl TokenError {
    /// In the clerk's words.
    pub fn zh(&self) -> String {
        match self {
            Self::Shape => format!("不是加入码：应以 XL1- 开头，共 {GROUPS} 组，每组 5 个字符"),
            Self::Group(group) => format!("加入码第 {group} 组输入有误"),
            Self::Checksum => "加入码输入有误，或 @ 后面的地址与打印的不一致".into(),
            Self::Address => "@ 后面应为 主机:端口".into(),
        }
    }
}

impl Token {
    /// A fresh token for a township.
    ///
    /// # Errors
    /// The address has not the form `host:port`, or the system gives no randomness.
    pub fn mint(township: TownshipCode, hub: Fingerprint, address: Option<&str>) -> Result<Self, KeyError> {
        let address = address.map(parse_address).transpose().map_err(|why| KeyError::Key(why.to_string()))?;
        Ok(Self { township, hub, address, secret: random()? })
    }

    /// What the hub keeps instead of the secret: SHA-256, 32 bytes. The secret has 120 random bits, so nothing slower is
    /// needed against guessing.
    pub fn hash(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"xianglian token 1\n");
        context.update(&self.township.number().to_be_bytes());
        context.update(&self.secret);
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// 22 bits over everything that the token says.
    fn checksum(&self) -> u32 {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"xianglian token checksum 1\n");
        context.update(&self.township.number().to_be_bytes());
        context.update(&self.hub.0);
        context.update(&self.secret);
        context.update(self.address.as_deref().unwrap_or_default().as_bytes());
        let sum = context.finish();
        let sum = sum.as_ref();
        (u32::from(sum[0]) << 14) | (u32::from(sum[1]) << 6) | (u32::from(sum[2]) >> 2)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bits = Bits::default();
        bits.push(self.township.number(), 30);
        self.hub.0.iter().chain(&self.secret).for_each(|byte| bits.push(u32::from(*byte), 8));
        bits.push(self.checksum(), 22);
        f.write_str("XL1")?;
        for (place, group) in bits.symbols.chunks(4).enumerate() {
            f.write_str("-")?;
            for symbol in group.iter().copied().chain([check(place, group)]) {
                write!(f, "{}", ALPHABET[usize::from(symbol)] as char)?;
            }
        }
        self.address.as_ref().map_or(Ok(()), |address| write!(f, "@{address}"))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, secret not shown)", self.township)
    }
}

impl FromStr for Token {
    type Err = TokenError;
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let plain = half_width(text);
        let (code, address) = match plain.split_once('@') {
            Some((code, address)) => (code, Some(parse_address(address)?)),
            None => (&plain[..], None),
        };
        let code: String = code.chars().filter(|c| *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let symbols = code.strip_prefix("XL").and_then(|rest| rest.strip_prefix(['1', 'I', 'L']));
        let symbols = symbols.ok_or(TokenError::Shape)?;
        let symbols = symbols.as_bytes();
        if symbols.len() != GROUPS * 5 {
            return Err(TokenError::Shape);
        }
        let mut bits = Bits::default();
        for (place, group) in symbols.chunks(5).enumerate() {
            let mut values = [0; 5];
            for (value, symbol) in values.iter_mut().zip(group) {
                *value = decode(*symbol).ok_or(TokenError::Group(place + 1))?;
            }
            if check(place, &values[..4]) != values[4] {
                return Err(TokenError::Group(place + 1));
            }
            bits.symbols.extend_from_slice(&values[..4]);
        }
        let mut at = 0;
        let township = TownshipCode::from_number(bits.take(&mut at, 30)).ok_or(TokenError::Checksum)?;
        let mut hub = Fingerprint([0; 16]);
        let mut secret = [0; 15];
        hub.0.iter_mut().chain(&mut secret).for_each(|byte| *byte = bits.take(&mut at, 8) as u8);
        let token = Self { township, hub, address, secret };
        if token.checksum() != bits.take(&mut at, 22) { Err(TokenError::Checksum) } else { Ok(token) }
    }
}

/// A row of bits kept as symbols of five bits, the first bit in front.
#[derive(Default)]
struct Bits {
    symbols: Vec<u8>,
    len: usize,
}

impl Bits {
    fn push(&mut self, value: u32, count: usize) {
        for bit in (0..count).rev() {
            if self.len.is_multiple_of(5) {
                self.symbols.push(0);
            }
            if let Some(last) = self.symbols.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (4 - self.len % 5);
            }
            self.len += 1;
        }
    }

    /// Bits beyond the end are 0.
    fn take(&self, at: &mut usize, count: usize) -> u32 {
        let mut value = 0;
        for _ in 0..count {
            let symbol = self.symbols.get(*at / 5).copied().unwrap_or_default();
            value = value << 1 | u32::from(symbol >> (4 - *at % 5) & 1);
            *at += 1;
        }
        value
    }
}

/// The fifth character of a group: Σ aⁱ·symbol over GF(32), started with a value of the group's place. Any one wrong
/// symbol, any two exchanged ones and any two exchanged groups change it.
fn check(place: usize, symbols: &[u8]) -> u8 {
    let double = |v: u8| if v & 16 == 0 { v << 1 } else { (v << 1 & 31) ^ 0b0_0101 };
    symbols.iter().fold(place as u8 + 1, |sum, symbol| double(sum) ^ symbol)
}

fn decode(symbol: u8) -> Option<u8> {
    let symbol = match symbol {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.iter().position(|c| *c == symbol).map(|place| place as u8)
}

/// Full-width characters as their plain ones; blanks left out; every dash a hyphen.
fn half_width(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '_' => '-',
            '\u{3002}' => '.',
            other => other,
        })
        .collect()
}

fn parse_address(text: &str) -> Result<String, TokenError> {
    let (host, port) = text.rsplit_once(':').ok_or(TokenError::Address)?;
    let good = text.len() <= ADDRESS_CHARS_MAX
        && !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
        && port.parse::<u16>().is_ok_and(|port| port > 0);
    if good { Ok(text.to_ascii_lowercase()) } else { Err(TokenError::Address) }
}

#[cfg(test)]
mod tests;
