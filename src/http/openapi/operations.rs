//! The operations of every version, as the documents describe them.

use utoipa::OpenApi;

use crate::http::{discovery, health};

/// The paths and schemas of a version.
macro_rules! operations {
    ($($module:ident),* $(,)?) => {$(
        pub(super) mod $module {
            use acp_wire::$module::{
                CancelSessionRequest, CheckoutSession, CheckoutSessionCompleteRequest,
                CheckoutSessionCreateRequest, CheckoutSessionUpdateRequest, Order, OrderEventList,
                OrderList,
            };
            use acp_wire::shape::order_command::{
                FulfillmentCreateRequest, FulfillmentUpdateRequest, LinesRequest, RefundRequest,
            };
            use utoipa::OpenApi;

            /// Opens a checkout session.
            ///
            /// The answer says what is still missing before the session can be paid for, and
            /// offers the ways of delivery once it knows the address.
            #[utoipa::path(
                post, path = "/checkout_sessions", tag = "checkout",
                operation_id = "createCheckoutSession",
                request_body = CheckoutSessionCreateRequest,
                responses((status = 201, description = "The new session.", body = CheckoutSession)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn create() {}

            /// Shows a session as it stands.
            ///
            /// This is also how to see what became of a completion whose answer was lost.
            #[utoipa::path(
                get, path = "/checkout_sessions/{checkout_session_id}", tag = "checkout",
                operation_id = "getCheckoutSession",
                responses((status = 200, description = "The session.", body = CheckoutSession)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn read() {}

            /// Changes a session.
            ///
            /// What is left out stays as it is, and `null` empties. Prices, taxes and ways of
            /// delivery are worked out anew.
            #[utoipa::path(
                post, path = "/checkout_sessions/{checkout_session_id}", tag = "checkout",
                operation_id = "updateCheckoutSession",
                request_body = CheckoutSessionUpdateRequest,
                responses((
                    status = 200, description = "The session as it is now.",
                    body = CheckoutSession,
                )),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn update() {}

            /// Pays for a session and turns it into an order.
            ///
            /// A declined payment and a demand for authentication are answers too: the session
            /// says so, and carries no order. After a demand for authentication, complete it again
            /// with the `authentication_result`.
            #[utoipa::path(
                post, path = "/checkout_sessions/{checkout_session_id}/complete", tag = "checkout",
                operation_id = "completeCheckoutSession",
                request_body = CheckoutSessionCompleteRequest,
                responses((
                    status = 200, description = "The session, with its order if there is one.",
                    body = CheckoutSession,
                )),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn complete() {}

            /// Gives a session up.
            ///
            /// The body may be empty; it can say why the buyer walked away.
            #[utoipa::path(
                post, path = "/checkout_sessions/{checkout_session_id}/cancel", tag = "checkout",
                operation_id = "cancelCheckoutSession",
                request_body = CancelSessionRequest,
                responses((
                    status = 200, description = "The session, canceled.", body = CheckoutSession,
                )),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn cancel() {}

            /// Shows orders, the last one first.
            ///
            /// An agent sees its own, a merchant those of all agents. Where `status` leaves little
            /// of what was looked at, a page may hold less than `limit`, or nothing; go on as long
            /// as there is a `next_cursor`.
            #[utoipa::path(
                get, path = "/orders", tag = "orders", operation_id = "listOrders",
                responses((status = 200, description = "A page of orders.", body = OrderList)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn list_orders() {}

            /// Shows an order as it stands.
            ///
            /// Orders outlive the sessions they came from.
            #[utoipa::path(
                get, path = "/orders/{order_id}", tag = "orders", operation_id = "getOrder",
                responses((status = 200, description = "The order.", body = Order)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn read_order() {}

            /// Shows what happened to an order, oldest first.
            #[utoipa::path(
                get, path = "/orders/{order_id}/events", tag = "orders",
                operation_id = "listOrderEvents",
                responses((
                    status = 200, description = "A page of what happened.", body = OrderEventList,
                )),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn read_order_events() {}

            /// Sends some of an order, or says that it is about to be sent.
            ///
            /// Where the money is taken when the goods leave, the first fulfillment that is
            /// `shipped`, or `delivered`, takes it.
            #[utoipa::path(
                post, path = "/orders/{order_id}/fulfillments", tag = "orders",
                operation_id = "createFulfillment",
                request_body = FulfillmentCreateRequest,
                responses((status = 200, description = "The order as it is now.", body = Order)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn fulfill() {}

            /// Tells how far a fulfillment is.
            ///
            /// It never goes back, and nothing follows its end.
            #[utoipa::path(
                post, path = "/orders/{order_id}/fulfillments/{fulfillment_id}", tag = "orders",
                operation_id = "updateFulfillment",
                request_body = FulfillmentUpdateRequest,
                responses((status = 200, description = "The order as it is now.", body = Order)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn move_fulfillment() {}

            /// Takes lines off an order that are not sent.
            ///
            /// Money that was taken for them goes back by a refund. Where the money is taken when
            /// the goods leave, less is taken, and nothing when nothing is left.
            #[utoipa::path(
                post, path = "/orders/{order_id}/cancellations", tag = "orders",
                operation_id = "cancelLines",
                request_body = LinesRequest,
                responses((status = 200, description = "The order as it is now.", body = Order)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn cancel_lines() {}

            /// Takes lines off an order that came back from the buyer.
            ///
            /// Money that was taken for them goes back by a refund.
            #[utoipa::path(
                post, path = "/orders/{order_id}/returns", tag = "orders",
                operation_id = "returnLines",
                request_body = LinesRequest,
                responses((status = 200, description = "The order as it is now.", body = Order)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn take_back() {}

            /// Gives money back to the buyer, never more than was taken.
            ///
            /// The answer shows the refund as `pending`; it goes back right afterwards, once, whatever
            /// happens to the gateway meanwhile. Then it is `completed`, or `failed` where the
            /// payment provider will not.
            #[utoipa::path(
                post, path = "/orders/{order_id}/refunds", tag = "orders",
                operation_id = "createRefund",
                request_body = RefundRequest,
                responses((status = 200, description = "The order as it is now.", body = Order)),
            )]
            #[expect(dead_code, reason = "only its description is used")]
            const fn refund() {}

            #[derive(OpenApi)]
            #[openapi(paths(
                create, read, update, complete, cancel, list_orders, read_order, read_order_events,
                fulfill, move_fulfillment, cancel_lines, take_back, refund,
            ))]
            pub(in crate::http::openapi) struct Operations;
        }
    )*};
}
operations!(v2025_09_29, v2025_12_12, v2026_01_16, v2026_01_30, v2026_04_17,);

/// Carts, in the words of the only release that knows them.
pub(super) mod carts {
    use acp_wire::v2026_04_17::{Cart, CartCancelRequest, CartCreateRequest, CartUpdateRequest};
    use utoipa::OpenApi;

    /// Opens a cart.
    ///
    /// Of goods that cannot be had, or not so many, the cart says so in its messages, as long as
    /// something of it can be had. It promises neither stock nor price. A checkout session that
    /// names the cart as its `quote_id` is one that came of it.
    #[utoipa::path(
        post, path = "/carts", tag = "carts", operation_id = "createCart",
        request_body = CartCreateRequest,
        responses((status = 201, description = "The new cart.", body = Cart)),
    )]
    #[expect(dead_code, reason = "only its description is used")]
    const fn create() {}

    /// Shows a cart as it stands.
    #[utoipa::path(
        get, path = "/carts/{cart_id}", tag = "carts", operation_id = "getCart",
        responses((status = 200, description = "The cart.", body = Cart)),
    )]
    #[expect(dead_code, reason = "only its description is used")]
    const fn read() {}

    /// Replaces everything in a cart.
    ///
    /// What is left out is gone, but for the language. The cart gets its whole time anew.
    #[utoipa::path(
        put, path = "/carts/{cart_id}", tag = "carts", operation_id = "updateCart",
        request_body = CartUpdateRequest,
        responses((status = 200, description = "The cart as it is now.", body = Cart)),
    )]
    #[expect(dead_code, reason = "only its description is used")]
    const fn replace() {}

    /// Gives a cart up.
    ///
    /// The answer is the cart as it was last. From then on there is none with this id.
    #[utoipa::path(
        post, path = "/carts/{cart_id}/cancel", tag = "carts", operation_id = "cancelCart",
        request_body = CartCancelRequest,
        responses((status = 200, description = "The cart as it was last.", body = Cart)),
    )]
    #[expect(dead_code, reason = "only its description is used")]
    const fn cancel() {}

    #[derive(OpenApi)]
    #[openapi(
        paths(create, read, replace, cancel),
        tags((name = "carts", description = "What a buyer thinks of buying, and about what it \
            would cost, before there is a checkout.")),
    )]
    pub(in crate::http::openapi) struct Operations;
}

/// How the gateway itself is; the same whichever version is spoken.
#[derive(OpenApi)]
#[openapi(paths(health::live, health::ready, discovery::serve))]
pub(super) struct Operation;
