#!/usr/bin/env python3
"""Runs the examples of agents and looks at what they bought.

judge.py URL LINE INTERPRETER PYTHON TYPESCRIPT: the gateway, a bad line to it, the interpreter and the
folder of buy.py, and the folder of buy.js. Keys come in the environment.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

URL, LINE, INTERPRETER, PYTHON, TYPESCRIPT = sys.argv[1:]
AGENTS = {
    "Python": lambda name: [INTERPRETER, os.path.join(PYTHON, f"{name}.py")],
    "TypeScript": lambda name: ["node", os.path.join(TYPESCRIPT, f"{name}.js")],
}
SENTENCES = ["two jars of acacia honey and some eggs", "the organic ones", "check out"]
checked = 0


def same(seen, expected):
    global checked
    assert seen == expected, f"{seen!r} instead of {expected!r}"
    checked += 1


def play(command, *more, token="tok_visa", url=LINE):
    environment = {**os.environ, "ACP_URL": url, "ACP_TOKEN": token, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([*command, *more], env=environment, text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def bought(*call, **how):
    """The order a program says it has placed, in the last of its lines."""
    ended = play(*call, **how)
    assert ended.returncode == 0, f"{call}: {ended.stdout}{ended.stderr}"
    order, _, total, currency = ended.stdout.split("\n")[-2].split()
    return order, int(total), currency


def refused(*call, **how):
    ended = play(*call, **how)
    same(ended.returncode, 1)
    return ended.stderr


def orders():
    """How many orders there are at the shop, whoever placed them."""
    headers = {"Authorization": "Bearer " + os.environ["ACP_MERCHANT_KEY"],
               "API-Version": "2026-04-17"}
    request = urllib.request.Request(f"{URL}/orders?limit=100", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return len(json.load(answer)["orders"])


def judge(language, run):
    buy, ask = run("buy"), run("ask")
    before = orders()
    first = bought(buy, f"{language}-1", "5000", "honey-wildflower-350g:2")
    same(first[1:], (2197, "usd"))
    same(bought(buy, f"{language}-1", "5000", "honey-wildflower-350g:2"), first)
    bought(buy, f"{language}-2", "5000", "mug-stoneware-slate", token="tok_requires_3ds")
    # An answer that is lost by the bank as well.
    bought(buy, f"{language}-3", "5000", "gift-card-25", token="tok_timeout")
    first = bought(ask, f"{language}-4", "6000", *SENTENCES)
    same(bought(ask, f"{language}-4", "6000", *SENTENCES), first)
    same(orders() - before, 4)

    no = refused(buy, f"{language}-5", "5000", "mug-stoneware-slate", token="tok_declined")
    same("requires_buyer_input" in no, True)
    # The session is as ready as before: the same purchase, with another card.
    bought(buy, f"{language}-5", "5000", "mug-stoneware-slate")
    same("too much" in refused(buy, f"{language}-6", "50", "mug-stoneware-slate"), True)
    same("invalid_item_id" in refused(buy, f"{language}-7", "50", "nothing"), True)
    no = refused(ask, f"{language}-8", "1000", "two jars of acacia honey, then check out")
    same("does not cover" in no, True)
    same(orders() - before, 5)


@contextlib.contextmanager
def listening(command, said):
    """Runs a program that listens; gives the address it listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "ACP_URL": LINE, "PYTHONDONTWRITEBYTECODE": "1"}
    with open(said, "w") as file:
        child = subprocess.Popen([*command, str(port)], env=environment, stdout=file)
    try:
        waited_for(said, "listening at ")
        yield f"http://127.0.0.1:{port}/hooks"
    finally:
        child.terminate()
        child.wait()


def waited_for(said, words):
    """The lines with these words, once there are some."""
    for _ in range(300):
        with open(said) as file:
            lines = [line for line in file if words in line]
        if lines:
            return lines
        time.sleep(0.1)
    raise AssertionError(f"nobody said {words!r}")


def forged(url):
    """What a listener answers to whoever has no secret."""
    headers = {"Merchant-Signature": f"t={int(time.time())},v1={'0' * 64}", "Request-Id": "forged"}
    body = b'{"type": "order_create", "data": {"id": "ord_forged", "status": "confirmed"}}'
    try:
        urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10)
    except urllib.error.HTTPError as refused:
        return refused.code
    return 200


def told(language, run):
    """What is bought is told to whoever listens, and nothing else is believed."""
    with tempfile.TemporaryDirectory(prefix="acp-told-") as folder:
        said = os.path.join(folder, "said")
        with listening(run("listen"), said) as url:
            same(forged(url), 401)
            order = bought(run("buy"), f"{language}-9", "5000", "mug-stoneware-slate")[0]
            same(waited_for(said, f" {order} "), [f"order_create {order} confirmed\n"])
            with open(said) as file:
                same("ord_forged" in file.read(), False)


def forgetful():
    """An agent that makes a new key for each try buys twice on this line: so it is a bad one."""
    with tempfile.TemporaryDirectory(prefix="acp-forgetful-") as folder:
        for name in ("acp.py", "ask.py"):
            with open(os.path.join(PYTHON, name)) as file:
                text = file.read()
            again = '"Idempotency-Key": str(uuid.uuid4()), "Request-Id"'
            with open(os.path.join(folder, name), "w") as file:
                file.write(text.replace('"Request-Id"', again))
        before = orders()
        ask = [INTERPRETER, os.path.join(folder, "ask.py")]
        bought(ask, "forgetful", "6000", "two jars of acacia honey, then check out")
        same(orders() - before, 2)


for language, run in AGENTS.items():
    judge(language, run)
    told(language, run)
    print(f"{language}: fine")
forgetful()
print(f"{checked} checks")
