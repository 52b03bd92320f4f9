//! What a collector is told: the variables everybody uses for it, and not ours.

use std::time::Duration;

use crate::config::load::Environment;

const MILLION: f64 = 1_000_000.0;
const INTERVAL_DEFAULT: Duration = Duration::from_mins(1);
const PATIENCE_DEFAULT: Duration = Duration::from_secs(10);
const WAITING_DEFAULT: usize = 2_048;

/// What a collector is told, as the variables `OTEL_…` say. The library that tells it reads where it
/// is by itself; what stands here is what it does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Otlp {
    /// Which traces, if any.
    pub traces: Option<Sampled>,
    /// Whether log lines.
    pub logs: bool,
    /// Where figures go, if anywhere.
    pub metrics: Option<OtlpMetrics>,
    /// How spans go there.
    pub spans_carried: Carried,
    /// How lines do.
    pub lines_carried: Carried,
}

/// How something goes to a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// How long an attempt may take.
    pub patience: Duration,
    /// How much waits for it at most.
    pub waiting_max: usize,
}

impl Default for Carried {
    fn default() -> Self {
        Self { patience: PATIENCE_DEFAULT, waiting_max: WAITING_DEFAULT }
    }
}

/// Which traces are told, of those in which nothing failed and no money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampled {
    /// How many of a million.
    pub per_million: u32,
    /// Whether a caller who says whether its trace is told decides.
    pub follows_callers: bool,
}

/// Where figures go.
#[derive(Clone, PartialEq, Eq)]
pub struct OtlpMetrics {
    pub url: String,
    /// They may hold secrets.
    pub headers: Vec<(String, String)>,
    pub interval: Duration,
    /// How long an attempt may take.
    pub patience: Duration,
}

impl std::fmt::Debug for OtlpMetrics {
    /// Headers are for the collector alone.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtlpMetrics").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Otlp {
    /// What these variables say.
    pub fn of(environment: &Environment) -> Self {
        let get = |name: &str| environment.of_others(name).filter(|value| !value.is_empty());
        let is_disabled =
            get("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let is_told = |signal: &str| {
            let endpoint = get(&format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"))
                .or_else(|| get("OTEL_EXPORTER_OTLP_ENDPOINT"));
            let exporter = get(&format!("OTEL_{signal}_EXPORTER"));
            !is_disabled && endpoint.is_some() && exporter.is_none_or(|it| it == "otlp")
        };
        let per_million = get("OTEL_TRACES_SAMPLER_ARG").and_then(ratio);
        let carried = |signal: &str, waiting: &str| Carried {
            patience: patience(get, signal),
            waiting_max: get(waiting).and_then(number).unwrap_or(WAITING_DEFAULT),
        };
        Self {
            traces: is_told("TRACES").then(|| sampled(get("OTEL_TRACES_SAMPLER"), per_million)),
            logs: is_told("LOGS"),
            metrics: is_told("METRICS").then(|| metrics(get)),
            spans_carried: carried("TRACES", "OTEL_BSP_MAX_QUEUE_SIZE"),
            lines_carried: carried("LOGS", "OTEL_BLRP_MAX_QUEUE_SIZE"),
        }
    }

    /// Whether a collector is told anything by way of the log.
    pub const fn has_spans_or_lines(&self) -> bool {
        self.traces.is_some() || self.logs
    }
}

/// A whole number that is not 0.
fn number<N: std::str::FromStr + Default + PartialEq>(text: &str) -> Option<N> {
    text.trim().parse().ok().filter(|number| *number != N::default())
}

fn patience<'a>(get: impl Fn(&str) -> Option<&'a str>, signal: &str) -> Duration {
    let of_signal = get(&format!("OTEL_EXPORTER_OTLP_{signal}_TIMEOUT"));
    let ms = of_signal.or_else(|| get("OTEL_EXPORTER_OTLP_TIMEOUT")).and_then(number);
    ms.map_or(PATIENCE_DEFAULT, Duration::from_millis)
}

/// A share between 0 and 1.
fn ratio(text: &str) -> Option<u32> {
    let ratio: f64 = text.trim().parse().ok()?;
    let is_share = (0.0..=1.0).contains(&ratio);
    is_share.then(|| format!("{:.0}", ratio * MILLION).parse().ok())?
}

fn sampled(sampler: Option<&str>, per_million: Option<u32>) -> Sampled {
    let all = 1_000_000;
    let (per_million, follows_callers) = match sampler {
        Some("always_on") => (all, false),
        Some("always_off") => (0, false),
        Some("traceidratio") => (per_million.unwrap_or(all), false),
        Some("parentbased_always_off") => (0, true),
        Some("parentbased_traceidratio") => (per_million.unwrap_or(all), true),
        // What is said where nothing is, or nothing that is known.
        Some(_) | None => (all, true),
    };
    Sampled { per_million, follows_callers }
}

fn metrics<'a>(get: impl Fn(&str) -> Option<&'a str>) -> OtlpMetrics {
    let base = || {
        let base = get("OTEL_EXPORTER_OTLP_ENDPOINT").unwrap_or_default();
        format!("{}/v1/metrics", base.trim_end_matches('/'))
    };
    let url = get("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT").map_or_else(base, str::to_owned);
    let headers = get("OTEL_EXPORTER_OTLP_METRICS_HEADERS")
        .or_else(|| get("OTEL_EXPORTER_OTLP_HEADERS"))
        .unwrap_or_default();
    let interval = get("OTEL_METRIC_EXPORT_INTERVAL").and_then(number);
    OtlpMetrics {
        url,
        headers: headers.split(',').filter_map(header).collect(),
        interval: interval.map_or(INTERVAL_DEFAULT, Duration::from_millis),
        patience: patience(&get, "METRICS"),
    }
}

/// `name=value`, where the value is written as in an address.
fn header(pair: &str) -> Option<(String, String)> {
    let (name, value) = pair.split_once('=')?;
    // It is no form: what separates and joins there is a part of the value here.
    let value = value.trim().replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    let decoded =
        form_urlencoded::parse(value.as_bytes()).next().map(|(value, _)| value.into_owned());
    Some((name.trim().to_ascii_lowercase(), decoded.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Otlp {
        let with = |all: Environment, (name, value): &(&str, &str)| all.with(*name, *value);
        Otlp::of(&variables.iter().fold(Environment::default(), with))
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318/");

    #[test]
    fn nothing_is_told_unless_somebody_says_where() {
        assert_eq!(of(&[]), Otlp::default());
        assert_eq!(of(&[ENDPOINT, ("OTEL_SDK_DISABLED", "true")]), Otlp::default());
        let all = of(&[ENDPOINT]);
        assert_eq!(all.traces, Some(Sampled { per_million: 1_000_000, follows_callers: true }));
        assert!(all.logs);
        assert_eq!(all.metrics.unwrap().url, "http://127.0.0.1:4318/v1/metrics");
        let some =
            of(&[ENDPOINT, ("OTEL_LOGS_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "none")]);
        assert!(some.traces.is_some() && !some.logs && some.metrics.is_none());
        let one = of(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1/t")]);
        assert!(one.traces.is_some() && !one.logs && one.metrics.is_none());
    }

    #[test]
    fn an_attempt_takes_as_long_as_the_variables_say_and_so_much_waits() {
        let otlp = of(&[
            ENDPOINT,
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", " 100 "),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "7"),
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "0"),
        ]);
        let carried =
            |ms, waiting_max| Carried { patience: Duration::from_millis(ms), waiting_max };
        assert_eq!(otlp.spans_carried, carried(2_500, 7));
        assert_eq!(otlp.lines_carried, carried(100, 2_048));
        assert_eq!(otlp.metrics.unwrap().patience, Duration::from_millis(2_500));
        assert_eq!(of(&[ENDPOINT]).spans_carried, carried(10_000, 2_048));
    }

    #[test]
    fn the_share_of_traces_is_the_one_of_the_variables() {
        let taken = |sampler: &str, argument: &str| {
            let variables =
                [ENDPOINT, ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument)];
            let Sampled { per_million, follows_callers } = of(&variables).traces.unwrap();
            (per_million, follows_callers)
        };
        assert_eq!(taken("always_off", ""), (0, false));
        assert_eq!(taken("traceidratio", "0.05"), (50_000, false));
        assert_eq!(taken("parentbased_traceidratio", "0.000001"), (1, true));
        assert_eq!(taken("parentbased_traceidratio", "7"), (1_000_000, true), "no share");
        assert_eq!(taken("parentbased_always_off", "1"), (0, true));
        assert_eq!(taken("jaeger_remote", "1"), (1_000_000, true));
    }

    #[test]
    fn figures_go_where_they_are_wanted_and_nobody_reads_the_headers() {
        let metrics = of(&[
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://127.0.0.1:1/m"),
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "Authorization=Bearer%20a%2Bb, x-basic=Basic%20dXNlcg==, x-scope = one",
            ),
            ("OTEL_METRIC_EXPORT_INTERVAL", "250"),
        ]);
        let metrics = metrics.metrics.unwrap();
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            metrics.headers,
            [
                header("authorization", "Bearer a+b"),
                header("x-basic", "Basic dXNlcg=="),
                header("x-scope", "one"),
            ]
        );
        assert_eq!((&*metrics.url, metrics.interval.as_millis()), ("http://127.0.0.1:1/m", 250));
        assert!(!format!("{metrics:?}").contains("a+b"));
    }
}
