//! What is said to whoever has it found out whose a card is.

use super::super::indented::indented;
use super::super::kept;
use super::super::reading::Document;
use super::{BEGINNING, assert_said};
use crate::attacks::signer::Asked;
use crate::vault::three_ds::Rig;

/// What the authentication of the examples is called.
const AUTHENTICATION: &str = "auth_06e6_2n5k8m1q4t7w0z3c6f9j2m5p8s";

/// Keeps what is said from the beginning to the end.
pub(super) async fn find_out_whose_it_is(document: &Document) {
    let rig = Rig::start().await;
    rig.app.clock.set(BEGINNING);
    let mut id = "not known yet".to_owned();
    for (operation, name) in [
        ("createAuthenticationSession", "authentication"),
        ("authenticateSession", "authentication_asked"),
        ("getAuthenticationSession", "authentication_over"),
    ] {
        let operation = document.operation(operation);
        let path = operation.path.replace("{authentication_session_id}", &id);
        let answer = if operation.is_keyed() {
            let body = operation.example(name).to_string();
            let asked = Asked { method: "POST", path: &path, key: name, body: &body };
            rig.agent.signed(&rig.app, asked).send().await
        } else {
            rig.shopper_answers("authenticated");
            let asked = Asked { method: "GET", path: &path, key: "", body: "" };
            rig.agent.signed(&rig.app, asked).send().await
        };
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        answer.body["authentication_session_id"].as_str().unwrap().clone_into(&mut id);
        assert_eq!(id.len(), AUTHENTICATION.len(), "{id} has the form of {AUTHENTICATION}");
        let text = std::str::from_utf8(&answer.raw).unwrap().replace(&id, AUTHENTICATION);
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &indented(&text));
    }
}
