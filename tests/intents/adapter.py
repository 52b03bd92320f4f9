"""Plays cases of the shared scorer against a real gateway, over its real API: the scorer's words in
front, the gateway's behind. Stock and money are kept by mocks, whose books say how it ended.

The gateway and the mocks are the programs ACP_GATEWAY_BIN and ACP_MOCKS_BIN; they listen on
127.0.0.1 only and end with this process. Python 3, standard library only.
"""
import atexit
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

VERSION = "2026-04-17"
AGENT, PERSON, MERCHANT = "acp_demo_agent", "acp_demo_principal", "acp_demo_merchant"
STRIPE_KEY = "sk_test_intents"
# How long anything may take to come to rest.
PATIENCE = 30
UNITS = {"pair", "dozen", "pack", "jar", "bag", "bottle", "carton", "bunch"}
PAYMENT = {"payment_data": {
    "handler_id": "card_tokenized",
    "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
}}
WHOM = {
    "buyer": {"email": "ada@example.com", "full_name": "Ada Byron"},
    "fulfillment_details": {"name": "Ada Byron", "address": {
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco", "state": "CA",
        "country": "US", "postal_code": "94105",
    }},
}
# What the scorer calls a fault, as switches of the mocks. All happens by itself but what is told
# to happen between a plan and its execution.
INVENTORY_FAULTS = {
    "transient": lambda fault: {"unavailable_ratio": 1, "only": "PUT /reservations",
                                "at_most": fault.get("times", 1)},
}
MONEY_FAULTS = {
    "declined": lambda fault: {"decline_ratio": 1},
    "timeout_unknown": lambda fault: {"timeout_after_effect_ratio": 1, "only": "/capture",
                                      "at_most": fault.get("times", 1)},
}
# Why a plan stopped, in the scorer's words.
REASONS = {
    "payment_declined": "payment_declined",
    "authentication_required": "requires_action",
    "out_of_stock": "unavailable",
    "over_budget": "over_budget",
    "mandate_denied": "over_budget",
}


def rows(catalog):
    """The items of a catalogue of the scorer, as `catalog import` takes them."""
    for product in catalog["products"]:
        for item in product["variants"] or [product]:
            about = product["attributes"]
            options = dict(item["attributes"]) if product["variants"] else {}
            row = {
                "id": item["id"], "product_id": product["id"], "title": item["title"],
                "description": product["description"], "brand": product["brand"],
                "category": re.sub(r"[^a-z0-9]+", "-", product["category"].lower()),
                "kind": "physical", "price": item["price"], "currency": catalog["currency"],
                "tax_class": "exempt",
            }
            unit = about.get("sold_as") or about.get("unit")
            if unit in UNITS:
                row["sold_as"] = unit
            told = {name: text for name, text in about.items() if name not in ("sold_as", "unit")}
            if told and not options:
                row["tags"] = sorted(told.values())
            if options:
                row["options"] = options
            yield row


def counted(catalog):
    """How much there is of every item."""
    sold = [item for product in catalog["products"] for item in product["variants"] or [product]]
    return {item["id"]: item["stock"] for item in sold}


def settings(catalog, inventory, bank):
    """The configuration of a shop that sells a catalogue."""
    currency = catalog["currency"]
    quoted = json.dumps
    lines = [
        "[shop]", "catalog_demo = false", f"currency = {quoted(currency)}",
        "[limits]", "enabled = false",
        "[inventory]", 'shape = "reservations"', f"base_url = {quoted(inventory)}",
        "[payment]", 'provider = "stripe"',
        "[stripe]", f"base_url = {quoted(bank)}", f"secret_key = {quoted(STRIPE_KEY)}",
    ]
    for option in catalog["delivery_options"]:
        pickup = option["id"] == "pickup"
        lines += [
            "[[shop.fulfillment]]", f"id = {quoted(option['id'])}",
            f"type = {quoted('pickup' if pickup else 'shipping')}",
            f"title = {quoted(option['title'])}", f"currency = {quoted(currency)}",
            f"price = {option['price']}",
        ]
        if pickup:
            lines += ['location_name = "Pier 4"', 'line_one = "4 Pier Road"',
                      'city = "San Francisco"', 'state = "CA"', 'country = "US"',
                      'postal_code = "94105"']
        else:
            days = [int(number) for number in re.findall(r"\d+", option["eta"])] or [1]
            lines += [f"days_min = {days[0]}", f"days_max = {days[-1]}"]
    for offer in catalog["discounts"]:
        lines += ["[[shop.promotion]]", f"id = {quoted(offer['code'].lower())}",
                  f"name = {quoted(offer['code'])}", f"code = {quoted(offer['code'])}"]
        if offer["kind"] == "amount":
            lines += [f"amount_off = {offer['value']}", f"currency = {quoted(currency)}"]
        elif offer["kind"] == "percent":
            lines.append(f"percent_off = {quoted(str(offer['value'] / 100))}")
        else:
            lines.append('percent_off = "1"')
        lines.append('applies_to = "delivery"' if offer["kind"] == "free_shipping"
                     else 'applies_to = "goods"')
        if offer["status"] == "expired":
            lines.append('ends_at = "2025-01-01T00:00:00Z"')
    return "\n".join(lines) + "\n"


class Refused(Exception):
    """An answer that is none of those that were expected."""


def call(url, method="GET", body=None, headers=()):
    data = None if body is None else json.dumps(body).encode()
    told = {"Content-Type": "application/json", **dict(headers)}
    request = urllib.request.Request(url, data, told, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        raise Refused(f"{method} {url}: {error.code} {text}") from None


class World:
    """The processes: a gateway, an inventory and a bank."""

    def __init__(self, catalog):
        self.folder = tempfile.TemporaryDirectory(prefix="acp-intents-")
        self.children = []
        atexit.register(self.end)
        # Whoever is told to go tidies up first.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        mocks, self.gateway = os.environ["ACP_MOCKS_BIN"], os.environ["ACP_GATEWAY_BIN"]
        self.inventory = self.start("inventory", [mocks, "inventory", "--listen", "127.0.0.1:0"])
        self.bank = self.start(
            "bank", [mocks, "stripe", "--listen", "127.0.0.1:0", "--key", STRIPE_KEY])
        with open(self.path("shop.toml"), "w") as file:
            file.write(settings(catalog, self.inventory, self.bank))
        self.url = self.start("gateway", [
            self.gateway, "serve", "--listen", "127.0.0.1:0", *self.flags(), "--log-level", "warn"])
        with open(self.path("goods.jsonl"), "w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows(catalog))
        command = [self.gateway, "catalog", "import", self.path("goods.jsonl"), *self.flags()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode:
            raise Refused(done.stdout + done.stderr)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def flags(self):
        return ["--config", self.path("shop.toml"), "--data-dir", self.path("data")]

    def start(self, name, command):
        """Starts a program that says where it listens, and waits until it does."""
        said, log = self.path(name + ".said"), self.path(name + ".log")
        with open(said, "w") as out, open(log, "w") as err:
            child = subprocess.Popen(command, stdout=out, stderr=err, cwd=self.folder.name)
        self.children.append(child)
        for _ in range(20 * PATIENCE):
            with open(said) as file:
                found = re.search(r" at (http://127\S*)$", file.read(), re.MULTILINE)
            if found:
                return found[1]
            if child.poll() is not None:
                break
            time.sleep(0.05)
        with open(log) as file:
            raise Refused(f"{command} does not listen: {file.read()[-2000:]}")

    def end(self):
        for child in reversed(self.children):
            child.terminate()
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.folder.cleanup()


class Gateway:
    """What the scorer drives."""

    faults = True

    def __init__(self, base_url, catalog):
        self.catalog = catalog
        self.world = World(catalog)
        self.deliveries = catalog["delivery_options"]
        # Runs may share a data directory one day: no key is used twice.
        self.keys = 0

    def supports(self, what):
        return bool(getattr(self, what, False))

    def api(self, method, path, body=None, token=AGENT, **headers):
        self.keys += 1
        told = {"Authorization": f"Bearer {token}", "API-Version": VERSION}
        if method != "GET":
            told["Idempotency-Key"] = f"intents-{self.keys}"
        told.update({name.replace("_", "-"): text for name, text in headers.items()})
        return call(self.world.url + path, method, body, told)

    # Before a case.

    def reset(self, case):
        setup = case["setup"]
        for mock in (self.world.inventory, self.world.bank):
            call(mock + "/_mock/faults", "PUT", {})
        call(self.world.inventory + "/_mock/stock", "PUT", counted(self.catalog))
        self.conversation = self.plan = self.mandate = self.cart = None
        self.refs = {order["ref"]: self.order(order) for order in setup.get("orders", [])}
        self.orders = list(self.refs.values())
        if setup.get("cart"):
            lines = [{"id": it["item"], "quantity": it["qty"]} for it in setup["cart"]]
            self.cart = self.api("POST", "/carts", {"line_items": lines})["id"]
        if setup.get("mandate"):
            self.mandate = self.give(setup["mandate"])
        # What the basket holds if all that was answered is true.
        self.believed = {it["item"]: it["qty"] for it in setup.get("cart", [])}
        self.delivery = None
        self.late = []
        for fault in setup.get("faults", []):
            self.arm(fault)
        self.before = {"orders": {order["id"] for order in self.placed()}, "money": len(self.booked(self.world.bank)),
                       "goods": len(self.booked(self.world.inventory))}

    def arm(self, fault):
        if fault["mode"] in INVENTORY_FAULTS and fault["point"].startswith("inventory."):
            switches = INVENTORY_FAULTS[fault["mode"]](fault)
            call(self.world.inventory + "/_mock/faults", "PUT", switches)
        elif fault["mode"] in MONEY_FAULTS and fault["point"].startswith("payment."):
            call(self.world.bank + "/_mock/faults", "PUT", MONEY_FAULTS[fault["mode"]](fault))
        elif fault["mode"] == "sold_out":
            self.late.append(fault)
        else:
            raise Refused(f"nobody knows how to make {fault} happen")

    def strike(self):
        """What happens between a plan and its execution: somebody else buys the rest."""
        for fault in self.late:
            call(self.world.inventory + "/_mock/stock", "PUT", {fault["item"]: 0})
        self.late = []

    def give(self, wanted):
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
        most = wanted["max_total"]
        return self.api("POST", "/mandates", {
            "agent_ids": ["demo_agent"], "currency": wanted["currency"].lower(),
            "max_per_order": most,
            "budget": {"limit": most, "window": "total", "time_zone": "UTC"},
            "valid_until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }, PERSON)["id"]

    def order(self, wanted):
        """Places an order by a checkout, and lets the merchant say what became of it."""
        lines = [{"id": it["item"], "quantity": it["qty"]} for it in wanted["items"]]
        way = self.deliveries[0]["id"]
        session = self.api("POST", "/checkout_sessions", {
            "currency": self.catalog["currency"].lower(), "capabilities": {}, "line_items": lines,
            **WHOM})
        path = "/checkout_sessions/" + session["id"]
        self.api("POST", path, {"selected_fulfillment_options": [
            {"type": "shipping", "option_id": way, "item_ids": [it["id"] for it in lines]}]})
        done = self.api("POST", path + "/complete", PAYMENT)
        order = done["order"]["id"]
        if wanted["status"] in ("shipped", "delivered"):
            self.manage(order, "fulfillments", {"type": "shipping", "status": wanted["status"]})
        elif wanted["status"] in ("canceled", "cancelled"):
            self.manage(order, "cancellations", {"reason": "other"})
        return order

    def manage(self, order, what, body):
        """What the merchant says of an order, as soon as nobody else is at work on it."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.api("POST", f"/orders/{order}/{what}", body, MERCHANT)
            except Refused as refused:
                if "order_in_progress" not in str(refused) or time.monotonic() > end:
                    raise
                time.sleep(0.05)

    # What is said, and what becomes of it.

    def turn(self, text):
        for ref, order in self.refs.items():
            text = text.replace("{{%s}}" % ref, order)
        text = re.sub(r"\{\{(\w+)\}\}", r"\1", text)
        body = {"text": text, "order_ids": self.orders[-20:], "payment": PAYMENT, **WHOM,
                # What is to happen in between can only happen where there is a between.
                "execute": "never" if self.late else "if_allowed"}
        if self.conversation:
            # It knows its cart and its mandate.
            body["conversation_id"] = self.conversation
        else:
            named = {"cart_id": self.cart, "mandate_id": self.mandate}
            body.update({name: what for name, what in named.items() if what})
        intent = self.api("POST", "/intents", body, Prefer="wait=10")
        self.conversation = intent["conversation_id"]
        plan = intent.get("plan")
        reply = {"actions": self.actions(intent["actions"], plan),
                 "issues": issues(intent["issues"], intent["questions"])}
        found = [it for action in intent["actions"] if action["op"] == "search"
                 for it in action.get("results", [])]
        if found:
            reply["results"] = found
        if plan:
            self.take(plan, reply)
        return self.told(reply)

    def approve(self):
        """Says yes as the person would, and begins what was said yes to."""
        plan, seen = self.plan, {"If_Match": f'"{self.plan["digest"]}"'}
        path = "/plans/" + plan["id"]
        self.strike()
        if plan["status"] == "needs_approval":
            plan = self.api("POST", path + "/approve", None, PERSON, **seen)
        was = bought(plan)
        plan = self.api("POST", path + "/execute", PAYMENT, Prefer="wait=10", **seen)
        reply = {"actions": [], "issues": []}
        self.take(plan, reply)
        changed = bought(self.plan)
        for item in sorted(set(was) - set(changed)):
            reply["actions"].append({"op": "remove", "item": item})
        for item in sorted(set(changed) - set(was)):
            reply["actions"].append({"op": "add", "item": item, "qty": changed[item]})
        return self.told(reply)

    def take(self, plan, reply):
        """Takes in how far a plan is, waiting for one that runs."""
        end = time.monotonic() + PATIENCE
        while plan["status"] == "running" and time.monotonic() < end:
            time.sleep(0.05)
            plan = self.api("GET", "/plans/" + plan["id"])
        self.plan = plan
        status = plan["status"]
        known = {issue["type"] for issue in reply["issues"]}
        told = issues(plan["issues"], plan["questions"])
        reply["issues"] += [issue for issue in told if issue["type"] not in known]
        if status in ("blocked", "failed", "running", "canceled", "expired"):
            kind = REASONS.get(plan.get("reason"), "failed")
            if kind not in {issue["type"] for issue in reply["issues"]}:
                reply["issues"].append({"type": kind})
        waits = status in ("needs_approval", "ready") and plan["steps"]
        # One that is ready is not begun by anybody else: it was only to be looked at.
        reply["awaiting_confirmation"] = bool(waits)
        if plan.get("order_id"):
            self.orders.append(plan["order_id"])
            self.cart = None
        elif plan.get("cart_id"):
            # One that was emptied is gone.
            self.cart = plan["cart_id"] if plan["lines"] else None

    def actions(self, told, plan):
        """Actions in the scorer's words: those that will be done without another word."""
        # A plan has all that a conversation came to, and an intent what was said now.
        if plan:
            if plan["status"] == "needs_input":
                told = [action for action in told if action["op"] in ("search", "view_cart")]
            if not any(step["kind"] == "payment.authorize" for step in plan["steps"]):
                told = [action for action in told if action["op"] != "checkout"]
        return [scored for action in told for scored in self.scored(action, plan)]

    def scored(self, action, plan):
        op, item, quantity = action["op"], action.get("item_id"), action.get("quantity")
        if op in ("add", "set_qty", "remove"):
            if op == "add" and plan:
                # The second choice of somebody whose first was gone.
                stood_in = {line["instead_of"]: line["item_id"] for line in plan["lines"]
                            if "instead_of" in line}
                item = stood_in.get(item, item)
            yield {"op": op, "item": item, **({} if quantity is None else {"qty": quantity})}
        elif op == "replace":
            yield {"op": "remove", "item": item}
            yield {"op": "add", "item": action["with_item_id"], "qty": quantity or 1}
        elif op == "search":
            wanted = {"op": op, "results": action.get("results", [])}
            if "max_price" in action:
                wanted["max_price"] = action["max_price"]
            yield wanted
        elif op in ("apply_discount", "remove_discount"):
            yield {"op": op, "code": action.get("code", "")}
        elif op == "set_delivery":
            yield {"op": op, "option": action.get("option_id") or self.preferred(action)}
        elif op == "set_address":
            yield {"op": op, "address": action["address"]}
        elif op in ("order_status", "cancel_order"):
            order = action.get("order_id") or (self.orders[-1] if self.orders else None)
            back = {real: ref for ref, real in self.refs.items()}
            yield {"op": op, "order": back.get(order, order)}
        elif op in ("clear_cart", "view_cart", "checkout"):
            yield {"op": op}

    def preferred(self, action):
        """What the fastest or the cheapest way is."""
        def days(option):
            return min([int(it) for it in re.findall(r"\d+", option["eta"])] or [1])
        of = days if action.get("prefer") == "fastest" else lambda option: option["price"]
        return min(self.deliveries, key=of)["id"]

    def told(self, reply):
        """A reply, once what it says is held against what there is."""
        for action in reply["actions"]:
            replay(self.believed, action)
            if action["op"] == "set_delivery":
                self.delivery = action["option"]
        reply["final"] = self.final()
        if not reply.get("awaiting_confirmation"):
            wrong = self.untrue(reply["final"])
            if wrong:
                print(wrong, file=sys.stderr)
                reply["issues"].append({"type": "failed", "error": wrong})
        return reply

    def untrue(self, final):
        """What is not as it was said to be."""
        for mock in (self.world.inventory, self.world.bank):
            if call(mock + "/_mock/faults").get("at_most"):
                return "a fault that was to happen did not"
        if final["orders_placed"]:
            if final["order_items"] != self.believed:
                return f"ordered {final['order_items']}, and said {self.believed}"
            if self.delivery and final["deliveries"] != [self.delivery]:
                return f"sent by {final['deliveries']}, and said {self.delivery}"
            self.believed = {}
            return None
        held = {}
        if self.cart:
            for line in self.api("GET", "/carts/" + self.cart)["line_items"]:
                held[line["item"]["id"]] = line["quantity"]
        return None if held == self.believed else f"the basket holds {held}, not {self.believed}"

    # How it ended, by the books of those who keep them.

    def placed(self):
        found, query = [], ""
        while True:
            page = self.api("GET", "/orders" + query, None, MERCHANT)
            found += page["orders"]
            if "next_cursor" not in page:
                return found
            query = "?cursor=" + urllib.parse.quote(page["next_cursor"])

    def booked(self, mock):
        return call(mock + "/_mock/ledger")["movements"]

    def charges(self):
        """What became of payments: how many keep money, or a hold on it."""
        left = {}
        for line in self.booked(self.world.bank)[self.before["money"]:]:
            taken, held = left.get(line["payment_intent"], (0, 0))
            amount = line["amount"]
            taken, held = {
                "hold": (taken, held + amount), "capture": (taken + amount, held - amount),
                "release": (taken, held - amount), "refund": (taken - amount, held),
            }.get(line["way"], (taken, held))
            left[line["payment_intent"]] = (taken, held)
        kept = sum(taken > 0 for taken, _ in left.values())
        return kept, sum(held > 0 for _, held in left.values())

    def reserved(self):
        """Units that are promised to a reservation and neither sold nor given back."""
        open_units = {}
        for line in self.booked(self.world.inventory)[self.before["goods"]:]:
            sign = {"reserve": 1, "confirm": -1, "release": -1, "run_out": -1}.get(line["way"], 0)
            key = (line["reservation"], line["item"])
            open_units[key] = open_units.get(key, 0) + sign * abs(line["units"])
        return sum(units > 0 for units in open_units.values())

    def final(self):
        """How things stand once nothing moves any more."""
        end = time.monotonic() + PATIENCE
        while True:
            (charges, holds), reservations = self.charges(), self.reserved()
            if not holds and not reservations or time.monotonic() > end:
                break
            time.sleep(0.05)
        fresh = [order for order in self.placed() if order["id"] not in self.before["orders"]]
        items, deliveries = {}, []
        for order in fresh:
            # Orders name lines, and sessions the items they are of.
            session = self.api("GET", "/checkout_sessions/" + order["checkout_session_id"])
            chosen = session["selected_fulfillment_options"]
            deliveries += [option["option_id"] for option in chosen]
            for line in session["line_items"]:
                item = line["item"]["id"]
                items[item] = items.get(item, 0) + line["quantity"]
        return {"orders_placed": len(fresh), "net_charges": charges + holds,
                "open_reservations": reservations, "order_items": items, "deliveries": deliveries}


def replay(basket, action):
    """Does to a basket what an action does."""
    op, item, quantity = action["op"], action.get("item"), action.get("qty")
    if op == "add":
        basket[item] = basket.get(item, 0) + quantity
    elif op == "set_qty":
        basket[item] = quantity
    elif op == "remove":
        basket[item] = 0 if quantity is None else basket.get(item, 0) - quantity
    elif op == "clear_cart":
        basket.clear()
    if basket.get(item, 1) <= 0:
        del basket[item]


def bought(plan):
    """What a plan puts into the basket."""
    return {line["item_id"]: line["quantity"] for line in plan["lines"]}


def issues(told, questions):
    """Issues in the scorer's words, and what is asked without being one."""
    out = [{"type": issue["type"],
            "items": issue.get("item_ids") or issue.get("items") or [],
            "alternatives": [it["item_id"] for it in issue.get("alternatives", [])],
            **({"available": issue["available"]} if "available" in issue else {})}
           for issue in told]
    asked = [it for question in questions for it in question["candidates"]]
    for issue in out:
        if issue["type"] == "clarify":
            issue["candidates"] = asked or issue["items"]
    if questions and not any(issue["type"] == "clarify" for issue in out) and not out:
        out.append({"type": "clarify", "slot": questions[0]["slot"], "candidates": asked})
    return out
