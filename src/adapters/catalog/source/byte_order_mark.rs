use std::io::{self, BufRead, Cursor, Read};

const MARK: &[u8] = b"\xef\xbb\xbf";
const MARK_BYTES: u64 = 3;

/// A stream without the mark that some editors put at its beginning.
///
/// The CSV reader would drop a mark by itself, but only one that arrives in one piece.
pub(in crate::adapters::catalog) fn without_mark<R: BufRead>(
    mut input: R,
) -> io::Result<io::Chain<Cursor<Vec<u8>>, R>> {
    let mut start = Vec::new();
    Read::take(&mut input, MARK_BYTES).read_to_end(&mut start)?;
    while start == MARK {
        start.clear();
        Read::take(&mut input, MARK_BYTES).read_to_end(&mut start)?;
    }
    Ok(Cursor::new(start).chain(input))
}
