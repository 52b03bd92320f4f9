//! One parameter of a query, in the one way RFC 9421 writes it (section 2.2.8).

/// The value of the only parameter of this name, encoded anew. `None` when there is none, when
/// there are several (which one a server takes is anybody's guess), or when it is not text.
///
/// `name` is written as in the signature: percent-encoded.
pub(crate) fn only_value(query: &str, name: &str) -> Option<String> {
    let mut found = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if encoded(&decoded(key)) != name {
            continue;
        }
        if found.is_some() {
            return None;
        }
        let value = decoded(value);
        // Bytes that are no text would all be read as the same sign by some, so that two
        // requests had the same signature.
        found = Some(std::str::from_utf8(&value).is_ok().then(|| encoded(&value))?);
    }
    found
}

/// What form encoding means: plus is a space, and what follows a percent sign is a byte.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let ahead: Vec<u8> = bytes.clone().take(2).collect();
        match (byte, hex(&ahead)) {
            (b'%', Some(value)) => {
                out.push(value);
                bytes.nth(1);
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(other),
        }
    }
    out
}

fn hex(digits: &[u8]) -> Option<u8> {
    let &[high, low] = digits else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

fn encoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
            let digits = [digit(byte >> 4), digit(byte & 15)];
            out.push('%');
            out.extend(digits.map(|digit| digit.to_ascii_uppercase()));
        }
    }
    out
}
