"""Calls a gateway so that nothing is done twice, whatever happens on the way."""

import hashlib
import hmac
import json
import os
import random
import time
import uuid
from datetime import datetime, timezone

import httpx

VERSION = "2026-04-17"
TRIES_MAX = 8
PAUSE_MAX = 20
# Nothing was done, or the same key finds out what was.
WORTH_ANOTHER_TRY = {408, 429, 500, 502, 503, 504}


class Refused(Exception):
    """The gateway said no, and would say it again."""

    def __init__(self, response):
        problem = problem_of(response)
        place = f" ({problem['param']})" if "param" in problem else ""
        super().__init__(f"{response.status_code} {problem['code']}: {problem['message']}{place}")
        self.code = problem["code"]


class Unclear(Exception):
    """Nobody answered. It may have been done: call again with the same key, later."""


class Gateway:
    """What one caller asks of a gateway."""

    def __init__(self, key, secret=None, url=None):
        self.secret = secret
        self.http = httpx.Client(
            base_url=url or os.environ.get("ACP_URL", "http://127.0.0.1:8080"),
            # A completion waits for the bank.
            timeout=httpx.Timeout(40, connect=5),
            headers={
                "Authorization": f"Bearer {key}",
                "API-Version": VERSION,
                "Content-Type": "application/json",
                "Accept-Language": "en",
            },
        )

    def get(self, path):
        return self._call("GET", path, b"", {})

    def post(self, path, body, purpose, **headers):
        """Does something once. `purpose` says what for: the same words and the same body are the
        same call, also after this program has died and was started again."""
        content = json.dumps(body).encode()
        digest = hashlib.sha256(path.encode() + b"\n" + content).hexdigest()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Idempotency-Key"] = f"{purpose}-{digest[:16]}"
        return self._call("POST", path, content, headers)

    def _call(self, method, path, content, headers):
        for tried in range(TRIES_MAX):
            asked = None
            # Each try is signed anew: a signature is good for minutes. What must not change are
            # the key and the bytes of the body.
            signed = self._signed(method, path, content, headers)
            try:
                response = self.http.request(method, path, content=content, headers=signed)
            except httpx.TransportError as lost:
                why = lost
            else:
                if response.is_success:
                    return response.json()
                if not worth_another_try(response):
                    raise Refused(response)
                why, asked = response.status_code, response.headers.get("Retry-After")
            if tried + 1 < TRIES_MAX:
                time.sleep(pause(tried, asked))
        raise Unclear(f"{method} {path} was tried {TRIES_MAX} times, the last time: {why}")

    def _signed(self, method, path, content, headers):
        headers = {**headers, "Request-Id": str(uuid.uuid4())}
        if self.secret is None:
            return headers
        # hmac-sha256, profile `full`, form `raw`.
        moment = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        key = headers.get("Idempotency-Key", "")
        told = "\n".join([method, path, moment, key, hashlib.sha256(content).hexdigest()])
        signature = hmac.new(self.secret.encode(), told.encode(), hashlib.sha256).hexdigest()
        return {**headers, "Timestamp": moment, "Signature": signature}


def problem_of(response):
    """What the gateway says; or whoever stands before it, who speaks another language."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict) and {"code", "message"} <= problem.keys():
        return problem
    return {"code": "unknown", "message": response.reason_phrase}


def worth_another_try(response):
    if response.status_code == 409:
        return problem_of(response)["code"] == "idempotency_in_flight"
    return response.status_code in WORTH_ANOTHER_TRY


def pause(tried, asked):
    """How long to wait: as long as the gateway asks, up to PAUSE_MAX, or longer each time; and a moment
    of chance, so that callers who failed together do not come back together. Whoever stands before
    a gateway may ask for a date, which is passed over."""
    least = float(asked) if asked and asked.isdecimal() else 0.2 * 2**tried
    return min(least, PAUSE_MAX) + random.uniform(0, 0.2)


def agent():
    """The agent of the environment; the demo agent, unless it says otherwise."""
    key = os.environ.get("ACP_KEY", "acp_demo_agent")
    return Gateway(key, os.environ.get("ACP_SIGNING_SECRET"))


def card():
    """What pays. A real token is made for one purchase, by the provider the handler names."""
    token = os.environ.get("ACP_TOKEN", "tok_visa")
    credential = {"type": "spt", "token": token}
    instrument = {"type": "card", "credential": credential}
    return {"payment_data": {"handler_id": "card_tokenized", "instrument": instrument}}


ADA = {
    "buyer": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
    "fulfillment_details": {
        "address": {
            "name": "Ada Byron",
            "line_one": "4 Pier Road",
            "city": "San Francisco",
            "state": "CA",
            "country": "US",
            "postal_code": "94105",
        }
    },
}
