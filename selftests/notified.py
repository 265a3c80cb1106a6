#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Starts a service as systemd would, and says what it notifies of first: SOCKET COMMAND..."""

import os
import socket
import subprocess
import sys

path = sys.argv[1]
if os.path.exists(path):
    os.unlink(path)
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
    listener.bind(path)
    listener.settimeout(60)
    with open("/var/log/agent.log", "ab") as log:
        service = subprocess.Popen(sys.argv[2:], env=os.environ | {"NOTIFY_SOCKET": path},
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
    with open("/run/agent.pid", "w", encoding="ascii") as pid:
        pid.write(f"{service.pid}\n")
    while True:
        for line in listener.recv(4096).decode().splitlines():
            if line == "READY=1":
                print("READY")
                sys.exit(0)
