use std::fmt::Write as _;

use opentelemetry::trace::{SpanId, TraceId};
use tracing::{Dispatch, Span};
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan as _;

use super::kept::Kept;

/// Where in which trace somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::telemetry) struct Place {
    pub(in crate::telemetry) trace: TraceId,
    pub(in crate::telemetry) span: SpanId,
    pub(in crate::telemetry) is_sampled: bool,
}

/// Whether this is the `traceparent` of a caller: a version, a trace, a span and flags. Who sends
/// something else is not in a trace.
pub fn is_traceparent(text: &str) -> bool {
    Place::read(text).is_some()
}

/// What is sent along with a call to somebody else, so that what is done there is seen as a part
/// of what is done here; nothing where nobody is told of it.
pub fn traceparent() -> Option<String> {
    let place = Span::current().with_subscriber(|(id, dispatch)| place_of(dispatch, id))??;
    let mut text = String::with_capacity(55);
    let flags = u8::from(place.is_sampled);
    write!(text, "00-{}-{}-{flags:02x}", place.trace, place.span).ok()?;
    Some(text)
}

/// Where a span is, or the nearest one around it that is told.
fn place_of(dispatch: &Dispatch, id: &tracing::Id) -> Option<Place> {
    let registry = dispatch.downcast_ref::<Registry>()?;
    registry.span(id)?.scope().find_map(|span| span.extensions().get::<Kept>()?.place())
}

impl Place {
    /// Reads the header of a caller. Versions to come may say more behind the flags.
    pub(super) fn read(text: &str) -> Option<Self> {
        let is_hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let mut parts = text.split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let has_lengths = (version.len(), trace.len(), span.len(), flags.len()) == (2, 32, 16, 2);
        let is_well_formed = has_lengths && [version, trace, span, flags].into_iter().all(is_hex);
        if !is_well_formed || version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
        let is_sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        let is_valid = trace != TraceId::INVALID && span != SpanId::INVALID;
        is_valid.then_some(Self { trace, span, is_sampled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_traceparent_has_its_form_or_is_none() {
        let good = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let place = Place::read(&good).unwrap();
        assert!(place.is_sampled && is_traceparent(&good));
        assert_eq!(place.trace.to_string(), TRACE);
        assert!(!Place::read(&format!("00-{TRACE}-00f067aa0ba902b7-00")).unwrap().is_sampled);
        assert!(is_traceparent(&format!("cc-{TRACE}-00f067aa0ba902b7-01-what-will-be")));
        for bad in [
            String::new(),
            format!("00-{TRACE}-00f067aa0ba902b7"),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{TRACE}-00f067aa0ba902b-01"),
            "00-4242424242424242-ada@example.com-01".to_owned(),
        ] {
            assert!(!is_traceparent(&bad), "{bad}");
        }
    }
}
