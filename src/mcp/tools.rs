//! The tools there are, and the request each of them is.
//!
//! What a tool says of itself is constant: nothing a merchant or a buyer wrote gets into what a
//! model is told to do. No tool gives anybody leave to spend, and none takes the number of a card.

use acp_core::limits::TEXT_CHARS_MAX;
use axum::http::Method;

use super::inputs::CURSOR_CHARS_MAX;
use crate::http::KeyRule;

/// A tool.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) method: Method,
    /// The path of the request; `{id}` stands for the argument of that name.
    pub(super) path: &'static str,
    /// The operation of the REST API it is, by whose description its payload is told.
    pub(super) operation: &'static str,
    pub(super) payload: Payload,
    /// Whether it takes an idempotency key.
    pub(super) key: Option<KeyRule>,
    /// What it takes beside `meta` and the payload.
    pub(super) arguments: &'static [Argument],
    pub(super) effect: Effect,
}

/// Whether a tool takes the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    No,
    Perhaps,
    Yes,
}

/// What a call does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Looks,
    /// It begins something that can be given up.
    Adds,
    /// It replaces or ends something, or pays.
    Changes,
}

/// An argument of a tool.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) place: Place,
    pub(super) is_required: bool,
}

/// Where an argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into the path.
    Path,
    /// Behind the question mark, as text of so many characters at most.
    Query(usize),
    /// The same, as a word for how an order stands.
    Stage,
    /// The same, as a number from one up to this.
    Count(u32),
    /// The digest of a plan that was looked at.
    Seen,
    /// How many seconds to wait for a plan, up to this.
    Patience(u32),
}

const fn id(about: &'static str) -> Argument {
    Argument { name: "id", about, place: Place::Path, is_required: true }
}

const fn seen(is_required: bool) -> Argument {
    let about = "The digest of the plan as it was last seen, from its `digest`.";
    Argument { name: "digest", about, place: Place::Seen, is_required }
}

const SESSION: &[Argument] = &[id("The id of the checkout session.")];
const CART: &[Argument] = &[id("The id of the cart.")];
const ORDER: &[Argument] = &[id("The id of the order.")];
const PLAN: &[Argument] = &[id("The id of the plan.")];
const SEEN_PLAN: &[Argument] = &[id("The id of the plan."), seen(false)];
const BEGUN_PLAN: &[Argument] = &[
    id("The id of the plan."),
    seen(true),
    Argument {
        name: "wait_seconds",
        about: "How long to wait for the outcome. Without it, the answer says that it has begun.",
        place: Place::Patience(20),
        is_required: false,
    },
];
const PAGE: &[Argument] = &[
    Argument {
        name: "status",
        about: "Only orders that stand so, such as `confirmed`.",
        place: Place::Stage,
        is_required: false,
    },
    Argument {
        name: "limit",
        about: "How many at the most.",
        place: Place::Count(100),
        is_required: false,
    },
    Argument {
        name: "cursor",
        about: "The `next_cursor` of an earlier answer.",
        place: Place::Query(CURSOR_CHARS_MAX),
        is_required: false,
    },
];

const SEARCH: &[Argument] = &[
    Argument {
        name: "query",
        about: "What is looked for, in words such as `wildflower honey`.",
        place: Place::Query(TEXT_CHARS_MAX),
        is_required: true,
    },
    Argument {
        name: "limit",
        about: "How many at the most; 10 where it is left out.",
        place: Place::Count(20),
        is_required: false,
    },
];

const LOOK: Tool = Tool {
    name: "",
    title: "",
    about: "",
    method: Method::GET,
    path: "",
    operation: "",
    payload: Payload::No,
    key: None,
    arguments: &[],
    effect: Effect::Looks,
};
const CHANGE: Tool = Tool {
    method: Method::POST,
    payload: Payload::Yes,
    key: Some(KeyRule::Free),
    effect: Effect::Changes,
    ..LOOK
};
const ADD: Tool = Tool { key: Some(KeyRule::Demanded), effect: Effect::Adds, ..CHANGE };

/// Every tool, in the order they are listed in.
pub(super) static TOOLS: [Tool; 17] = [
    Tool {
        name: "create_checkout_session",
        title: "Create a checkout session",
        about: "Opens a checkout session for the items to buy. The answer is the whole session: \
                what it costs, how it can be delivered, how it can be paid for, and what is still \
                missing before its status is ready_for_payment.",
        path: "/checkout_sessions",
        operation: "createCheckoutSession",
        ..ADD
    },
    Tool {
        name: "get_checkout_session",
        title: "Look at a checkout session",
        about: "Shows a checkout session as it stands. This is also how to see what became of a \
                completion whose answer was lost.",
        path: "/checkout_sessions/{id}",
        operation: "getCheckoutSession",
        arguments: SESSION,
        ..LOOK
    },
    Tool {
        name: "update_checkout_session",
        title: "Change a checkout session",
        about: "Changes a checkout session: its items, buyer, address, chosen delivery or codes. \
                What is left out stays as it is, and null empties. The answer is the whole session \
                with its new prices.",
        path: "/checkout_sessions/{id}",
        operation: "updateCheckoutSession",
        arguments: SESSION,
        ..CHANGE
    },
    Tool {
        name: "complete_checkout_session",
        title: "Pay for a checkout session",
        about: "Pays for a checkout session that is ready_for_payment and turns it into an order. \
                The buyer must have agreed to the total. It takes the token of a payment, never \
                the number of a card. A declined payment and a demand for authentication are \
                answers too: the session says so and carries no order.",
        path: "/checkout_sessions/{id}/complete",
        operation: "completeCheckoutSession",
        key: Some(KeyRule::Demanded),
        arguments: SESSION,
        ..CHANGE
    },
    Tool {
        name: "cancel_checkout_session",
        title: "Give a checkout session up",
        about: "Gives a checkout session up. The payload may be left out; it can say why the buyer \
                walked away.",
        path: "/checkout_sessions/{id}/cancel",
        operation: "cancelCheckoutSession",
        payload: Payload::Perhaps,
        arguments: SESSION,
        ..CHANGE
    },
    Tool {
        name: "create_cart",
        title: "Create a cart",
        about: "Opens a cart: what a buyer thinks of buying, and about what it would cost. A cart \
                promises nothing; a checkout session does.",
        path: "/carts",
        operation: "createCart",
        ..ADD
    },
    Tool {
        name: "get_cart",
        title: "Look at a cart",
        about: "Shows a cart as it stands.",
        path: "/carts/{id}",
        operation: "getCart",
        arguments: CART,
        ..LOOK
    },
    Tool {
        name: "update_cart",
        title: "Replace what is in a cart",
        about: "Replaces everything in a cart. What is left out is gone.",
        method: Method::PUT,
        path: "/carts/{id}",
        operation: "updateCart",
        arguments: CART,
        ..CHANGE
    },
    Tool {
        name: "cancel_cart",
        title: "Give a cart up",
        about: "Gives a cart up. The answer is the cart as it was last.",
        path: "/carts/{id}/cancel",
        operation: "cancelCart",
        payload: Payload::Perhaps,
        arguments: CART,
        ..CHANGE
    },
    Tool {
        name: "list_orders",
        title: "List orders",
        about: "Shows the orders of this agent, the last one first.",
        path: "/orders",
        operation: "listOrders",
        arguments: PAGE,
        ..LOOK
    },
    Tool {
        name: "get_order",
        title: "Look at an order",
        about: "Shows an order as it stands, with what was sent and given back of it.",
        path: "/orders/{id}",
        operation: "getOrder",
        arguments: ORDER,
        ..LOOK
    },
    Tool {
        name: "search_products",
        title: "Search the shop",
        about: "Finds what the shop sells by words, best first, with what each costs and whether \
                it can be had. The item_id of what is found is what a checkout is opened with.",
        path: "/products",
        arguments: SEARCH,
        ..LOOK
    },
    Tool {
        name: "shop",
        title: "Say what is wanted",
        about: "Takes what the buyer said, in their own words, and makes a plan of it: what would \
                be bought and what it costs. Questions come back where it is not clear. Pass the \
                conversation_id of the answer along with the next sentence. Where its payload says \
                execute, it also buys, within what the buyer has allowed.",
        path: "/intents",
        operation: "createIntent",
        effect: Effect::Changes,
        ..ADD
    },
    Tool {
        name: "get_plan",
        title: "Look at a plan",
        about: "Shows a plan as it stands: its steps, its total, what it waits for, and its digest.",
        path: "/plans/{id}",
        operation: "getPlan",
        arguments: PLAN,
        ..LOOK
    },
    Tool {
        name: "answer_question",
        title: "Tell a plan what it asks for",
        about: "Goes on with a plan that asked for who buys or where it goes.",
        path: "/plans/{id}/answers",
        operation: "answerPlan",
        arguments: SEEN_PLAN,
        ..CHANGE
    },
    Tool {
        name: "execute_plan",
        title: "Carry a plan out",
        about: "Begins a plan that was looked at, and pays where its payload says by what. Where \
                somebody has to say yes first, it is not begun: that happens elsewhere, and no \
                tool can do it.",
        path: "/plans/{id}/execute",
        operation: "executePlan",
        payload: Payload::Perhaps,
        key: Some(KeyRule::Demanded),
        arguments: BEGUN_PLAN,
        ..CHANGE
    },
    Tool {
        name: "cancel_plan",
        title: "Call a plan off",
        about: "Calls a plan off.",
        path: "/plans/{id}/cancel",
        operation: "cancelPlan",
        payload: Payload::Perhaps,
        arguments: SEEN_PLAN,
        ..CHANGE
    },
];

/// A tool by its name.
pub(super) fn named(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

#[cfg(test)]
mod tests {
    use acp_core::limits::{FOUND_MAX, ORDERS_PAGE_MAX};

    use super::*;

    #[test]
    fn as_many_are_asked_for_as_are_answered() {
        for (tool, most) in [("list_orders", ORDERS_PAGE_MAX), ("search_products", FOUND_MAX)] {
            let arguments = named(tool).unwrap().arguments.iter();
            let counts = arguments.filter_map(|argument| match argument.place {
                Place::Count(most) => usize::try_from(most).ok(),
                _ => None,
            });
            assert_eq!(counts.collect::<Vec<_>>(), [most], "{tool}");
        }
    }
}
