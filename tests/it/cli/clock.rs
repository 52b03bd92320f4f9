use serde_json::json;
use tempfile::TempDir;

use super::opened;
use crate::support::Running;

#[tokio::test]
async fn the_clock_of_a_test_build_can_be_moved() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    let path = format!("/checkout_sessions/{}", opened(&mut client, "k").await);
    let mut operator = gateway.operator().await;
    assert_eq!(operator.get("/clock").await.unwrap().json()["offset_ms"], 0);
    let day_ms = 24 * 60 * 60 * 1_000;
    let moved = operator.post("/clock", "k", &json!({"offset_ms": day_ms})).await.unwrap();
    assert_eq!(moved.json()["offset_ms"], day_ms);
    assert_eq!(client.get(&path).await.unwrap().json()["status"], "expired");
}
