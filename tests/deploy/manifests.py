#!/usr/bin/env python3
"""What no schema says of compose.yaml, the manifests and the alerts of this repository.

tests/deploy/manifests.py RENDERED…: the overlays as `kubectl kustomize` writes them. The program
ACP_GATEWAY_BIN has to take every configuration that is in them.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
# After the drain, where nobody answers: noting which keys were used (2 s), telling a collector the last
# figures (4 s), spans and lines (3 s each), and ending what is left (2 s).
SPARE_SECONDS = 14
DRAIN_SECONDS = 30


def workloads(documents):
    for document in documents:
        template = (document.get("spec") or {}).get("template")
        if template:
            yield document, template


def container_faults(container):
    secured = container.get("securityContext", {})
    if secured.get("readOnlyRootFilesystem") is not True:
        yield "its root can be written to"
    if secured.get("allowPrivilegeEscalation") is not False:
        yield "it may become more than it is"
    if secured.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "it keeps capabilities"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if probe not in container:
            yield f"it has no {probe}"
    resources = container.get("resources", {})
    if not {"cpu", "memory"} <= set(resources.get("requests", {})):
        yield "it does not say what it needs"
    if "memory" not in resources.get("limits", {}):
        yield "its memory has no bound"


def pod_faults(pod):
    secured = pod.get("securityContext", {})
    if secured.get("runAsNonRoot") is not True:
        yield "it may be root"
    if secured.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "it may call everything of the kernel"
    if pod.get("automountServiceAccountToken") is not False:
        yield "it can talk to the cluster"
    for container in pod["containers"]:
        for fault in container_faults(container):
            yield f"{container['name']}: {fault}"


def drain_seconds(documents):
    """How long the gateway waits for its last requests, as its file says."""
    for document in documents:
        if document["kind"] == "ConfigMap" and "acp-gateway.toml" in document["data"]:
            server = tomllib.loads(document["data"]["acp-gateway.toml"]).get("server", {})
            return server.get("drain_timeout_ms", DRAIN_SECONDS * 1000) / 1000
    return DRAIN_SECONDS


def patience_faults(documents):
    for document, template in workloads(documents):
        pod = template["spec"]
        for container in pod["containers"]:
            if container["name"] != "gateway":
                continue
            rest = container["lifecycle"]["preStop"]["sleep"]["seconds"]
            needed = rest + drain_seconds(documents) + SPARE_SECONDS
            if pod["terminationGracePeriodSeconds"] < needed:
                yield f"{document['metadata']['name']}: it takes {needed} s to end"


def selector_faults(documents):
    """Whoever is chosen by labels has to be there."""
    labels = [template["metadata"]["labels"] for _, template in workloads(documents)]
    for document in documents:
        spec = document.get("spec") or {}
        chosen = {
            "Service": lambda: spec["selector"],
            "PodDisruptionBudget": lambda: spec["selector"]["matchLabels"],
            "NetworkPolicy": lambda: spec["podSelector"].get("matchLabels", {}),
        }.get(document["kind"], dict)()
        if not any(chosen.items() <= there.items() for there in labels):
            yield f"{document['kind']} {document['metadata']['name']} chooses nobody"


def secret_faults(documents):
    """Where the secrets are in the overlay, every key that is asked for is in them."""
    made = {d["metadata"]["name"]: d for d in documents if d["kind"] == "Secret"}
    for document, template in workloads(documents):
        for container in template["spec"]["containers"]:
            for variable in container.get("env", []):
                wanted = variable.get("valueFrom", {}).get("secretKeyRef")
                if made and wanted and wanted["key"] not in made[wanted["name"]]["data"]:
                    yield f"{document['metadata']['name']}: no secret {wanted['key']}"


def cluster_faults(documents):
    for document, template in workloads(documents):
        for fault in pod_faults(template["spec"]):
            yield f"{document['metadata']['name']}: {fault}"
    for faults in (patience_faults, selector_faults, secret_faults):
        yield from faults(documents)


def compose_faults(compose):
    for name, service in compose["services"].items():
        if "extends" in service:
            service = yaml.safe_load((ROOT / service["extends"]["file"]).read_text())["services"]["mock"] | service
        if service.get("cap_drop") != ["ALL"] or not service.get("security_opt"):
            yield f"{name}: it may more than it needs"
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                yield f"{name}: {port} is open to others"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            there = (ROOT / source).exists() if source.startswith(".") else source in compose["volumes"]
            if not there:
                yield f"{name}: there is no {source}"
    gateway = compose["services"]["gateway"]
    if int(gateway["stop_grace_period"].rstrip("s")) < DRAIN_SECONDS + SPARE_SECONDS:
        yield "gateway: it is not given the time it takes to end"


def alert_faults(rules, tests, page):
    fires, quiet = set(), set()
    for test in tests:
        for case in test["tests"]:
            for asked in case["alert_rule_test"]:
                (fires if asked["exp_alerts"] else quiet).add(asked["alertname"])
    for group in rules["groups"]:
        for rule in group["rules"]:
            name = rule["alert"]
            if name not in fires or name not in quiet:
                yield f"{name}: no test in which it fires, or none in which it does not"
            if f"`{name}`" not in page:
                yield f"{name}: docs/deploy.md does not say what to do"


def is_taken(settings, files):
    """Whether the program takes a configuration; what it says where not."""
    program = os.environ["ACP_GATEWAY_BIN"]
    with tempfile.TemporaryDirectory() as home:
        for name, text in files.items():
            pathlib.Path(home, name).write_text(text)
        ended = subprocess.run(
            [program, "config"], cwd=home, env={"PATH": os.environ["PATH"]} | settings,
            capture_output=True, text=True, timeout=30, check=False,
        )
    return ended.stderr or (f"it ended with {ended.returncode}" if ended.returncode else "")


def configuration_faults(documents, compose):
    if documents:
        for document, template in workloads(documents):
            for container in template["spec"]["containers"]:
                if container["name"] != "gateway":
                    continue
                # Any secret does; a master key has a form.
                settings = {variable["name"]: "ab" * 32 for variable in container["env"]}
                files = [d["data"] for d in documents if d["kind"] == "ConfigMap"]
                files = next(data for data in files if "acp-gateway.toml" in data)
                if said := is_taken(settings, files):
                    yield said
    else:
        settings = compose["services"]["gateway"]["environment"]
        if said := is_taken({name: str(value) for name, value in settings.items()}, {}):
            yield f"compose.yaml: {said}"


def broken(documents):
    """What is broken on purpose, and has to be noticed."""
    text = yaml.safe_dump_all(documents)
    for old, new in (
        ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
        ("terminationGracePeriodSeconds: 50", "terminationGracePeriodSeconds: 45"),
        ("runAsNonRoot: true", "runAsNonRoot: false"),
        ("app.kubernetes.io/component: gateway", "app.kubernetes.io/component: nobody"),
        ("  readinessProbe:", "  unreadyProbe:"),
    ):
        if old not in text:
            sys.exit(f"there is no {old!r} to break")
        if not list(cluster_faults(list(yaml.safe_load_all(text.replace(old, new, 1))))):
            sys.exit(f"nobody noticed {new!r}")


def main(rendered):
    faults = []
    for path in rendered:
        documents = list(yaml.safe_load_all(pathlib.Path(path).read_text()))
        found = [*cluster_faults(documents), *configuration_faults(documents, None)]
        faults += [f"{pathlib.Path(path).stem}: {fault}" for fault in found]
        broken(documents)
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    faults += [f"compose.yaml: {fault}" for fault in compose_faults(compose)]
    faults += configuration_faults(None, compose)
    if not is_taken({}, {"acp-gateway.toml": "[nonsense]\n"}):
        sys.exit("nobody noticed a section there is not")
    rules = yaml.safe_load((ROOT / "deploy/prometheus/rules/alerts.yml").read_text())
    tests = [yaml.safe_load(p.read_text()) for p in (ROOT / "deploy/prometheus/tests").glob("*.yml")]
    faults += alert_faults(rules, tests, (ROOT / "docs/deploy.md").read_text())
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    production = (ROOT / "deploy/kustomize/overlays/production/kustomization.yaml").read_text()
    if f"newTag: {version}\n" not in production:
        faults.append(f"production: newTag is not {version}")
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
