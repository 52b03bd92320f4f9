#!/usr/bin/env python3
"""Listens on 127.0.0.1, says where, and hears everything, until it is told to end."""

from http.server import BaseHTTPRequestHandler, HTTPServer


class Ear(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Ear)
print(f"An ear at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
