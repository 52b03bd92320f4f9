use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::family::{Count, Family};
use super::snapshot::{Metric, Row};
use super::spread::{Durations, Shares, Waits};
use crate::telemetry::losses::losses;

/// Declares every figure that is kept while things happen: its place, its name, what it says, its
/// labels, and those rows that are there before anything happened.
macro_rules! figures {
    ($($field:ident: $family:ty = $name:literal, $about:literal, $labels:expr
        $(, from $rows:expr)?;)*) => {
        /// Every figure that is kept while things happen. `docs/telemetry.md` lists them, and a
        /// test holds both lists against each other.
        #[derive(Debug)]
        pub struct Measures {
            pub in_flight: UnderWay,
            $(pub $field: $family,)*
        }

        impl Measures {
            fn new() -> Self {
                Self {
                    in_flight: UnderWay::default(),
                    $($field: Family::new($name, $about, $labels)$(.beginning_with(&$rows))?,)*
                }
            }

            /// How all of them stand.
            pub fn now(&self) -> Vec<Metric> {
                vec![self.in_flight.now(), losses(), $(self.$field.now(),)*]
            }
        }
    };
}

figures! {
    requests: Family<4, Durations> =
        "acp_http_request_duration_seconds",
        "How long requests took from the door to the answer",
        ["method", "route", "version", "status"];
    errors: Family<1, Count> =
        "acp_http_errors_total",
        "Errors that were answered, by their code",
        ["code"];
    shed: Family<1, Count> =
        "acp_http_requests_shed_total",
        "Requests that were told to come back because too many were under way",
        ["route"];
    idempotency: Family<1, Count> =
        "acp_idempotency_total",
        "What became of calls with an Idempotency-Key",
        ["outcome"],
        from [["first"], ["replayed"], ["conflict"], ["in_flight"], ["missing"]];
    rate_limits: Family<2, Count> =
        "acp_rate_limit_decisions_total",
        "Calls that were within their quota or beyond it",
        ["bucket", "decision"];
    steps: Family<3, Count> =
        "acp_run_steps_total",
        "Steps of runs, by what they led to",
        ["kind", "step", "outcome"];
    step_durations: Family<2, Durations> =
        "acp_run_step_duration_seconds",
        "How long steps of runs took",
        ["kind", "step"];
    runs: Family<2, Durations> =
        "acp_run_duration_seconds",
        "How long runs were driven until they ended, rested or stopped",
        ["kind", "outcome"];
    rests: Family<2, Count> =
        "acp_run_rests_total",
        "How often runs came to rest, by why",
        ["kind", "trouble"],
        from [["completion", "unclear"], ["completion", "unreachable"]];
    alarms: Family<2, Count> =
        "acp_run_alarms_total",
        "How often a run that does not get on by itself was reported to a person",
        ["kind", "trouble"],
        from [["completion", "unclear"], ["completion", "not_accepted"]];
    taken_over: Family<1, Count> =
        "acp_runs_taken_over_total",
        "Runs that were taken over because nobody was at work on them",
        ["kind"];
    payment_calls: Family<2, Durations> =
        "acp_payment_call_duration_seconds",
        "How long calls about payments took, by what they came to",
        ["call", "class"];
    payment_states: Family<1, Count> =
        "acp_payment_states_total",
        "What became of payments, as the payment books say",
        ["state"],
        from [["authorized"], ["captured"], ["failed"], ["unknown"], ["refunded"]];
    session_events: Family<1, Count> =
        "acp_session_events_total",
        "What happened to checkout sessions",
        ["event"],
        from [["opened"], ["completion_began"], ["approved"], ["completed"]];
    order_events: Family<1, Count> =
        "acp_order_events_total",
        "What happened to orders",
        ["event"],
        from [["placed"], ["canceled"]];
    reservations: Family<1, Count> =
        "acp_stock_reservations_total",
        "What became of attempts to keep stock for a payment",
        ["outcome"],
        from [["held"], ["too_few"], ["over"], ["failed"]];
    plan_moments: Family<1, Count> =
        "acp_plan_moments_total",
        "What happened to plans",
        ["moment"];
    plans_ended: Family<2, Count> =
        "acp_plans_ended_total",
        "How plans ended, and why",
        ["status", "reason"];
    intents: Family<2, Count> =
        "acp_intents_total",
        "What sentences came to, and who understood them",
        ["outcome", "planner"];
    coverage: Family<1, Shares> =
        "acp_intent_coverage",
        "Which share of the words of a sentence was understood",
        ["planner"];
    questions: Family<2, Count> =
        "acp_questions_total",
        "What shoppers and agents were asked",
        ["about", "slot"];
    approval_waits: Family<1, Waits> =
        "acp_approval_wait_seconds",
        "How long plans waited for the word of a person",
        ["word"];
    llm_tokens: Family<1, Count> =
        "acp_llm_tokens_total",
        "Tokens the language model counted, of questions and answers",
        ["kind"];
    tool_calls: Family<2, Count> =
        "acp_tool_calls_total",
        "Calls of tools, by what they came to",
        ["tool", "outcome"];
    store_calls: Family<2, Durations> =
        "acp_store_call_duration_seconds",
        "How long calls of the store took",
        ["call", "outcome"];
}

/// How many are under way.
#[derive(Debug, Default)]
pub struct UnderWay(AtomicU64);

impl UnderWay {
    pub fn enter(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn leave(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    fn now(&self) -> Metric {
        Metric::gauge(
            "acp_http_requests_in_flight",
            "Requests that are under way",
            vec![Row::whole([], self.0.load(Ordering::Relaxed))],
        )
    }
}

static MEASURES: OnceLock<Measures> = OnceLock::new();

/// The figures of this process; nothing where nobody wants any.
pub fn measures() -> Option<&'static Measures> {
    MEASURES.get()
}

/// From now on figures are kept.
pub fn start_measuring() {
    MEASURES.get_or_init(Measures::new);
}
