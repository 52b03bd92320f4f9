//! What a change leaves, sets and empties, and what time leaves behind.

use std::time::Duration;

use super::shop::{
    NOW, answer, buyer, contact, opened, opening, selections, setting, shop, stores, wanted,
};
use crate::refusal::Refusal;
use crate::session::{
    Basket, ChangeSession, FreshSelections, NoticeCode, NoticeKind, Patch, Session, SessionEvent,
    Shelf, StageKind,
};
use crate::time::Timestamp;

fn changed_at(
    session: &Session,
    change: ChangeSession,
    now: Timestamp,
) -> Result<Session, Refusal> {
    let after = session.basket_after(change);
    let stocked = stores(&after.0);
    let event = session.change(after, &stocked, &setting(&shop(), now))?;
    Ok(session.after(event, now).unwrap())
}

fn changed(session: &Session, change: ChangeSession) -> Result<Session, Refusal> {
    changed_at(session, change, NOW)
}

fn choosing(text: &str) -> ChangeSession {
    let selections = Patch::Set(selections(text).unwrap());
    ChangeSession { selections, ..ChangeSession::default() }
}

/// Everything a change can set, and everything it can empty.
fn full_basket() -> Basket {
    let mut basket = Basket::open(opening("1 mug", "Portland"), &Shelf::new(), &shop());
    basket.selections = selections("shipping:express");
    basket.order_notes = Some("ring twice".into());
    basket
}

#[test]
fn what_is_not_named_stays() {
    assert_eq!(full_basket().changed(ChangeSession::default()), full_basket());
}

#[test]
fn what_is_named_is_set() {
    let mut other_buyer = buyer();
    other_buyer.email = "other@example.com".into();
    let basket = full_basket().changed(ChangeSession {
        wanted: Some(wanted("2 tea")),
        buyer: Patch::Set(other_buyer.clone()),
        contact: Patch::Set(contact("Seattle").unwrap()),
        selections: Patch::Set(selections("pickup:counter").unwrap()),
        order_notes: Patch::Set("ring once".into()),
        ..ChangeSession::default()
    });
    assert_eq!(basket.wanted, wanted("2 tea"));
    assert_eq!(basket.buyer.as_deref(), Some(&other_buyer));
    assert_eq!(basket.contact.as_deref(), contact("Seattle").as_ref());
    assert_eq!(basket.selections, selections("pickup:counter"));
    assert_eq!(basket.order_notes.as_deref(), Some("ring once"));
}

#[test]
fn what_is_cleared_is_gone() {
    let basket = full_basket().changed(ChangeSession {
        wanted: None,
        buyer: Patch::Clear,
        contact: Patch::Clear,
        selections: Patch::Clear,
        order_notes: Patch::Clear,
        ..ChangeSession::default()
    });
    assert_eq!((basket.buyer, basket.contact), (None, None));
    assert_eq!((basket.selections, basket.order_notes), (None, None));
    assert_eq!(basket.wanted, wanted("1 mug"));
}

#[test]
fn a_choice_is_checked_in_the_change_it_comes_with_and_only_there() {
    let session = opened(opening("1 mug", "San Francisco"));
    let refused = changed(&session, choosing("shipping:drone"));
    assert_eq!(refused, Err(Refusal::UnknownOption { selection: 0 }));

    let chosen = changed(&session, choosing("local:courier")).unwrap();
    assert_eq!(chosen.stage.kind(), StageKind::Ready);
    let (_, fresh) = chosen.basket_after(ChangeSession::default());
    assert_eq!(fresh, FreshSelections::Pruned);

    let to = |place| ChangeSession {
        contact: Patch::Set(contact(place).unwrap()),
        ..ChangeSession::default()
    };
    let moved = changed(&chosen, to("Portland")).unwrap();
    let choose = "Incomplete, Error Missing $.selected_fulfillment_options";
    assert_eq!(
        answer(&Ok(crate::session::Quote::clone(&moved.quote))),
        choose,
        "the courier does not go there"
    );
    let mut choosing_again = to("Portland");
    choosing_again.selections = Patch::Set(selections("local:courier").unwrap());
    assert_eq!(
        changed(&chosen, choosing_again),
        Err(Refusal::UnknownOption { selection: 0 }),
        "a choice is checked against the address it comes with"
    );
    let back = changed(&moved, to("San Francisco")).unwrap();
    assert_eq!(back.stage.kind(), StageKind::Ready, "and is met again where it can be");
}

#[test]
fn a_change_gives_a_session_new_time() {
    let session = opened(opening("1 ebook", "-"));
    let later = NOW.plus(Duration::from_hours(3));
    let touched = changed_at(&session, ChangeSession::default(), later).unwrap();
    assert_eq!((touched.opened_at, touched.changed_at), (NOW, later));
    assert_eq!(touched.expires_at, session.expires_at.plus(Duration::from_hours(3)));
    assert_eq!(touched.quote.made_at, later);
}

#[test]
fn a_session_that_ran_out_of_time_says_so() {
    let session = opened(opening("1 ebook", "-"));
    let late = session.expires_at;
    let expired = session.after(SessionEvent::Expired, late).unwrap();
    let told: Vec<_> =
        expired.quote.notices.iter().map(|notice| (notice.kind, notice.code)).collect();
    assert_eq!(told, [(NoticeKind::Info, NoticeCode::Expired)]);
    assert_eq!((expired.changed_at, expired.expires_at), (late, late));
    assert!(!expired.is_overdue(late), "it has been written down");
}
