//! The protobuf wire format, just enough of it: the messages of record.proto are read and written straight from and to
//! the types of this module, because they are on the way of every entry that is folded.

use prost::encoding::{decode_varint, encode_varint};

use super::codec::DecodeError;

/// Writes one message; fields must be written in ascending order.
pub(super) struct Writer(pub Vec<u8>);

impl Writer {
    fn key(&mut self, field: u32, wire: u32) {
        put_varint(u64::from(field << 3 | wire), &mut self.0);
    }

    /// Left out when 0, as proto3 does.
    pub(super) fn uint(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.uint_always(field, value);
        }
    }

    pub(super) fn uint_always(&mut self, field: u32, value: u64) {
        self.key(field, 0);
        put_varint(value, &mut self.0);
    }

    pub(super) fn sint(&mut self, field: u32, value: i64) {
        self.uint(field, zigzag(value));
    }

    pub(super) fn sint_always(&mut self, field: u32, value: i64) {
        self.uint_always(field, zigzag(value));
    }

    pub(super) fn bytes(&mut self, field: u32, value: &[u8]) {
        if !value.is_empty() {
            self.bytes_always(field, value);
        }
    }

    pub(super) fn bytes_always(&mut self, field: u32, value: &[u8]) {
        self.key(field, 2);
        put_varint(value.len() as u64, &mut self.0);
        self.0.extend_from_slice(value);
    }

    /// A nested message, also when it is empty.
    pub(super) fn message(&mut self, field: u32, write: impl FnOnce(&mut Self)) {
        self.key(field, 2);
        let start = self.0.len();
        self.0.push(0);
        write(self);
        let length = self.0.len() - start - 1;
        if length < 0x80 {
            self.0[start] = length as u8;
        } else {
            // Most messages are short; a long one is moved up by the bytes that its length needs more.
            let mut prefix = Vec::with_capacity(5);
            put_varint(length as u64, &mut prefix);
            self.0.splice(start..=start, prefix);
        }
    }

    pub(super) fn packed(&mut self, field: u32, values: &[u32]) {
        if !values.is_empty() {
            self.message(field, |w| values.iter().for_each(|value| put_varint(u64::from(*value), &mut w.0)));
        }
    }
}

/// Most numbers here take one byte.
#[inline]
pub(crate) fn put_varint(value: u64, out: &mut Vec<u8>) {
    if value < 0x80 {
        out.push(value as u8);
    } else {
        encode_varint(value, out);
    }
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The payload of one field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Payload<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// Fixed32 or fixed64; record.proto has none, a newer version may.
    Fixed,
}

/// Reads the fields of one message in the order in which they stand.
pub(super) struct Reader<'a>(pub &'a [u8]);

fn broken(what: &'static str) -> DecodeError {
    DecodeError::Wire(what.to_owned())
}

impl<'a> Reader<'a> {
    /// The next field; `None` at the end.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<(u32, Payload<'a>)>, DecodeError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let field = u32::try_from(key >> 3).ok().filter(|field| (1..1 << 29).contains(field));
        let field = field.ok_or_else(|| broken("field number"))?;
        let payload = match key & 7 {
            0 => Payload::Varint(self.varint()?),
            1 => self.take(8).map(|_| Payload::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| broken("length"))?;
                Payload::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Payload::Fixed)?,
            _ => return Err(broken("wire type")),
        };
        Ok(Some((field, payload)))
    }

    #[inline]
    fn varint(&mut self) -> Result<u64, DecodeError> {
        match self.0.split_first() {
            Some((&byte, rest)) if byte < 0x80 => {
                self.0 = rest;
                Ok(u64::from(byte))
            }
            _ => decode_varint(&mut self.0).map_err(|_| broken("varint")),
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(|| broken("ends early"))?;
        self.0 = rest;
        Ok(taken)
    }
}

impl<'a> Payload<'a> {
    pub(super) fn u64(self) -> Result<u64, DecodeError> {
        match self {
            Self::Varint(value) => Ok(value),
            _ => Err(broken("expected a number")),
        }
    }
    /// As protobuf does, the lower half.
    pub(super) fn u32(self) -> Result<u32, DecodeError> {
        self.u64().map(|value| value as u32)
    }
    pub(super) fn flag(self) -> Result<bool, DecodeError> {
        self.u64().map(|value| value != 0)
    }
    pub(super) fn i64(self) -> Result<i64, DecodeError> {
        self.u64().map(|value| ((value >> 1) as i64) ^ -((value & 1) as i64))
    }
    pub(super) fn i32(self) -> Result<i32, DecodeError> {
        self.u32().map(|value| ((value >> 1) as i32) ^ -((value & 1) as i32))
    }
    pub(super) fn bytes(self) -> Result<&'a [u8], DecodeError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(broken("expected bytes")),
        }
    }
    pub(super) fn text(self) -> Result<String, DecodeError> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| broken("text that is not UTF-8"))?;
        Ok(text.to_owned())
    }
    /// Numbers, packed or one by one.
    pub(super) fn push_numbers(self, into: &mut Vec<u32>) -> Result<(), DecodeError> {
        match self {
            Self::Varint(value) => into.push(value as u32),
            Self::Bytes(bytes) => {
                let mut reader = Reader(bytes);
                while !reader.0.is_empty() {
                    into.push(reader.varint()? as u32);
                }
            }
            Self::Fixed => return Err(broken("expected numbers")),
        }
        Ok(())
    }
}
