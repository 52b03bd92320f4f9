#!/usr/bin/env python3
"""Runs the shared scorer over a real gateway and holds its figures against the ratchet.

check.py SCORER [--trials K]: the folder of the scorer and its cases, and options of the scorer. Needs
ACP_GATEWAY_BIN and ACP_MOCKS_BIN; Python 3, standard library only.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# What was reached once is never lost again: each figure, and the least or the most it may be.
AT_LEAST = {"exact_match": 0.97, "e2e_autonomous_completion": 0.95, "fault_flows_ok": 1}
AT_MOST = {"wrong_mutation_rate": 0, "unauthorised_checkouts": 0, "mandate_breaches": 0, "errors": 0}
SHOWN = ["cases", "turns", "exact_match", "slot_f1", "clarify_precision", "clarify_recall",
         "alternatives_hit", "wrong_mutation_rate", "unauthorised_checkouts", "mandate_breaches",
         "errors", "e2e_flows", "e2e_autonomous_completion", "approvals_pressed", "fault_flows",
         "fault_flows_ok", "latency_ms", "pass_hat_k"]
TIME_MAX = 300


def main():
    scorer, *more = sys.argv[1:]
    if not os.path.exists(os.path.join(scorer, "score.py")):
        if os.environ.get("ACP_REQUIRE_SPEC") == "1":
            sys.exit(f"{scorer} is missing")
        print(f"left out: {scorer} is not there, and no intents were scored")
        return
    with tempfile.TemporaryDirectory(prefix="acp-score-") as folder:
        figures, missed = (os.path.join(folder, name) for name in ("figures", "missed"))
        command = [sys.executable, "-B", os.path.join(scorer, "score.py"), "--data", scorer,
                   "--adapter", os.path.join(HERE, "adapter.py") + ":Gateway",
                   "--json", figures, "--failures", missed, *more]
        # Whoever is told to go ends what it started, which tidies up in its turn.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            code = child.wait(TIME_MAX)
        except subprocess.TimeoutExpired:
            sys.exit(f"not done within {TIME_MAX} seconds")
        finally:
            child.terminate()
            child.wait()
        if code:
            sys.exit(f"the scorer failed: {code}")
        with open(figures) as file:
            reached = json.load(file)
        with open(missed) as file:
            for line in file:
                print("missed:", line.strip())
    for name in SHOWN:
        if name in reached:
            print(f"{name:26} {json.dumps(reached[name])}")
    if not reached["fault_flows"]:
        sys.exit("no flow with a fault was played")
    below = [name for name, least in AT_LEAST.items() if (reached[name] or 0) < least]
    above = [name for name, most in AT_MOST.items() if (reached[name] or 0) > most]
    if below or above:
        sys.exit("Not good enough: " + ", ".join(below + above))


if __name__ == "__main__":
    main()
