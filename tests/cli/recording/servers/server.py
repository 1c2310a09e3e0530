"""Servers that answer in upper case, correct ones and ones that mistake reads for messages.

Usage: server.py KIND. The port is written to standard output.
"""

import socket
import struct
import sys
import threading


def exactly(conn, size):
    """Reads exactly so many bytes."""
    data = b""
    while len(data) < size:
        piece = conn.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def correct_length(conn):
    while True:
        (size,) = struct.unpack("!I", exactly(conn, 4))
        conn.sendall(struct.pack("!I", size) + exactly(conn, size).upper())


def header_in_one_recv(conn):
    while True:
        (size,) = struct.unpack("!I", conn.recv(4))
        conn.sendall(struct.pack("!I", size) + exactly(conn, size).upper())


def body_in_one_recv(conn):
    while True:
        (size,) = struct.unpack("!I", exactly(conn, 4))
        body = conn.recv(size).upper()
        conn.sendall(struct.pack("!I", len(body)) + body)


def correct_line(conn):
    for line in conn.makefile("rb"):
        conn.sendall(line.upper())


def ends_with_delimiter(conn):
    """Takes what has come for one message as soon as it ends with the delimiter."""
    data = b""
    while piece := conn.recv(65536):
        data += piece
        if data.endswith(b"\n"):
            conn.sendall(data[:-1].replace(b"\n", b" ").upper() + b"\n")
            data = b""


def utf8_by_chunk(conn):
    text = ""
    while piece := conn.recv(65536):
        text += piece.decode("utf-8", "replace")
        while "\n" in text:
            line, text = text.split("\n", 1)
            conn.sendall(line.upper().encode() + b"\n")


def one_recv_is_one_message(conn):
    while piece := conn.recv(65536):
        conn.sendall(piece.rstrip(b"\n").upper() + b"\n")


def never_answers(conn):
    while conn.recv(65536):
        pass


answers = 0


def differs_each_time(conn):
    global answers
    for line in conn.makefile("rb"):
        answers += 1
        conn.sendall(b"answer %d\n" % answers)


def serve(conn, handler):
    try:
        handler(conn)
    except (EOFError, OSError, struct.error):
        pass
    finally:
        conn.close()


with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
    print(server.getsockname()[1], flush=True)
    handler = globals()[sys.argv[1]]
    while True:
        conn, _ = server.accept()
        threading.Thread(target=serve, args=(conn, handler), daemon=True).start()
