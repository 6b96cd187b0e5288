"""The `websockets` library as a peer in both roles, steered over its standard input and output.

Each command and each event is a line of JSON, followed by as many bytes as its `sizes` or `size` says:

  in   {"do": "listen", "cert": path or null, "key": path or null}
       {"do": "connect", "id": 1, "url": "...", "subprotocols": [...], "ca": path or null}
       {"do": "send", "id": 1, "text": true, "sizes": [3, 4]}      more than one size: that many fragments
       {"do": "ping", "id": 1, "payload": "..."}
       {"do": "close", "id": 1, "code": 1000, "reason": "..."}
  out  {"event": "listening", "port": 12345}
       {"event": "open", "id": 1, "subprotocol": "..."}            a listener counts ids down from -1
       {"event": "message", "id": 1, "text": true, "size": 7}
       {"event": "pong", "id": 1, "payload": "..."}
       {"event": "closed", "id": 1, "code": 1000, "reason": "..."}
       {"event": "failed", "id": 1, "text": "..."}

The end of standard input ends the process.
"""

import asyncio
import json
import ssl
import sys
import threading

import websockets

# No bound on messages; no pings of its own, since the tests count frames.
SETTINGS = {"max_size": None, "ping_interval": None}

connections = {}
accepted = 0


def tell(event, body=b"", **values):
    sys.stdout.buffer.write(json.dumps({"event": event, **values}).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


async def follow(identity, connection):
    connections[identity] = connection
    tell("open", id=identity, subprotocol=connection.subprotocol or "")
    try:
        async for message in connection:
            text = isinstance(message, str)
            payload = message.encode() if text else message
            tell("message", payload, id=identity, text=text, size=len(payload))
    except websockets.ConnectionClosed:
        pass
    await connection.wait_closed()
    tell("closed", id=identity, code=connection.close_code, reason=connection.close_reason or "")


async def accept(connection, path=None):
    global accepted
    accepted -= 1
    await follow(accepted, connection)


async def listen(command):
    context = None
    if command["cert"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(command["cert"], command["key"])
    server = await websockets.serve(accept, "127.0.0.1", 0, ssl=context, subprotocols=["chat"], **SETTINGS)
    tell("listening", port=server.sockets[0].getsockname()[1])


async def connect(command):
    context = ssl.create_default_context(cafile=command["ca"]) if command["ca"] else None
    settings = {"ssl": context} if context else {}
    if command["subprotocols"]:
        settings["subprotocols"] = command["subprotocols"]
    connection = await websockets.connect(command["url"], **settings, **SETTINGS)
    asyncio.ensure_future(follow(command["id"], connection))


async def send(command, pieces):
    if command["text"]:
        pieces = [piece.decode() for piece in pieces]
    await connections[command["id"]].send(pieces[0] if len(pieces) == 1 else pieces)


async def ping(command):
    await (await connections[command["id"]].ping(command["payload"]))
    tell("pong", id=command["id"], payload=command["payload"])


async def obey(command, pieces):
    try:
        if command["do"] == "listen":
            await listen(command)
        elif command["do"] == "connect":
            await connect(command)
        elif command["do"] == "send":
            await send(command, pieces)
        elif command["do"] == "ping":
            await ping(command)
        elif command["do"] == "close":
            await connections[command["id"]].close(command["code"], command["reason"])
    except Exception as error:  # whatever it is, the test shall show it
        tell("failed", id=command.get("id", 0), text=repr(error))


async def main():
    loop = asyncio.get_running_loop()
    commands = asyncio.Queue()

    def read():
        while line := sys.stdin.buffer.readline():
            command = json.loads(line)
            pieces = [sys.stdin.buffer.read(size) for size in command.get("sizes", [])]
            loop.call_soon_threadsafe(commands.put_nowait, (command, pieces))
        loop.call_soon_threadsafe(commands.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (item := await commands.get()) is not None:
        # Sends keep their order; the rest may wait for the other side meanwhile.
        if item[0]["do"] == "send":
            await obey(*item)
        else:
            asyncio.ensure_future(obey(*item))


asyncio.run(main())
