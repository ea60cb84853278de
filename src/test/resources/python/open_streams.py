"""Opens event streams and reads them until it is ended: open_streams.py HOST PORT PATH...

Prints "open" when every head has come.
"""
import selectors
import socket
import sys

host, port, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
selector = selectors.DefaultSelector()
for path in paths:
    stream = socket.create_connection((host, port))
    stream.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += stream.recv(1)
    assert head.startswith(b"HTTP/1.1 200 "), head
    stream.setblocking(False)
    selector.register(stream, selectors.EVENT_READ)
print("open", flush=True)
while True:
    for key, _ in selector.select():
        if not key.fileobj.recv(65536):
            selector.unregister(key.fileobj)
