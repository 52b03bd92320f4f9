//! A store that is spoken to in secret.

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Certificate, Encrypted, Program, RedisServer, Running, is_redis_wanted};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_spoken_to_in_secret_and_only_to_whom_this_machine_trusts() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let certificate = Certificate::new();
    let front = Encrypted::before(server.address(), &certificate).await;
    let home = TempDir::new().unwrap();
    let program = || {
        Program::on(home.path())
            .setting("STORE__KIND", "redis")
            .setting("REDIS__URLS", &format!("[{:?}]", front.url().replace("https", "rediss")))
    };
    let gateway = Running::start_as(home.path(), program().trusting(&certificate.path()));
    let basket = json!({
        "currency": "usd", "capabilities": {},
        "line_items": [{"id": "honey-wildflower-350g", "quantity": 2}],
    });
    let opened = gateway.client().await.post("/checkout_sessions", "k1", &basket).await.unwrap();
    assert_eq!(opened.status, 201, "{}", opened.text());
    gateway.stop();

    let other = Certificate::new();
    let refused = program().trusting(&other.path()).with(&["--listen", "127.0.0.1:0"]).run();
    let complaint = refused.complaint(1);
    assert!(complaint.contains("certificate"), "{complaint}");
}
