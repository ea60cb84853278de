"""A part of an application that greets, over the socket as the Python library's client talks to it.

Usage: greeter.py SOCKET CHANNEL NAME OTHER...      prints "ready" when its listener is started
"""
import asyncio
import json
import sys


async def call(path, payload):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(json.dumps(payload).encode())
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def main(path, channel, name, *others):
    answered = set()

    async def send(receiver, kind):
        command = {"v": "d", "c": channel, "r": receiver, "t": kind, "p": {"from": name}, "sender": name}
        assert await call(path, command) == "ack"

    await call(path, {"v": "r", "c": channel, "r": name})
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(json.dumps({"v": "l", "c": channel, "r": name}).encode())
    writer.write_eof()
    print("ready", flush=True)
    while line := await reader.readline():
        message = json.loads(line)
        if message["event"] == "begin":
            for other in others:
                await send(other, "hello")
        elif message["event"] == "hello":
            await send(message["data"]["from"], "hello_ack")
        elif message["event"] == "hello_ack":
            answered.add(message["data"]["from"])
            if len(answered) == len(others):
                done = {"by": name, "answers": sorted(answered)}
                await call(path, {"v": "b", "c": channel, "t": "done", "p": done})


asyncio.run(main(*sys.argv[1:]))
