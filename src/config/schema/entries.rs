//! The keys of taxes and deliveries, lists whose entries have keys of their own.

use super::super::forms::Form;
use super::super::keys::{Entry, Item, Key, List};
use super::super::shop::fulfillment::OPTIONS_MAX;
use super::super::shop::fulfillment_entry::{
    COUNTRIES_MAX, DAYS_MAX, HOURS_MAX, PREFIX_CHARS_MAX, PREFIXES_MAX, PRICE_MAX,
};
use super::super::shop::tax::{RATE, RULES_MAX};

/// The entries of `[[shop.tax]]`.
pub(in crate::config) const TAX: List =
    List { entries_min: 0, entries_max: RULES_MAX, item: Item::Entry(&TAX_ENTRY) };

/// The entries of `[[shop.fulfillment]]`.
pub(in crate::config) const FULFILLMENT: List =
    List { entries_min: 0, entries_max: OPTIONS_MAX, item: Item::EntryByType(FULFILLMENT_TYPES) };

const TAX_ENTRY: Entry = Entry {
    heading: "[[shop.tax]]",
    about: "One entry for each place: a country, or a state in it.",
    keys: &[&[
        Key::text("country", Form::COUNTRY, "Two letters, such as `\"US\"`.").required(),
        Key::text(
            "state",
            Form::line(64),
            "The state as addresses write it, such as `\"CA\"`; 1 to 64 characters.",
        ),
        Key::text(
            "standard",
            RATE,
            "The usual rate: a decimal fraction in quotes from `\"0\"` to `\"1\"` with at most 6 \
             decimals, such as `\"0.0825\"`.",
        )
        .required(),
        Key::text("reduced", RATE, "The rate of goods the law favours, such as food."),
        Key::flag("shipping_taxed", "Whether the price of delivery is taxed as well."),
    ]],
};

const FULFILLMENT_TYPES: &[Entry] = &[
    Entry {
        heading: "type = \"shipping\"",
        about: "A parcel that takes some days.",
        keys: &[&[of_type(&["shipping"])], EVERY_TYPE, SHIPPING],
    },
    Entry {
        heading: "type = \"digital\"",
        about: "A download or a code; it has no keys of its own.",
        keys: &[&[of_type(&["digital"])], EVERY_TYPE],
    },
    Entry {
        heading: "type = \"pickup\"",
        about: "The buyer comes to a place.",
        keys: &[&[of_type(&["pickup"])], EVERY_TYPE, PICKUP],
    },
    Entry {
        heading: "type = \"local_delivery\"",
        about: "A courier brings it within hours.",
        keys: &[&[of_type(&["local_delivery"])], EVERY_TYPE, LOCAL_DELIVERY],
    },
];

const fn of_type(name: &'static [&'static str]) -> Key {
    let about = "How the goods reach the buyer: `\"shipping\"`, `\"digital\"`, `\"pickup\"` or \
                 `\"local_delivery\"`.";
    Key::choice("type", name, about).required()
}

const EVERY_TYPE: &[Key] = &[
    Key::text(
        "id",
        Form::SLUG,
        "Names the option; the same characters as `shop.id`, and unique among the options of one \
         currency.",
    )
    .required(),
    Key::text("title", Form::line(100), "What the buyer reads; 1 to 100 characters.").required(),
    Key::text("description", Form::line(500), "A second line; 1 to 500 characters."),
    Key::text(
        "currency",
        Form::CURRENCY,
        "Three letters. Only sessions in this currency are offered the option.",
    )
    .required(),
    Key::whole("price", 0, PRICE_MAX, "0 to 99999999 minor units.").required(),
    Key::whole(
        "free_from",
        0,
        PRICE_MAX,
        "From this value of goods on the option costs nothing; 0 to 99999999 minor units.",
    ),
    Key::list(
        "countries",
        List { entries_min: 0, entries_max: COUNTRIES_MAX, item: Item::Text(Form::COUNTRY) },
        "Where the option is offered: a list of two-letter codes, at most 300.",
    ),
];

const SHIPPING: &[Key] = &[
    Key::text("carrier", Form::line(100), "Who carries it; 1 to 100 characters."),
    Key::whole(
        "days_min",
        0,
        DAYS_MAX,
        "It arrives after this many days at the soonest; 0 to 365.",
    ),
    Key::whole(
        "days_max",
        0,
        DAYS_MAX,
        "It arrives after this many days at the latest; 0 to 365, and not below `days_min`.",
    ),
];

const PICKUP: &[Key] = &[
    Key::text("location_name", Form::line(200), "The name over the door; 1 to 200 characters.")
        .required(),
    Key::text("line_one", Form::line(200), "Street and number; 1 to 200 characters.").required(),
    Key::text("city", Form::line(100), "City or town; 1 to 100 characters.").required(),
    Key::text("state", Form::line(64), "State, province or the like; 1 to 64 characters.")
        .required(),
    Key::text("country", Form::COUNTRY, "Two letters, such as `\"US\"`.").required(),
    Key::text("postal_code", Form::line(20), "Postal code; 1 to 20 characters.").required(),
];

const LOCAL_DELIVERY: &[Key] = &[
    Key::list(
        "postal_prefixes",
        List {
            entries_min: 1,
            entries_max: PREFIXES_MAX,
            item: Item::Text(Form::line(PREFIX_CHARS_MAX)),
        },
        "What a served postal code begins with; 1 to 1000 entries of 1 to 10 characters.",
    )
    .required(),
    Key::whole(
        "hours_min",
        0,
        HOURS_MAX,
        "It arrives after this many hours at the soonest; 0 to 720.",
    )
    .required(),
    Key::whole(
        "hours_max",
        0,
        HOURS_MAX,
        "It arrives after this many hours at the latest; 0 to 720, and not below `hours_min`.",
    )
    .required(),
];
