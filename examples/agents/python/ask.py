#!/usr/bin/env python3
"""Buys by saying so, with what a person lets the agent spend.

    ask.py PURCHASE AT_MOST SENTENCE…

The first sentence is what the shopper says, each further one answers a question of the shop. The
person is played here as well: she gives a mandate over AT_MOST, in minor units. Run it again with
the same PURCHASE, and nothing is bought a second time.
"""

import os
import sys
import time
from datetime import datetime, timezone

import acp

UNDER_WAY = {"ready", "running"}


def main():
    purchase, at_most, *sentences = sys.argv[1:]
    mandate = let_the_agent_spend(purchase, int(at_most))
    agent = acp.agent()
    say = {**acp.ADA, "mandate_id": mandate, "execute": "if_allowed", "payment": acp.card()}
    for turn, text in enumerate(sentences):
        # With Prefer, the answer waits until it is known how it ended.
        purpose = f"{purchase}-say-{turn}"
        heard = agent.post("/intents", {**say, "text": text}, purpose, Prefer="wait=10")
        say["conversation_id"] = heard["conversation_id"]
        for question in heard["questions"]:
            print(f"? {question['prompt']}")
    if heard["status"] != "ready":
        issues = [issue["message"] for issue in heard["issues"]]
        sys.exit("\n".join([f"Nothing is bought yet: {heard['status']}.", *issues]))

    plan = heard["plan"]
    for _ in range(60):
        if plan["status"] not in UNDER_WAY and not plan["reconciliation_required"]:
            break
        time.sleep(1)
        plan = agent.get(f"/plans/{plan['id']}")
    issues = [issue["message"] for issue in plan["issues"]]
    # A plan can be completed and have paid for nothing: then an issue says why.
    if "order_id" not in plan:
        sys.exit("\n".join([f"{plan['status']}: {plan['say']}", *issues]))
    print(f"{plan['order_id']} {plan['status']} {plan['total']} {plan['currency']}")


def let_the_agent_spend(purchase, at_most):
    """What a person does, with a key of her own that the agent never has."""
    person = acp.Gateway(os.environ.get("ACP_PRINCIPAL_KEY", "acp_demo_principal"))
    # The same body each time, so that the same purchase has the same mandate.
    until = datetime.now(timezone.utc).year + 1
    mandate = {
        "agent_ids": [os.environ.get("ACP_AGENT", "demo_agent")],
        "currency": "usd",
        "max_per_order": at_most,
        "budget": {"limit": at_most, "window": "total", "time_zone": "Europe/Rome"},
        "valid_until": f"{until}-12-31T00:00:00Z",
    }
    return person.post("/mandates", mandate, f"{purchase}-mandate")["id"]


if __name__ == "__main__":
    try:
        main()
    except (acp.Refused, acp.Unclear) as no:
        sys.exit(str(no))
