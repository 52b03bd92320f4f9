//! What is said of a span only for those who are told of it. Said as a field it would be written
//! down for the log as well, each time, and most spans are in no line of it.

use opentelemetry::Value;
use tracing::Span;
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan as _;

use super::layer::Kept;

/// Says more of a span, by the name of a field.
pub fn tell(span: &Span, field: &'static str, value: &str) {
    to(span, |kept| kept.fields.tell(field, || Value::from(value.to_owned())));
}

/// A request was answered: what comes after it is not the request any more.
pub fn tell_answer(span: &Span, status: u16) {
    to(span, |kept| kept.answer(status));
}

fn to(span: &Span, say: impl FnOnce(&mut Kept)) {
    span.with_subscriber(|(id, dispatch)| {
        let registry = dispatch.downcast_ref::<Registry>()?;
        say(registry.span(id)?.extensions_mut().get_mut::<Kept>()?);
        Some(())
    });
}
