use acp_core::time::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A time as it is written; one no calendar has is as late as can be.
pub fn moment(at: Timestamp) -> String {
    let nanos = i128::from(at.unix_ms()).saturating_mul(1_000_000);
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_else(|| "9999-12-31T23:59:59Z".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beyond_the_calendar_is_late() {
        assert_eq!(moment(Timestamp::from_unix_ms(1_500)), "1970-01-01T00:00:01.5Z");
        assert_eq!(moment(Timestamp::from_unix_ms(i64::MAX)), "9999-12-31T23:59:59Z");
    }
}
