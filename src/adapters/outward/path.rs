/// A text as one segment of a path, whatever it is made of.
pub fn segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            let digit = |half| char::from_digit(half, 16).unwrap_or_default().to_ascii_uppercase();
            segment.extend(['%', digit(u32::from(byte >> 4)), digit(u32::from(byte & 15))]);
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_a_segment() {
        assert_eq!(segment("butter-250g_x.y~"), "butter-250g_x.y~");
        assert_eq!(segment("cs_1|2|a/b?c#d%e f"), "cs_1%7C2%7Ca%2Fb%3Fc%23d%25e%20f");
        assert_eq!(segment("käse"), "k%C3%A4se");
    }
}
