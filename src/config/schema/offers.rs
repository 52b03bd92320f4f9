//! The keys of what a shop offers beside goods: promotions, currencies, accounts and the like.

use super::super::forms::{Form, HOST, PORT, URL_CHAR, URL_CHARS_MAX};
use super::super::keys::{Entry, Item, Key, List};
use super::super::shop::fulfillment_entry::PRICE_MAX;
use super::super::shop::promotion::{PRIORITY_MAX, PROMOTIONS_MAX, REDEMPTIONS_MAX, TARGETS_MAX};
use super::super::shop::tax::RATE;
use super::super::shop::wallet::WALLETS_MAX;
use super::super::shop::{ACCOUNTS_MAX, CONSENTS_MAX, EXCHANGE_RATE, EXCHANGES_MAX, MOMENT};

const fn entries(entries_max: usize, entry: &'static Entry) -> List {
    List { entries_min: 0, entries_max, item: Item::Entry(entry) }
}

const fn texts(form: Form) -> List {
    List { entries_min: 0, entries_max: TARGETS_MAX, item: Item::Text(form) }
}

/// The entries of `[[shop.promotion]]`.
pub(in crate::config) const PROMOTION: List = entries(PROMOTIONS_MAX, &PROMOTION_ENTRY);

const PROMOTION_ENTRY: Entry = Entry {
    heading: "[[shop.promotion]]",
    about: "Something that is taken off: by a code, or by itself where it has none.",
    keys: &[&[
        Key::text(
            "id",
            Form::SLUG,
            "Names the promotion; the same characters as `shop.id`, and unique.",
        )
        .required(),
        Key::text("name", Form::line(100), "What the buyer reads; 1 to 100 characters.").required(),
        Key::text(
            "code",
            Form::line(100),
            "The code that asks for it, in either case; 1 to 100 characters. Without one the \
             promotion applies by itself.",
        ),
        Key::text(
            "percent_off",
            RATE,
            "What is taken off, as a decimal fraction in quotes: `\"0.1\"` is 10 %. This or \
             `amount_off`.",
        ),
        Key::whole(
            "amount_off",
            1,
            PRICE_MAX,
            "What is taken off: 1 to 99999999 minor units of `currency`.",
        ),
        Key::text(
            "currency",
            Form::CURRENCY,
            "The currency of `amount_off` and `min_goods`: three letters. Other sessions never get \
             the promotion.",
        ),
        Key::choice(
            "applies_to",
            &["order", "goods", "delivery"],
            "From what it is taken off: `\"order\"`, `\"goods\"` or `\"delivery\"`.",
        )
        .required(),
        Key::list(
            "items",
            texts(Form::line(128)),
            "The ids of the goods it is for; with neither `items` nor `categories` it is for all.",
        ),
        Key::list(
            "categories",
            texts(Form::line(200)),
            "The categories of the goods it is for, with all below them.",
        ),
        Key::choice(
            "spread",
            &["each", "across"],
            "How it is spread over goods: `\"each\"` piece by itself, or once `\"across\"` all of \
             them by their value.",
        ),
        Key::whole(
            "priority",
            1,
            PRIORITY_MAX,
            "Its place among those that apply together, 1 to 1000: 1 comes first, and each works \
             on what the ones before it have left.",
        ),
        Key::whole(
            "min_goods",
            0,
            PRICE_MAX,
            "The value of goods it takes; 0 to 99999999 minor units of `currency`.",
        ),
        Key::text("starts_at", MOMENT, "Not before this time, in RFC 3339."),
        Key::text("ends_at", MOMENT, "Not from this time on, in RFC 3339."),
        Key::flag(
            "exclusive",
            "Whether no other code goes together with it. Without a code of its own it steps back \
             where a code is used, and of several one applies.",
        ),
        Key::choice(
            "audience",
            &["everybody", "signed_in", "customers"],
            "For whom it is: `\"everybody\"`, buyers that are `\"signed_in\"`, or the `\"customers\"` \
             it names.",
        ),
        Key::list(
            "customers",
            texts(Form::line(200)),
            "The shop's own ids of the customers it is for.",
        ),
        Key::whole(
            "redemptions_max",
            1,
            REDEMPTIONS_MAX,
            "How many orders it is good for, 1 to 1000000000, counted from the first start with it.",
        ),
    ]],
};

/// The entries of `[[shop.exchange]]`.
pub(in crate::config) const EXCHANGE: List = entries(EXCHANGES_MAX, &EXCHANGE_ENTRY);

const EXCHANGE_ENTRY: Entry = Entry {
    heading: "[[shop.exchange]]",
    about: "A currency that prices are also shown in. What is charged stays in the currency of the \
            goods.",
    keys: &[&[
        Key::text("from", Form::CURRENCY, "The currency goods are sold in: three letters.")
            .required(),
        Key::text("to", Form::CURRENCY, "The currency they are shown in: three letters.")
            .required(),
        Key::text(
            "rate",
            EXCHANGE_RATE,
            "What one of the first is worth in the second: a decimal number in quotes, such as \
             `\"0.92\"`.",
        )
        .required(),
        Key::text("since", MOMENT, "Since when that is so, in RFC 3339."),
    ]],
};

/// The entries of `[[shop.consent]]`.
pub(in crate::config) const CONSENT: List = entries(CONSENTS_MAX, &CONSENT_ENTRY);

const URL: Form = Form::matching(&["^https://", HOST, "(:", PORT, ")?([/?#]", URL_CHAR, "*)?$"])
    .within(1, URL_CHARS_MAX);

const CONSENT_ENTRY: Entry = Entry {
    heading: "[[shop.consent]]",
    about: "A channel on which the shop would like to write to buyers who agree to it.",
    keys: &[&[
        Key::text(
            "channel",
            Form::line(64),
            "`\"email\"`, `\"sms\"` or `\"whatsapp\"`; 1 to 64 characters.",
        )
        .required(),
        Key::text("text", Form::line(500), "What the buyer agrees to; 1 to 500 characters.")
            .required(),
        Key::text("privacy_policy_url", URL, "https URL of the rules it is done by.").required(),
    ]],
};

/// The entries of `[[shop.account]]`.
pub(in crate::config) const ACCOUNT: List = entries(ACCOUNTS_MAX, &ACCOUNT_ENTRY);

const CUSTOMER: &str = "The shop's own id of the customer; 1 to 200 characters.";

const ACCOUNT_ENTRY: Entry = Entry {
    heading: "[[shop.account]]",
    about: "A business that may buy against a purchase order.",
    keys: &[&[
        Key::text("customer_id", Form::line(200), CUSTOMER).required(),
        Key::whole(
            "approval_above",
            0,
            PRICE_MAX,
            "Above this total somebody has to approve first; every time, if it is not set. Who \
             the buyer is, the agent alone says. 0 to 99999999 minor units of `shop.currency`.",
        ),
    ]],
};

/// The entries of `[[shop.wallet]]`.
pub(in crate::config) const WALLET: List = entries(WALLETS_MAX, &WALLET_ENTRY);

const WALLET_ENTRY: Entry = Entry {
    heading: "[[shop.wallet]]",
    about: "Something the shop keeps for a buyer to pay with. It is offered to that buyer only, and \
            only when there is enough in it.",
    keys: &[&[
        Key::text("id", Form::SLUG, "The id of the payment handler it becomes; unique.").required(),
        Key::choice(
            "type",
            &["saved_card", "gift_card", "points", "store_credit"],
            "What it is: `\"saved_card\"`, `\"gift_card\"`, `\"points\"` or `\"store_credit\"`.",
        )
        .required(),
        Key::text("display_name", Form::line(128), "What the buyer reads; 1 to 128 characters.")
            .required(),
        Key::text(
            "customer_id",
            Form::line(200),
            "Whose it is, by the shop's own id; 1 to 200 characters. Only a gift card has none.",
        ),
        Key::whole(
            "balance",
            0,
            PRICE_MAX,
            "What is in it; 0 to 99999999 minor units of `shop.currency`.",
        ),
        Key::text("payment_method_id", Form::line(200), "What the shop calls it."),
    ]],
};
