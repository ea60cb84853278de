#!/usr/bin/env python3
"""engines.py [--engines ratis,jgroups] [--groups 1,3,6] [--rounds N]

Three nodes on this machine with nothing but a Raft library, for docs/decisions/0010-raft.md: entries per second and
milliseconds from an append to its application at the leader, after a warm-up, each entry forced to the disks of a
majority; CPU of the three JVMs per entry; seconds from a kill of a leader until an entry of its group is committed.
Resolves the libraries by Maven; java, javac and mvn are on the path.
"""
import argparse
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]
OUT = ROOT / "target" / "engines"
LIBRARIES = {
    "ratis": [("org.apache.ratis", name, "3.2.2") for name in ("ratis-server", "ratis-grpc", "ratis-metrics-default")],
    "jgroups": [("org.jgroups", "jgroups-raft", "1.1.4.Final")],
    "log": [("org.slf4j", "slf4j-nop", "2.0.17")],
}
LOADS = [(250, 1), (100_000, 3), (250_000, 3)]
SECONDS = 10
KILLS = 5
TICKS = os.sysconf("SC_CLK_TCK")


def classpath():
    OUT.mkdir(parents=True, exist_ok=True)
    found = OUT / "classpath"
    if not found.exists():
        wanted = "".join(
            f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
            for library in LIBRARIES.values() for group, name, version in library)
        (OUT / "pom.xml").write_text(
            "<project><modelVersion>4.0.0</modelVersion><groupId>e</groupId><artifactId>e</artifactId><version>1</version>"
            f"<dependencies>{wanted}</dependencies></project>")
        subprocess.run(["mvn", "-q", "-f", OUT / "pom.xml", "dependency:build-classpath", f"-Dmdep.outputFile={found}"],
                       check=True)
    path = f"{OUT / 'classes'}:{found.read_text()}"
    subprocess.run(["javac", "-d", OUT / "classes", "-cp", path, *HERE.glob("*.java")], check=True)
    return path


class Node:
    def __init__(self, path, engine, place, groups, folder, port):
        self.command = ["java", "-Xmx1g", "-cp", path, "EngineNode", engine, str(place), str(groups),
                        str(folder / str(place)), str(port)]
        self.log = open(OUT / f"{engine}-{place}.log", "w")
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def answer(self):
        for line in self.process.stdout:  # libraries print there too
            if line.startswith("> "):
                return line[2:].split()
        raise SystemExit(f"a node has ended, see {self.log.name}")

    def ask(self, command):
        self.say(command)
        return self.answer()

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def await_leaders(nodes, groups):
    while sum(int(node.ask("leads")[0]) for node in nodes) != groups:
        time.sleep(0.2)


def load(nodes, size, under_way, seconds):
    before = sum(node.cpu() for node in nodes)
    for node in nodes:
        node.say(f"load {size} {under_way} {seconds}")
    answers = [[int(each) for each in node.answer()] for node in nodes]
    cpu = sum(node.cpu() for node in nodes) - before
    entries = sum(answer[0] for answer in answers)
    leading = [answer for answer in answers if answer[0]]
    return {
        "entries/s": entries / seconds,
        "messages of 250 B/s": entries / seconds * size / 250,
        "p50 ms": statistics.median(answer[1] for answer in leading) / 1000,
        "p99 ms": max(answer[2] for answer in leading) / 1000,
        "CPU us/entry": cpu / entries * 1e6,
        "failed": sum(answer[3] for answer in answers),
    }


def kills(nodes, groups):
    times = []
    for _ in range(KILLS):
        await_leaders(nodes, groups)
        victim = next(node for node in nodes if node.ask("one 0") == ["true"] and int(node.ask("leads")[0]) > 0)
        others = [node for node in nodes if node is not victim]
        begun = time.monotonic()
        victim.kill()
        while not any(node.ask("one 0") == ["true"] for node in others):
            pass
        times.append(time.monotonic() - begun)
        victim.start()
        time.sleep(5)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="ratis,jgroups")
    parser.add_argument("--groups", default="1,3,6")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    path = classpath()
    for engine in options.engines.split(","):
        for groups in map(int, options.groups.split(",")):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="engines-"))
            nodes = [Node(path, engine, place, groups, folder, 14_000) for place in range(3)]
            try:
                await_leaders(nodes, groups)
                for size, under_way in LOADS:
                    load(nodes, size, under_way, 20)
                for size, under_way in LOADS:
                    rounds = [load(nodes, size, under_way, SECONDS) for _ in range(options.rounds)]
                    print(engine, groups, "groups", size, "B", under_way, "under way", {
                        key: f"{statistics.median(each[key] for each in rounds):.3g}"
                             f" ({min(each[key] for each in rounds):.3g}..{max(each[key] for each in rounds):.3g})"
                        for key in rounds[0]}, flush=True)
                took = kills(nodes, groups)
                print(engine, groups, "groups, kill s", f"{statistics.median(took):.2f} ({min(took):.2f}..{max(took):.2f})",
                      flush=True)
            finally:
                for node in nodes:
                    node.kill()
                shutil.rmtree(folder)


if __name__ == "__main__":
    main()
