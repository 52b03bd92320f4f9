//! What operators did leaves a trail, whatever it was.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, Running};

/// Every address of the operator's router that takes more than a look, as its source says.
fn changing_routes() -> Vec<String> {
    let source = include_str!("../../../src/admin/routes.rs");
    let routes = source.split(".route(\"").skip(1);
    let changing = routes.filter_map(|route| {
        let (path, handlers) = route.split_once('"').unwrap();
        let handlers = handlers.split(".route(").next().unwrap();
        let handlers = handlers.split(';').next().unwrap();
        let changes = ["post(", "put(", "patch(", "delete("];
        changes.iter().any(|change| handlers.contains(change)).then(|| path.to_owned())
    });
    changing.filter(|path| cfg!(feature = "test-clock") || path != "/clock").collect()
}

fn acts(gateway: &Running, since: &str) -> Vec<Value> {
    let listed = gateway.command(&["audit", "list", "--since", since, "--json"]).json();
    listed["acts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_route_that_changes_something_leaves_a_line() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut operator = gateway.operator().await;
    let routes = changing_routes();
    assert!(routes.len() >= 14, "{routes:?}");
    let mut left = 0;
    for route in routes {
        let asked = route.replace('{', "no_").replace('}', "");
        let answered = operator.post(&asked, "none", &json!({"not": "understood"})).await.unwrap();
        let acts = acts(&gateway, "2020-01-01T00:00:00Z");
        left += 1;
        assert_eq!(acts.len(), left, "{route} left no line");
        let last = &acts[0];
        assert_eq!(last["number"], left);
        assert_eq!(last["status"], answered.status, "{route}");
        assert!(last["actor"].as_str().unwrap().starts_with("uid "), "{last}");
        let first = route.split('/').nth(1).unwrap();
        assert!(last["act"].as_str().unwrap().starts_with(first), "{last}");
        if let Some((_, parameter)) = route.split_once('{') {
            let (name, _) = parameter.split_once('}').unwrap();
            assert_eq!(last["subject"], format!("no_{name}"));
        }
    }
    operator.get("/keys").await.unwrap();
    operator.get("/status").await.unwrap();
    assert_eq!(acts(&gateway, "2020-01-01T00:00:00Z").len(), left, "looking is no act");
    assert_eq!(acts(&gateway, "2120-01-01T00:00:00Z"), Vec::<Value>::new());
}

#[tokio::test]
async fn the_trail_says_who_and_what_and_no_secret() {
    let home = TempDir::new().unwrap();
    let create = ["keys", "create", "--scope", "agent", "--agent", "chatgpt", "--json"];
    let first = Program::on(home.path()).with(&create).run().json();
    let gateway = Running::start(home.path());
    let second = gateway.command(&create).json();
    gateway.command(&["keys", "revoke", second["id"].as_str().unwrap()]).fine();
    gateway.command(&["keys", "revoke", "nobody"]).complaint(1);
    gateway.kill();

    let gateway = Running::start(home.path());
    let told: Vec<_> = acts(&gateway, "2020-01-01T00:00:00Z")
        .iter()
        .map(|act| (act["act"].clone(), act["subject"].clone(), act["status"].clone()))
        .collect();
    assert_eq!(
        told,
        [
            (json!("keys.revoke"), json!("nobody"), json!(404)),
            (json!("keys.revoke"), second["id"].clone(), json!(200)),
            (json!("keys.create"), second["id"].clone(), json!(201)),
            (json!("keys.create"), first["id"].clone(), json!(201)),
        ]
    );
    let said = gateway.command(&["audit", "list"]).fine();
    assert!(said.contains("while no gateway ran") && said.contains("keys.revoke"), "{said}");
    for made in [&first, &second] {
        assert!(!said.contains(made["token"].as_str().unwrap()), "{said}");
    }
}
