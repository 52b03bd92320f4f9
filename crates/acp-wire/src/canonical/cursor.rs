//! A place in the bytes of a body, moved forward only.

use super::NotJson;
use super::not_json::{Fault, Place};

pub(super) struct Cursor<'body> {
    bytes: &'body [u8],
    offset: usize,
}

impl<'body> Cursor<'body> {
    pub(super) const fn new(bytes: &'body [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// How many bytes are behind the cursor.
    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    /// The byte under the cursor, which moves behind it.
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.offset += 1;
        Some(byte)
    }

    /// Moves behind `wanted` if that is what comes next.
    pub(super) fn eat(&mut self, wanted: &[u8]) -> bool {
        let eaten = self.rest().starts_with(wanted);
        if eaten {
            self.offset += wanted.len();
        }
        eaten
    }

    /// Moves behind the longest run of `wanted` bytes and returns it.
    pub(super) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'body [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.offset += length;
        rest.get(..length).unwrap_or_default()
    }

    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.offset += 1;
        }
    }

    /// A refusal of what stands under the cursor.
    pub(super) const fn fault(&self, refusal: fn(Place) -> NotJson) -> Fault {
        Fault::new(self.offset, refusal)
    }

    fn rest(&self) -> &'body [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }
}
