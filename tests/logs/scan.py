#!/usr/bin/env python3
"""Looks through everything gateways logged for what must never be in a log.

scan.py DIRECTORY looks through all files below; it fails when there is none, or when it finds
something. scan.py --self-test plants each kind of secret and demands that it is found.
"""

import pathlib
import re
import sys
import tempfile

# Keys everybody knows, of the demo shop.
PUBLIC = {"acp_demo_agent", "acp_demo_merchant", "acp_demo_principal"}
LEFT = r"(?<![A-Za-z0-9_.-])"

KINDS = {
    "key of ours": LEFT + r"acp_[0-9A-Za-z]+_[0-9A-Za-z]{16,}",
    "signing secret of ours": LEFT + r"acp_signing_[0-9A-Za-z]+",
    "secret of webhooks": LEFT + r"whsec_[0-9A-Za-z+/=_-]{8,}",
    "bearer token": r"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{12,}",
    "Stripe key": LEFT + r"[sr]k_(?:test|live)_[0-9A-Za-z]{6,}",
    "granted token": LEFT + r"(?:spt|vt|tok|pm)_[0-9A-Za-z]{4,}",
    "client secret": LEFT + r"(?:pi|seti)_[0-9A-Za-z]+_secret_[0-9A-Za-z]+",
    "signature": r"(?i)(?<![a-z-])signature\\*\"?\s*[:=]\s*\\*\"?(?:\w+=:)?[A-Za-z0-9+/_-]{40,}",
    "security code": r"(?i)(?<![a-z])(?:cvc|cvv)2?\\*\"?\s*[:=]\s*\\*\"?[0-9]{3,4}(?![0-9])",
    "JSON web token": LEFT + r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+",
}
SAMPLES = {
    "key of ours": "acp_k1a2b3c4_00112233445566778899aabbccddeeff",
    "signing secret of ours": "acp_signing_00112233445566778899aabbccddeeff",
    "secret of webhooks": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "bearer token": "authorization: Bearer abcdefghijklmnop",
    "Stripe key": "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
    "granted token": "spt_1a2b3c4d",
    "client secret": "pi_3MtwBwLk_secret_YrKJUKribcB",
    "signature": "Signature: sig1=:" + "A" * 43 + "=:",
    "security code": "cvc=987",
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xx.AbCdEf",
    "card number": "4242 4242-4242 4242",
}
# Times and ids are long numbers too; cards begin with 3 to 6 and have a check digit.
NUMBER = re.compile(r"(?<![\w.:+-])[3-6](?:[ -]?\d){12,18}(?![\w.:-])")


def is_card(text):
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def found_in(line, kinds={name: re.compile(text) for name, text in KINDS.items()}):
    for name, pattern in kinds.items():
        for match in pattern.finditer(line):
            if match.group() not in PUBLIC and not match.group().split()[-1] in PUBLIC:
                yield name
    for match in NUMBER.finditer(line):
        if is_card(match.group()):
            yield "card number"


def scan(directory):
    files = [path for path in sorted(pathlib.Path(directory).rglob("*")) if path.is_file()]
    findings, lines = [], 0
    for path in files:
        with path.open(errors="replace") as log:
            for number, line in enumerate(log, 1):
                lines += 1
                # Of what is found nothing is repeated: this is a log as well.
                findings += [f"{path}:{number}: {name}" for name in set(found_in(line))]
    return files, lines, findings


def self_test():
    for name, sample in SAMPLES.items():
        with tempfile.TemporaryDirectory() as home:
            line = f'{{"level":"INFO","message":"it was {sample}","count":1795953600000}}\n'
            (pathlib.Path(home) / "log").write_text("fine\n" + line)
            _, _, findings = scan(home)
            if not any(finding.endswith(f":2: {name}") for finding in findings):
                sys.exit(f"a planted {name} is not found: {findings}")
    fine = (
        '{"at":"2026-11-29T12:00:00.123456Z","session.id":"cs_0595_0cvg5ha75avx7v975k735cwd3c",'
        '"took_ns":4111111111111111111,"unix_ms":1795953600000,"token":"acp_demo_agent",'
        '"payment":"pi_3MtwBwLkdIwHu7ix","header":"authorization: Bearer acp_demo_agent"}'
    )
    if list(found_in(fine)):
        sys.exit(f"found what is not there: {list(found_in(fine))}")
    print(f"every planted secret is found: {len(SAMPLES)} kinds")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    files, lines, findings = scan(sys.argv[1])
    if not lines:
        sys.exit(f"nothing was logged to {sys.argv[1]}: nothing can be said")
    for finding in findings[:50]:
        print(finding, file=sys.stderr)
    if findings:
        sys.exit(f"{len(findings)} places in logs hold what must never be there")
    print(f"no secret in {lines} lines of {len(files)} logs")


main()
