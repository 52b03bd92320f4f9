use std::borrow::Cow;
use std::fmt::Write as _;

use super::snapshot::{Kind, Metric, Row, Spread, Value};

/// Figures in the text format of Prometheus, version 0.0.4.
pub fn text(metrics: &[Metric]) -> String {
    let mut text = String::with_capacity(16_384);
    for Metric { name, about, kind, rows } in metrics {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        add(&mut text, format_args!("# HELP {name} {about}.\n# TYPE {name} {kind}\n"));
        for row in rows {
            write_row(&mut text, name, row);
        }
    }
    text
}

/// Writing into a text cannot fail.
fn add(text: &mut String, what: std::fmt::Arguments<'_>) {
    if text.write_fmt(what).is_err() {
        text.push('\n');
    }
}

fn write_row(text: &mut String, name: &str, Row { labels, value }: &Row) {
    match value {
        Value::Whole(value) => {
            add(text, format_args!("{name}{} {value}\n", shown(labels, None)));
        }
        Value::Real(value) => add(text, format_args!("{name}{} {value}\n", shown(labels, None))),
        Value::Spread(Spread { bounds, counts, sum }) => {
            let mut total = 0_u64;
            let ends = bounds.iter().map(|bound| Cow::Owned(bound.to_string()));
            for (end, count) in ends.chain([Cow::Borrowed("+Inf")]).zip(counts) {
                total = total.saturating_add(*count);
                let labels = shown(labels, Some(&end));
                add(text, format_args!("{name}_bucket{labels} {total}\n"));
            }
            let labels = shown(labels, None);
            add(text, format_args!("{name}_sum{labels} {sum}\n{name}_count{labels} {total}\n"));
        }
    }
}

fn shown(labels: &[(&'static str, Cow<'static, str>)], end: Option<&str>) -> String {
    let labels = labels.iter().map(|(name, value)| (*name, &**value));
    let pairs: Vec<String> =
        labels.chain(end.map(|end| ("le", end))).map(|(name, value)| pair(name, value)).collect();
    if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) }
}

fn pair(name: &str, value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let counts = vec![2, 0, 1];
        let spread = Spread { bounds: &[0.5, 1.0], counts, sum: 7.25 };
        let metrics = [
            Metric::counter("a_total", "How often", vec![Row::whole([], 3)]),
            Metric::gauge("b", "How much", vec![Row::real([("of", "a\"b\\c\nd".into())], 0.5)]),
            Metric {
                name: "c_seconds",
                about: "How long",
                kind: Kind::Histogram,
                rows: vec![Row { labels: vec![("x", "y".into())], value: Value::Spread(spread) }],
            },
        ];
        let expected = "\
# HELP a_total How often.
# TYPE a_total counter
a_total 3
# HELP b How much.
# TYPE b gauge
b{of=\"a\\\"b\\\\c\\nd\"} 0.5
# HELP c_seconds How long.
# TYPE c_seconds histogram
c_seconds_bucket{x=\"y\",le=\"0.5\"} 2
c_seconds_bucket{x=\"y\",le=\"1\"} 2
c_seconds_bucket{x=\"y\",le=\"+Inf\"} 3
c_seconds_sum{x=\"y\"} 7.25
c_seconds_count{x=\"y\"} 3
";
        assert_eq!(text(&metrics), expected);
    }
}
