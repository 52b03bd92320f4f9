#!/usr/bin/env python3
"""Whether every expression of the dashboards and rules can be read, and asks for what there is.

tests/deploy/expressions.py WHERE: what a gateway says at /metrics, by its address
(http://127.0.0.1:9464/metrics) or in a file. A value of a label has to be there as well, or stand in
one of PAGES: many are only said once they have happened.
tests/deploy/expressions.py --broken WHERE: what is broken on purpose has to be noticed.
"""

import json
import pathlib
import re
import sys
import urllib.request

import promql_parser
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PAGES = [ROOT / "docs" / page for page in ("telemetry.md", "plan-events.md", "limits.md")]
TELEMETRY = PAGES[0]
# A word, or some of them; what is a pattern is not looked up.
WORDS = re.compile(r"[a-z_]+(\.[a-z_]+)?(\|[a-z_]+)*")
# What Prometheus adds, and what it knows by itself.
ALWAYS = {"job", "instance", "namespace", "pod"}
BY_PROMETHEUS = {"up": set()}
PARTS = ("lhs", "rhs", "expr", "args", "param", "vector_selector")
# What Grafana puts in before it asks.
VARIABLES = {"$__rate_interval": "5m", "$__interval": "1m", "$instance": ".*"}


def read(where):
    if where.startswith("http"):
        with urllib.request.urlopen(where, timeout=10) as answer:
            return answer.read().decode()
    return pathlib.Path(where).read_text()


def known_metrics(text):
    """Each series by its name, with the labels the page for operators gives it.

    The page is held against the gateway by a test of its own; many series have no labels to be seen
    before something has happened.
    """
    rows = re.findall(r"^\| `([a-z_]+)` \| (?:counter|gauge|histogram) \| (.*?) \|", TELEMETRY.read_text(), re.M)
    told = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    known = {}
    for name, shape in re.findall(r"^# TYPE (\S+) (\w+)", text, re.M):
        if name not in told:
            sys.exit(f"{TELEMETRY.name} does not tell of {name}")
        if shape == "histogram":
            known |= {name + "_bucket": told[name] | {"le"}, name + "_sum": told[name], name + "_count": told[name]}
        else:
            known[name] = told[name]
    return known


def known_values(text):
    told = set(re.findall(r'="([^"]*)"', text))
    return told.union(*(re.findall(r"`([\w.]+)`", page.read_text()) for page in PAGES))


def selectors(part, labels=()):
    """Each series that is asked for, with the labels it has to have, and the values asked for."""
    kind = type(part).__name__
    if kind == "VectorSelector":
        matchers = [matcher for matcher in part.matchers.matchers if matcher.name not in ALWAYS]
        named = [matcher.value for matcher in matchers if WORDS.fullmatch(matcher.value)]
        values = {value for several in named for value in several.split("|")}
        yield part.name, {matcher.name for matcher in matchers} | set(labels), values
        return
    if kind == "AggregateExpr" and part.modifier and part.modifier.type == promql_parser.AggModifierType.By:
        labels = tuple(labels) + tuple(part.modifier.labels)
    for name in PARTS:
        inner = getattr(part, name, None)
        for one in inner if isinstance(inner, list) else [inner]:
            if one is not None and not isinstance(one, (str, int, float)):
                yield from selectors(one, labels)


def all_expressions():
    """Where each expression stands, and what it says."""
    for path in sorted((DEPLOY / "prometheus/rules").glob("*.yml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in group["rules"]:
                yield f"{path.name}: {rule.get('alert') or rule['record']}", rule["expr"]
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json")):
        board = json.loads(path.read_text())
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}: {panel['title']}", target["expr"]
        for choice in board["templating"]["list"]:
            asked = re.match(r"label_values\((.*), *\w+\)", str(choice["query"].get("query"))
                             if isinstance(choice["query"], dict) else "")
            if asked:
                yield f"{path.name}: choice {choice['name']}", asked[1]


def recorded():
    names = {}
    for path in (DEPLOY / "prometheus/rules").glob("*.yml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in group["rules"]:
                if "record" not in rule:
                    continue
                by = re.search(r"by \(([^)]*)\)", rule["expr"])
                labels = set(re.split(r", *", by[1])) - {"le"} if by else set()
                names[rule["record"]] = labels
    return names


def complaints(expressions, known, values):
    found = []
    for where, expression in expressions:
        for name, value in VARIABLES.items():
            expression = expression.replace(name, value)
        try:
            tree = promql_parser.parse(expression)
        except ValueError as error:
            found.append(f"{where}: cannot be read: {error}")
            continue
        for name, wanted, asked in selectors(tree):
            if asked - values:
                found.append(f"{where}: nothing says {', '.join(sorted(asked - values))}")
            if name not in known:
                found.append(f"{where}: there is no {name}")
            elif unknown := wanted - known[name] - ALWAYS:
                found.append(f"{where}: {name} has no {', '.join(sorted(unknown))}")
    return found


def main(arguments):
    text = read(arguments[-1])
    known, values = known_metrics(text) | BY_PROMETHEUS | recorded(), known_values(text)
    expressions = list(all_expressions())
    if "--broken" in arguments:
        broken = [
            ("another name", "sum(rate(acp_http_requests_seconds_count[5m]))"),
            ("another label", "sum by (path) (rate(acp_http_request_duration_seconds_count[5m]))"),
            ("a label of what has not happened", "sum by (pear) (rate(acp_peer_calls_total[5m]))"),
            ("a label of what has none", 'acp_store_up{store="redis"}'),
            ("another value", 'rate(acp_stock_reservations_total{outcome="gone_with_the_wind"}[5m])'),
            ("no parenthesis", "sum(rate(acp_store_up[5m])"),
        ]
        unnoticed = [what for what, text in broken if not complaints([(what, text)], known, values)]
        sys.exit(f"not noticed: {unnoticed}" if unnoticed else 0)
    found = complaints(expressions, known, values)
    for line in found:
        print(line, file=sys.stderr)
    print(f"{len(expressions)} expressions, {len(found)} complaints")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
