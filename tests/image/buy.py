#!/usr/bin/env python3
"""Buys two jars of honey and says the session; or looks whether a session is completed.

tests/image/buy.py URL FILE-OF-THE-KEY [SESSION]
"""

import json
import pathlib
import sys
import urllib.request
import uuid

URL, KEY = sys.argv[1], pathlib.Path(sys.argv[2]).read_text().strip()


def call(path, body=None):
    headers = {
        "Authorization": f"Bearer {KEY}",
        "API-Version": "2026-04-17",
        "Content-Type": "application/json",
    }
    if body is not None:
        headers["Idempotency-Key"] = str(uuid.uuid4())
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{URL}/checkout_sessions{path}", data, headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def buy():
    address = {
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco",
        "state": "CA", "country": "US", "postal_code": "94105",
    }
    session = call("", {
        "currency": "usd",
        "capabilities": {"interventions": {"supported": ["3ds"]}},
        "line_items": [{"id": "honey-wildflower-350g", "quantity": 2}],
        "buyer": {"email": "ada@example.com", "full_name": "Ada Byron"},
        "fulfillment_details": {"address": address},
    })["id"]
    call(f"/{session}", {"selected_fulfillment_options": [
        {"type": "shipping", "option_id": "standard", "item_ids": ["honey-wildflower-350g"]},
    ]})
    call(f"/{session}/complete", {"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }})
    return session


wanted = sys.argv[3] if len(sys.argv) > 3 else buy()
seen = call(f"/{wanted}")
if seen["status"] != "completed":
    sys.exit(f"the session is {seen['status']}: {json.dumps(seen['messages'])}")
print(wanted)
