use acp_core::time::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A time as it is written in the contract, to the millisecond; none where it is not in UTC.
pub(crate) fn in_utc(text: &str) -> Option<Timestamp> {
    let parsed =
        OffsetDateTime::parse(text, &Rfc3339).ok().filter(|time| time.offset().is_utc())?;
    let unix_ms = parsed.unix_timestamp_nanos().div_euclid(1_000_000);
    i64::try_from(unix_ms).ok().map(Timestamp::from_unix_ms)
}
