use std::io::{self, BufRead, Read};

/// Hands out a stream one line at a time and no more than it was allowed to, so that the reader
/// on top of it is always at a known line and cannot collect a row without end.
pub(super) struct Metered<R> {
    input: R,
    allowance: usize,
    lines: u64,
    is_inside_line: bool,
    is_refusing: bool,
}

impl<R: BufRead> Metered<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, allowance: 0, lines: 0, is_inside_line: false, is_refusing: false }
    }

    /// Lets this many bytes through from here on.
    pub(super) const fn allow(&mut self, bytes: usize) {
        self.allowance = bytes;
    }

    /// How many lines were begun.
    pub(super) const fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether the last read failed because more was asked for than allowed.
    pub(super) const fn is_refusing(&self) -> bool {
        self.is_refusing
    }

    /// Moves on to the beginning of the next line.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        self.is_refusing = false;
        if self.is_inside_line {
            self.input.skip_until(b'\n')?;
            self.is_inside_line = false;
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let ready = uninterrupted(&mut self.input)?;
        if ready.is_empty() || target.is_empty() {
            return Ok(0);
        }
        if self.allowance == 0 {
            self.is_refusing = true;
            return Err(io::Error::from(io::ErrorKind::QuotaExceeded));
        }
        let most = self.allowance.min(target.len());
        let given = ready.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let given = given.get(..most).unwrap_or(given);
        for (to, from) in target.iter_mut().zip(given) {
            *to = *from;
        }
        let count = given.len();
        self.lines = self.lines.saturating_add(u64::from(!self.is_inside_line));
        self.is_inside_line = !given.ends_with(b"\n");
        self.input.consume(count);
        self.allowance = self.allowance.saturating_sub(count);
        Ok(count)
    }
}

/// What is ready to be read. A signal is no reason to stop, but looks like one to the CSV reader.
fn uninterrupted<R: BufRead>(input: &mut R) -> io::Result<&[u8]> {
    while input.fill_buf().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {}
    input.fill_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_they_are_handed_out() {
        let mut metered = Metered::new(&b"ab\n\nc"[..]);
        metered.allow(100);
        let mut target = [0; 8];
        let reads = [(1, 3), (2, 1), (3, 1), (3, 0)];
        for (lines, count) in reads {
            assert_eq!(metered.read(&mut target).unwrap(), count);
            assert_eq!(metered.lines(), lines);
        }
    }

    #[test]
    fn nothing_is_handed_out_beyond_the_allowance() {
        let mut metered = Metered::new(&b"abcdef\nnext"[..]);
        metered.allow(4);
        let mut target = [0; 8];
        assert_eq!(metered.read(&mut target).unwrap(), 4);
        assert!(metered.read(&mut target).is_err());
        assert!(metered.is_refusing());
        metered.skip_line().unwrap();
        metered.allow(8);
        assert_eq!(metered.read(&mut target).unwrap(), 4);
        assert_eq!(metered.lines(), 2);
        assert_eq!(metered.read(&mut target).unwrap(), 0);
        assert!(!metered.is_refusing());
    }
}
