//! Paths: how they are made of names, and what of them is shown.

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

/// What a path is about, for the log: without the names in it, because some of them pay and others
/// are somebody's.
pub fn shown(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').map(|part| if is_name(part) { "…" } else { part }).collect::<Vec<_>>().join("/")
}

/// Whether a part of a path names a thing. What an API calls its places are words; a version is
/// none, but no name either.
fn is_name(part: &str) -> bool {
    let is_version = part.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok());
    let is_words = part.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte));
    let is_of_a_provider = part.split_once('_').is_some_and(|(kind, _)| {
        matches!(kind, "pi" | "spt" | "tok" | "pm" | "re" | "ch" | "cs" | "ord")
    });
    !is_version && (!is_words || is_of_a_provider)
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

    #[test]
    fn nothing_that_pays_and_nobody_is_shown() {
        for (path, logged) in [
            ("/v1/shared_payment/granted_tokens/spt_1a2", "/v1/shared_payment/granted_tokens/…"),
            ("/v1/shared_payment/granted_tokens/spt_abc", "/v1/shared_payment/granted_tokens/…"),
            ("/v1/payment_intents/pi_1/confirm", "/v1/payment_intents/…/confirm"),
            ("/v1/refunds?payment_intent=pi_1", "/v1/refunds"),
            ("/reservations/cs_0123%3A1/confirm", "/reservations/…/confirm"),
            ("/stock/honey-wildflower-350g/adjustments", "/stock/…/adjustments"),
            ("/stock/query", "/stock/query"),
        ] {
            assert_eq!(shown(path), logged);
        }
    }
}
