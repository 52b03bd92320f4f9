use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal as _, Write as _};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer as _};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level};
use tracing_subscriber::Registry;
use tracing_subscriber::fmt::FormatFields as _;
use tracing_subscriber::fmt::format::{DefaultFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::registry::SpanRef;

use super::starting::LogFormat;
use crate::telemetry::otlp::with_causes;
use crate::telemetry::spans::Kept;

/// A line is mostly shorter.
const LINE_BYTES: usize = 256;

/// Writes lines to the standard error stream.
pub(super) struct Written {
    format: LogFormat,
    /// Colours are for a terminal; in a file or a pipe they are noise.
    has_colours: bool,
}

/// What a terminal is told before and after something.
const PLAIN: &str = "\x1b[0m";
const BOLD: &str = "\x1b[1m";
const DIMMED: &str = "\x1b[2m";

impl Written {
    pub(super) fn new(format: LogFormat) -> Self {
        Self { format, has_colours: io::stderr().is_terminal() }
    }

    /// Writes what happened in these spans, the outermost one first.
    pub(super) fn write<'a, 's: 'a>(
        &self,
        event: &Event<'_>,
        around: impl Iterator<Item = &'a SpanRef<'s, Registry>>,
    ) {
        let line = match self.format {
            LogFormat::Readable => self.readable(event, around).ok(),
            LogFormat::Json => json(event, around),
        };
        if let Some(line) = line {
            // Nobody may be there to read it; the gateway serves all the same.
            drop(io::stderr().lock().write_all(line.as_bytes()));
        }
    }

    fn readable<'a, 's: 'a>(
        &self,
        event: &Event<'_>,
        around: impl Iterator<Item = &'a SpanRef<'s, Registry>>,
    ) -> Result<String, fmt::Error> {
        let mut line = String::with_capacity(LINE_BYTES);
        let painted = |colour| if self.has_colours { colour } else { "" };
        let (bold, plain) = (painted(BOLD), painted(PLAIN));
        let level = *event.metadata().level();
        write!(line, "{}{}{plain} ", painted(DIMMED), timestamp()?)?;
        write!(line, "{}{level:>5}{plain} ", painted(colour_of(level)))?;
        let mut is_in_one = false;
        for span in around {
            is_in_one = true;
            write!(line, "{bold}{}{plain}", span.metadata().name())?;
            let fields = fields_of(span)?;
            if !fields.is_empty() {
                write!(line, "{bold}{{{plain}{fields}{bold}}}{plain}")?;
            }
            line.push(':');
        }
        if is_in_one {
            line.push(' ');
        }
        DefaultFields::new().format_fields(Writer::new(&mut line), event)?;
        line.push('\n');
        Ok(line)
    }
}

/// What is said of a span, for people.
fn fields_of(span: &SpanRef<'_, Registry>) -> Result<String, fmt::Error> {
    let mut fields = String::new();
    if let Some(kept) = span.extensions().get::<Kept>() {
        for (place, (name, word)) in kept.fields.all().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(fields, "{gap}{name}={word}")?;
        }
    }
    Ok(fields)
}

fn timestamp() -> Result<String, fmt::Error> {
    let mut text = String::new();
    SystemTime.format_time(&mut Writer::new(&mut text))?;
    Ok(text)
}

const fn colour_of(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

/// One object, with the fields of the line beside what each line has.
fn json<'a, 's: 'a>(
    event: &Event<'_>,
    around: impl Iterator<Item = &'a SpanRef<'s, Registry>>,
) -> Option<String> {
    let mut bytes = Vec::with_capacity(LINE_BYTES);
    let mut serializer = serde_json::Serializer::new(&mut bytes);
    let mut line = serializer.serialize_map(None).ok()?;
    line.serialize_entry("timestamp", &timestamp().ok()?).ok()?;
    line.serialize_entry("level", event.metadata().level().as_str()).ok()?;
    let mut fields = Members { to: &mut line, is_whole: true };
    event.record(&mut fields);
    if !fields.is_whole {
        return None;
    }
    line.serialize_entry("target", event.metadata().target()).ok()?;
    let around: Vec<Value> = around.map(object_of).collect();
    if let Some(innermost) = around.last() {
        line.serialize_entry("span", innermost).ok()?;
        line.serialize_entry("spans", &around).ok()?;
    }
    SerializeMap::end(line).ok()?;
    bytes.push(b'\n');
    String::from_utf8(bytes).ok()
}

/// A span with its fields.
fn object_of(span: &SpanRef<'_, Registry>) -> Value {
    let mut object = Map::new();
    if let Some(kept) = span.extensions().get::<Kept>() {
        object.extend(kept.fields.all().map(|(name, word)| (name.to_owned(), word.into())));
    }
    object.insert("name".to_owned(), span.metadata().name().into());
    Value::Object(object)
}

/// Fields on their way into an object.
struct Members<'a, M> {
    to: &'a mut M,
    is_whole: bool,
}

impl<M: SerializeMap> Members<'_, M> {
    fn add(&mut self, field: &Field, value: &(impl Serialize + ?Sized)) {
        self.is_whole &= self.to.serialize_entry(field.name(), value).is_ok();
    }
}

impl<M: SerializeMap> Visit for Members<'_, M> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, &with_causes(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }
}
