#!/usr/bin/env python3
"""Writes the dashboards beside it: dashboards/*.json, from the few lines here that differ.

deploy/grafana/make.py writes them; with --check it only says which are not as they would be.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH = 24
HTTP = "acp_http_request_duration_seconds"
# What is asked of one gateway or of all, as chosen above the panels.
HERE_ONLY = 'instance=~"$instance"'
OTHERS = f'route!~"/healthz|/readyz", {HERE_ONLY}'


def rate(metric, chosen="", by=""):
    """How much of something there is in a second."""
    where = ", ".join(part for part in (chosen, HERE_ONLY) if part)
    rated = f"rate({metric}{{{where}}}[$__rate_interval])"
    return f"sum by ({by}) ({rated})" if by else f"sum({rated})"


def quantile(share, metric, chosen="", by=""):
    """How long it takes in so many of all cases."""
    groups = f"{by}, le" if by else "le"
    return f"histogram_quantile({share}, {rate(metric + '_bucket', chosen, groups)})"


def lines(title, unit, *queries, about="", width=8, kind="timeseries", stacked=False):
    """A panel with lines over time."""
    custom = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never"}
    if stacked:
        custom |= {"stacking": {"mode": "normal", "group": "A"}, "fillOpacity": 40}
    return {
        "title": title,
        "description": about,
        "type": kind,
        "datasource": SOURCE,
        "gridPos": {"w": width, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0, "custom": custom}, "overrides": []},
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [
            {"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": expr, "legendFormat": name}
            for at, (expr, name) in enumerate(queries)
        ],
    }


def number(title, unit, expr, about="", steps=((None, "green"),), width=4):
    """A panel with one number, coloured from each step on."""
    panel = lines(title, unit, (expr, ""), about=about, width=width, kind="stat")
    panel["gridPos"]["h"] = 4
    panel["fieldConfig"]["defaults"] = {
        "unit": unit,
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": color} for value, color in steps],
        },
    }
    panel["options"] = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value",
        "graphMode": "area",
    }
    return panel


def bad_from(warning, failure):
    return ((None, "green"), (warning, "orange"), (failure, "red"))


GOOD_AT_ONE = ((None, "red"), (1, "green"))

OVERVIEW = [
    number("Gateways", "none", 'count(up{job="acp-gateway"} == 1) or vector(0)', "Those that answer.", GOOD_AT_ONE),
    number("Store", "none", f"min(acp_store_up{{{HERE_ONLY}}})", "1: every gateway reaches its store.", GOOD_AT_ONE),
    number("Calls", "reqps", rate(f"{HTTP}_count", 'route!~"/healthz|/readyz"')),
    number(
        "Failures of ours, 1 h", "percentunit", "acp:http_failures:ratio1h",
        "0.1 % is promised over 30 days.", bad_from(0.001, 0.0144),
    ),
    number(
        "Failures used up of what 30 days have", "percentunit", "acp:http_failures:ratio3d / 0.001 * 3 / 30",
        "By the last three days.", bad_from(0.1, 0.5),
    ),
    number("Completed sessions", "reqps", rate("acp_session_events_total", 'event="completed"')),
    lines("Calls by route", "reqps", (f"sum by (route) (rate({HTTP}_count{{{OTHERS}}}[$__rate_interval]))", "{{route}}"), stacked=True),
    lines("Calls by status", "reqps", (f"sum by (status) (rate({HTTP}_count{{{OTHERS}}}[$__rate_interval]))", "{{status}}"), stacked=True),
    lines("Calls by version of the protocol", "reqps", (f"sum by (version) (rate({HTTP}_count{{{OTHERS}}}[$__rate_interval]))", "{{version}}"), stacked=True),
    lines("How long answers take, p50", "s", (quantile(0.5, HTTP, 'route!~".+/events"', "route"), "{{route}}")),
    lines("How long answers take, p99", "s", (quantile(0.99, HTTP, 'route!~".+/events"', "route"), "{{route}}")),
    lines("Refusals by code", "reqps", (rate("acp_http_errors_total", by="code"), "{{code}}")),
    lines("Calls of tools", "reqps", (rate("acp_tool_calls_total", by="tool"), "{{tool}}"), stacked=True),
    lines("Calls of tools that came to nothing", "reqps", (rate("acp_tool_calls_total", 'outcome!="ok"', "outcome"), "{{outcome}}"), about="Nearly all of them are answered with HTTP 200."),
    lines(
        "Failures by window", "percentunit",
        *((f"acp:http_failures:ratio{window}", window) for window in ("5m", "1h", "6h", "3d")),
        about="What alerts on the error budget look at.",
    ),
    lines("Calls under way", "none", (f"sum by (instance) (acp_http_requests_in_flight{{{HERE_ONLY}}})", "{{instance}}")),
    lines("Calls that were told to come back", "reqps", (rate("acp_http_requests_shed_total", by="route"), "{{route}}"), about="More were under way than server.in_flight_max."),
    lines("Beyond their quota", "reqps", (rate("acp_rate_limit_decisions_total", 'decision="beyond"', "bucket"), "{{bucket}}")),
    lines("Keys of callers", "reqps", (rate("acp_idempotency_total", by="outcome"), "{{outcome}}"), about="first: new; replayed: the same again; conflict: the same key for something else."),
    lines("CPU", "percentunit", (f"rate(process_cpu_seconds_total{{job=\"acp-gateway\", {HERE_ONLY}}}[$__rate_interval])", "{{instance}}"), about="1 is one core."),
    lines("Memory", "bytes", (f"process_resident_memory_bytes{{job=\"acp-gateway\", {HERE_ONLY}}}", "{{instance}}")),
]

MONEY = [
    number("Completions that become an order", "percentunit", "acp:completions:ratio15m", "Of those that began in a quarter of an hour.", ((None, "red"), (0.5, "orange"), (0.8, "green")), 6),
    number("Runs that are stuck", "none", f"sum(max by (kind, why) (acp_runs_stuck{{{HERE_ONLY}}}))", "acp-gateway runs list --stuck", bad_from(1, 1), 6),
    number("Unclear payments, 1 h", "none", f"sum(increase(acp_run_rests_total{{trouble=\"unclear\", {HERE_ONLY}}}[1h])) or vector(0)", "How often a run rested because nobody said what became of a payment.", bad_from(1, 20), 6),
    number("Declined, 1 h", "none", f"sum(increase(acp_payment_call_duration_seconds_count{{class=\"declined\", {HERE_ONLY}}}[1h])) or vector(0)", width=6),
    lines("Sessions", "reqps", (rate("acp_session_events_total", by="event"), "{{event}}")),
    lines("Begun and done", "reqps", ("acp:completions_begun:rate5m", "completions that began"), ("acp:completions_done:rate5m", "orders")),
    lines("Orders", "reqps", (rate("acp_order_events_total", by="event"), "{{event}}")),
    lines("Steps of completions", "reqps", (rate("acp_run_steps_total", 'kind="completion"', "step, outcome"), "{{step}} {{outcome}}")),
    lines("How long a step takes, p99", "s", (quantile(0.99, "acp_run_step_duration_seconds", 'kind="completion"', "step"), "{{step}}")),
    lines("How long a run takes, p99", "s", (quantile(0.99, "acp_run_duration_seconds", "", "kind, outcome"), "{{kind}} {{outcome}}")),
    lines("Payments by what became of them", "reqps", (rate("acp_payment_states_total", by="state"), "{{state}}")),
    lines("Calls to the payment provider", "reqps", (rate("acp_payment_call_duration_seconds_count", by="call, class"), "{{call}}: {{class}}")),
    lines("How long the payment provider takes, p99", "s", (quantile(0.99, "acp_payment_call_duration_seconds", "", "call"), "{{call}}")),
    lines("Runs that rest", "reqps", (rate("acp_run_rests_total", by="kind, trouble"), "{{kind}}: {{trouble}}"), about="They go on by themselves."),
    lines("Runs that are stuck", "none", (f"max by (kind, why) (acp_runs_stuck{{{HERE_ONLY}}})", "{{kind}}: {{why}}"), about="needs_person: ten tries moved nothing; overdue: nobody took it up; unreadable: its journal cannot be read."),
    lines("Runs that were taken over", "reqps", (rate("acp_runs_taken_over_total", by="kind"), "{{kind}}"), about="After a gateway has died, and during upgrades."),
    lines("Promises of stock", "reqps", (rate("acp_stock_reservations_total", by="outcome"), "{{outcome}}")),
    lines("Carts", "reqps", (rate("acp_carts_total", by="event"), "{{event}}")),
    lines("Webhooks", "reqps", (rate("acp_webhook_deliveries_total", by="outcome"), "{{outcome}}")),
    lines("Handing orders over to the merchant", "reqps", (rate("acp_order_hand_overs_total", by="outcome"), "{{outcome}}")),
]

STORES = [
    number("Incident", "none", f"max(acp_store_incident{{{HERE_ONLY}}})", "1: the store has less than it had acknowledged.", bad_from(1, 1), 6),
    number("Oldest that waits in the outbox", "s", f"max(acp_queue_lag_seconds{{queue=~\"news|deliveries\", {HERE_ONLY}}})", "", bad_from(60, 300), 6),
    number("Oldest stalled run", "s", f"max(acp_queue_lag_seconds{{queue=~\"runs|plan_runs|errands\", {HERE_ONLY}}})", "", bad_from(30, 120), 6),
    number("Services that are left alone", "none", f"sum(acp_peer_breaker_state{{state=~\"open|half_open\", {HERE_ONLY}}}) or vector(0)", "Calls to them failed too often.", bad_from(1, 1), 6),
    lines("Calls to the store", "reqps", (rate("acp_store_call_duration_seconds_count", by="call"), "{{call}}")),
    lines("How long the store takes, p50", "s", (quantile(0.5, "acp_store_call_duration_seconds", "", "call"), "{{call}}")),
    lines("How long the store takes, p99", "s", (quantile(0.99, "acp_store_call_duration_seconds", "", "call"), "{{call}}")),
    lines("Commits that lost a race or failed", "reqps", (rate("acp_store_call_duration_seconds_count", 'outcome!="ok"', "call, outcome"), "{{call}} {{outcome}}")),
    lines("How long the oldest entry has waited", "s", (f"max by (queue) (acp_queue_lag_seconds{{{HERE_ONLY}}})", "{{queue}}")),
    lines("Entries that are due", "none", (f"max by (queue) (acp_queue_due{{{HERE_ONLY}}})", "{{queue}}"), about="Up to 256 are counted."),
    lines("Breakers that are not closed", "none", (f"max by (peer) (acp_peer_breaker_state{{state=~\"open|half_open\", {HERE_ONLY}}})", "{{peer}}")),
    lines("Breakers that opened", "reqps", (rate("acp_peer_breaker_opened_total", by="peer"), "{{peer}}")),
    lines("Calls to services", "reqps", (rate("acp_peer_calls_total", by="peer"), "{{peer}}"), (rate("acp_peer_call_repeats_total", by="peer"), "{{peer}} repeated")),
    lines("Calls that failed", "reqps", (rate("acp_peer_call_failures_total", by="peer, kind"), "{{peer}}: {{kind}}")),
    lines("Calls that were not made", "reqps", (rate("acp_peer_calls_shed_total", by="peer, why"), "{{peer}}: {{why}}"), about="left_alone: the breaker is open; full: too many at once."),
    lines("Calls to services under way", "none", (f"sum by (peer) (acp_peer_calls_in_flight{{{HERE_ONLY}}})", "{{peer}}")),
    lines("What is remembered of the catalogue", "reqps", (rate("acp_catalogue_cache_requests_total", by="outcome"), "{{outcome}}"), about="Only where the merchant keeps the catalogue."),
    lines("Items remembered", "none", (f"sum by (instance) (acp_catalogue_cache_entries{{{HERE_ONLY}}})", "{{instance}}")),
]

PLANS = [
    number("Plans that came to their end, 1 h", "percentunit", f"sum(increase(acp_plans_ended_total{{status=\"completed\", {HERE_ONLY}}}[1h])) / (sum(increase(acp_plans_ended_total{{{HERE_ONLY}}}[1h])) > 0)", "Of all that ended.", ((None, "red"), (0.5, "orange"), (0.8, "green")), 8),
    number("Questions asked, 1 h", "none", f"sum(increase(acp_plan_moments_total{{moment=\"question.asked\", {HERE_ONLY}}}[1h])) or vector(0)", width=8),
    number("Approvals that are waited for, 1 h", "none", f"sum(increase(acp_plan_moments_total{{moment=\"approval.requested\", {HERE_ONLY}}}[1h])) or vector(0)", width=8),
    lines("How plans ended", "reqps", (rate("acp_plans_ended_total", by="status"), "{{status}}"), stacked=True),
    lines("Why plans did not get on", "reqps", (rate("acp_plans_ended_total", 'status!="completed"', "status, reason"), "{{status}}: {{reason}}")),
    lines("What happens to plans", "reqps", (rate("acp_plan_moments_total", by="moment"), "{{moment}}")),
    lines("Steps of plans", "reqps", (rate("acp_run_steps_total", 'kind="plan"', "step, outcome"), "{{step}} {{outcome}}")),
    lines("How long a step of a plan takes, p99", "s", (quantile(0.99, "acp_run_step_duration_seconds", 'kind="plan"', "step"), "{{step}}")),
    lines("What a language model proposed", "reqps", (rate("acp_planner_advice_total", by="outcome"), "{{outcome}}"), about="taken, asked back, kept as the rules had it, dropped, failed."),
    lines("Sentences", "reqps", (rate("acp_intents_total", by="outcome, planner"), "{{outcome}}, {{planner}}"), about="planned, asked back, doubted, or only understood; by the rules, a language model, or the client."),
    lines("How much of sentences is understood", "percentunit", (quantile(0.1, "acp_intent_coverage", "", "planner"), "{{planner}}, p10"), (quantile(0.5, "acp_intent_coverage", "", "planner"), "{{planner}}, p50"), about="The tenth that is understood worst, and half of them."),
    lines("What is asked back", "reqps", (rate("acp_questions_total", by="about, slot"), "{{about}}: {{slot}}")),
    lines("How long plans wait for a person", "s", (quantile(0.5, "acp_approval_wait_seconds", "", "word"), "{{word}}, p50"), (quantile(0.95, "acp_approval_wait_seconds", "", "word"), "{{word}}, p95")),
    lines("Tokens of the language model", "none", (rate("acp_llm_tokens_total", by="kind"), "{{kind}}"), about="In a second."),
    lines("Intents and plans over HTTP", "reqps", (rate(f"{HTTP}_count", 'route=~"/intents|/plans.*"', "route, status"), "{{route}} {{status}}")),
    lines("How long they take, p95", "s", (quantile(0.95, HTTP, 'route=~"/intents|/plans|/plans/[^/]+(/execute|/answers)?"', "route"), "{{route}}")),
    lines("Beyond the quota of intents", "reqps", (rate("acp_rate_limit_decisions_total", 'bucket="intents", decision="beyond"'), "beyond")),
]


def placed(panels):
    """The panels in rows, from left to right."""
    left = top = height = 0
    for number_of, panel in enumerate(panels, 1):
        place = panel["gridPos"]
        if left + place["w"] > WIDTH:
            left, top, height = 0, top + height, 0
        place.update(x=left, y=top)
        panel["id"] = number_of
        left, height = left + place["w"], max(height, place["h"])
    return panels


def dashboard(uid, title, panels):
    choices = [
        {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
        {
            "name": "instance", "label": "Gateway", "type": "query", "datasource": SOURCE,
            "query": {"query": "label_values(acp_build_info, instance)", "refId": "instance"},
            "refresh": 2, "includeAll": True, "allValue": ".*", "multi": True,
            "current": {"text": "All", "value": "$__all"},
        },
    ]
    return {
        "uid": f"acp-{uid}",
        "title": f"ACP gateway: {title}",
        "tags": ["acp-gateway"],
        "schemaVersion": 39,
        "editable": False,
        "graphTooltip": 1,
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "links": [{"type": "dashboards", "tags": ["acp-gateway"], "title": "ACP gateway", "asDropdown": True}],
        "templating": {"list": choices},
        "annotations": {"list": []},
        "panels": placed(panels),
    }


DASHBOARDS = {
    "overview": dashboard("overview", "overview", OVERVIEW),
    "money": dashboard("money", "checkout and money", MONEY),
    "stores": dashboard("stores", "store, queues and services", STORES),
    "plans": dashboard("plans", "intents and plans", PLANS),
}


def main():
    only_checks = "--check" in sys.argv[1:]
    differ = []
    for name, content in DASHBOARDS.items():
        path = HERE / "dashboards" / f"{name}.json"
        text = json.dumps(content, indent=1) + "\n"
        if only_checks:
            if not path.exists() or path.read_text() != text:
                differ.append(path.name)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    if differ:
        sys.exit(f"not as deploy/grafana/make.py writes them: {', '.join(differ)}; run it")


if __name__ == "__main__":
    main()
