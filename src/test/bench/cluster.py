#!/usr/bin/env python3
"""cluster.py [--runs N]

What three nodes on this machine do beside one, in turn: a publisher at node A, the channel's owner B, and 1000 SSE streams
of 200-byte messages at C; and batches through /publish of A to a channel of B, kept on two nodes. Needs what compare.py
has prepared in target/bench, and target/eric-vertx.jar.
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
JAR = ROOT / "target" / "eric-vertx.jar"
BENCH = ROOT / "target" / "bench"
STREAMS = 1000
BATCH = 1000
CONNECTIONS = 4
BATCHES = 100


class Hub:
    def __init__(self, folder, name, *arguments):
        self.log = open(folder / f"{name}.log", "w")
        self.socket = folder / f"{name}.sock"
        self.process = subprocess.Popen(
            ["java", "-Xms64m", "-Xmx1g", "-jar", str(JAR), "serve", "--http-port", "0", "--socket", str(self.socket), *arguments],
            stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=folder)
        ready = re.search(r"http://[^:]+:(\d+)", self.process.stdout.readline())
        if not ready:
            self.end()
            raise SystemExit(f"{name} did not start")
        self.port = int(ready[1])

    def call(self, method, path, body=None, attempts=20):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if response.status == 503 and attempts > 1:  # as Retry-After asks
            time.sleep(1)
            return self.call(method, path, body, attempts - 1)
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {answer[:200]}")
        return json.loads(answer) if answer else None

    def await_ready(self, nodes):
        for _ in range(600):
            try:
                self.call("GET", "/readyz", attempts=1)
                if nodes == 1 or f'"nodes":{nodes}' in json.dumps(self.call("GET", "/healthz")).replace(" ", ""):
                    return
            except (SystemExit, OSError):
                pass
            time.sleep(0.1)
        raise SystemExit(f"not ready with {nodes} nodes: {self.call('GET', '/healthz')}")

    def owner_of(self, channel):
        done = subprocess.run(["java", "-jar", str(JAR), "ls", channel, "--socket", str(self.socket)],
                              stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout.splitlines()[0]).get("owner")

    def end(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def fan_out(folder, publisher, hub, hubs, channel):
    """Deliveries per second to streams at one hub, published at another."""
    subs = folder / f"{channel}.txt"
    listeners = [hub.call("POST", f"/subscribe?channel_id={channel}")["listener_id"] for _ in range(STREAMS)]
    subs.write_text("".join(f"{channel} {listener}\n" for listener in listeners))
    done = subprocess.run(
        ["./ssebench", "--label", channel, "--pid", ",".join(str(h.process.pid) for h in hubs), "--channels", "1",
         "--listeners", str(STREAMS), "--to", "channel", "--sub-path", "/stream/{c}/{l}", "--conns", "64", "--depth", "1",
         "--window", "64", "--warmup", "40", "--duration", "8", "--port", str(hub.port), "--pub-port", str(publisher.port),
         "--subs-file", str(subs), "--pub-path", "/broadcast?channel_id={c}", "--pub-header", "Content-Type: application/json",
         "--pub-body", '{"type":"m","payload":"{msg}"}'],
        cwd=BENCH, stdout=subprocess.PIPE, text=True)
    result = json.loads(done.stdout.splitlines()[-1])
    if done.returncode:
        print(f"not all was delivered once and in order: {result}")
    return result["deliveries_per_s"]


def batches(hub, channel):
    """Acknowledged messages per second through /publish: 200 bytes each, 1000 in a batch, four connections."""
    body = json.dumps([{"c": channel, "t": "m", "p": "x" * 200}] * BATCH)
    wrong = []

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        for _ in range(BATCHES):
            connection.request("POST", "/publish", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            if response.status != 200 or b'"error"' in answer:
                wrong.append((response.status, answer[:200]))
        connection.close()

    rates = []
    for _ in range(3):  # the last one counts: the others warm up
        threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rates.append(CONNECTIONS * BATCHES * BATCH / (time.monotonic() - start))
    if wrong:
        print(f"{len(wrong)} batches were refused: {wrong[0]}")
    return rates[-1]


def one(folder):
    hub = Hub(folder, "single")
    try:
        hub.await_ready(1)
        hub.call("PUT", "/create?channel_id=fan")
        hub.call("PUT", "/create?channel_id=log")
        hub.call("POST", "/subscribe?channel_id=log")
        return fan_out(folder, hub, hub, [hub], "fan"), batches(hub, "log")
    finally:
        hub.end()


def three(folder):
    hubs = []
    os.environ["ERIC_CLUSTER_NAME"] = folder.name
    try:
        for i in range(3):
            hubs.append(Hub(folder, f"node{i}", "--cluster"))
        for hub in hubs:
            hub.await_ready(3)
        owners = {}
        for i in range(40):
            name = f"fan{i}"
            hubs[0].call("PUT", f"/create?channel_id={name}")
            hubs[0].call("POST", f"/subscribe?channel_id={name}")
            owners.setdefault(hubs[0].owner_of(name), []).append(name)
            if len(owners) == 3 and all(len(names) > 1 for names in owners.values()):
                break
        health = {re.search(r'"node": "([^"]+)"', json.dumps(hub.call("GET", "/healthz")))[1]: hub for hub in hubs}
        owner = next(node for node in owners if health.get(node) not in (hubs[0], hubs[2]))
        fan, log = owners[owner][:2]
        return fan_out(folder, hubs[0], hubs[2], hubs, fan), batches(hubs[0], log)
    finally:
        for hub in hubs:
            hub.end()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    if not (BENCH / "ssebench").exists():
        raise SystemExit("run compare.py first: it builds the load generator in target/bench")
    figures = {"one node": [], "three nodes": []}
    for _ in range(runs):
        for name, measure in (("one node", one), ("three nodes", three)):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="eric-cluster-"))
            try:
                figures[name].append(measure(folder))
                print(name, figures[name][-1], flush=True)
            finally:
                shutil.rmtree(folder)
    print("\n| | deliveries/s | acknowledged messages/s in batches |\n|---|---|---|")
    for name, results in figures.items():
        cells = [f"{statistics.median(v):,.0f} ({min(v):,.0f}..{max(v):,.0f})" for v in zip(*results)]
        print(f"| {name} | " + " | ".join(cells) + " |")


main()
