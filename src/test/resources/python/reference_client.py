"""Talks to the socket as the Python library's client does: one connection per command, the request
written at once, the output ended, the answer read to the end of file; a stream is read line by line.

Usage: reference_client.py SOCKET call JSON
       reference_client.py SOCKET stream JSON COUNT
       reference_client.py SOCKET storm CHANNEL CALLS STREAMS
"""
import asyncio
import json
import sys


async def call(path, payload):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(json.dumps(payload).encode())
    writer.write_eof()
    answer = await reader.read()
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    return answer.decode()


async def stream(path, payload, opened=None):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(json.dumps(payload).encode())
    writer.write_eof()
    await writer.drain()
    if opened is not None:
        opened.set()
    try:
        while not reader.at_eof():
            line = await reader.readline()
            yield line.decode()
    finally:
        writer.close()


async def main(path, mode, *arguments):
    if mode == "call":
        sys.stdout.write(await call(path, json.loads(arguments[0])))
    elif mode == "stream":
        wanted = int(arguments[1])
        async for line in stream(path, json.loads(arguments[0])):
            sys.stdout.write(line)
            sys.stdout.flush()
            wanted -= 1
            if wanted == 0:
                break
    else:
        await storm(path, arguments[0], int(arguments[1]), int(arguments[2]))


async def storm(path, channel, calls, streams):
    """Calls and streams all at once: every call acknowledged, every stream gets every message."""
    listeners = [await call(path, {"v": "r", "c": channel}) for _ in range(streams)]

    async def listen(listener):
        seen = []
        async for line in stream(path, {"v": "l", "c": channel, "r": listener}):
            if line:
                seen.append(json.loads(line)["data"])
            if len(seen) == calls:
                return seen

    readers = [asyncio.create_task(listen(listener)) for listener in listeners]
    answers = await asyncio.gather(
        *(call(path, {"v": "b", "c": channel, "t": "n", "p": n}) for n in range(calls))
    )
    seen = await asyncio.wait_for(asyncio.gather(*readers), 60)
    same = all(each == seen[0] for each in seen)
    complete = all(sorted(each) == list(range(calls)) for each in seen)
    print(answers.count("ack"), len(seen), "same order" if same else "ORDERS DIFFER",
          "complete" if complete else "INCOMPLETE")


asyncio.run(main(*sys.argv[1:]))
