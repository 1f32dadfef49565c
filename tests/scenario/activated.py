# SPDX-License-Identifier: LGPL-2.1-or-later
"""A component that knows sd_listen_fds(3) and sd_notify(3) and nothing of Reeve: answers each connection with its pid and the
name of the socket. activated.py NAME... : the sockets that it must have been given."""
import os
import selectors
import socket
import sys


def listen_fds():
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        raise SystemExit("LISTEN_PID is not me")
    names = os.environ["LISTEN_FDNAMES"].split(":")
    if len(names) != int(os.environ["LISTEN_FDS"]):
        raise SystemExit("as many names as descriptors")
    return {name: socket.socket(fileno=3 + i) for i, name in enumerate(names)}


def main():
    sockets = listen_fds()
    if list(sockets) != sys.argv[1:]:
        raise SystemExit(f"given {list(sockets)}")
    others = [int(fd) for fd in os.listdir("/proc/self/fd") if int(fd) >= 3 + len(sockets)]
    if [fd for fd in others if os.path.exists(f"/proc/self/fd/{fd}")]:
        raise SystemExit("there are more descriptors")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, selectors.DefaultSelector() as selector:
        manager.connect(os.environ["NOTIFY_SOCKET"])
        manager.send(b"READY=1")
        for name, one in sockets.items():
            selector.register(one, selectors.EVENT_READ, name)
        while True:
            for key, _ in selector.select():
                connection, _ = key.fileobj.accept()
                with connection:
                    connection.sendall(f"{os.getpid()} {key.data}\n".encode())


main()
