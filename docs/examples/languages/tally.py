#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the lines that it is sent, and answers each with the number so far. Python's standard library is all it needs."""
import os
import selectors
import signal
import socket


def say(*lines):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.sendto("\n".join(lines).encode(), os.environ["NOTIFY_SOCKET"])


signal.signal(signal.SIGTERM, lambda *_: exit(0))  # asked to stop: everybody who needs us is gone already
listener = socket.socket(fileno=3)                 # LISTEN_FDS=1, LISTEN_FDNAMES=lines
loop = selectors.DefaultSelector()
loop.register(listener, selectors.EVENT_READ)
count = 0
say("READY=1", "STATUS=counting", "X_REEVE_PUBLISH=answer=number")
while True:
    for key, _ in loop.select(timeout=3):          # well below WatchdogSec=
        if key.fileobj is listener:
            loop.register(listener.accept()[0], selectors.EVENT_READ)
            continue
        if not (text := key.fileobj.recv(4096)):   # the client has gone
            loop.unregister(key.fileobj)
            key.fileobj.close()
            continue
        count += text.count(b"\n")
        key.fileobj.sendall(b"%d\n" % count)
        say(f"STATUS={count} lines")
    say("WATCHDOG=1")
