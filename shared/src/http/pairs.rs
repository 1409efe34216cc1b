//! Names and values as they stand in the query of an address and in the body of a form
//! (`application/x-www-form-urlencoded`).

/// A percent sign without its two digits, or bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names and values are not well written")]
pub struct NotWellWritten;

/// The pairs in their order, percent signs and plus signs undone.
///
/// # Errors
/// [`NotWellWritten`].
pub fn pairs(text: &str) -> Result<Vec<(String, String)>, NotWellWritten> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decoded(name)?, decoded(value)?))
    };
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts.map(pair).collect::<Option<_>>().ok_or(NotWellWritten)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_their_order() {
        let read = [("a", "1 2"), ("b", ""), ("c", "="), ("名", "甲 & 乙\n")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pairs("a=1+2&&b&c=%3D&%e5%90%8D=%E7%94%B2%20%26+%E4%B9%99%0a"), Ok(read.to_vec()));
        for bad in ["a=%zz", "a=%c3%28", "a=%", "a=%4", "%ff=1"] {
            assert_eq!(pairs(bad), Err(NotWellWritten), "{bad}");
        }
    }
}
