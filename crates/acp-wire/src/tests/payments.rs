//! Who is paid, and who authenticates.

use acp_core::catalog::{HandlerKind, PaymentHandler, SellerKind, SellerMethod, Shop};
use serde_json::{Value, json};

use super::session::{card_at, said_by, session, shop};

fn gift_card() -> PaymentHandler {
    let method = SellerMethod {
        kind: SellerKind::GiftCard,
        customer: None,
        balance: None,
        payment_method_id: None,
    };
    PaymentHandler { kind: HandlerKind::Seller(method), ..card_at("stripe", "acct_gift", &[]) }
}

/// A provider and what it calls the shop.
type Told = Option<(&'static str, &'static str)>;

#[test]
fn only_providers_with_a_name_are_told() {
    let stripe = || card_at("stripe", "acct_1", &["visa"]);
    let adyen = || card_at("adyen", "shop_2", &["visa"]);
    let other = || card_at("other", "m_3", &["visa"]);
    let shop_of = |handlers| Shop { handlers, ..shop() };
    let table: [(Vec<PaymentHandler>, Told, Told); 7] = [
        (vec![], None, None),
        (vec![gift_card()], None, None),
        (vec![stripe()], Some(("stripe", "acct_1")), Some(("stripe", "acct_1"))),
        (vec![gift_card(), stripe()], Some(("stripe", "acct_1")), Some(("stripe", "acct_1"))),
        (vec![adyen(), stripe()], None, Some(("adyen", "shop_2"))),
        (vec![other()], None, None),
        (vec![other(), stripe()], None, Some(("stripe", "acct_1"))),
    ];
    for (handlers, paid, authenticating) in table {
        let case = format!("{handlers:?}");
        let [first, december, january] = said_by(&shop_of(handlers), &session());
        let told = |said: &Value, field: &str| {
            let provider = said.get(field)?;
            Some((provider["provider"].clone(), provider.get("merchant_id").cloned()))
        };
        let named = |told: Told| told.map(|(psp, _)| (json!(psp), None));
        let whole = |told: Told| told.map(|(psp, id)| (json!(psp), Some(json!(id))));
        assert_eq!(told(&first, "payment_provider"), named(paid), "{case}");
        assert_eq!(told(&december, "payment_provider"), named(paid), "{case}");
        assert_eq!(told(&january, "payment_provider"), whole(paid), "{case}");
        assert_eq!(told(&first, "authentication_provider"), None, "{case}");
        assert_eq!(told(&december, "authentication_provider"), None, "{case}");
        assert_eq!(told(&january, "authentication_provider"), whole(authenticating), "{case}");
    }
}

#[test]
fn networks_without_a_name_are_passed_over() {
    let brands = ["amex", "jcb", "discover", "unionpay", "mastercard", "visa", "Visa"];
    let shop = Shop { handlers: vec![card_at("stripe", "acct_1", &brands)], ..shop() };
    let [first, december, january] = said_by(&shop, &session());
    let methods = |said: &Value| said["payment_provider"]["supported_payment_methods"].clone();
    let networks = ["amex", "discover", "mastercard", "visa"];
    let expected = json!([{ "type": "card", "supported_card_networks": networks }]);
    assert_eq!(methods(&first), json!(["card"]));
    assert_eq!((methods(&december), methods(&january)), (expected.clone(), expected));
}
