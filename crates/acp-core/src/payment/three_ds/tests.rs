use std::time::Duration;

use super::*;
use crate::ids::{AgentId, AuthenticationId, Partition, Random128, TenantId};
use crate::money::{Currency, Money};
use crate::session::Owner;
use crate::time::Timestamp;
use crate::vault::{Expiry, NotDelegated, SecretText};

/// What the merchant is called by its payment handler.
const MERCHANT: Option<&str> = Some("merchant_demo");
const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

fn begin() -> BeginAuthentication {
    BeginAuthentication {
        merchant: "merchant_demo".into(),
        card: CardAsked {
            number: SecretText::new("4917610000000000".into()),
            expiry: Expiry { month: 3, year: 2030 },
            name: SecretText::new("Jane Doe".into()),
        },
        amount: Money::new(1_000, Currency::parse("eur").unwrap()).unwrap(),
        acquirer: None,
        browser: None,
        session: Some("cs_1".into()),
        wish: None,
        notification_url: None,
        shopper: None,
    }
}

fn path_of(wish: &BeginAuthentication) -> Option<(bool, String)> {
    match wish.check(Some("key-1"), MERCHANT, NOW) {
        Ok(()) => None,
        Err(NotDelegated::Malformed(fault)) => Some((true, fault.path)),
        Err(NotDelegated::Unfit(fault)) => Some((false, fault.path)),
    }
}

#[test]
fn what_cannot_be_found_out_is_refused_at_its_place() {
    assert_eq!(path_of(&begin()), None);
    let zero = Money::new(0, Currency::parse("eur").unwrap()).unwrap();
    let wish = BeginAuthentication { amount: zero, ..begin() };
    assert_eq!(path_of(&wish), Some((true, "$.amount.value".into())));
    let wish = BeginAuthentication { session: Some("4917 6100 0000 0000".into()), ..begin() };
    assert_eq!(path_of(&wish), Some((true, "$".into())));
    for key in ["4917610000000000", "k-4917-6100-0000-0000"] {
        let refused = begin().check(Some(key), MERCHANT, NOW);
        assert!(matches!(refused, Err(NotDelegated::Unfit(fault)) if fault.path == "$"), "{key}");
    }
    let wish = BeginAuthentication { merchant: "merchant_other".into(), ..begin() };
    assert_eq!(path_of(&wish), Some((false, "$.merchant_id".into())));
    let nobody = begin().check(None, None, NOW);
    assert!(matches!(nobody, Err(NotDelegated::Unfit(fault)) if fault.path == "$.merchant_id"));
    let mut wish = begin();
    wish.card.number = SecretText::new("4917610000000001".into());
    assert_eq!(path_of(&wish), Some((false, "$.payment_method.number".into())));
    let mut wish = begin();
    wish.card.expiry = Expiry { month: 13, year: 2030 };
    assert_eq!(path_of(&wish), Some((false, "$.payment_method.exp_month".into())));
    wish.card.expiry = Expiry { month: 12, year: 2020 };
    assert_eq!(path_of(&wish), Some((false, "$.payment_method.exp_year".into())));
}

fn browser() -> Browser {
    Browser {
        accept: "text/html".into(),
        address: "192.0.2.1".into(),
        language: "en".into(),
        user_agent: "a browser".into(),
        screen: None,
    }
}

fn fingerprint() -> Standing {
    Standing::ActionRequired(Action::Fingerprint {
        url: "https://acs.example/method".into(),
        transaction: "t".into(),
    })
}

fn challenge() -> Standing {
    Standing::ActionRequired(Action::Challenge {
        url: "https://acs.example/challenge".into(),
        acs_transaction: "a".into(),
        transaction: "t".into(),
        version: "2.2.0".into(),
    })
}

fn authentication(standing: Standing) -> Authentication {
    Authentication {
        id: AuthenticationId::new(Partition::new(1).unwrap(), Random128([1; 16])),
        owner: Owner { tenant: TenantId::new("shop"), agent: AgentId::new("agent") },
        reference: "r".into(),
        has_browser: false,
        has_notification_url: false,
        standing,
        expires_at: NOW.plus(Duration::from_mins(1)),
    }
}

#[test]
fn an_authentication_only_moves_forward() {
    let begun = authentication(fingerprint());
    assert_eq!(begun.moved(Standing::Pending), None);
    let asked = begun.moved(challenge()).unwrap();
    assert_eq!(asked.moved(fingerprint()), None);
    assert_eq!(asked.moved(challenge()), None);
    for ending in Ending::ALL {
        let over = asked.moved(Standing::Ended(ending)).unwrap();
        for later in [Standing::Pending, challenge(), Standing::Ended(Ending::Authenticated)] {
            assert_eq!(over.moved(later), None, "{ending:?}");
        }
    }
}

#[test]
fn what_nobody_went_on_with_in_time_has_expired_and_what_came_to_an_end_has_not() {
    let end = NOW.plus(Duration::from_mins(1));
    let before = NOW.plus(Duration::from_secs(59));
    for standing in [fingerprint(), Standing::Pending] {
        let authentication = authentication(standing.clone());
        assert_eq!(authentication.standing_at(before), standing);
        assert_eq!(authentication.standing_at(end), Standing::Ended(Ending::Expired));
    }
    let asked = authentication(challenge());
    assert_eq!(asked.standing_at(end), challenge(), "the provider knows how it ended");
    assert_eq!(asked.heard(challenge(), before), None);
    let ended = |standing| asked.heard(standing, end).map(|after| after.standing);
    assert_eq!(ended(challenge()), Some(Standing::Ended(Ending::Expired)));
    let authenticated = Standing::Ended(Ending::Authenticated);
    assert_eq!(ended(authenticated.clone()), Some(authenticated), "it was in time");
    let over = authentication(Standing::Ended(Ending::Rejected));
    assert_eq!(over.standing_at(end), Standing::Ended(Ending::Rejected));
}

#[test]
fn the_browser_and_where_it_comes_back_to_are_told_in_one_of_two_calls() {
    let wish = |browser, url: Option<&str>| Authenticate {
        fingerprint: Fingerprinted::Done,
        browser,
        notification_url: url.map(Into::into),
        shopper: None,
    };
    let url = Some("https://agent.example/back");
    let unknown = authentication(Standing::Pending);
    let known = Authentication {
        has_browser: true,
        has_notification_url: true,
        ..authentication(Standing::Pending)
    };
    assert_eq!(unknown.check(&wish(None, url)).unwrap_err().path, "$.channel");
    let missing = unknown.check(&wish(Some(browser()), None)).unwrap_err();
    assert_eq!(missing.path, "$.challenge_notification_url");
    assert_eq!(unknown.check(&wish(Some(browser()), url)), Ok(()));
    assert_eq!(known.check(&wish(None, None)), Ok(()));
}

#[test]
fn nothing_about_a_person_is_printed() {
    let mut wish = begin();
    wish.browser = Some(browser());
    let printed = format!("{wish:?}");
    for hidden in ["4917", "Jane", "192.0.2.1", "a browser"] {
        assert!(!printed.contains(hidden), "{printed}");
    }
}
