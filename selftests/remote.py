#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Commands for a guest, over a port that is forwarded to it.

usage: remote.py serve PORT                 in the guest
       remote.py run HOST:PORT COMMAND...   prints what it says, and exits with its status

A shell in the guest runs the command. What it starts in the background may stay.
"""

import json
import socket
import socketserver
import subprocess
import sys
import tempfile


class Handler(socketserver.StreamRequestHandler):
    """One command: a line of JSON comes, and a line goes."""

    def handle(self):
        line = self.rfile.readline()
        if not line:
            return
        # Of a file, since a pipe ends only when what stays in the background does.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(["bash", "-c", json.loads(line)], stdin=subprocess.DEVNULL,
                                  stdout=said, stderr=subprocess.STDOUT, check=False)
            said.seek(0)
            answer = {"status": done.returncode, "said": said.read().decode(errors="replace")}
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def run(address, command):
    """Have the guest run it: its status."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=300) as connection:
        connection.sendall(json.dumps(command).encode() + b"\n")
        line = connection.makefile().readline()
    if not line:
        return 255
    answer = json.loads(line)
    sys.stdout.write(answer["said"])
    return answer["status"] % 256


def main():
    if sys.argv[1] == "serve":
        Server(("", int(sys.argv[2])), Handler).serve_forever()
    try:
        return run(sys.argv[2], " ".join(sys.argv[3:]))
    except OSError as error:
        print(f"remote.py: {sys.argv[2]}: {error}")
        return 255


sys.exit(main())
