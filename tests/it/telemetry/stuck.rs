//! Runs that do not get on, as figures tell them.

use acp_mocks::faults::Faults;
use acp_mocks::server::Mock as _;
use acp_mocks::stripe::{Settings, StripeMock};
use tempfile::TempDir;

use super::{Figures, buy, until};
use crate::support::{Program, Running, settings_of_stripe};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_told_as_stuck_for_as_long_as_it_is() {
    let refusing =
        Faults { status_ratio: 1.0, only: Some("/capture".to_owned()), ..Faults::default() };
    let key = Some("sk_test_stuck".to_owned());
    let stripe = StripeMock::start(Settings { key, faults: refusing, ..Settings::default() });
    let stripe = stripe.await.unwrap();
    let home = TempDir::new().unwrap();
    let mut program = Program::on(home.path()).setting("METRICS__LISTEN", "127.0.0.1:0");
    for (key, value) in settings_of_stripe(stripe.url(), "sk_test_stuck") {
        program = program.setting(key, &value);
    }
    let gateway = Running::start_as(home.path(), program);
    let stuck = async |kind, why| {
        let labels = [("kind", kind), ("why", why)];
        Figures::of(&gateway).await.count("acp_runs_stuck", &labels)
    };
    assert_eq!(stuck("completion", "needs_person").await, 0);
    let session = buy(&mut gateway.client().await, "a", "tok_visa").await;
    until(async || stuck("completion", "needs_person").await == 1).await;
    for kind in ["plan", "errand"] {
        assert_eq!(stuck(kind, "needs_person").await, 0, "{kind}");
    }
    assert_eq!(stuck("completion", "overdue").await, 0);
    assert!(gateway.command(&["runs", "list", "--stuck"]).fine().contains(&session));

    stripe.switches().set_faults(Faults::default()).unwrap();
    gateway.command(&["runs", "retry", &session]).fine();
    until(async || stuck("completion", "needs_person").await == 0).await;
    let figures = Figures::of(&gateway).await;
    let rows = figures.text.lines().filter(|line| line.starts_with("acp_runs_stuck{")).count();
    assert_eq!(rows, 9, "all of them are told when none is: {}", figures.text);
}
