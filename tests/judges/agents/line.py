#!/usr/bin/env python3
"""A bad line to a gateway: whatever is asked is done, but its answer breaks off; asked again, the
gateway seems to be away; the third time all is well. What only reads breaks off once.

line.py URL: says where it listens, on 127.0.0.1, until it is told to end.
"""

import http.client
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AT = urllib.parse.urlsplit(sys.argv[1])
# Whoever sends these through would speak for two hops at once.
OF_A_HOP = {"connection", "transfer-encoding", "content-length", "host", "keep-alive"}
asked = {}
counting = threading.Lock()


class Line(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # By what is asked, and not by its key: who takes another key asks the same.
        what = self.command, self.path, body
        with counting:
            times = asked[what] = asked.get(what, 0) + 1
        if times == 2 and self.command != "GET":
            # As whoever stands before a gateway says it.
            self.say(503, [("Retry-After", "0")], b"<h1>Nobody is there</h1>")
            return
        sent = [(name, value) for name, value in self.headers.items()
                if name.lower() not in OF_A_HOP]
        there = http.client.HTTPConnection(AT.hostname, AT.port, timeout=60)
        there.request(self.command, self.path, body, dict(sent))
        answer = there.getresponse()
        told = answer.read()
        there.close()
        headers = [pair for pair in answer.getheaders() if pair[0].lower() not in OF_A_HOP]
        self.say(answer.status, headers, told, is_cut=times == 1)

    def say(self, status, headers, body, is_cut=False):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if is_cut else body)
        self.close_connection = is_cut

    do_GET = do_POST = pass_on

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
server.daemon_threads = True
print(f"A bad line at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
