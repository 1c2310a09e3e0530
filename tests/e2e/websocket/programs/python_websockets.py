"""Python's `websockets` as both ends: `client URL TERMS` and `server TERMS`.

TERMS are the terms of compression in JSON, `null` for none. See
`../websocket_programs.ts` for what the two do.
"""

import asyncio
import json
import sys

import websockets
from websockets.extensions import permessage_deflate

NAMES = {
    "serverNoContextTakeover": "server_no_context_takeover",
    "clientNoContextTakeover": "client_no_context_takeover",
    "serverMaxWindowBits": "server_max_window_bits",
    "clientMaxWindowBits": "client_max_window_bits",
}


def extensions(factory, terms):
    if terms is None:
        return []
    return [factory(**{NAMES[name]: value for name, value in terms.items()})]


def opened(url, terms):
    return websockets.connect(
        url,
        subprotocols=["other", "chat"],
        compression=None,
        extensions=extensions(
            permessage_deflate.ClientPerMessageDeflateFactory, terms
        ),
        max_size=None,
    )


async def client(url, terms):
    async with opened(url, terms) as socket:
        same = 0
        for size in [0, 1, 125, 126, 65_535, 65_536, 1_000_000]:
            text = ("né or so. " * (size // 10 + 1))[:size]
            for message in [text, b"\xfe" * size, text]:
                await socket.send(message)
                same += await socket.recv() == message
        ponged = await socket.ping("between")
        await socket.send(["frag", "", "ments"])
        fragments = await socket.recv()
        await ponged
        await socket.close(4001, "enough")
        closed = [socket.close_code, socket.close_reason]
    async with opened(url, terms) as socket:
        await socket.send("close")
        await socket.wait_closed()
        closed_by_peer = [socket.close_code, socket.close_reason]
    print(
        json.dumps(
            {
                "same": same,
                "fragments": fragments,
                # It compares the pong with the ping by itself.
                "pong": "between",
                "closed": closed,
                "closedByPeer": closed_by_peer,
            }
        )
    )


async def pong(ponged):
    await ponged
    print("pong between", flush=True)


async def serve(socket, _path=None):
    tasks = []
    try:
        async for message in socket:
            if message == "fragments":
                tasks.append(asyncio.create_task(pong(await socket.ping("between"))))
                await socket.send(["frag", "", "ments"])
            elif message == "close":
                await socket.close(4000, "the room is full")
            elif message == "later":
                await asyncio.sleep(1)
                await socket.send("now")
            else:
                await socket.send(message)
    except websockets.ConnectionClosedError:
        pass
    print(f"closed {socket.close_code} {socket.close_reason}", flush=True)


async def server(terms):
    async with websockets.serve(
        serve,
        "127.0.0.1",
        0,
        subprotocols=["chat"],
        compression=None,
        extensions=extensions(
            permessage_deflate.ServerPerMessageDeflateFactory, terms
        ),
        max_size=None,
    ) as listening:
        (socket,) = listening.sockets
        print(f"port {socket.getsockname()[1]}", flush=True)
        await asyncio.Future()


role, *rest = sys.argv[1:]
if role == "client":
    asyncio.run(client(rest[0], json.loads(rest[1])))
else:
    asyncio.run(server(json.loads(rest[0])))
