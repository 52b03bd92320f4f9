//! Counts the frames of HTTP/2 that ask for nothing.
//!
//! A frame costs its sender nine bytes and us an answer, a look-up or a header table. The protocol
//! bounds none of them: pings, settings, windows, priorities, empty data, and streams that are
//! opened and reset at once. So they are counted here before anybody reads them, against the
//! requests that were made.

use acp_core::limits::{
    DATA_FRAME_BYTES_MIN, FRAMES_WINDOW, IDLE_FRAMES_MAX, IDLE_FRAMES_PER_REQUEST, RESETS_MAX,
};
use tokio::time::Instant;

use super::protocol::PREFACE;

const HEAD_BYTES: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const END_STREAM: u8 = 1;

/// A connection on which far more comes than anybody asks for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a flood of frames that ask for nothing")]
pub(super) struct Flood;

/// What came on a connection since a moment.
#[derive(Debug)]
pub(super) struct Frames {
    /// Bytes of the preface, or of a payload, that are passed over.
    skipped: usize,
    head: [u8; HEAD_BYTES],
    head_bytes: usize,
    since: Instant,
    asked: u32,
    idle: u32,
    resets: u32,
}

impl Frames {
    pub(super) fn new() -> Self {
        Self {
            skipped: PREFACE.len(),
            head: [0; HEAD_BYTES],
            head_bytes: 0,
            since: Instant::now(),
            asked: 0,
            idle: 0,
            resets: 0,
        }
    }

    /// Looks at what has just been read.
    pub(super) fn look(&mut self, mut bytes: &[u8]) -> Result<(), Flood> {
        while !bytes.is_empty() {
            let (_, rest) = bytes.split_at(self.skipped.min(bytes.len()));
            self.skipped -= bytes.len() - rest.len();
            let (_, missing) = self.head.split_at_mut(self.head_bytes);
            let (head, rest) = rest.split_at(missing.len().min(rest.len()));
            for (to, from) in missing.iter_mut().zip(head) {
                *to = *from;
            }
            self.head_bytes += head.len();
            bytes = rest;
            if self.head_bytes == HEAD_BYTES {
                self.head_bytes = 0;
                self.count()?;
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), Flood> {
        let [high, middle, low, kind, flags, ..] = self.head;
        let length = u32::from_be_bytes([0, high, middle, low]);
        self.skipped = usize::try_from(length).unwrap_or(usize::MAX);
        match kind {
            HEADERS => self.asked = self.asked.saturating_add(1),
            DATA if flags & END_STREAM != 0 || self.skipped >= DATA_FRAME_BYTES_MIN => {}
            RST_STREAM => {
                self.resets = self.resets.saturating_add(1);
                self.idle = self.idle.saturating_add(1);
            }
            _ => self.idle = self.idle.saturating_add(1),
        }
        let earned = self.asked.saturating_mul(IDLE_FRAMES_PER_REQUEST);
        let is_much = self.idle > IDLE_FRAMES_MAX.saturating_add(earned)
            || self.resets > RESETS_MAX.saturating_add(self.asked / 2);
        if !is_much {
            return Ok(());
        }
        // The clock is only asked now: a connection that lives for long comes here, too.
        if self.since.elapsed() < FRAMES_WINDOW {
            return Err(Flood);
        }
        self.since = Instant::now();
        (self.asked, self.idle, self.resets) = (0, 0, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: usize) -> Vec<u8> {
        let length = u32::try_from(payload).unwrap().to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags, 0, 0, 0, 1];
        frame.resize(HEAD_BYTES + payload, 0xff);
        frame
    }

    /// How many of these are taken, in pieces of so many bytes.
    fn taken(frames: &[Vec<u8>], piece: usize) -> Result<(), Flood> {
        let mut counted = Frames::new();
        let all = [PREFACE.to_vec(), frames.concat()].concat();
        all.chunks(piece).try_for_each(|piece| counted.look(piece))
    }

    fn many(count: u32, frame: &[Vec<u8>]) -> Vec<Vec<u8>> {
        (0..count).flat_map(|_| frame.to_vec()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn frames_that_ask_for_nothing_are_bounded_however_they_are_cut() {
        let cases = [(6, 8), (4, 0), (2, 5), (8, 4), (0, 0), (9, 3), (0xfa, 1), (0, 1)];
        for (kind, payload) in cases {
            for piece in [1, 7, 4_096] {
                let one = [frame(kind, 0, payload)];
                assert_eq!(taken(&many(IDLE_FRAMES_MAX, &one), piece), Ok(()), "{kind}");
                assert_eq!(taken(&many(IDLE_FRAMES_MAX + 1, &one), piece), Err(Flood), "{kind}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn streams_that_are_reset_at_once_are_bounded() {
        let one = [frame(HEADERS, 5, 20), frame(RST_STREAM, 0, 4)];
        assert_eq!(taken(&many(2 * RESETS_MAX, &one), 1_000), Ok(()));
        assert_eq!(taken(&many(2 * RESETS_MAX + 2, &one), 1_000), Err(Flood));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_for_something_is_not_bounded() {
        let windows = many(8, &[frame(8, 0, 4)]).concat();
        let one = [frame(HEADERS, 4, 300), frame(DATA, 0, 900), frame(DATA, 1, 3), windows];
        assert_eq!(taken(&many(100_000, &one), 16_384), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_lives_for_long_may_ping_for_ever() {
        let mut counted = Frames::new();
        counted.look(PREFACE).unwrap();
        for _ in 0..10 * IDLE_FRAMES_MAX {
            tokio::time::advance(std::time::Duration::from_millis(15)).await;
            counted.look(&frame(6, 0, 8)).unwrap();
        }
    }
}
