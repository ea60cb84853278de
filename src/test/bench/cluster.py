#!/usr/bin/env python3
"""cluster.py [--runs N] [--only NAME,...]

What three nodes on this machine do beside one, in turn:
  fan       deliveries per second to 1000 SSE streams at C, published at A to a channel that B owns
  batches   acknowledged messages per second through /publish of A to that channel, 1000 of 200 bytes each
  singles   milliseconds from a publish to its acknowledgement, one after the other: median and 99th percentile
  idle      cores per node while nothing happens
  many      seconds until 5000 channels are created, and until all that a killed node had are acknowledged again
  failover  seconds from a kill, and from a hang, of a channel's owner until a message to it is acknowledged elsewhere
All but failover are measured after a warm-up, because three JVMs on two cores compile for minutes.
Needs what compare.py has prepared in target/bench, and target/eric-vertx.jar. JAR names another jar, and
HUB_JAVA_OPTS other options of the JVMs.
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
JAR = pathlib.Path(os.environ.get("JAR", ROOT / "target" / "eric-vertx.jar"))
BENCH = ROOT / "target" / "bench"
STREAMS = 1000
BATCH = 1000
CONNECTIONS = 8
BATCHES = 100
BATCH_ROUNDS = 8
SINGLES = 2000
SINGLES_ROUNDS = 5
CHANNELS = 5000
CREATORS = 64
IDLE_S = 30
FAILOVERS = 5
HANG_S = 6
OPTIONS = os.environ.get("HUB_JAVA_OPTS", "-Xms64m -Xmx1g").split()


class Hub:
    def __init__(self, folder, name, *arguments):
        self.log = open(folder / f"{name}.log", "w")
        self.connections = threading.local()
        self.socket = folder / f"{name}.sock"
        self.process = subprocess.Popen(
            ["java", *OPTIONS, "-jar", str(JAR), "serve", "--http-port", "0", "--socket", str(self.socket), *arguments],
            stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=folder)

    def await_doors(self):
        ready = re.search(r"http://[^:]+:(\d+)", self.process.stdout.readline())
        if not ready:
            raise SystemExit(f"{self.log.name} did not start")
        self.port = int(ready[1])

    def call(self, method, path, body=None, attempts=20):
        connection = getattr(self.connections, "mine", None)
        if connection is None:
            connection = self.connections.mine = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()  # the hub may have closed it as idle; the next request opens it anew
            if attempts <= 1:
                raise
            return self.call(method, path, body, attempts - 1)
        if response.status == 503 and attempts > 1:  # as Retry-After asks
            time.sleep(1)
            return self.call(method, path, body, attempts - 1)
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {answer[:200]}")
        return json.loads(answer) if answer else None

    def create(self, channel):
        self.call("PUT", f"/create?channel_id={channel}")

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

    def health(self):
        return self.call("GET", "/healthz")

    def cpu_s(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.process.kill()
        self.process.wait(60)

    def end(self):
        if self.process.poll() is None:
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
         "--listeners", str(STREAMS), "--to", "channel", "--sub-path", "/stream/{c}/{l}", "--conns", "64", "--depth", "16",
         "--window", "1024", "--warmup", "40", "--duration", "12", "--port", str(hub.port), "--pub-port", str(publisher.port),
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
    for _ in range(BATCH_ROUNDS):  # the last three count: the others warm up
        threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rates.append(CONNECTIONS * BATCHES * BATCH / (time.monotonic() - start))
    if wrong:
        print(f"{len(wrong)} batches were refused: {wrong[0]}")
    return statistics.median(rates[-3:])


def singles(hub, channel):
    """Milliseconds to the acknowledgement of one publish after the other: median and 99th percentile."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    body = json.dumps({"type": "m", "payload": "x" * 200})
    times = []
    for _ in range(SINGLES_ROUNDS * SINGLES):
        start = time.monotonic()
        connection.request("POST", f"/broadcast?channel_id={channel}", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        times.append((time.monotonic() - start) * 1000)
    connection.close()
    times = sorted(times[-SINGLES:])  # the others warm up
    return times[len(times) // 2], times[len(times) * 99 // 100]


def idle(hubs):
    """Cores per node."""
    before = [hub.cpu_s() for hub in hubs]
    time.sleep(IDLE_S)
    return max(hub.cpu_s() - was for hub, was in zip(hubs, before)) / IDLE_S


def publish_until_acknowledged(port, channel, key):
    body = json.dumps([{"c": channel, "t": "m", "key": key}])
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", "/publish", body, {"Content-Type": "application/json"})
            answer = connection.getresponse().read()
            connection.close()
            if b'"id"' in answer:
                return
        except OSError:
            pass
        time.sleep(0.02)


def in_threads(count, items, work):
    def each(part):
        for item in part:
            work(item)

    threads = [threading.Thread(target=each, args=(items[i::count],)) for i in range(count)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - start


def many(hubs):
    """Seconds to create the channels, and from a kill until each of the dead node's is acknowledged again."""
    ids = [f"many{i}" for i in range(CHANNELS)]
    warm = [f"warm{i}" for i in range(CHANNELS)]
    in_threads(CREATORS, warm, hubs[0].create)
    in_threads(CREATORS, warm, lambda name: hubs[0].call("DELETE", f"/channel/{name}"))
    created = in_threads(CREATORS, ids, hubs[0].create)
    in_threads(16, ids, lambda name: publish_until_acknowledged(hubs[0].port, name, "before"))
    victim, asked = hubs[2], hubs[0]
    lost = victim.health()["owned"]
    victim.kill()
    batch = 500
    start = time.monotonic()
    left = ids
    while left:
        again = []
        for i in range(0, len(left), batch):
            part = left[i:i + batch]
            body = json.dumps([{"c": name, "t": "m", "key": "after"} for name in part])
            try:
                connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=30)
                connection.request("POST", "/publish", body, {"Content-Type": "application/json"})
                outcomes = json.loads(connection.getresponse().read())
                connection.close()
                again += [name for name, outcome in zip(part, outcomes) if "id" not in outcome]
            except (OSError, ValueError):
                again += part
        left = again
    return created, time.monotonic() - start, lost


def new_channel(hubs, name):
    """Creates a channel and returns the hub that owns it."""
    before = [hub.health()["owned"] for hub in hubs]
    hubs[0].create(name)
    return next(hub for hub, owned in zip(hubs, before) if hub.health()["owned"] > owned)


def failovers(folder, hubs):
    """Seconds until a message is acknowledged after its channel's owner was killed, and after it was stopped."""
    kills, hangs = [], []
    for i in range(FAILOVERS):
        for kind, times in (("kill", kills), ("hang", hangs)):
            for hub in hubs:
                hub.await_ready(3)
            spread(hubs)
            owner = new_channel(hubs, f"{kind}{i}")
            asked = next(hub for hub in hubs if hub is not owner)
            publish_until_acknowledged(asked.port, f"{kind}{i}", "before")
            start = time.monotonic()
            owner.process.send_signal(signal.SIGKILL if kind == "kill" else signal.SIGSTOP)
            publish_until_acknowledged(asked.port, f"{kind}{i}", "after")
            times.append(time.monotonic() - start)
            if kind == "hang":
                time.sleep(HANG_S)
                owner.process.send_signal(signal.SIGCONT)
            else:
                owner.kill()
                owner.end()
                at = hubs.index(owner)
                hubs[at] = Hub(folder, f"again{i}", "--cluster")
                hubs[at].await_doors()
    return kills, hangs


def one(folder, only):
    hub = Hub(folder, "single")
    try:
        hub.await_doors()
        hub.await_ready(1)
        hub.call("PUT", "/create?channel_id=fan")
        hub.call("PUT", "/create?channel_id=log")
        hub.call("POST", "/subscribe?channel_id=log")
        return measured(folder, only, hub, hub, [hub], "fan", "log")
    finally:
        hub.end()


def spread(hubs):
    """Waits until each node owns a group, and gives the owners of the groups."""
    for _ in range(600):
        owners = [group["owner"] for group in hubs[0].health()["groups"]]
        if len(set(owners)) == len(hubs):
            return owners
        time.sleep(0.1)
    raise SystemExit(f"the groups are not spread: {hubs[0].health()}")


def three(folder, only):
    os.environ["ERIC_CLUSTER_NAME"] = folder.name
    os.environ["ERIC_CLUSTER_REBALANCE_DELAY"] = "1000"
    hubs = []
    try:
        for i in range(3):
            hubs.append(Hub(folder, f"node{i}", "--cluster"))
        for hub in hubs:
            hub.await_doors()
        for hub in hubs:
            hub.await_ready(3)
        spread(hubs)
        b = hubs[1]
        names = []
        for i in range(100):
            before = b.health()["owned"]
            hubs[0].call("PUT", f"/create?channel_id=c{i}")
            hubs[0].call("POST", f"/subscribe?channel_id=c{i}")
            if b.health()["owned"] > before:
                names.append(f"c{i}")
            if len(names) == 2:
                break
        return measured(folder, only, hubs[0], hubs[2], hubs, *names)
    finally:
        for hub in hubs:
            hub.end()


def measured(folder, only, publisher, hub, hubs, fan, log):
    figures = {}
    if "singles" in only:
        figures["single p50 ms"], figures["single p99 ms"] = singles(publisher, log)
    if "batches" in only:
        figures["acknowledged/s in batches"] = batches(publisher, log)
    if "fan" in only:
        figures["deliveries/s"] = fan_out(folder, publisher, hub, hubs, fan)
    if "failover" in only and len(hubs) > 1:
        kills, hangs = failovers(folder, hubs)
        figures["kill s, median"], figures["kill s, longest"] = statistics.median(kills), max(kills)
        figures["hang s, median"], figures["hang s, longest"] = statistics.median(hangs), max(hangs)
    if "idle" in only:
        figures["idle cores"] = idle(hubs)
    if "many" in only:
        if len(hubs) == 1:
            ids = [f"many{i}" for i in range(CHANNELS)]
            figures["5000 created s"] = in_threads(CREATORS, ids, hub.create)
        else:
            created, again, lost = many(hubs)
            figures["5000 created s"], figures["failover s"], figures["channels lost"] = created, again, lost
    return figures


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="singles,batches,fan,failover,idle,many")
    args = parser.parse_args()
    only = args.only.split(",")
    if "fan" in only and not (BENCH / "ssebench").exists():
        raise SystemExit("run compare.py first: it builds the load generator in target/bench")
    results = {"one node": [], "three nodes": []}
    for _ in range(args.runs):
        for name, measure in (("one node", one), ("three nodes", three)):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="eric-cluster-"))
            try:
                results[name].append(measure(folder, only))
                print(name, results[name][-1], flush=True)
            finally:
                shutil.rmtree(folder)
    for name, all_runs in results.items():
        print(f"\n{name}, {args.runs} runs")
        for figure in all_runs[0]:
            values = [run[figure] for run in all_runs]
            print(f"  {figure}: {statistics.median(values):.4g} ({min(values):.4g}..{max(values):.4g})")


main()
