//! ECDSA signatures in DER, as many libraries make them: read to the letter, so that there is one
//! way to write each.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// Bytes of each of the two numbers.
const WIDTH: usize = 32;

/// The two numbers of a signature, one behind the other.
pub(super) fn fixed_of_der(der: &[u8]) -> Option<[u8; 2 * WIDTH]> {
    let [SEQUENCE, length, rest @ ..] = der else { return None };
    if usize::from(*length) != rest.len() || *length >= 0x80 {
        return None;
    }
    let (first, rest) = integer(rest)?;
    let (second, rest) = integer(rest)?;
    let mut fixed = [0; 2 * WIDTH];
    let (left, right) = fixed.split_at_mut(WIDTH);
    left.copy_from_slice(&first);
    right.copy_from_slice(&second);
    rest.is_empty().then_some(fixed)
}

/// A number that is not negative, written as short as it can be.
fn integer(der: &[u8]) -> Option<([u8; WIDTH], &[u8])> {
    let [INTEGER, length, rest @ ..] = der else { return None };
    let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
    let bytes = match bytes {
        [0, second, ..] if *second < 0x80 => return None,
        [0, rest @ ..] if !rest.is_empty() => rest,
        [first, ..] if *first < 0x80 => bytes,
        _ => return None,
    };
    let mut number = [0; WIDTH];
    let start = WIDTH.checked_sub(bytes.len())?;
    number.get_mut(start..)?.copy_from_slice(bytes);
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_way_to_write_a_signature() {
        let good = [0x30, 7, 2, 1, 5, 2, 2, 0, 0x80];
        let fixed = fixed_of_der(&good).unwrap();
        assert_eq!((fixed[31], fixed[63]), (5, 0x80));
        assert_eq!(fixed.iter().filter(|byte| **byte != 0).count(), 2);
        let bad: [&[u8]; 12] = [
            b"",
            &good[..8],
            &[good.as_slice(), &[0]].concat(),
            &[0x31, 7, 2, 1, 5, 2, 2, 0, 0x80],
            &[0x30, 8, 2, 1, 5, 2, 2, 0, 0x80],
            &[0x30, 0x81, 7, 2, 1, 5, 2, 2, 0, 0x80],
            &[0x30, 6, 2, 1, 5, 2, 1, 0x80],
            &[0x30, 8, 2, 2, 0, 5, 2, 2, 0, 0x80],
            &[0x30, 5, 2, 0, 2, 1, 5],
            &[0x30, 7, 3, 1, 5, 2, 2, 0, 0x80],
            &[0x30, 7, 2, 9, 5, 2, 2, 0, 0x80],
            &[&[0x30, 39, 2, 33, 1], [7; 32].as_slice(), &[2, 1, 1]].concat(),
        ];
        for (index, der) in bad.iter().enumerate() {
            assert_eq!(fixed_of_der(der), None, "{index}");
        }
    }
}
