//! A walk through everything an agent may see of a plain shop, for the rules that hold for every
//! answer.

use serde_json::{Value, json};

use super::agent::{Agent, Answer, Ask, SESSIONS};
use super::version::Version;
use super::wishes::{Choice, EBOOK, HONEY, Payment, SOLD_OUT, Wish};
use super::world::World;

/// Every kind of answer there is, in one version.
pub(super) async fn tour(world: &World, version: Version) -> Vec<Answer> {
    let mut agent = world.agent(version).await;
    let mut seen = openings(&mut agent).await;
    seen.extend(changes(&mut agent).await);
    seen.extend(payments(&mut agent).await);
    seen.extend(refusals(&mut agent).await);
    seen
}

/// Only the sessions among them.
pub(super) async fn sessions(world: &World, version: Version) -> Vec<Answer> {
    tour(world, version).await.into_iter().filter(Answer::is_session).collect()
}

async fn openings(agent: &mut Agent) -> Vec<Answer> {
    let mut seen = Vec::new();
    for wish in [
        Wish::items(&[(HONEY, 1)]),
        Wish::basket(),
        Wish::taxed(),
        Wish::items(&[(SOLD_OUT, 1), (HONEY, 2)]),
        Wish::items(&[(HONEY, 141)]),
        Wish::items(&[(EBOOK, 1)]),
        Wish::items(&[("bookmark-brass", 1)]),
    ] {
        seen.push(agent.opened(&wish).await);
    }
    seen
}

async fn changes(agent: &mut Agent) -> Vec<Answer> {
    let wish = Wish::taxed();
    let opened = agent.opened(&wish).await;
    let mut seen = vec![opened.clone()];
    for option in ["standard", "express"] {
        seen.push(agent.changed(opened.id(), &wish.by(option)).await);
    }
    seen.push(agent.read(opened.id()).await);
    seen.push(agent.cancel(opened.id()).await);

    let mixed = Wish { items: Wish::items(&[(HONEY, 1), (EBOOK, 1)]).items, ..Wish::basket() };
    let opened = agent.opened(&mixed).await;
    let both =
        [Choice::of("shipping", "standard", &[HONEY]), Choice::of("digital", "digital", &[EBOOK])];
    seen.push(agent.changed(opened.id(), &Wish::choosing(&both)).await);
    if agent.version.has_capabilities() {
        let opened = agent.opened(&Wish::basket()).await;
        for kind in ["pickup", "local_delivery"] {
            let choice = Choice::of(kind, kind, &[HONEY]);
            seen.push(agent.changed(opened.id(), &Wish::choosing(&[choice])).await);
        }
    }
    seen
}

async fn payments(agent: &mut Agent) -> Vec<Answer> {
    let mut seen = Vec::new();
    for token in ["tok_declined", "tok_requires_3ds", "tok_visa"] {
        let ready = agent.ready().await;
        seen.push(agent.complete(ready.id(), &Payment::with(token)).await);
        seen.push(agent.read(ready.id()).await);
    }
    seen
}

async fn refusals(agent: &mut Agent) -> Vec<Answer> {
    let canceled = agent.opened(&Wish::basket()).await;
    let path = format!("{SESSIONS}/{}", canceled.id());
    agent.cancel(canceled.id()).await.is(200);
    let open = agent.opened(&Wish::basket()).await;
    let open_path = format!("{SESSIONS}/{}", open.id());
    let bare = agent.opened(&Wish::items(&[(HONEY, 1)])).await;
    let bare = format!("{SESSIONS}/{}", bare.id());
    let items = if agent.version.has_capabilities() { "line_items" } else { "items" };
    let body = |items: &Value| {
        let mut body = Wish::basket().create_body(agent.version);
        body[if agent.version.has_capabilities() { "line_items" } else { "items" }] = items.clone();
        body
    };
    let asks = [
        Ask::post(SESSIONS, &body(&json!([{"id": "no-such-thing", "quantity": 1}]))),
        Ask::post(SESSIONS, &body(&json!("honey"))),
        Ask::post(SESSIONS, &body(&json!([{"id": HONEY, "quantity": "two"}]))),
        Ask::post(SESSIONS, &json!({})),
        Ask::text(SESSIONS, "{\"broken"),
        Ask::post(&open_path, &json!({items: [{"id": "no-such-thing", "quantity": 1}]})),
        Ask::post(&open_path, &Wish::basket().by("no-such-option").update_body(agent.version)),
        Ask::post(&format!("{open_path}/complete"), &json!({})),
        Ask::post(&format!("{bare}/complete"), &Payment::with("tok_visa").body(agent.version)),
        Ask::get(&format!("{SESSIONS}/cs_nobody_ever_opened_this")),
        Ask::bare(&format!("{path}/cancel")),
        Ask::post(&path, &json!({})),
        Ask::get(&open_path).header("authorization", "Bearer nobody"),
        Ask::get(&open_path).header("api-version", "1999-01-01"),
        Ask::get(&open_path).without("api-version"),
    ];
    let mut seen = Vec::new();
    for ask in asks {
        let answer = agent.send(ask).await;
        assert!(!answer.is_session(), "{answer}");
        seen.push(answer);
    }
    seen
}
