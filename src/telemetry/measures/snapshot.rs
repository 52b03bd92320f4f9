use std::borrow::Cow;

/// How a number behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It comes and goes.
    Gauge,
    /// It says how often something was how large.
    Histogram,
}

/// A figure as it is now, under every set of labels.
#[derive(Clone, Debug)]
pub struct Metric {
    pub name: &'static str,
    /// What it says, in a sentence without a full stop.
    pub about: &'static str,
    pub kind: Kind,
    pub rows: Vec<Row>,
}

/// A figure under one set of labels.
#[derive(Clone, Debug)]
pub struct Row {
    pub labels: Vec<(&'static str, Cow<'static, str>)>,
    pub value: Value,
}

/// How much.
#[derive(Clone, Debug)]
pub enum Value {
    Whole(u64),
    Real(f64),
    Spread(Spread),
}

/// How often something was how large.
#[derive(Clone, Debug)]
pub struct Spread {
    /// The upper ends of all steps but the last.
    pub bounds: &'static [f64],
    /// How often each step was met; one more than there are bounds.
    pub counts: Vec<u64>,
    /// All of it together.
    pub sum: f64,
}

impl Metric {
    /// A number that only grows, without labels or with some.
    pub const fn counter(name: &'static str, about: &'static str, rows: Vec<Row>) -> Self {
        Self { name, about, kind: Kind::Counter, rows }
    }

    /// A number that comes and goes.
    pub const fn gauge(name: &'static str, about: &'static str, rows: Vec<Row>) -> Self {
        Self { name, about, kind: Kind::Gauge, rows }
    }
}

impl Row {
    /// A whole number under these labels.
    pub fn whole<const N: usize>(
        labels: [(&'static str, Cow<'static, str>); N],
        value: u64,
    ) -> Self {
        Self { labels: labels.into(), value: Value::Whole(value) }
    }

    /// The same, where a length is counted.
    pub fn length<const N: usize>(
        labels: [(&'static str, Cow<'static, str>); N],
        value: usize,
    ) -> Self {
        Self::whole(labels, u64::try_from(value).unwrap_or(u64::MAX))
    }

    /// Any number under these labels.
    pub fn real<const N: usize>(
        labels: [(&'static str, Cow<'static, str>); N],
        value: f64,
    ) -> Self {
        Self { labels: labels.into(), value: Value::Real(value) }
    }
}
