#!/usr/bin/env python3
"""Runs what compose.yaml says without Compose: the images of this repository with the settings that
stand there; in the place of the other images a Redis of this machine, something that takes traces,
and a Prometheus where there is one. It buys something and looks into the books of everybody.

tests/image/compose.py ENGINE…: as root, with the words a container engine of this machine is called
with. All is in a network of its own, so that no port of the machine is taken.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import rotel
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("gateway", "stripe", "inventory", "merchant")
NAME = f"acp-compose-{os.getpid()}"
PATIENCE_SECONDS = 30
LEAST = ["--network", "host", "--no-healthcheck", "--cap-drop", "all", "--security-opt", "no-new-privileges"]
LEAST += ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=1024:1024"]
COLLECTOR = [str(pathlib.Path(rotel.__file__).parent / "rotel-agent"), "start"]
COLLECTOR += ["--otlp-grpc-endpoint", "127.0.0.1:4317", "--otlp-http-endpoint", "127.0.0.1:4318"]
COLLECTOR += ["--exporter", "blackhole", "--debug-log", "traces", "--debug-log-verbosity", "detailed"]


def said(*command):
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(command)}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def until(what, looks):
    for _ in range(PATIENCE_SECONDS * 5):
        if found := looks():
            return found
        time.sleep(0.2)
    return sys.exit(f"it never came so far: {what}")


class Place:
    """A network of its own, in which each service is found by its name."""

    def __init__(self, home):
        self.home, self.begun = home, []
        said("ip", "netns", "add", NAME)
        said("ip", "-n", NAME, "link", "set", "lo", "up")
        self.enter = ["nsenter", f"--net=/run/netns/{NAME}"]
        hosts = home / "hosts"
        hosts.write_text(f"127.0.0.1 localhost {' '.join(SERVICES)}\n")
        named = f'mount --bind {hosts} /etc/hosts && exec "$@"'
        self.within = [*self.enter, "unshare", "-m", "sh", "-c", named, "sh"]

    def begin(self, *command, **variables):
        with open(self.log(command[0]), "w") as output:
            words, surroundings = [*self.within, *command], os.environ | variables
            self.begun.append(subprocess.Popen(words, stdout=output, stderr=output, env=surroundings))

    def log(self, program):
        return self.home / f"{pathlib.Path(program).name}.log"

    def page(self, url):
        return said(*self.within, "curl", "-fsS", "--max-time", "10", url)

    def end(self):
        for program in self.begun:
            program.terminate()
            program.wait(PATIENCE_SECONDS)
        said("ip", "netns", "del", NAME)


def settings(service):
    """A service with what it takes over from others."""
    if "extends" not in service:
        return service
    source = yaml.safe_load((ROOT / service["extends"]["file"]).read_text())
    return source["services"][service["extends"]["service"]] | service


def run(engine, place, name):
    service = settings(SERVICES[name])
    # What stands in `volumes` is a folder here.
    sources = {volume: place.home / volume for volume in COMPOSE["volumes"]}
    words = ["run", "-d", "--name", f"{NAME}-{name}", *LEAST]
    words += ["--read-only"] if service["read_only"] else []
    for variable, value in service.get("environment", {}).items():
        words += ["-e", f"{variable}={value}"]
    for host in SERVICES:
        words += ["--add-host", f"{host}:127.0.0.1"]
    for volume in service.get("volumes", []):
        source, rest = volume.split(":", 1)
        words += ["-v", f"{sources[source]}:{rest}"]
    said(*place.enter, *engine, *words, service["image"], *service.get("command", []))


def look(place, session):
    """Everybody has to have heard of it."""
    moved = json.loads(place.page("http://stripe:12111/_mock/ledger"))["movements"]
    ways = [movement["way"] for movement in moved if movement["metadata"]["acp_session"] == session]
    assert "capture" in ways, moved
    stock = json.loads(place.page("http://inventory:12112/_mock/stock"))
    assert "honey-wildflower-350g" in json.dumps(stock), stock

    def handed_over():
        orders = json.loads(place.page("http://merchant:12114/_mock/received"))["orders"]
        return [order for order in orders if order["order"]["checkout_session_id"] == session]

    until("the order is handed over", handed_over)


def look_at_figures(place):
    """Prometheus reads the gateway as its configuration says, and its rules find what they need."""
    place.begin(
        "prometheus", f"--config.file={ROOT}/deploy/prometheus/prometheus.yml",
        f"--storage.tsdb.path={place.home}/prometheus", "--web.listen-address=127.0.0.1:9090",
    )
    for query in ("up", "acp_store_up", "acp:completions_done:rate5m"):
        def answered(query=query):
            asked = ["curl", "-sG", "http://127.0.0.1:9090/api/v1/query", "--data-urlencode", f"query={query}"]
            text = subprocess.run([*place.within, *asked], capture_output=True, text=True, check=False).stdout
            return text and json.loads(text)["data"]["result"]

        value = until(f"Prometheus knows {query}", answered)[0]["value"][1]
        print(f"{query} {value}")
        assert not query.endswith("up") or value == "1", value


def play(engine, place):
    for volume in COMPOSE["volumes"]:
        (place.home / volume).mkdir()
    os.chmod(place.home, 0o755)
    os.chown(place.home / "gateway", 65532, 65532)
    said("sh", str(ROOT / "deploy/compose/make-keys.sh"), str(place.home / "keys"))
    redis = ["redis-server", str(ROOT / "deploy/compose/redis.conf"), "--dir", str(place.home / "redis")]
    place.begin(*redis)
    place.begin(*COLLECTOR, ROTEL_PID_FILE=str(place.home / "collector.pid"))
    for name in OURS:
        run(engine, place, name)
    check = SERVICES["gateway"]["healthcheck"]["test"][1:]
    asked = [*place.enter, *engine, "exec", f"{NAME}-gateway", *check]
    until("the gateway is ready", lambda: not subprocess.run(asked, capture_output=True, check=False).returncode)
    buy = [str(ROOT / "tests/image/buy.py"), "http://gateway:8080", str(place.home / "keys/agent")]
    look(place, said(*place.within, *buy).strip())
    until("the purchase is traced", lambda: "checkout_sessions" in place.log(COLLECTOR[0]).read_text())
    if shutil.which("prometheus"):
        look_at_figures(place)
    said(*engine, "stop", "-t", SERVICES["gateway"]["stop_grace_period"].rstrip("s"), f"{NAME}-gateway")
    assert said(*engine, "inspect", "--format", "{{.State.ExitCode}}", f"{NAME}-gateway").strip() == "0"


def main(engine):
    with tempfile.TemporaryDirectory() as home:
        place = Place(pathlib.Path(home))
        try:
            play(engine, place)
        except (SystemExit, AssertionError):
            subprocess.run([*engine, "logs", "--tail", "20", f"{NAME}-gateway"], check=False)
            raise
        finally:
            for name in OURS:
                subprocess.run([*engine, "rm", "-f", f"{NAME}-{name}"], capture_output=True, check=False)
            place.end()


if __name__ == "__main__":
    main(sys.argv[1:])
