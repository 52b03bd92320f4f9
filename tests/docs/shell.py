"""A shell in a directory of its own, to which blocks are given one after the other.

Whatever is started in it is of its session, and ends with it.
"""

import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from pages import Wrong
from matching import differs, indented

BLOCK_SECONDS = 60
PAGE_SECONDS = 240
ADDRESS = re.compile(r"(?<![\w.])(127\.0\.0\.1:|localhost:|--port |-p )(\d{4,5})\b")
SAYS_WHERE = re.compile(r" at https?://(127|localhost)")

PRELUDE = r"""
set -eo pipefail
# Jobs are groups of their own, so that one can be ended with all it has started.
set -m
declare -A SERVING
# end NAME [SIGNAL]: ends what was begun as `serve NAME`, and waits for that.
end() {
  local job=${SERVING[$1]}
  kill "-${2:-TERM}" -- "-$job"
  wait "$job" 2>/dev/null || true
  # What was killed is gone a moment later than the shell it was in. What nobody has waited for yet
  # still counts here, so that this has an end.
  for _ in {1..20}; do kill -0 -- "-$job" 2>/dev/null || break; sleep 0.05; done
  unset "SERVING[$1]"
}
"""

# A reader builds what is run; here it is built already.
CARGO = r"""#!/bin/sh
[ "$1" = run ] || { echo "only cargo run is known here, not cargo $1" >&2; exit 1; }
shift
program=acp-gateway
while [ $# -gt 0 ]; do
  case $1 in
    --release | --locked | --quiet | -q) shift ;;
    -p) program=$2; shift 2 ;;
    --) shift; break ;;
    *) echo "cargo run $1 is not known here" >&2; exit 1 ;;
  esac
done
exec "$program" "$@"
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Shell:
    def __init__(self, page, binaries):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="acp-docs-"))
        self.ports = {}
        self.until = time.monotonic() + PAGE_SECONDS
        self.blocks = 0
        work, tools, self.outputs = (self.home / name for name in ("work", "bin", "outputs"))
        for folder in (work, tools, self.outputs):
            folder.mkdir()
        for binary in ("acp-gateway", "acp-mocks"):
            (tools / binary).symlink_to(pathlib.Path(binaries).resolve() / binary)
        (tools / "cargo").write_text(CARGO)
        (tools / "cargo").chmod(0o755)
        environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.home),
            "PAGE": str(pathlib.Path(page).resolve()),
            "ACP_GATEWAY__SERVER__LISTEN": f"127.0.0.1:{self.port('8080')}",
        }
        self.told, telling = os.pipe()
        with (self.outputs / "shell").open("w") as complaints:
            self.bash = subprocess.Popen(
                ["bash", "--noprofile", "--norc"], cwd=work, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints,
                pass_fds=[telling], start_new_session=True)
        os.close(telling)
        self.say(f"exec 9>&{telling} {telling}>&-\n" + PRELUDE)

    def port(self, written):
        """The port that is taken where a page writes this one."""
        return self.ports.setdefault(written, free_port())

    def moved(self, text):
        return ADDRESS.sub(lambda found: found[1] + str(self.port(found[2])), text)

    def as_written(self, printed):
        for written, taken in self.ports.items():
            printed = re.sub(rf"\b{taken}\b", written, printed)
        return printed

    def say(self, text):
        try:
            self.bash.stdin.write(text)
            self.bash.stdin.flush()
        except BrokenPipeError:
            pass

    def run(self, block):
        """Says what went wrong, or nothing."""
        if "file" in block.marks:
            (self.home / "work" / block.marks["file"]).write_text(self.moved(block.text) + "\n")
            return None
        if "serve" in block.marks:
            return self.serve(block, block.marks["serve"])
        if "eventually" in block.marks:
            until = time.monotonic() + BLOCK_SECONDS / 2
            while wrong := self.once(block):
                if time.monotonic() > until or self.bash.poll() is not None:
                    return wrong
                time.sleep(0.2)
            return None
        return self.once(block)

    def once(self, block):
        output, text = self.next_output(), self.moved(block.text)
        if block.marks:
            self.say(f"set +e; ( set -e\n{text}\n) >{output} 2>&1 9>&- </dev/null; status=$?; set -e\n")
            self.say('echo "$status" >&9\n')
        else:
            self.say(f"{{\n{text}\n}} >{output} 2>&1 9>&- </dev/null\necho 0 >&9\n")
        status = self.answer()
        printed = self.as_written(output.read_text(errors="replace") if output.exists() else "")
        if not status.isdigit():
            return f"{status} It printed\n{indented(printed)}\n{self.complaint()}"
        if (status == "0") == ("fails" in block.marks):
            return f"It {'went well' if status == '0' else 'failed'}. It printed\n{indented(printed)}"
        if block.expected is None:
            return None
        return differs(block.expected, printed, block.is_json)

    def serve(self, block, name):
        output = self.next_output()
        # Who is ended in order takes a while; its shell waits for it.
        self.say(f"( trap : TERM\n{self.moved(block.text)}\n) >{output} 2>&1 9>&- </dev/null &\n")
        self.say(f"SERVING[{name}]=$!\necho 0 >&9\n")
        if not (said := self.answer()).isdigit():
            return f"{said}\n{self.complaint()}"
        until = time.monotonic() + BLOCK_SECONDS / 2
        while True:
            printed = self.as_written(output.read_text(errors="replace") if output.exists() else "")
            if block.expected is None:
                wrong = None if SAYS_WHERE.search(printed) else "It does not say where it listens."
            else:
                wrong = differs(block.expected, printed, may_go_on=True)
            if not wrong:
                return None
            if time.monotonic() > until:
                return f"{wrong} It printed\n{indented(printed)}"
            time.sleep(0.05)

    def next_output(self):
        self.blocks += 1
        return self.outputs / str(self.blocks)

    def answer(self):
        """The status a block ended with, or in words why it has none."""
        until, said = min(self.until, time.monotonic() + BLOCK_SECONDS), b""
        while not said.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.told], [], [], left)[0]:
                return "It took too long."
            read = os.read(self.told, 64)
            if not read:
                return "A command in it failed."
            said += read
        return said.decode().strip()

    def complaint(self):
        return (self.outputs / "shell").read_text(errors="replace")[-2000:]

    def close(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            for pid in self.started():
                try:
                    os.kill(pid, how)
                except ProcessLookupError:
                    pass
            until = time.monotonic() + 10
            while time.monotonic() < until and self.started():
                self.bash.poll()
                time.sleep(0.02)
        os.close(self.told)
        self.bash.stdin.close()
        self.bash.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)

    def started(self):
        """What runs of what was started here: all that is of the session of our shell."""
        started = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(session) == self.bash.pid and state != "Z":
                started.append(int(entry.name))
        return started


def run_page(page, blocks, binaries):
    """Runs all blocks of a page; says in which line it went wrong, and how, or nothing."""
    if not blocks:
        raise Wrong("nothing in it is marked to be run")
    shell = Shell(page, binaries)
    try:
        for block in blocks:
            if wrong := shell.run(block):
                return f"{block.line}: {wrong}"
        return None
    finally:
        shell.close()
