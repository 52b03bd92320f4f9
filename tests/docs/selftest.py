#!/usr/bin/env python3
"""What runs pages has to notice what is wrong with them; each test here is a page, or a few.

selftest.py needs nothing but Python 3 and bash: what stands in for the gateway is written here.
"""

import os
import pathlib
import tempfile
import textwrap
import unittest

import shell
from links import broken
from names import strange
from pages import Wrong, anchors, runnable

GATEWAY = """#!/bin/sh
case $1 in
  serve) echo "acp-gateway serves at http://$ACP_GATEWAY__SERVER__LISTEN"; exec sleep 600 ;;
  *) echo "acp-gateway $*" ;;
esac
"""


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "acp-gateway").write_text(GATEWAY)
        (self.folder / "acp-gateway").chmod(0o755)

    def run_text(self, text):
        text = textwrap.dedent(text)
        (self.folder / "page.md").write_text(text)
        return shell.run_page(self.folder / "page.md", runnable(text), self.folder)

    def passes(self, text):
        self.assertIsNone(self.run_text(text))

    def fails(self, text, because):
        self.assertIn(because, self.run_text(text) or "it was taken for right")

    def quickly(self):
        for name, value in (("BLOCK_SECONDS", 2), ("PAGE_SECONDS", 3)):
            self.addCleanup(setattr, shell, name, getattr(shell, name))
            setattr(shell, name, value)

    def test_blocks_share_a_shell_and_a_directory(self):
        self.passes("""
            ```sh run
            NAME=honey; say() { echo "$NAME"; }
            mkdir shop; cd shop
            ```
            Nobody runs this:
            ```sh
            exit 1
            ```
            ```sh run
            say; basename "$PWD"
            ```
            ```text output
            honey
            shop
            ```
            """)

    def test_a_block_can_be_a_file(self):
        self.passes("""
            ```toml run file a.toml
            listen = "127.0.0.1:9090"
            ```
            ```sh run
            cat a.toml
            ```
            ```text output
            listen = "127.0.0.1:9090"
            ```
            ```sh run fails
            grep :9090 a.toml
            ```
            """)

    def test_a_failing_command_is_noticed_wherever_it_stands(self):
        self.fails("```sh run\ntrue\nfalse\ntrue\n```\n", "1: A command in it failed")
        self.fails("```sh run\nfalse | cat\n```\n", "A command in it failed")
        self.fails("```sh run\nno-such-program\n```\n", "not found")
        self.fails("\n<!-- run\nfalse\n-->\n", "2: A command in it failed")

    def test_another_output_is_noticed(self):
        self.fails("```sh run\necho tea\n```\n```text output\nhoney\n```\n", "it printed\n    tea")
        self.fails("```sh run\necho tea\necho tea\n```\n```text output\ntea\n```\n", "printed")
        self.fails("```sh run\ntrue\n```\n```text output\ntea\n```\n", "(nothing)")
        self.fails("```sh run\necho tea\n```\n<!-- output\nhoney\n-->\n", "it printed")

    def test_what_varies_may_vary(self):
        self.passes("```sh run\nseq 9; echo a 7 b\n```\n```text output\n1\n…\n9\na … b\n```\n")
        self.passes("```sh run\nseq 3\n```\n```text output\n1\n…\n```\n")
        self.passes("```sh run\nseq 3\n```\n```text output\n…\n3\n```\n")
        self.passes("```sh run\necho 'a   b'\n```\n```text output\na b\n```\n")
        self.fails("```sh run\nseq 9\n```\n```text output\n1\n…\n8\n```\n", "it printed")
        self.fails("```sh run\necho a 7 c\n```\n```text output\na … b\n```\n", "it printed")

    def test_json_is_compared_by_what_it_says(self):
        page = "```sh run\necho '{\"a\": [1, {\"b\": \"x y\", \"c\": 2}], \"d\": null}'\n```\n```json output\n%s\n```\n"
        self.passes(page % '{"d": null, "a": [1, {"c": 2, "b": "x y"}]}')
        self.passes(page % '{"a": [1, {"b": "x…", …}], …}')
        self.passes(page % '{"a": [1, …], …}')
        self.fails(page % '{"a": [1, {"b": "y…", …}], …}', "$.a[1].b is 'x y'")
        self.fails(page % '{"a": [1, {"b": "x y"}], …}', "$.a[1] lacks [] and has ['c']")
        self.fails(page % '{"e": 1, …}', "$ lacks ['e']")
        self.fails(page % '{"a": [1], …}', "$.a has 2 and not 1 entries")
        self.fails(page % '{"a": [true, …], …}', "$.a[0] is 1 and not True")

    def test_a_block_that_is_to_fail_has_to(self):
        self.passes("```sh run fails\necho no; exit 3\n```\n```text output\nno\n```\n")
        self.fails("```sh run fails\ntrue\n```\n", "It went well")

    def test_what_takes_a_moment_is_asked_again_but_not_for_ever(self):
        self.passes("""
            ```sh run eventually
            echo >>asked
            test $(wc -l <asked) -gt 2
            ```
            """)
        self.quickly()
        self.fails("```sh run eventually\nfalse\n```\n", "It failed")

    def test_what_hangs_is_given_up(self):
        self.quickly()
        self.fails("```sh run\nsleep 600\n```\n", "It took too long")
        self.fails("```sh run serve gateway\nsleep 600\n```\n", "does not say where it listens")

    def test_a_server_runs_until_the_page_ends_and_not_longer(self):
        self.passes("""
            ```sh run serve gateway
            cargo run --release -- serve
            ```
            ```sh run
            sleep 600 & jobs -p | xargs -n1 ps -o pid= -p >%s
            ```
            """ % (self.folder / "pids"))
        pids = (self.folder / "pids").read_text().split()
        self.assertEqual(len(pids), 2)
        for pid in pids:
            self.assertFalse(self.is_alive(pid), pid)

    def test_a_server_can_be_ended_and_begun_again(self):
        self.passes("""
            ```sh run serve gateway
            true; acp-gateway serve
            ```
            <!-- run
            end gateway KILL
            -->
            ```sh run serve gateway
            acp-gateway serve
            ```
            """)

    def is_alive(self, pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def test_ports_are_free_ones_and_shown_as_the_page_has_them(self):
        self.passes("""
            ```sh run serve gateway
            acp-gateway serve
            ```
            ```text output
            acp-gateway serves at http://127.0.0.1:8080
            ```
            ```sh run
            echo 127.0.0.1:8080 http://localhost:9090/x >said; cat said
            ```
            ```text output
            127.0.0.1:8080 http://localhost:9090/x
            ```
            ```sh run fails
            grep :9090 said
            ```
            """)

    def test_nothing_of_who_runs_it_gets_in(self):
        os.environ["ACP_GATEWAY__SHOP__NAME"] = "mine"
        self.addCleanup(os.environ.pop, "ACP_GATEWAY__SHOP__NAME")
        self.passes("```sh run\ntest -z \"$ACP_GATEWAY__SHOP__NAME\"\n```\n")

    def test_marks_nobody_knows_are_refused(self):
        for page in ("```sh run sometimes\n```\n", "```sh run serve\n```\n", "```text output\n```\n",
                     "```sh run\n", "no block"):
            with self.assertRaises(Wrong):
                self.run_text(page)


class Links(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        (self.root / "docs").mkdir()
        (self.root / "docs" / "a.md").write_text("# One `key`\n## Two, too\n## Two, too\n")

    def broken(self, text):
        (self.root / "README.md").write_text(text)
        return list(broken(self.root))

    def test_links_that_lead_somewhere_are_fine(self):
        self.assertEqual(self.broken("# Top\n[a](docs/a.md) [b](docs/a.md#one-key) [c](#top) [d](https://x.example/y)"), [])
        self.assertEqual(self.broken("[a](docs/a.md#two-too-1)\n```\n[b](nowhere.md)\n```\n`[c](nowhere.md)`"), [])
        self.assertEqual(self.broken("[docs](docs)"), [])

    def test_links_that_lead_nowhere_are_told(self):
        self.assertEqual(self.broken("[a](docs/a.md)\n[b](docs/b.md)"), ["README.md:2: there is no docs/b.md"])
        self.assertEqual(self.broken("[a](docs/a.md#three)"), ["README.md:1: docs/a.md has no heading #three"] + ["docs/a.md: no page leads here"])
        self.assertEqual(self.broken("[a](docs/a.md) [b](#nowhere)"), ["README.md:1: this page has no heading #nowhere"])
        self.assertEqual(self.broken("[a](docs/a.md) [b](../x.md)"), ["README.md:1: ../x.md leads out of the repository"])

    def test_a_page_nothing_leads_to_is_told(self):
        self.assertEqual(self.broken("nothing"), ["docs/a.md: no page leads here"])

    def test_anchors_are_those_of_github(self):
        self.assertEqual(anchors("## [A b](c.md), d & e-f\n```\n# no\n```\n"), {"a-b-d--e-f"})


class Names(unittest.TestCase):
    SCHEMA = {"properties": {"shop": {"properties": {"tax": {"items": {"properties": {"country": {}}}}}}}}

    def strange(self, text):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "page.md").write_text(text)
            return list(strange(pathlib.Path(folder), self.SCHEMA))

    def test_keys_of_the_configuration_are_fine(self):
        self.assertEqual(self.strange("`shop.tax` ACP_GATEWAY__SHOP__TAX `shop.tax = []` `shop.tax.country` other.key"), [])

    def test_keys_of_no_configuration_are_told(self):
        for text in ("`shop.taxes`", "`shop.taxes = 1`", "ACP_GATEWAY__SHOP__TAXES=x", "ACP_GATEWAY__STORE__TAX"):
            self.assertEqual(len(self.strange("\n" + text)), 1, text)
            self.assertIn("page.md:2: the configuration has no ", self.strange("\n" + text)[0])


if __name__ == "__main__":
    unittest.main(verbosity=1)
