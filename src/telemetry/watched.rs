use std::sync::atomic::{AtomicBool, Ordering};

use super::measures::measures;

static IS_TRACED: AtomicBool = AtomicBool::new(false);

/// From now on somebody is told of spans.
pub(super) fn start_tracing() {
    IS_TRACED.store(true, Ordering::Relaxed);
}

/// Whether somebody is told of spans: what is only said for that need not be said else.
pub fn is_traced() -> bool {
    IS_TRACED.load(Ordering::Relaxed)
}

/// Whether anybody wants to know what happens. Whoever would have to stand in the way of calls for
/// it need not, where nobody does.
pub fn is_watched() -> bool {
    measures().is_some() || is_traced()
}
