use std::time::Duration;

use super::*;
use crate::ids::{AgentId, Partition, Random128, SessionId, TenantId, VaultTokenId};
use crate::money::{Currency, Money};
use crate::refusal::Fault;
use crate::session::Owner;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);
const HOUR: Duration = Duration::from_hours(1);

fn money(minor: i64, currency: &str) -> Money {
    Money::new(minor, Currency::parse(currency).unwrap()).unwrap()
}

fn session(dice: u8) -> SessionId {
    SessionId::new(Partition::new(1).unwrap(), Random128([dice; 16]))
}

fn token() -> VaultToken {
    VaultToken {
        id: VaultTokenId::new(Partition::new(2).unwrap(), Random128([2; 16])),
        owner: Owner { tenant: TenantId::new("shop"), agent: AgentId::new("agent") },
        allowance: Allowance {
            amount_max: money(1_000, "usd"),
            session: session(1).as_str().into(),
            merchant: "m_1".into(),
            expires_at: NOW.plus(HOUR),
        },
        credential: vec![1, 2, 3],
        brand: None,
        last4: "4242".into(),
        made_at: NOW,
        spent: None,
        over_up_to: 0,
    }
}

/// Spends it for another tenant, session, try or amount than the usual one.
fn spending(
    token: &VaultToken,
    of: (&str, u8, u32, Money),
    at: Timestamp,
) -> Result<Spent, Unspendable> {
    let (tenant, dice, attempt, amount) = of;
    let (tenant, session) = (TenantId::new(tenant), session(dice));
    token.spend(Charge { tenant: &tenant, session: &session, attempt, amount }, at)
}

#[test]
fn a_token_pays_for_what_it_is_for_and_nothing_else() {
    let usd = |minor| money(minor, "usd");
    let fresh = token();
    for (charge, expected) in [
        (("other", 1, 1, usd(1)), Unspendable::WrongMerchant),
        (("shop", 2, 1, usd(1)), Unspendable::WrongSession),
        (("shop", 1, 1, money(1, "eur")), Unspendable::WrongCurrency),
        (("shop", 1, 1, usd(1_001)), Unspendable::ExceedsAllowance),
    ] {
        assert_eq!(spending(&fresh, charge, NOW), Err(expected));
    }
    assert!(matches!(spending(&fresh, ("shop", 1, 1, usd(1_000)), NOW), Ok(Spent::Now(_))));
    assert!(matches!(spending(&fresh, ("shop", 1, 1, usd(1)), NOW), Ok(Spent::Now(_))));
}

#[test]
fn a_token_is_good_for_nothing_at_and_after_its_time() {
    let usd = ("shop", 1, 1, money(1, "usd"));
    let end = token().allowance.expires_at;
    let just_before = end.minus(Duration::from_millis(1));
    assert!(matches!(spending(&token(), usd, just_before), Ok(Spent::Now(_))));
    assert_eq!(spending(&token(), usd, end), Err(Unspendable::Expired));
    assert_eq!(spending(&token(), usd, end.plus(HOUR)), Err(Unspendable::Expired));
}

#[test]
fn who_has_spent_a_token_goes_on_with_it_and_nobody_else_does() {
    let usd = money(900, "usd");
    let Ok(Spent::Now(spent)) = spending(&token(), ("shop", 1, 3, usd), NOW) else {
        panic!("it was not spent");
    };
    let late = NOW.plus(HOUR).plus(HOUR);
    assert_eq!(spending(&spent, ("shop", 1, 3, usd), late), Ok(Spent::Before));
    assert_eq!(spending(&spent, ("shop", 1, 4, usd), NOW), Err(Unspendable::Used));
}

#[test]
fn a_try_that_was_taken_back_spends_nothing_any_more() {
    let usd = money(900, "usd");
    let Ok(Spent::Now(spent)) = spending(&token(), ("shop", 1, 3, usd), NOW) else {
        panic!("it was not spent");
    };
    assert_eq!(spent.handed_back(&session(2), 3), None, "another session");
    let back = spent.handed_back(&session(1), 3).unwrap();
    assert_eq!(back, VaultToken { over_up_to: 3, ..token() });
    assert_eq!(back.handed_back(&session(1), 3), None, "once is enough");
    assert_eq!(token().handed_back(&session(1), 3), Some(back.clone()), "before it was spent");
    for attempt in 1..=3 {
        let late = spending(&back, ("shop", 1, attempt, usd), NOW);
        assert_eq!(late, Err(Unspendable::TakenBack), "{attempt}");
    }
    let Ok(Spent::Now(next)) = spending(&back, ("shop", 1, 4, usd), NOW) else {
        panic!("the next try does not pay");
    };
    assert_eq!(next.handed_back(&session(1), 3), None, "and keeps what it has spent");
    let fourth = next.handed_back(&session(1), 5).unwrap();
    assert_eq!((fourth.spent, fourth.over_up_to), (next.spent, 5), "whoever comes after it");
}

fn delegate() -> Delegate {
    Delegate {
        card: Card {
            number: SecretText::new("4242424242424242".to_owned()),
            is_network_token: false,
            expiry: Some(Expiry { month: 9, year: 2026 }),
            name: None,
            cvc: Some(SecretText::new("987".to_owned())),
            billing: None,
        },
        allowance: token().allowance,
        risks: vec![RiskAction::ManualReview, RiskAction::Authorized],
        metadata: vec![("campaign".into(), "1790000000000".into())],
    }
}

/// Where a changed delegation is refused.
fn refused(change: impl FnOnce(&mut Delegate)) -> Option<String> {
    let mut delegate = delegate();
    change(&mut delegate);
    let terms = Terms { merchant: Some("m_1"), longest: HOUR, now: NOW };
    match delegate.check(Some("550e8400-e29b-41d4-a716-446655440000"), terms) {
        Ok(()) => None,
        Err(
            NotDelegated::Malformed(Fault { path, .. }) | NotDelegated::Unfit(Fault { path, .. }),
        ) => Some(path),
    }
}

#[test]
fn what_cannot_be_a_card_or_an_allowance_is_refused_with_its_place() {
    assert_eq!(refused(|_| {}), None);
    let place = |change: fn(&mut Delegate)| refused(change).unwrap();
    let number = |text: &str| Some(SecretText::new(text.to_owned()));
    assert_eq!(
        place(|it| it.card.number = SecretText::new("4242424242424241".to_owned())),
        "$.payment_method.number"
    );
    assert!(number("4111111111111111").is_some());
    assert_eq!(place(|it| it.card.expiry = None), "$.payment_method.exp_month");
    let month = |it: &mut Delegate| it.card.expiry = Some(Expiry { month: 13, year: 2026 });
    assert_eq!(place(month), "$.payment_method.exp_month");
    let over = |it: &mut Delegate| it.card.expiry = Some(Expiry { month: 8, year: 2026 });
    assert_eq!(place(over), "$.payment_method.exp_year");
    assert_eq!(place(|it| it.allowance.expires_at = NOW), "$.allowance.expires_at");
    let long = |it: &mut Delegate| it.allowance.expires_at = NOW.plus(HOUR).plus(HOUR);
    assert_eq!(place(long), "$.allowance.expires_at");
    let nothing = |it: &mut Delegate| it.allowance.amount_max = money(0, "usd");
    assert_eq!(place(nothing), "$.allowance.max_amount");
    assert_eq!(place(|it| it.allowance.merchant = "m_2".into()), "$.allowance.merchant_id");
    assert_eq!(place(|it| it.risks.push(RiskAction::Blocked)), "$.risk_signals[2].action");
}

#[test]
fn the_number_stands_nowhere_else() {
    for value in [
        "4242424242424242",
        "card 4242 4242-4242.4242!",
        "4242_4242/4242,4242",
        "5555555555554444",
        "5555 5555 5555 4444",
        "ref 12 3782 822463 10005",
    ] {
        let place = refused(|it| it.metadata.push(("note".into(), value.into())));
        assert_eq!(place.as_deref(), Some("$.metadata"), "{value}");
        let place = refused(|it| it.metadata.push((value.into(), "note".into())));
        assert_eq!(place.as_deref(), Some("$.metadata"), "{value}");
    }
    let place = refused(|it| it.allowance.session = "4242424242424242".into());
    assert_eq!(place.as_deref(), Some("$.allowance.checkout_session_id"));
    let terms = Terms { merchant: Some("m_1"), longest: HOUR, now: NOW };
    assert!(delegate().check(Some("key 4242424242424242"), terms).is_err());
}

#[test]
fn a_card_is_good_to_the_end_of_its_month_wherever_that_ends_last() {
    // 2028-03-01T12:00:00Z, when it is March everywhere.
    let end = Timestamp::from_unix_ms(1_835_524_800_000);
    let february = Expiry { month: 2, year: 2028 };
    assert!(!february.is_over(end.minus(Duration::from_millis(1))), "a leap year has 29 days");
    assert!(february.is_over(end));
    assert!(!Expiry { month: 12, year: 9_999 }.is_over(end));
    assert!(Expiry { month: 1, year: 1_900 }.is_over(end));
}

#[test]
fn numbers_are_told_from_other_digits() {
    for good in ["4242424242424242", "378282246310005", "6011111111111117", "4000002500003155"] {
        assert!(DigitsOf(good).are_a_number() && DigitsOf(good).add_up(), "{good}");
    }
    for bad in ["424242424242", "42424242424242424242", "4242 4242 4242 4242", "", "４２４２"] {
        assert!(!DigitsOf(bad).are_a_number(), "{bad}");
    }
    assert!(!DigitsOf("4242424242424243").add_up());
    for text in [
        "1790000000000",
        "order 12345678901234567890",
        "2026-01-01T12:00:00.000Z",
        "2026-01-01 12:00:00",
        "+49 170 1234 5678",
        "a text",
        "",
    ] {
        assert!(!shows_a_card(text, "4242424242424242"), "{text}");
    }
}

#[test]
fn nothing_of_a_card_is_printed() {
    let printed = format!("{:?}", delegate());
    for secret in ["4242424242424242", "987"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
