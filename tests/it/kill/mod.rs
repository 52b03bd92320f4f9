//! Kills the gateway under load, for real, again and again: what was acknowledged is there, what
//! was not is there whole or not at all, and in the end the books balance.
//!
//! `ACP_TEST_KILLS` sets how often; `make kill-long` does it five hundred times.

mod books;
mod shopper;

use std::sync::Arc;
use std::time::Duration;

use crate::support::Running;
use books::Books;
use shopper::Shopper;

const SHOPPERS: u64 = 6;

fn kills() -> u64 {
    std::env::var("ACP_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

/// Spreads the moments of death over the steps of a purchase; the same in every run.
fn moment(round: u64) -> Duration {
    Duration::from_millis(20 + round.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 160)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_whenever_the_process_dies() {
    let directory = tempfile::tempdir().unwrap();
    let books = Arc::new(Books::default());
    let first = Running::start(directory.path());
    first.command(&["catalog", "set-stock", shopper::ITEM, &books::STOCK.to_string()]).fine();
    first.kill();
    for round in 0..kills() {
        let gateway = Running::start(directory.path());
        books.check(gateway.address()).await;
        let shoppers: Vec<_> = (0..SHOPPERS)
            .map(|number| {
                let shopper = Shopper::new(gateway.address(), round * SHOPPERS + number);
                tokio::spawn(shopper.shop(books.clone()))
            })
            .collect();
        tokio::time::sleep(moment(round)).await;
        gateway.kill();
        for shopper in shoppers {
            shopper.await.unwrap();
        }
    }
    let gateway = Running::start(directory.path());
    books.check(gateway.address()).await;
    books.balance(&gateway).await;
    books.tell(kills());
}
