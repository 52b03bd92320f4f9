use acp_core::limits::{SIGNATURE_BYTES_MAX, SIGNATURE_SKEW};
use acp_core::ports::PortError;
use acp_core::signing::SignaturePolicy;
use acp_core::time::Timestamp;
use acp_wire::canonical::Unsignable;
use acp_wire::scalar::read_time;
use http::{HeaderMap, HeaderName, HeaderValue};

const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const TIMESTAMP: HeaderName = HeaderName::from_static("timestamp");
/// Where the seconds stand in a time of RFC 3339.
const SECONDS: std::ops::Range<usize> = 17..19;

/// Why a signature proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
    /// There has to be one.
    #[error("requests with this key are signed: send the Signature and Timestamp headers")]
    Missing,
    /// The header is none of a signature.
    #[error("the Signature header is not one signature, in base64url or hexadecimal digits")]
    Malformed,
    /// No signing key of the caller has made it for this request.
    #[error("the signature is not one of this key over this request")]
    Wrong,
    /// There is no time beside it.
    #[error("send the Timestamp header beside the Signature: the time of signing, in RFC 3339")]
    NoTime,
    /// What stands there is no time.
    #[error("the Timestamp is not one RFC 3339 date and time, such as 2026-11-29T12:00:00.123Z")]
    BadTime,
    /// It is of another time.
    #[error("the Timestamp is more than {} seconds away from our time", SIGNATURE_SKEW.as_secs())]
    OtherTime,
    /// It was used for something else.
    #[error(
        "this signature was used before, for another request: sign each one anew, with the current \
         time to the millisecond; over a body alone it is always the same"
    )]
    Replayed,
    /// Nothing was signed: what is signed is the body, and there is none.
    #[error(
        "with this key the body alone is signed, and this one is empty, so that nothing is proven: \
         send a body, such as {{}}, or sign with the profile ts-body or full"
    )]
    Nothing,
    /// The body has no form that could have been signed.
    #[error("the body cannot be verified: {0}")]
    Unsignable(#[from] Unsignable),
    /// Whether it was used before is not known.
    #[error("whether the signature was used before is not known")]
    Unknown(#[from] PortError),
}

/// What a request says of its signature, before its body is read.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The signature, as it was sent.
    pub(super) signature: &'a str,
    /// When it was made, as it was sent.
    pub(super) timestamp: &'a str,
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a HeaderValue>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

impl<'a> Claim<'a> {
    /// Reads it from the headers of a request, where the policy of its key looks at them.
    ///
    /// # Errors
    /// Refuses what is missing, malformed, or of another time.
    pub fn read(
        headers: &'a HeaderMap,
        policy: SignaturePolicy,
        now: Timestamp,
    ) -> Result<Option<Self>, Unsigned> {
        if policy == SignaturePolicy::Off {
            return Ok(None);
        }
        let Some(signature) = only(headers, &SIGNATURE).or(Err(Unsigned::Malformed))? else {
            let is_optional = policy == SignaturePolicy::Optional;
            return if is_optional { Ok(None) } else { Err(Unsigned::Missing) };
        };
        let text = signature.to_str().ok().filter(|text| text.len() <= SIGNATURE_BYTES_MAX);
        let signature = text.ok_or(Unsigned::Malformed)?;
        let timestamp = only(headers, &TIMESTAMP).or(Err(Unsigned::BadTime))?;
        let timestamp = timestamp.ok_or(Unsigned::NoTime)?.to_str().or(Err(Unsigned::BadTime))?;
        let made_at = moment(timestamp).ok_or(Unsigned::BadTime)?;
        // A clock that is ahead is no better than one that is behind.
        if made_at.since(now).max(now.since(made_at)) > SIGNATURE_SKEW {
            return Err(Unsigned::OtherTime);
        }
        Ok(Some(Self { signature, timestamp }))
    }
}

/// A leap second is a time of RFC 3339 that our clock does not have.
fn moment(text: &str) -> Option<Timestamp> {
    read_time(text).filter(|_| text.get(SECONDS) != Some("60"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn read(pairs: &[(&'static str, &str)], policy: SignaturePolicy) -> String {
        let now = read_time("2026-11-29T12:00:00Z").unwrap();
        match Claim::read(&headers(pairs), policy, now) {
            Ok(Some(_)) => "claim".to_owned(),
            Ok(None) => "none".to_owned(),
            Err(unsigned) => format!("{unsigned:?}"),
        }
    }

    #[test]
    fn the_policy_says_whether_there_has_to_be_one() {
        use SignaturePolicy::{Off, Optional, Required};
        let good = [("signature", "aa"), ("timestamp", "2026-11-29T12:00:00Z")];
        for (policy, without, with) in
            [(Off, "none", "none"), (Optional, "none", "claim"), (Required, "Missing", "claim")]
        {
            assert_eq!(read(&[], policy), without);
            assert_eq!(read(&good[1..], policy), without, "a time alone is no signature");
            assert_eq!(read(&good, policy), with);
        }
        assert_eq!(read(&good[..1], Optional), "NoTime");
        let two = [good[0], good[0], good[1]];
        assert_eq!(read(&two, Optional), "Malformed", "nobody knows which one counts");
        assert_eq!(read(&[good[0], good[1], good[1]], Optional), "BadTime");
        let long = "a".repeat(SIGNATURE_BYTES_MAX + 1);
        assert_eq!(read(&[("signature", &long), good[1]], Optional), "Malformed");
    }

    #[test]
    fn a_time_is_one_of_rfc_3339_and_within_the_skew_both_ways() {
        for (time, expected) in [
            ("2026-11-29T12:00:00Z", "claim"),
            ("2026-11-29T11:55:00Z", "claim"),
            ("2026-11-29T12:05:00Z", "claim"),
            ("2026-11-29T13:05:00+01:00", "claim"),
            ("2026-11-29T11:54:59.999Z", "OtherTime"),
            ("2026-11-29T12:05:00.001Z", "OtherTime"),
            ("9999-12-31T23:59:59Z", "OtherTime"),
            ("0000-01-01T00:00:00Z", "OtherTime"),
            ("1796040000", "BadTime"),
            ("2026-11-29", "BadTime"),
            ("2026-11-29 12:00", "BadTime"),
            ("2026-11-29T12:00:00", "BadTime"),
            ("2026-12-31T23:59:60Z", "BadTime"),
            ("2016-12-31T23:59:60Z", "BadTime"),
            ("10000-01-01T00:00:00Z", "BadTime"),
            ("", "BadTime"),
        ] {
            let sent = [("signature", "aa"), ("timestamp", time)];
            assert_eq!(read(&sent, SignaturePolicy::Required), expected, "{time}");
        }
    }
}
