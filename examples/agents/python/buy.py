#!/usr/bin/env python3
"""Buys by a checkout session: opens it, chooses the delivery, looks at the total, pays.

    buy.py PURCHASE AT_MOST ITEM[:QUANTITY]…     as in  buy.py ada-17 5000 honey-wildflower-350g:2

PURCHASE is your name for this purchase: run it again with the same one, and nothing is bought a
second time. AT_MOST is the most it may cost, in minor units.
"""

import sys
import time

import acp


def main():
    purchase, at_most, *items = sys.argv[1:]
    agent = acp.agent()
    session = agent.post("/checkout_sessions", wanted(items), f"{purchase}-open")
    place = f"/checkout_sessions/{session['id']}"
    if asks_for(session, "$.selected_fulfillment_options"):
        session = agent.post(place, cheapest_delivery(session), f"{purchase}-delivery")
    if session["status"] != "ready_for_payment":
        give_up(session)

    total = total_of(session)
    if total > int(at_most):
        sys.exit(f"It costs {total} {session['currency']}, and that is too much.")
    payment = {"payment_data": {**acp.card()["payment_data"], "handler_id": card_handler(session)}}
    session = pay(agent, place, payment, f"{purchase}-pay")
    if session["status"] == "authentication_required":
        # In any outcome: the gateway says what becomes of the payment, not the agent.
        payment["authentication_result"] = authenticated_by_the_buyer(session)
        session = pay(agent, place, payment, f"{purchase}-pay")
    if session["status"] != "completed":
        give_up(session)
    order = agent.get(f"/orders/{session['order']['id']}")
    print(f"{order['id']} {order['status']} {total_of(order)} {session['currency']}")


def wanted(items):
    lines = [item.partition(":") for item in items]
    return {
        **acp.ADA,
        "currency": "usd",
        "line_items": [{"id": name, "quantity": int(count or 1)} for name, _, count in lines],
        # What this agent can do, when the bank wants to see the buyer.
        "capabilities": {"interventions": {"supported": ["3ds"]}},
    }


def asks_for(session, place):
    return any(message.get("param") == place for message in session["messages"])


def total_of(whole):
    return next(row["amount"] for row in whole["totals"] if row["type"] == "total")


def cheapest_delivery(session):
    """A person may well choose otherwise; titles and times of arrival are there to be shown."""
    shipped = [each for each in session["fulfillment_options"] if each["type"] == "shipping"]
    if not shipped:
        give_up(session)
    option = min(shipped, key=total_of)
    items = [line["item"]["id"] for line in session["line_items"]]
    chosen = {"type": option["type"], "option_id": option["id"], "item_ids": items}
    return {"selected_fulfillment_options": [chosen]}


def card_handler(session):
    """The handler is the shop's choice, and its id is sent back as it was told."""
    handlers = session["capabilities"]["payment"]["handlers"]
    cards = [each["id"] for each in handlers if each["name"] == "dev.acp.tokenized.card"]
    if not cards:
        sys.exit("The shop takes no cards.")
    return cards[0]


def pay(agent, place, payment, purpose):
    session = agent.post(f"{place}/complete", payment, purpose)
    for _ in range(60):
        if session["status"] != "complete_in_progress":
            break
        # The bank has not said yet what became of it. Nothing is paid again meanwhile.
        time.sleep(1)
        session = agent.get(place)
    return session


def authenticated_by_the_buyer(session):
    """Stands for the buyer and her bank: `authentication_metadata` is what they need to know."""
    assert session["authentication_metadata"]["directory_server"]
    return {
        "outcome": "authenticated",
        "outcome_details": {
            "three_ds_cryptogram": "AAIBBYNoEwAAAAAAAAAAAAAAAAA=",
            "electronic_commerce_indicator": "05",
            "transaction_id": "6f3a1c52-0d3e-4b58-9d1e-8f0c7b8f2a10",
            "version": "2.2.0",
        },
    }


def give_up(session):
    """Whoever can do something about a message is named by its `resolution`."""
    said = [f"{m.get('resolution', m['type'])}: {m['content']}" for m in session["messages"]]
    sys.exit("\n".join([f"{session['id']} is {session['status']}.", *said]))


if __name__ == "__main__":
    try:
        main()
    except (acp.Refused, acp.Unclear) as no:
        sys.exit(str(no))
