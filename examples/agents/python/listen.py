#!/usr/bin/env python3
"""Is told what becomes of the agent's orders, and believes it only where it is signed.

    listen.py PORT

Opens a webhook endpoint at this machine, which a gateway takes that was started with
ACP_GATEWAY__WEBHOOKS__LOCAL_HTTP=true; others want an address of ACP_HOOK_URL that everybody can
reach, over https.
"""

import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import acp

SKEW_MAX = 300
BODY_MAX = 1 << 20


def main():
    port = int(sys.argv[1])
    url = os.environ.get("ACP_HOOK_URL", f"http://127.0.0.1:{port}/hooks")
    server = ThreadingHTTPServer(("127.0.0.1", port), Ear)
    # The secret is told once, and again to the same call with the same key: so this can be started
    # again. A real agent keeps it where it keeps its own key.
    server.secret = acp.agent().post("/webhook_endpoints", {"url": url}, "listen")["secret"]
    # What was heard before. A real agent remembers it longer than its process lives.
    server.heard, server.turn = set(), threading.Lock()
    print(f"listening at {url}", flush=True)
    server.serve_forever()


class Ear(BaseHTTPRequestHandler):
    # Whoever sends nothing keeps nobody: each connection has a thread of its own, for this long.
    timeout = 10

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(min(int(length), BODY_MAX) if length.isdecimal() else 0)
        is_true = is_signed(self.headers.get("Merchant-Signature", ""), body, self.server.secret)
        if is_true:
            self.keep(self.headers.get("Request-Id"), json.loads(body))
        # Only now: what was answered with 200 is not told again, whatever becomes of this process.
        # What takes long is done after it is kept, or else the gateway gives up waiting.
        self.send_response(200 if is_true else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"received": true}' if is_true else b'{"received": false}')

    def keep(self, event, told):
        with self.server.turn:
            if event in self.server.heard:
                return
            self.server.heard.add(event)
            order = told["data"]
            print(f"{told['type']} {order['id']} {order['status']}", flush=True)

    def log_message(self, *_):
        pass


def is_signed(header, body, secret):
    """`t=<seconds>,v1=<hex>`: over the time, a dot, and the very bytes of the body."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment, claimed = parts.get("t", ""), parts.get("v1", "")
    if not moment.isdecimal() or abs(time.time() - int(moment)) > SKEW_MAX:
        return False
    signed = moment.encode() + b"." + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), claimed.encode())


if __name__ == "__main__":
    try:
        main()
    except (acp.Refused, acp.Unclear) as no:
        sys.exit(str(no))
