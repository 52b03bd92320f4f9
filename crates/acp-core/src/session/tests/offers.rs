//! What a shop offers beside goods: groups, currencies, handlers, approvals, consents.

use super::shop::{
    NOW, answer, basket, buyer, completing_with, contact, money, opened, opening, shop, stores,
};
use super::table::rows;
use crate::catalog::{
    Authenticating, ConsentOption, ExchangeRule, HandlerKind, PaymentHandler, PurchaseAccount,
    SellerKind, SellerMethod, Shop,
};
use crate::money::Currency;
use crate::pricing::TotalKind;
use crate::refusal::Refusal;
use crate::session::{
    Attribution, Basket, Buyer, BuyerAuthentication, CompleteSession, Consent, FreshSelections,
    GroupAsked, HandlerChoice, Instrument, MethodKind, PaymentToken, Profile, PurchaseOrder, Quote,
    Session, SessionEvent, Stage, StageKind, Tender, Touchpoint, Words, quote,
};

fn quoted(basket: &Basket, shop: &Shop) -> Result<Quote, Refusal> {
    quote(basket, &stores(basket), shop, FreshSelections::Checked, NOW)
}

fn group(id: &str, items: &[&str], kind: MethodKind, place: &str) -> GroupAsked {
    GroupAsked {
        id: id.into(),
        items: items.iter().map(|item| (*item).into()).collect(),
        kind,
        contact: contact(place),
        location_id: None,
        instructions: None,
    }
}

#[test]
fn groups_go_to_their_own_places_and_are_paid_and_taxed_there() {
    let mut split = basket("1 mug + 1 lamp", "Portland", "shipping:express(mug lamp)");
    let together = quoted(&split, &shop()).unwrap();
    assert_eq!(together.totals.of(TotalKind::Fulfillment), Ok(money(1_499, "usd")));
    assert_eq!(together.totals.of(TotalKind::Tax), Ok(money(0, "usd")));

    split.groups = vec![group("home", &["lamp"], MethodKind::Shipping, "San Francisco")];
    let apart = quoted(&split, &shop()).unwrap();
    assert_eq!(apart.totals.of(TotalKind::Fulfillment), Ok(money(2_998, "usd")), "two parcels");
    assert_eq!(apart.lines[0].totals.tax, money(0, "usd"), "the mug goes to Portland");
    assert_eq!(apart.lines[1].totals.tax, money(734, "usd"), "the lamp to San Francisco");
    let destinations: Vec<_> =
        apart.methods[0].groups.iter().map(|group| group.destination.as_deref()).collect();
    assert_eq!(destinations, [None, Some("home")]);
}

#[test]
fn a_group_is_offered_only_its_own_way() {
    let mut fetched = basket("1 mug", "San Francisco", "-");
    fetched.groups = vec![group("counter", &["mug"], MethodKind::Pickup, "-")];
    let offered = quoted(&fetched, &shop()).unwrap();
    let kinds: Vec<_> = offered.methods.iter().map(|method| method.kind).collect();
    assert_eq!(kinds, [MethodKind::Pickup]);
    let mut wrong = basket("1 mug", "San Francisco", "shipping:express");
    wrong.groups = fetched.groups;
    assert_eq!(quoted(&wrong, &shop()), Err(Refusal::UnknownOption { selection: 0 }));
}

#[test]
fn without_a_limit_every_promise_waits_for_a_person() {
    let account = PurchaseAccount { customer: "acme".into(), approval_above: None };
    let shop = Shop { purchase_accounts: vec![account], ..shop() };
    let session = opened(opening("1 ebook", "-"));
    let command = paying(promise(false), Some(member("acme")));
    let event = session.begin_completion(&command, &shop, NOW).unwrap();
    assert_eq!(session.after(event, NOW).unwrap().stage.kind(), StageKind::PendingApproval);
}

#[test]
fn an_agent_that_cannot_ask_is_served_by_the_shop() {
    let table = "
    wanted          | to       | answer
    1 mug           | -        | Incomplete, Error Missing $.fulfillment_details.address
    1 mug           | Portland | Ready
    1 mug + 1 ebook | Portland | Ready
    1 ebook         | -        | Ready
    1 mug           | Paris    | Incomplete, Error Missing $.selected_fulfillment_options
    ";
    for [wanted, to, expected] in rows(table) {
        let mut basket = basket(wanted, to, "-");
        basket.profile = Profile::FillsIn;
        basket.buyer = None;
        assert_eq!(answer(&quoted(&basket, &shop())), expected, "{wanted} to {to}");
    }
    let mut chosen = basket("1 mug", "Portland", "-");
    chosen.profile = Profile::FillsIn;
    let quote = quoted(&chosen, &shop()).unwrap();
    assert_eq!(quote.methods[0].groups[0].option.as_str(), "standard", "the first to the door");
}

#[test]
fn the_currency_is_that_of_the_goods_and_another_one_is_only_shown() {
    let code = |code: &str| Currency::parse(code).unwrap();
    let rule =
        ExchangeRule { from: code("usd"), to: code("jpy"), millionths: 155_500_000, since: None };
    let shop = Shop { exchanges: vec![rule], ..shop() };
    let open = |items: &str, asked: Option<&str>| {
        let mut command = opening(items, "-");
        command.currency = asked.map(code);
        let stores = stores(&Basket::open(command.clone(), &crate::session::Shelf::new(), &shop));
        let basket = Basket::open(command, &stores.shelf, &shop);
        (basket.currency, basket.presentment)
    };
    assert_eq!(open("1 mug", None), (code("usd"), None));
    assert_eq!(open("1 matcha", None), (code("jpy"), None), "whatever the shop's own currency is");
    assert_eq!(open("1 mug", Some("usd")), (code("usd"), None));
    assert_eq!(open("1 mug", Some("jpy")), (code("usd"), Some(code("jpy"))));
    assert_eq!(open("1 mug + 1 matcha", Some("jpy")), (code("jpy"), None), "goods do not agree");
    assert_eq!(open("1 mug", Some("eur")), (code("eur"), None), "there is no rate");

    assert_eq!(rule.shown(money(1_199, "usd")), Some(1_864), "11.99 USD, half up to whole yen");
    let back = ExchangeRule { from: rule.to, to: rule.from, millionths: 6_400, since: None };
    assert_eq!(back.shown(money(1_000, "jpy")), Some(640));
}

fn member(customer: &str) -> Buyer {
    Buyer {
        authentication_status: Some(BuyerAuthentication::Authenticated),
        customer_id: Some(customer.into()),
        ..buyer()
    }
}

fn points(customer: Option<&str>, balance: i64) -> PaymentHandler {
    PaymentHandler {
        id: "points".into(),
        display_name: "Points".into(),
        psp: "seller_managed".into(),
        merchant_id: "m_1".into(),
        kind: HandlerKind::Seller(SellerMethod {
            kind: SellerKind::Points,
            customer: customer.map(Into::into),
            balance: Some(money(balance, "usd")),
            payment_method_id: None,
        }),
    }
}

#[test]
fn what_a_shop_keeps_is_open_to_its_owner_only_and_only_when_it_is_enough() {
    let total = money(999, "usd");
    let ada = points(Some("ada"), 999);
    assert!(ada.is_open_to(Some(&member("ada")), total));
    assert!(!ada.is_open_to(Some(&member("bob")), total));
    assert!(!ada.is_open_to(None, total));
    let unproven = Buyer { customer_id: Some("ada".into()), ..buyer() };
    assert!(!ada.is_open_to(Some(&unproven), total), "an id alone proves nothing");
    assert!(!points(Some("ada"), 998).is_open_to(Some(&member("ada")), total));
    assert!(!ada.is_open_to(Some(&member("ada")), money(999, "jpy")));
    assert!(points(None, 5_000).is_open_to(None, total), "a gift card is anybody's");
}

fn paying(tender: Tender, buyer: Option<Buyer>) -> CompleteSession {
    CompleteSession { tender, ..completing_with(buyer) }
}

fn instrument(handler: HandlerChoice, kind: &str, credential: &str) -> Tender {
    Tender::Instrument(Instrument {
        handler,
        kind: kind.into(),
        credential: credential.into(),
        token: PaymentToken::new("tok_1"),
        billing_address: None,
    })
}

#[test]
fn only_what_the_session_offers_pays_for_it() {
    let mut shop = shop();
    shop.handlers.push(points(Some("ada"), 5_000));
    let named = |id: &str| HandlerChoice::Named(id.into());
    let at = |psp: &str| HandlerChoice::CardAt(psp.into());
    let session = opened(opening("1 ebook", "-"));
    let ask = |tender, buyer| session.begin_completion(&paying(tender, buyer), &shop, NOW);
    let began = |outcome: Result<SessionEvent, Refusal>| {
        matches!(outcome, Ok(SessionEvent::CompletionBegan { .. }))
    };
    assert!(began(ask(instrument(named("card"), "card", "spt"), None)));
    assert!(began(ask(instrument(at("stripe"), "card", "spt"), None)));
    let own = || instrument(named("points"), "seller_backed_points", "spt");
    assert!(began(ask(own(), Some(member("ada")))));

    assert_eq!(ask(own(), Some(member("bob"))), Err(Refusal::UnknownHandler));
    assert_eq!(ask(own(), None), Err(Refusal::UnknownHandler));
    for unknown in [named("cash"), at("adyen")] {
        assert_eq!(ask(instrument(unknown, "card", "spt"), None), Err(Refusal::UnknownHandler));
    }
    for (kind, credential) in [("card", "agentic_token"), ("bank", "spt")] {
        let refused = ask(instrument(named("card"), kind, credential), None);
        assert!(matches!(refused, Err(Refusal::Faulty(_))), "{kind} {credential}");
    }
}

fn promise(wants_approval: bool) -> Tender {
    Tender::PurchaseOrder(PurchaseOrder {
        number: "PO-1".into(),
        terms: None,
        due_at: None,
        wants_approval,
        billing_address: None,
    })
}

fn shop_with_account(approval_above: i64) -> Shop {
    let approval_above = Some(money(approval_above, "usd"));
    let account = PurchaseAccount { customer: "acme".into(), approval_above };
    Shop { purchase_accounts: vec![account], ..shop() }
}

#[test]
fn only_an_account_buys_on_a_promise_and_a_large_one_waits() {
    let session = opened(opening("1 ebook", "-"));
    let ask = |shop: &Shop, tender, buyer| {
        let event = session.begin_completion(&paying(tender, Some(buyer)), shop, NOW)?;
        Ok(session.after(event, NOW).unwrap().stage.kind())
    };
    let shop = shop_with_account(999);
    assert_eq!(ask(&shop, promise(false), member("acme")), Ok(StageKind::Completing));
    assert_eq!(ask(&shop, promise(true), member("acme")), Ok(StageKind::PendingApproval));
    let strict = shop_with_account(998);
    assert_eq!(ask(&strict, promise(false), member("acme")), Ok(StageKind::PendingApproval));
    for stranger in [member("other"), buyer()] {
        assert_eq!(ask(&shop, promise(false), stranger), Err(Refusal::NoPurchaseAccount));
    }
}

#[test]
fn a_promise_is_approved_or_not_and_nothing_else_is() {
    let session = opened(opening("1 ebook", "-"));
    assert_eq!(session.approve(NOW).unwrap_err(), Refusal::NoApprovalPending);
    assert_eq!(session.disapprove().unwrap_err(), Refusal::NoApprovalPending);
    let asking = paying(promise(true), Some(member("acme")));
    let asked = session.begin_completion(&asking, &shop_with_account(999), NOW).unwrap();
    let pending = session.after(asked, NOW).unwrap();

    let (event, order) = pending.approve(NOW).unwrap();
    let approved = pending.after(event, NOW).unwrap();
    assert_eq!((approved.stage.kind(), &*order.number), (StageKind::Completing, "PO-1"));
    assert_eq!(approved.attempts, 1);
    let Stage::Completing(completion) = &approved.stage else { panic!("{:?}", approved.stage) };
    assert_eq!(completion.purchase_order, Some(order), "what was promised stays with it");
    let failed = approved.after(SessionEvent::CompletionAbandoned, NOW).unwrap();
    let told = failed.quote.notices.iter().any(|notice| notice.words == Words::NotPlaced);
    assert!(told, "nobody waits for the answer, so the session says it");

    let refused = pending.after(pending.disapprove().unwrap(), NOW).unwrap();
    assert_eq!(refused.stage.kind(), StageKind::Ready);
    let other = completing_with(None);
    assert!(refused.begin_completion(&other, &shop(), NOW).is_ok(), "it can be paid otherwise");
}

#[test]
fn an_agent_that_cannot_authenticate_is_told_what_that_means_here() {
    let basket = basket("1 ebook", "-", "-");
    for (authenticating, expected) in [
        (Authenticating::Optional, "Ready"),
        (Authenticating::Conditional, "Ready, Info General $.capabilities.interventions"),
        (
            Authenticating::Always,
            "NotReady, Error InterventionRequired $.capabilities.interventions",
        ),
    ] {
        let shop = Shop { authenticating, ..shop() };
        assert_eq!(answer(&quoted(&basket, &shop)), expected);
        let mut able = basket.clone();
        able.interventions.three_ds = true;
        assert_eq!(answer(&quoted(&able, &shop)), "Ready");
    }
}

#[test]
fn a_large_order_is_looked_at_by_a_person() {
    let shop = |most| Shop { review_above: Some(money(most, "usd")), ..shop() };
    let basket = basket("1 ebook", "-", "-");
    assert_eq!(answer(&quoted(&basket, &shop(999))), "Ready");
    let escalated = "RequiresEscalation, Error ApprovalRequired $.totals";
    assert_eq!(answer(&quoted(&basket, &shop(998))), escalated);
}

fn claim(provider: &str, touchpoint: Option<Touchpoint>) -> Attribution {
    Attribution {
        provider: provider.into(),
        token: Some("secret".into()),
        publisher_id: None,
        campaign_id: None,
        creative_id: None,
        sub_id: None,
        source: None,
        issued_at: None,
        expires_at: None,
        metadata: None,
        touchpoint,
    }
}

fn completed_with(session: &Session, command: &CompleteSession, shop: &Shop) -> Session {
    let event = session.begin_completion(command, shop, NOW).unwrap();
    session.after(event, NOW).unwrap()
}

#[test]
fn the_first_claim_of_each_touch_stays() {
    let mut command = opening("1 ebook", "-");
    command.attribution = Some(claim("first.example", None));
    let session = opened(command);
    let mut command = completing_with(None);
    command.attribution = Some(claim("last.example", None));
    let once = completed_with(&session, &command, &shop());
    let providers = |session: &Session| {
        let of = |claim: &Option<Attribution>| claim.as_ref().map(|claim| claim.provider.clone());
        (of(&session.attributions.first), of(&session.attributions.last))
    };
    let expected = (Some("first.example".into()), Some("last.example".into()));
    assert_eq!(providers(&once), expected);

    let again = once.after(SessionEvent::PaymentDeclined { refused: None }, NOW).unwrap();
    command.attribution = Some(claim("thief.example", Some(Touchpoint::First)));
    assert_eq!(providers(&completed_with(&again, &command, &shop())), expected);
    assert!(!format!("{again:?}").contains("secret"), "a token is never printed");
}

#[test]
fn a_consent_counts_where_it_was_asked_for_and_somebody_can_be_reached() {
    let option = |channel: &str| ConsentOption {
        channel: channel.into(),
        text: "news".into(),
        privacy_policy_url: "https://shop.example/privacy".into(),
    };
    let shop = Shop { consents: vec![option("email"), option("sms")], ..shop() };
    let said =
        |channel: &str, opted_in| Consent { channel: channel.into(), opted_in, contact: None };
    let session = opened(opening("1 ebook", "-"));
    let complete = |session: &Session, consents: Vec<Consent>| {
        let command = CompleteSession { consents, ..completing_with(None) };
        completed_with(session, &command, &shop)
    };
    assert_eq!(complete(&session, Vec::new()).consents, []);
    let both = complete(&session, vec![said("email", true), said("sms", true), said("push", true)]);
    let kept: Vec<_> = both.consents.iter().map(|one| (&*one.channel, one.opted_in)).collect();
    assert_eq!(kept, [("email", true)], "nobody gave a telephone number, nobody asked for push");
    assert_eq!(both.consents[0].contact.as_deref(), Some("buyer@example.com"));

    let declined = both.after(SessionEvent::PaymentDeclined { refused: None }, NOW).unwrap();
    assert_eq!(complete(&declined, Vec::new()).consents, both.consents, "silence changes nothing");
    assert!(!complete(&declined, vec![said("email", false)]).consents[0].opted_in);
}
