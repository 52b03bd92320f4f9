//! Strings as the characters they stand for: one form for all ways to escape them.

use super::NotJson;
use super::cursor::Cursor;
use super::not_json::Fault;

/// Ends a string and the digits of a number: a byte that occurs in neither.
pub(super) const END: u8 = 0xFF;

/// Reads the rest of a string whose opening quote is behind the cursor, and appends it.
pub(super) fn append(cursor: &mut Cursor<'_>, canonical: &mut Vec<u8>) -> Result<(), Fault> {
    canonical.push(b'"');
    loop {
        canonical.extend_from_slice(cursor.take_while(is_plain));
        if cursor.eat(b"\"") {
            canonical.push(END);
            return Ok(());
        }
        let character = escape(cursor)?;
        canonical.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

const fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

/// Reads what ended a plain run other than the closing quote.
fn escape(cursor: &mut Cursor<'_>) -> Result<char, Fault> {
    let start = cursor.offset();
    if !cursor.eat(b"\\") {
        return Err(cursor.fault(match cursor.peek() {
            Some(_) => |at| NotJson::Syntax(at, "an escape instead of a control character"),
            None => |at| NotJson::Syntax(at, "the end of the string"),
        }));
    }
    match cursor.next() {
        Some(byte @ (b'"' | b'\\' | b'/')) => Ok(char::from(byte)),
        Some(b'b') => Ok('\u{8}'),
        Some(b'f') => Ok('\u{c}'),
        Some(b'n') => Ok('\n'),
        Some(b'r') => Ok('\r'),
        Some(b't') => Ok('\t'),
        Some(b'u') => unicode(cursor, start),
        Some(_) | None => Err(Fault::new(start, |at| NotJson::Syntax(at, "a known escape"))),
    }
}

/// Reads the digits of a `\u` escape that began at `start`, and its second half if it has one.
fn unicode(cursor: &mut Cursor<'_>, start: usize) -> Result<char, Fault> {
    let first = unit(cursor)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Ok(character);
    }
    let second = if cursor.eat(b"\\u") { unit(cursor)? } else { 0 };
    match char::decode_utf16([first, second]).next() {
        Some(Ok(character)) => Ok(character),
        Some(Err(_)) | None => Err(Fault::new(start, NotJson::LoneSurrogate)),
    }
}

fn unit(cursor: &mut Cursor<'_>) -> Result<u16, Fault> {
    let mut unit = 0;
    for _ in 0..4 {
        let digit = match cursor.peek() {
            Some(byte @ b'0'..=b'9') => byte - b'0',
            Some(byte @ b'a'..=b'f') => byte - b'a' + 10,
            Some(byte @ b'A'..=b'F') => byte - b'A' + 10,
            Some(_) | None => {
                return Err(cursor.fault(|at| NotJson::Syntax(at, "four hexadecimal digits")));
            }
        };
        cursor.next();
        unit = unit << 4 | u16::from(digit);
    }
    Ok(unit)
}
