"""Holds the Stripe mock against Stripe's own SDK for Python.

judge.py URL KEY WEBHOOK_SECRET WEBHOOK_PORT; the mock has to send its webhooks to that port.
"""

import http.client
import json
import queue
import sys
import threading
import time
import typing
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import stripe

URL, KEY, SECRET, PORT = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
PREVIEW = "preview" in stripe.api_version

client = stripe.StripeClient(KEY, base_addresses={"api": URL}, max_network_retries=0)
intents = client.v1.payment_intents
events = queue.Queue()
checked = 0


def same(seen, expected):
    global checked
    assert seen == expected, f"{seen!r} instead of {expected!r}"
    checked += 1


def control(method, path, body=None):
    connection = http.client.HTTPConnection(URL.removeprefix("http://"))
    connection.request(method, "/_mock/" + path, None if body is None else json.dumps(body))
    response = connection.getresponse()
    assert response.status == 200, response.read()
    return json.load(response)


def refused(kind, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except stripe.StripeError as error:
        same(type(error), kind)
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def whole(thing):
    """Everything the SDK says is always there is there, and nothing it has not heard of."""
    same(list(strange(thing, type(thing).__name__)), [])


def strange(thing, path):
    known = {}
    for kind in type(thing).__mro__:
        if kind.__module__.startswith("stripe.") and kind is not stripe.StripeObject:
            known = vars(kind).get("__annotations__", {}) | known
    if not known:
        return
    for name, value in thing.to_dict(recursive=False).items():
        words = literals(known.get(name))
        if name not in known:
            yield f"{path}.{name} is not known"
        elif value is not None and words and value not in words:
            yield f"{path}.{name} is {value}"
        elif isinstance(value, stripe.StripeObject):
            yield from strange(value, f"{path}.{name}")
    for name, kind in known.items():
        # A rule of Radar is there only if one matched, and a transfer only on a platform.
        is_optional = type(None) in typing.get_args(kind) or name in ("rule", "transfer")
        is_field = not str(kind).startswith("typing.ClassVar") and not name.startswith("_")
        if is_field and not is_optional and name not in thing:
            yield f"{path}.{name} is missing"


def literals(kind):
    if typing.get_origin(kind) is typing.Literal:
        return set(typing.get_args(kind))
    return set().union(*map(literals, typing.get_args(kind))) if typing.get_origin(kind) is typing.Union else set()


def objects_have_the_shape_of_stripe():
    intent = held(expand=["latest_charge"])
    whole(intent)
    whole(intents.capture(intent.id, {"amount_to_capture": 600}))
    refund = client.v1.refunds.create({"payment_intent": intent.id, "expand": ["charge", "payment_intent"]})
    whole(refund)
    whole(client.v1.charges.retrieve(intent.latest_charge.id))
    whole(held(payment_method="pm_card_threeDSecure2Required"))
    whole(held(payment_method="pm_card_threeDSecure2Required", return_url="https://shop.example/"))
    error = refused(stripe.CardError, held, payment_method="pm_card_visa_chargeDeclined")
    whole(error.error)
    whole(client.v1.charges.retrieve(error.error.charge))
    if PREVIEW:
        limits = {"currency": "usd", "max_amount": 1000}
        params = {"payment_method": "pm_card_visa", "usage_limits": limits}
        whole(client.v1.test_helpers.shared_payment.granted_tokens.create(params))


def held(amount=1000, **more):
    params = {
        "amount": amount,
        "currency": "usd",
        "capture_method": "manual",
        "confirm": True,
        "payment_method": "pm_card_visa",
        "metadata": {"session": "cs_1", "attempt": "1"},
    }
    return intents.create(params | more)


def a_hold_is_taken_in_part():
    intent = held()
    same(intent.status, "requires_capture")
    same((intent.amount_capturable, intent.amount_received), (1000, 0))
    same(intent.metadata["session"], "cs_1")
    charge = client.v1.charges.retrieve(intent.latest_charge)
    same((charge.captured, charge.amount_captured, charge.paid), (False, 0, True))
    before = charge.payment_method_details.card.capture_before
    assert 6.9 < (before - intent.created) / 86400 < 7.1
    error = refused(stripe.InvalidRequestError, intents.capture, intent.id, {"amount_to_capture": 1001})
    same(error.code, "amount_too_large")
    intent = intents.capture(intent.id, {"amount_to_capture": 700})
    same((intent.status, intent.amount_received, intent.amount_capturable), ("succeeded", 700, 0))
    charge = client.v1.charges.retrieve(intent.latest_charge)
    same((charge.captured, charge.amount_captured, charge.amount_refunded), (True, 700, 0))
    error = refused(stripe.InvalidRequestError, intents.capture, intent.id)
    same(error.code, "payment_intent_unexpected_state")
    same(error.error.payment_intent.id, intent.id)
    error = refused(stripe.InvalidRequestError, intents.cancel, intent.id)
    same(error.error.payment_intent.status, "succeeded")


def it_is_made_first_and_confirmed_later():
    intent = intents.create({"amount": 1000, "currency": "EUR", "capture_method": "manual"})
    same((intent.status, intent.currency), ("requires_payment_method", "eur"))
    error = refused(stripe.InvalidRequestError, intents.confirm, intent.id)
    same(error.code, "payment_intent_unexpected_state")
    intent = intents.update(intent.id, {"metadata": {"a": "1", "b": "2"}, "payment_method": "pm_card_visa"})
    same(intent.status, "requires_confirmation")
    intent = intents.update(intent.id, {"metadata": {"a": ""}})
    same(intent.metadata.to_dict(), {"b": "2"})
    intent = intents.confirm(intent.id, {"expand": ["latest_charge"]})
    same((intent.status, intent.latest_charge.object), ("requires_capture", "charge"))
    same(intents.retrieve(intent.id).status, "requires_capture")


def what_was_let_go_of_stays_so():
    intent = held()
    intent = intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    same((intent.status, intent.cancellation_reason), ("canceled", "abandoned"))
    assert intent.canceled_at
    for call in (intents.capture, intents.cancel, intents.confirm):
        error = refused(stripe.InvalidRequestError, call, intent.id)
        same(error.code, "payment_intent_unexpected_state")
        same(error.error.payment_intent.status, "canceled")
    charge = client.v1.charges.retrieve(intent.latest_charge)
    same((charge.captured, charge.amount_captured), (False, 0))


def declines_carry_the_payment_intent():
    for name, code, decline_code in [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ]:
        error = refused(stripe.CardError, held, payment_method=name)
        same((error.code, error.error.decline_code), (code, decline_code))
        intent = error.error.payment_intent
        same((intent.object, intent.status), ("payment_intent", "requires_payment_method"))
        same(intent.last_payment_error.decline_code, decline_code)
        same(client.v1.charges.retrieve(error.error.charge).status, "failed")
        same(intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status, "requires_capture")
    data = {"type": "card", "card": {"token": "tok_chargeDeclined"}}
    params = {"amount": 1000, "currency": "usd", "confirm": True, "payment_method_data": data}
    refused(stripe.CardError, intents.create, params)


def a_buyer_may_have_to_prove_who_he_is():
    intent = held(payment_method="pm_card_threeDSecure2Required")
    same((intent.status, intent.next_action.type), ("requires_action", "use_stripe_sdk"))
    proof = {"cryptogram": "AgAAAAAABk4DWZ4C28yUQAAAAAA=", "transaction_id": "1", "version": "2.2.0"}
    options = {"card": {"three_d_secure": proof}}
    intent = intents.confirm(intent.id, {"payment_method_options": options})
    same((intent.status, intent.next_action), ("requires_capture", None))
    options = {"card": {"request_three_d_secure": "any"}}
    intent = held(payment_method_options=options, return_url="https://shop.example/back")
    same((intent.status, intent.next_action.type), ("requires_action", "redirect_to_url"))


def a_key_is_answered_once():
    options = {"idempotency_key": str(uuid.uuid4())}
    params = {"amount": 1000, "currency": "usd"}
    first = intents.create(params, options)
    again = intents.create(params, options)
    same((again.id, again.last_response.body), (first.id, first.last_response.body))
    same(again.last_response.headers["Idempotent-Replayed"], "true")
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert first.last_response.request_id.startswith("req_")
    error = refused(stripe.IdempotencyError, intents.create, params | {"amount": 1001}, options)
    same((error.http_status, error.error.type), (400, "idempotency_error"))

    options = {"idempotency_key": str(uuid.uuid4())}
    declined = params | {"confirm": True, "payment_method": "pm_card_visa_chargeDeclined"}
    errors = [refused(stripe.CardError, intents.create, declined, options) for _ in range(2)]
    same(errors[0].error.payment_intent.id, errors[1].error.payment_intent.id)
    same(errors[1].headers["Idempotent-Replayed"], "true")

    options = {"idempotency_key": str(uuid.uuid4())}
    refused(stripe.InvalidRequestError, intents.create, {"amount": 1, "currency": "usd"}, options)
    same(intents.create(params, options).status, "requires_payment_method")


def money_comes_back_and_never_more_than_was_taken():
    intent = held(capture_method="automatic", amount=1000)
    same(intent.status, "succeeded")
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 400, "metadata": {"op": "1"}})
    same((refund.status, refund.amount, refund.metadata["op"]), ("succeeded", 400, "1"))
    same(client.v1.refunds.retrieve(refund.id).charge, intent.latest_charge)
    too_much = {"payment_intent": intent.id, "amount": 601}
    same(refused(stripe.InvalidRequestError, client.v1.refunds.create, too_much).param, "amount")
    client.v1.refunds.create({"charge": intent.latest_charge})
    error = refused(stripe.InvalidRequestError, client.v1.refunds.create, {"payment_intent": intent.id})
    same(error.code, "charge_already_refunded")
    charge = client.v1.charges.retrieve(intent.latest_charge)
    same((charge.amount_refunded, charge.refunded), (1000, True))
    listed = client.v1.refunds.list({"payment_intent": intent.id})
    same([refund.amount for refund in listed.data], [600, 400])
    error = refused(stripe.InvalidRequestError, client.v1.refunds.create, {"payment_intent": held().id})
    same(error.http_status, 400)


def lists_are_walked_to_their_end():
    since = int(time.time()) - 60
    made = [intents.create({"amount": 500 + step, "currency": "usd"}).id for step in range(23)]
    page = intents.list({"limit": 10, "created": {"gte": since}})
    same((page.has_more, [intent.id for intent in page.data]), (True, made[:-11:-1]))
    walked = []
    for intent in page.auto_paging_iter():
        walked.append(intent.id)
    same(walked[:23], made[::-1])
    same(len(walked), len(set(walked)))
    same(intents.list({"created": {"gt": int(time.time()) + 60}}).data, [])
    back = intents.list({"limit": 5, "ending_before": made[10]})
    same([intent.id for intent in back.data], made[15:10:-1])
    held()
    newest = intents.list({"limit": 1, "expand": ["data.latest_charge"]}).data[0]
    same(newest.latest_charge.payment_method_details.card.last4, "4242")


def a_shared_token_has_limits():
    if PREVIEW:
        grant, read, revoke = (
            client.v1.test_helpers.shared_payment.granted_tokens.create,
            client.v1.shared_payment.granted_tokens.retrieve,
            client.v1.test_helpers.shared_payment.granted_tokens.revoke,
        )
    else:
        def raw(method, path, **params):
            return client.deserialize(client.raw_request(method, path, **params), api_mode="V1")

        granting = "/v1/test_helpers/shared_payment/granted_tokens"
        grant = lambda params: raw("post", granting, **params)
        read = lambda id: raw("get", "/v1/shared_payment/granted_tokens/" + id)
        revoke = lambda id: raw("post", f"{granting}/{id}/revoke")
    limits = {"currency": "usd", "max_amount": 1000, "expires_at": int(time.time()) + 3600}
    token = grant({"payment_method": "pm_card_visa", "usage_limits": limits})
    same((token.object, token.usage_limits.max_amount), ("shared_payment.granted_token", 1000))

    def pay(amount, currency="usd", token=token):
        data = {"shared_payment_granted_token": token.id}
        params = {"amount": amount, "currency": currency, "confirm": True}
        return intents.create(params | {"payment_method_data": data})

    refused(stripe.InvalidRequestError, pay, 1001)
    refused(stripe.InvalidRequestError, pay, 900, "eur")
    intent = pay(900)
    same((intent.status, intent.payment_method.startswith("pm_")), ("succeeded", True))
    same(read(token.id).usage_details.amount_captured.value, 900)
    refused(stripe.InvalidRequestError, pay, 101)
    pay(100)
    token = read(token.id)
    same(token.deactivated_reason, "consumed")
    token = grant({"payment_method": "pm_card_visa", "usage_limits": limits})
    token = revoke(token.id)
    same(token.deactivated_reason, "revoked")
    refused(stripe.InvalidRequestError, pay, 100, token=token)
    token = grant({"payment_method": "pm_card_visa_chargeDeclined", "usage_limits": limits})
    error = refused(stripe.CardError, pay, 100, token=token)
    same(error.error.payment_intent.status, "requires_payment_method")


def strangers_are_turned_away():
    stranger = stripe.StripeClient("sk_test_stranger", base_addresses={"api": URL})
    refused(stripe.AuthenticationError, stranger.v1.payment_intents.list)
    same(refused(stripe.InvalidRequestError, intents.retrieve, "pi_nobody").code, "resource_missing")
    for params in ({"currency": "usd"}, {"amount": 100}, {"amount": 0, "currency": "usd"},
                   {"amount": 100, "currency": "dollars"}, {"amount": 49, "currency": "usd"},
                   {"amount": 100, "currency": "usd", "capture_method": "later"}):
        refused(stripe.InvalidRequestError, intents.create, params)


def faults_come_as_the_sdk_knows_them():
    params = {"amount": 1000, "currency": "usd"}
    for switch, kind in [
        ("throttle_ratio", stripe.RateLimitError),
        ("error_ratio", stripe.APIError),
        ("unavailable_ratio", stripe.APIError),
        ("reset_ratio", stripe.APIConnectionError),
        ("timeout_after_effect_ratio", stripe.APIConnectionError),
    ]:
        made = len(control("GET", "ledger")["movements"])
        control("PUT", "faults", {switch: 1})
        options = {"idempotency_key": str(uuid.uuid4())}
        refused(kind, intents.create, params, options)
        control("PUT", "faults", {})
        has_effect = len(control("GET", "ledger")["movements"]) - made
        same(has_effect, 1 if switch == "timeout_after_effect_ratio" else 0)
        if switch == "error_ratio":
            error = refused(stripe.APIError, intents.create, params, options)
            same(error.headers["Idempotent-Replayed"], "true")
        else:
            intents.create(params, options)
            same(len(control("GET", "ledger")["movements"]) - made, 1)
    # The SDK's own retries get over what a decent client has to get over.
    patient = stripe.StripeClient(KEY, base_addresses={"api": URL}, max_network_retries=2)
    made = len(control("GET", "ledger")["movements"])
    control("PUT", "faults", {"timeout_after_effect_ratio": 1, "at_most": 1})
    patient.v1.payment_intents.create(params)
    same(len(control("GET", "ledger")["movements"]) - made, 1)


def webhooks_are_signed():
    intent = held()
    intents.capture(intent.id, {"amount_to_capture": 600})
    client.v1.refunds.create({"payment_intent": intent.id})
    seen = []
    while len(seen) < 5:
        body, signature = events.get(timeout=10)
        event = stripe.Webhook.construct_event(body, signature, SECRET)
        same(event.object, "event")
        # Others may still be on their way.
        if intent.id in (event.data.object.id, getattr(event.data.object, "payment_intent", None)):
            seen.append(event.type)
            taken = body, signature, event
    same(seen, [
        "payment_intent.created", "payment_intent.amount_capturable_updated", "charge.captured",
        "payment_intent.succeeded", "charge.refunded",
    ])
    body, signature, event = taken
    same(event.data.object.payment_intent, intent.id)
    try:
        stripe.Webhook.construct_event(body + b" ", signature, SECRET)
        raise AssertionError("a changed body is not noticed")
    except stripe.SignatureVerificationError:
        same(True, True)


def what_nobody_takes_runs_out():
    intent = held()
    control("POST", "clock", {"advance_seconds": 7 * 86400})
    intent = intents.retrieve(intent.id)
    same((intent.status, intent.cancellation_reason), ("canceled", "expired"))
    old = intents.retrieve(intent.id, options={"stripe_version": "2024-06-20"})
    same(old.cancellation_reason, "automatic")
    refused(stripe.InvalidRequestError, intents.capture, intent.id)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        events.put((body, self.headers["Stripe-Signature"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", PORT), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
for judge in [
    objects_have_the_shape_of_stripe,
    a_hold_is_taken_in_part,
    it_is_made_first_and_confirmed_later,
    what_was_let_go_of_stays_so,
    declines_carry_the_payment_intent,
    a_buyer_may_have_to_prove_who_he_is,
    a_key_is_answered_once,
    money_comes_back_and_never_more_than_was_taken,
    lists_are_walked_to_their_end,
    a_shared_token_has_limits,
    strangers_are_turned_away,
    faults_come_as_the_sdk_knows_them,
    webhooks_are_signed,
    what_nobody_takes_runs_out,
]:
    judge()
    print("ok ", judge.__name__.replace("_", " "))
print(f"stripe-python {stripe.VERSION}, API {stripe.api_version}: {checked} checks")
