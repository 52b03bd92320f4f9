//! What is said of a span only for those who are told of it. Said as a field it would be written
//! down for the log as well, and most of it is in no line.

use std::time::Duration;

use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator};
use tracing::{Span, Subscriber as _, dispatcher};
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan as _;

use super::fields::Fields;
use super::kept::{Kept, Part, now};
use super::trace::Ended;

/// Says more of the span somebody is in, by the names of fields.
pub fn tell(said: &[(&'static str, &str)]) {
    here(|kept| kept.fields.tell_all(said));
}

/// Who called a request is known: says more of the span somebody is in, by the names of fields, and
/// what the caller says of its trace counts from now on.
pub fn tell_caller(said: &[(&'static str, &str)]) {
    here(|kept| {
        kept.fields.tell_all(said);
        if let Some(part) = &kept.part {
            part.trace.trust();
        }
    });
}

/// A request was answered: what comes after it is not the request any more.
pub fn tell_answer(span: &Span, status: u16) {
    span.with_subscriber(|(id, dispatch)| {
        let registry = dispatch.downcast_ref::<Registry>()?;
        registry.span(id)?.extensions_mut().get_mut::<Kept>()?.answer(status);
        Some(())
    });
}

/// A call was made that took so long, just now: a span in which nothing else is told, and which
/// costs less than one that somebody could be in. What happens in no trace is none.
pub fn tell_call(name: &'static str, said: &[(&'static str, &str)], took: Duration) {
    here(|kept| {
        let Some(Part { trace, span: parent, .. }) = &kept.part else { return };
        let end = now();
        let span = RandomIdGenerator::default().new_span_id();
        let fields = Fields::of_call(said);
        if fields.is_error {
            trace.keep();
        }
        trace.add(Ended {
            name,
            span,
            parent: *parent,
            is_parent_remote: false,
            start: end.checked_sub(took).unwrap_or(end),
            end,
            fields,
        });
    });
}

/// Says something of the nearest span that is told, where somebody is in one.
fn here(say: impl FnOnce(&mut Kept)) {
    let mut say = Some(say);
    dispatcher::get_default(|dispatch| {
        let registry = dispatch.downcast_ref::<Registry>()?;
        let current = registry.current_span();
        for span in registry.span(current.id()?)?.scope() {
            let mut extensions = span.extensions_mut();
            let kept = extensions.get_mut::<Kept>().filter(|kept| kept.part.is_some());
            if let Some(kept) = kept {
                say.take()?(kept);
                break;
            }
        }
        Some(())
    });
}
