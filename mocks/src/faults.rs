//! What a mock does wrong, how often, and how slowly it does the rest.

use std::time::Duration;

use acp_core::ids::Random128;
use acp_core::ports::Entropy as _;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::SeededEntropy;

/// The switches every mock has. All are off unless they are set, and the same names are flags of
/// the program and keys of `PUT /_mock/faults`.
///
/// A ratio is the share of requests something happens to, from 0 to 1. At most one of the things
/// that spoil an answer happens to a request; the order they are written in is the order they are
/// tried in.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// Every answer takes this long.
    #[arg(long, default_value_t)]
    pub latency_ms: u32,
    /// The shortest an answer takes, where times are spread.
    #[arg(long, default_value_t)]
    pub latency_min_ms: u32,
    /// Half of the answers take longer than this.
    #[arg(long, default_value_t)]
    pub latency_median_ms: u32,
    /// One answer in a hundred takes longer than this.
    #[arg(long, default_value_t)]
    pub latency_p99_ms: u32,
    /// The connection is closed before anything has happened.
    #[arg(long, default_value_t)]
    pub reset_ratio: f64,
    /// Nothing happens, and no answer comes until `hang_ms` have passed and the connection is cut.
    #[arg(long, default_value_t)]
    pub hang_ratio: f64,
    /// How long a hanging request hangs; two minutes unless it is set.
    #[arg(long, default_value_t)]
    pub hang_ms: u32,
    /// Refused with 429; nothing has happened.
    #[arg(long, default_value_t)]
    pub throttle_ratio: f64,
    /// Refused with 503; nothing has happened.
    #[arg(long, default_value_t)]
    pub unavailable_ratio: f64,
    /// Fails with 500 and without an effect; where answers are kept for a key, this one is too.
    #[arg(long, default_value_t)]
    pub error_ratio: f64,
    /// Takes effect, and fails with 500 all the same.
    #[arg(long, default_value_t)]
    pub error_after_effect_ratio: f64,
    /// Takes effect, and then the connection is closed instead of an answer.
    #[arg(long, default_value_t)]
    pub timeout_after_effect_ratio: f64,
    /// Answered with `status`, and nothing has happened.
    #[arg(long, default_value_t)]
    pub status_ratio: f64,
    /// The status of such answers; 400 unless it is set.
    #[arg(long, default_value_t)]
    pub status: u16,
    /// A payment that would have been approved is declined.
    #[arg(long, default_value_t)]
    pub decline_ratio: f64,
    /// Goods that would have been promised or taken are said to be out of stock.
    #[arg(long, default_value_t)]
    pub out_of_stock_ratio: f64,
    /// With an answer, one of its items costs one unit more from then on.
    #[arg(long, default_value_t)]
    pub price_change_ratio: f64,
    /// What a model says is broken off in its middle and is no JSON.
    #[arg(long, default_value_t)]
    pub malformed_ratio: f64,
    /// The answer of a model ends in its middle, and the connection is closed.
    #[arg(long, default_value_t)]
    pub cut_short_ratio: f64,
    /// A model refuses to say anything.
    #[arg(long, default_value_t)]
    pub refusal_ratio: f64,
    /// An event is delivered twice.
    #[arg(long, default_value_t)]
    pub duplicate_delivery_ratio: f64,
    /// An event is delivered after the one that follows it.
    #[arg(long, default_value_t)]
    pub out_of_order_delivery_ratio: f64,
    /// Only requests whose method and path contain this are spoiled or slowed.
    #[arg(long)]
    pub only: Option<String>,
    /// After this many spoiled answers, no more are.
    #[arg(long)]
    pub at_most: Option<u32>,
}

/// Why faults are not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultsError {
    /// A share that is none.
    #[error("{0} is a share of requests, from 0 to 1")]
    NotARatio(&'static str),
    /// A status that is none, or that is not the last word.
    #[error("status is one a request can end with, from 200 to 599")]
    NotAStatus,
    /// Both a fixed time and a spread of times.
    #[error(
        "latency_ms fixes the time; latency_min_ms, _median_ms and _p99_ms spread it: not both"
    )]
    LatencyTwice,
    /// A spread that is out of order.
    #[error("latency_min_ms <= latency_median_ms <= latency_p99_ms does not hold")]
    LatencyDisordered,
}

/// How an answer is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoiled {
    /// The connection is closed; nothing happened.
    Reset,
    /// No answer for a long time, then the connection is closed; nothing happened.
    Hang(Duration),
    /// This status; nothing happened.
    Answered(StatusCode),
    /// 500; nothing happened, but the request was begun.
    Failed,
    /// 500; it happened.
    FailedAfterEffect,
    /// The connection is closed; it happened.
    CutAfterEffect,
}

/// What is in store for a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// How long it takes.
    pub latency: Duration,
    /// How its answer is spoiled.
    pub spoiled: Option<Spoiled>,
    /// Whether a payment is declined that would have been approved.
    pub declines: bool,
    /// Whether goods are said to be out of stock that would have been promised or taken.
    pub is_out_of_stock: bool,
    /// Whether an item of the answer gets dearer.
    pub changes_price: bool,
    /// What is wrong with what a model says.
    pub speech: Option<Speech>,
}

/// How the words of a model are spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// They are no JSON.
    Malformed,
    /// Their end never comes.
    CutShort,
    /// There are none.
    Refused,
}

const HANG: Duration = Duration::from_mins(2);
/// How many standard deviations lie between the median and the 99th percentile.
const DEVIATIONS_TO_P99: f64 = 2.326_347_874;

impl Faults {
    /// Looks for contradictions.
    ///
    /// # Errors
    /// Names the first one.
    pub fn check(&self) -> Result<(), FaultsError> {
        for (name, ratio) in self.ratios() {
            if !(0.0..=1.0).contains(&ratio) {
                return Err(FaultsError::NotARatio(name));
            }
        }
        if self.answered().is_none() {
            return Err(FaultsError::NotAStatus);
        }
        let is_spread =
            self.latency_min_ms.max(self.latency_median_ms).max(self.latency_p99_ms) > 0;
        if self.latency_ms > 0 && is_spread {
            return Err(FaultsError::LatencyTwice);
        }
        let is_ordered = self.latency_min_ms <= self.latency_median_ms
            && self.latency_median_ms <= self.latency_p99_ms;
        if is_ordered { Ok(()) } else { Err(FaultsError::LatencyDisordered) }
    }

    const fn ratios(&self) -> [(&'static str, f64); 16] {
        [
            ("reset_ratio", self.reset_ratio),
            ("hang_ratio", self.hang_ratio),
            ("throttle_ratio", self.throttle_ratio),
            ("unavailable_ratio", self.unavailable_ratio),
            ("error_ratio", self.error_ratio),
            ("error_after_effect_ratio", self.error_after_effect_ratio),
            ("timeout_after_effect_ratio", self.timeout_after_effect_ratio),
            ("status_ratio", self.status_ratio),
            ("decline_ratio", self.decline_ratio),
            ("out_of_stock_ratio", self.out_of_stock_ratio),
            ("price_change_ratio", self.price_change_ratio),
            ("malformed_ratio", self.malformed_ratio),
            ("cut_short_ratio", self.cut_short_ratio),
            ("refusal_ratio", self.refusal_ratio),
            ("duplicate_delivery_ratio", self.duplicate_delivery_ratio),
            ("out_of_order_delivery_ratio", self.out_of_order_delivery_ratio),
        ]
    }

    /// Rolls the dice for a request, `route` being its method and path.
    ///
    /// The same number of dice is rolled whatever is switched on, so that one switch does not
    /// change what another does under the same seed.
    pub(crate) fn fate(&self, route: &str, dice: &Dice) -> Fate {
        let latency = self.latency(dice);
        let hang = if self.hang_ms == 0 { HANG } else { millis(self.hang_ms) };
        let spoilers = [
            (self.reset_ratio, Spoiled::Reset),
            (self.hang_ratio, Spoiled::Hang(hang)),
            (self.throttle_ratio, Spoiled::Answered(StatusCode::TOO_MANY_REQUESTS)),
            (self.unavailable_ratio, Spoiled::Answered(StatusCode::SERVICE_UNAVAILABLE)),
            (self.error_ratio, Spoiled::Failed),
            (self.error_after_effect_ratio, Spoiled::FailedAfterEffect),
            (self.timeout_after_effect_ratio, Spoiled::CutAfterEffect),
        ];
        let rolled = spoilers.map(|(ratio, spoiled)| dice.hits(ratio).then_some(spoiled));
        let [declines, is_out_of_stock, changes_price, is_answered] = dice.hit_each([
            self.decline_ratio,
            self.out_of_stock_ratio,
            self.price_change_ratio,
            self.status_ratio,
        ]);
        let spoken =
            dice.hit_each([self.malformed_ratio, self.cut_short_ratio, self.refusal_ratio, 0.0]);
        if self.only.as_ref().is_some_and(|only| !route.contains(only.as_str())) {
            return Fate::default();
        }
        let is_used_up = self.at_most == Some(0);
        let answered = self.answered().filter(|_| is_answered).map(Spoiled::Answered);
        let spoiled = rolled.into_iter().flatten().next().or(answered).filter(|_| !is_used_up);
        let speeches = [Speech::Malformed, Speech::CutShort, Speech::Refused];
        let speech = spoken.into_iter().zip(speeches).find(|(is_hit, _)| *is_hit);
        let speech = speech.map(|(_, speech)| speech).filter(|_| !is_used_up && spoiled.is_none());
        Fate { latency, spoiled, declines, is_out_of_stock, changes_price, speech }
    }

    /// What is answered in place of an answer.
    fn answered(&self) -> Option<StatusCode> {
        let status = if self.status == 0 { 400 } else { self.status };
        StatusCode::from_u16(status).ok().filter(|_| (200..600).contains(&status))
    }

    /// A time from a log-normal spread above the shortest time, or the fixed one.
    fn latency(&self, dice: &Dice) -> Duration {
        let normal = dice.normal();
        if self.latency_ms > 0 || self.latency_p99_ms == 0 {
            return millis(self.latency_ms);
        }
        let usual = f64::from(self.latency_median_ms - self.latency_min_ms).max(0.01);
        let slow = f64::from(self.latency_p99_ms - self.latency_min_ms).max(usual);
        let deviation = (slow / usual).ln() / DEVIATIONS_TO_P99;
        let above = (usual * (deviation * normal).exp()).min(3_600_000.0);
        millis(self.latency_min_ms) + Duration::from_secs_f64(above / 1_000.0)
    }
}

fn millis(millis: u32) -> Duration {
    Duration::from_millis(millis.into())
}

/// Dice that fall the same way for the same seed.
#[derive(Debug)]
pub(crate) struct Dice(SeededEntropy);

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// Whether something with this probability happens.
    pub(crate) fn hits(&self, ratio: f64) -> bool {
        self.fraction() < ratio
    }

    /// Whether each of four things with these probabilities happens, by one draw: what concerns
    /// the trade of one mock must not move the dice of the requests that follow.
    fn hit_each(&self, ratios: [f64; 4]) -> [bool; 4] {
        let Random128(drawn) = self.0.random128();
        let (drawn, _) = drawn.as_chunks();
        let mut happens = [false; 4];
        for ((happens, ratio), part) in happens.iter_mut().zip(ratios).zip(drawn) {
            *happens = fraction(*part) < ratio;
        }
        happens
    }

    /// Letters and digits for an id; 16 of them.
    pub(crate) fn letters(&self) -> String {
        let Random128(drawn) = self.0.random128();
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 62)).copied().unwrap_or(b'0');
        drawn.iter().map(letter).map(char::from).collect()
    }

    /// From 0, which it can be, to 1, which it cannot.
    fn fraction(&self) -> f64 {
        let Random128([a, b, c, d, ..]) = self.0.random128();
        fraction([a, b, c, d])
    }

    /// From the normal distribution, by the method of Box and Muller.
    fn normal(&self) -> f64 {
        let (radius, angle) = (1.0 - self.fraction(), self.fraction());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}

fn fraction(drawn: [u8; 4]) -> f64 {
    f64::from(u32::from_be_bytes(drawn)) / 4_294_967_296.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(faults: &Faults, seed: u64, count: usize) -> Vec<Fate> {
        let dice = Dice::new(seed);
        (0..count).map(|_| faults.fate("POST /v1/things", &dice)).collect()
    }

    #[test]
    fn nothing_goes_wrong_unless_asked() {
        assert!(fates(&Faults::default(), 1, 100).iter().all(|fate| *fate == Fate::default()));
    }

    #[test]
    fn a_seed_repeats_itself_and_a_ratio_is_met() {
        let faults = Faults { throttle_ratio: 0.3, ..Faults::default() };
        let once = fates(&faults, 7, 2_000);
        assert_eq!(once, fates(&faults, 7, 2_000));
        assert_ne!(once, fates(&faults, 8, 2_000));
        let is_throttled =
            |fate: &&Fate| fate.spoiled == Some(Spoiled::Answered(StatusCode::TOO_MANY_REQUESTS));
        let throttled = once.iter().filter(is_throttled).count();
        assert!((500..700).contains(&throttled), "{throttled} of 2000");
    }

    #[test]
    fn one_switch_does_not_move_another() {
        let slow = Faults { latency_ms: 5, throttle_ratio: 0.3, ..Faults::default() };
        let fast = Faults { throttle_ratio: 0.3, ..Faults::default() };
        let spoiled = |faults| fates(faults, 3, 50).iter().map(|f| f.spoiled).collect::<Vec<_>>();
        assert_eq!(spoiled(&slow), spoiled(&fast));
    }

    #[test]
    fn trades_go_wrong_one_by_one_and_move_nothing_else() {
        let calm = Faults { throttle_ratio: 0.3, ..Faults::default() };
        let trading = Faults { out_of_stock_ratio: 0.5, price_change_ratio: 0.25, ..calm.clone() };
        let rolled = fates(&trading, 4, 2_000);
        let spoiled = |fates: &[Fate]| fates.iter().map(|fate| fate.spoiled).collect::<Vec<_>>();
        assert_eq!(spoiled(&rolled), spoiled(&fates(&calm, 4, 2_000)));
        let count = |happens: fn(&Fate) -> bool| rolled.iter().filter(|fate| happens(fate)).count();
        assert_eq!(count(|fate| fate.declines), 0);
        let (out, dearer) = (count(|fate| fate.is_out_of_stock), count(|fate| fate.changes_price));
        assert!((900..1_100).contains(&out), "{out} of 2000");
        assert!((420..580).contains(&dearer), "{dearer} of 2000");
        let both = count(|fate| fate.is_out_of_stock && fate.changes_price);
        assert!((190..310).contains(&both), "{both} of 2000: one does not follow the other");
    }

    #[test]
    fn a_spread_has_the_percentiles_it_was_told() {
        let faults = Faults {
            latency_min_ms: 10,
            latency_median_ms: 50,
            latency_p99_ms: 400,
            ..Faults::default()
        };
        let mut times: Vec<_> = fates(&faults, 5, 10_000).iter().map(|f| f.latency).collect();
        times.sort_unstable();
        assert!(times[0] >= Duration::from_millis(10));
        let median = times[5_000].as_millis();
        assert!((47..=53).contains(&median), "{median}");
        let slow = times[9_900].as_millis();
        assert!((330..=470).contains(&slow), "{slow}");
    }

    #[test]
    fn a_status_is_answered_that_somebody_chose() {
        let status = |status| {
            let faults = Faults { status_ratio: 1.0, status, ..Faults::default() };
            let answered = fates(&faults, 1, 1)[0].spoiled;
            if let Some(Spoiled::Answered(status)) = answered { status.as_u16() } else { 0 }
        };
        assert_eq!([status(0), status(410), status(204)], [400, 410, 204]);
    }

    #[test]
    fn only_the_requests_that_are_meant_are_spoiled() {
        let only = Some("/capture".to_owned());
        let faults = Faults { reset_ratio: 1.0, only, ..Faults::default() };
        let dice = Dice::new(1);
        assert_eq!(faults.fate("POST /v1/payment_intents", &dice).spoiled, None);
        let capture = faults.fate("POST /v1/payment_intents/pi_1/capture", &dice);
        assert_eq!(capture.spoiled, Some(Spoiled::Reset));
    }

    #[test]
    fn contradictions_are_named() {
        let refused = |faults: Faults| faults.check().unwrap_err().to_string();
        let ratio = refused(Faults { error_ratio: 1.1, ..Faults::default() });
        assert_eq!(ratio, "error_ratio is a share of requests, from 0 to 1");
        for status in [99, 199, 600, 1_000] {
            let faults = Faults { status, ..Faults::default() };
            assert_eq!(faults.check(), Err(FaultsError::NotAStatus), "{status}");
        }
        let nan = Faults { hang_ratio: f64::NAN, ..Faults::default() };
        assert_eq!(nan.check(), Err(FaultsError::NotARatio("hang_ratio")));
        let twice = Faults { latency_ms: 1, latency_median_ms: 2, ..Faults::default() };
        assert_eq!(twice.check(), Err(FaultsError::LatencyTwice));
        let disordered = Faults { latency_median_ms: 2, latency_p99_ms: 1, ..Faults::default() };
        assert_eq!(disordered.check(), Err(FaultsError::LatencyDisordered));
    }

    #[test]
    fn unknown_switches_are_refused_by_name() {
        let refused = serde_json::from_str::<Faults>(r#"{"eror_ratio": 1}"#).unwrap_err();
        assert!(refused.to_string().contains("unknown field `eror_ratio`"), "{refused}");
    }
}
