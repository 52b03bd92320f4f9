use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use crate::support::{Client, Running};

/// The labels of a figure, by their names.
type Labels = BTreeMap<String, String>;

/// Figures as they were read.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) text: String,
    /// By name, as it stands on the line, and labels.
    lines: Vec<(String, Labels, f64)>,
    /// Of every figure, with or without lines: what kind it is.
    pub(super) kinds: BTreeMap<String, String>,
}

/// Where the figures of a gateway are, as its log says.
pub(super) fn address_of(gateway: &Running) -> SocketAddr {
    let log = gateway.log();
    let (_, rest) = log.split_once("figures of this gateway are at http://").unwrap();
    rest.split_once("/metrics").unwrap().0.parse().unwrap()
}

impl Figures {
    /// Reads those of a gateway.
    pub(super) async fn of(gateway: &Running) -> Self {
        let mut client = Client::connect(address_of(gateway)).await.unwrap();
        let answer = client.get("/metrics").await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        Self::parsed(answer.text())
    }

    fn parsed(text: String) -> Self {
        let (mut lines, mut kinds) = (Vec::new(), BTreeMap::new());
        for line in text.lines() {
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} twice");
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
                lines.push((name.to_owned(), labels_of(labels), value.parse().unwrap()));
            }
        }
        Self { text, lines, kinds }
    }

    /// The sum of all lines of this name whose labels say this.
    pub(super) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let is_meant = |all: &Labels| {
            labels.iter().all(|(label, value)| all.get(*label).is_some_and(|it| it == value))
        };
        let meant = self.lines.iter().filter(|(named, all, _)| named == name && is_meant(all));
        meant.map(|(.., value)| value).sum()
    }

    /// The same as a whole number.
    pub(super) fn count(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        format!("{:.0}", self.sum(name, labels)).parse().unwrap()
    }

    /// The names of the labels of a figure, but for those of its steps.
    pub(super) fn labels(&self, name: &str) -> BTreeSet<String> {
        let of_it = |named: &str| {
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|it| named.strip_suffix(it));
            named == name || base == Some(name)
        };
        let lines = self.lines.iter().filter(|(named, ..)| of_it(named));
        let labels = lines.flat_map(|(_, labels, _)| labels.keys().cloned());
        labels.filter(|label| label != "le").collect()
    }

    /// Every value a label has anywhere.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().flat_map(|(_, labels, _)| labels.values().map(String::as_str))
    }
}

/// None of the values met here has a comma or a quote in it.
fn labels_of(text: &str) -> Labels {
    let pairs = text.trim_end_matches('}').split(',').filter(|pair| !pair.is_empty());
    let split = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('"').to_owned())
    };
    pairs.map(split).collect()
}
