//! What is said of a span. Only what stands in a list goes out: a field somebody adds to a span,
//! for the log or by mistake, is told to no collector before somebody wants that.

use std::fmt;

use opentelemetry::Value;
use tracing::field::{Field, Visit};

/// Fields that are told, and what a collector knows them by. None of them names a person, and none
/// holds what a caller wrote as it liked.
const TOLD: [(&str, &str); 21] = [
    ("attempt", "acp.attempt"),
    ("agent", "acp.agent"),
    ("call", "acp.call"),
    ("call.path", "url.path"),
    ("cart.id", "acp.cart.id"),
    ("class", "acp.class"),
    ("method", "http.request.method"),
    ("missed", "acp.missed"),
    ("order.id", "acp.order.id"),
    ("outcome", "acp.outcome"),
    ("peer", "peer.service"),
    ("plan.id", "acp.plan.id"),
    ("route", "http.route"),
    ("run.attempt", "acp.run.attempt"),
    ("run.id", "acp.run.id"),
    ("run.kind", "acp.run.kind"),
    ("run.step", "acp.run.step"),
    ("session.id", "acp.session.id"),
    ("status", "http.response.status_code"),
    ("tenant", "acp.tenant"),
    ("tool", "acp.tool"),
];

/// So many fields most spans have, of those that are told.
const USUALLY_TOLD: usize = 6;
/// Most characters of a value that are told.
const CHARS_MAX: usize = 200;

/// What is known of a span by its fields.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// By the name the field has here.
    pub(super) told: Vec<(&'static str, Value)>,
    /// The context of a caller.
    pub(super) traceparent: Option<String>,
    pub(super) is_error: bool,
    pub(super) moves_money: bool,
    /// Whether the answer has been said: what comes after it is not the request any more.
    pub(super) is_answered: bool,
}

/// What a collector knows a field by.
pub(super) fn told_name(field: &str) -> Option<&'static str> {
    TOLD.iter().find(|(name, _)| *name == field).map(|(_, told)| *told)
}

impl Fields {
    /// Of a span that has just begun.
    pub(super) fn new() -> Self {
        Self { told: Vec::with_capacity(USUALLY_TOLD), ..Self::default() }
    }

    /// It was answered like this.
    pub(super) fn answer(&mut self, status: u64) {
        self.is_answered = true;
        self.is_error |= status >= 500;
        self.tell("status", || Value::I64(i64::try_from(status).unwrap_or(i64::MAX)));
    }

    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.told.iter().find(|(name, _)| *name == field).map(|(_, value)| value)
    }

    /// Says something under the name of a field; nothing where it is not told.
    pub(super) fn tell(&mut self, name: &'static str, value: impl FnOnce() -> Value) {
        if told_name(name).is_none() {
            return;
        }
        let value = value();
        match self.told.iter_mut().find(|(told, _)| *told == name) {
            Some((_, told)) => *told = value,
            None => self.told.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "traceparent" => self.traceparent = Some(value.to_owned()),
            "outcome" if value == "failed" => self.is_error = true,
            _ => {}
        }
        self.tell(field.name(), || shortened(value.to_owned()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "status" {
            self.answer(value);
        }
        self.tell(field.name(), || Value::I64(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.tell(field.name(), || Value::I64(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        match field.name() {
            "error" => self.is_error |= value,
            "money" => self.moves_money |= value,
            _ => self.tell(field.name(), || Value::Bool(value)),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "missed" {
            self.is_error = true;
        }
        self.tell(field.name(), || shortened(format!("{value:?}")));
    }
}

fn shortened(mut text: String) -> Value {
    if let Some((end, _)) = text.char_indices().nth(CHARS_MAX) {
        text.truncate(end);
    }
    text.into()
}
