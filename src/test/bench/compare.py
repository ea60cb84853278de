#!/usr/bin/env python3
"""compare.py [--runs N] SCENARIO PEER [PEER ...] - the product and its peers in turn, in one go.

Runs eric-vertx (target/eric-vertx.jar) and each peer N times (default 5), one after the other, with the load
generator of ../shared/bench, and prints per peer the median (min..max) and the median of the ratios to it, run by run.

SCENARIO  one of run.sh's (fan100 fan1000 fan5000 over1000 lat lat500 many idle pub stalled), or one of ours:
          one10k  a channel with 10,000 listeners, ten of them connected, dispatch to one
          one10   the same with ten listeners
PEER      one of run.sh's (nchan, vertx1, vertx1-batch, vertx1-raw-batch, floor-batch, better-sse, ...), or the
          product with other settings: eric-vertx:ERIC_HTTP_INSTANCES=2,ERIC_SERVER_EVENT_LOOPS=2, or under another
          name with other options of the JVM: eric-vertx:HUB_JAVA_OPTS=-XX:+UseParallelGC
          SSEBENCH_OPTS=--stalled 0 and the like work the same way for every peer. With @SCENARIO behind its name it
          runs another scenario than the product: one10k eric-vertx@one10

BENCH names the harness' folder; it is copied to target/bench, where its setup.sh runs once.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORK = ROOT / "target" / "bench"
FIGURES = [
    ("deliveries/s", lambda r: r["deliveries_per_s"], True),
    ("CPU us/delivery", lambda r: r["server_cpu_us_per_delivery"], False),
    ("p50 ms", lambda r: r["latency_us"]["p50"] / 1000, False),
    ("p99 ms", lambda r: r["latency_us"]["p99"] / 1000, False),
    ("ack p50 ms", lambda r: r["ack_us"]["p50"] / 1000, False),
    ("KiB resident/connection", lambda r: r["kib_per_idle_connection"], False),
    ("KiB heap/connection", lambda r: r["heap_kib_per_connection"], False),
    ("cores while idle", lambda r: r["idle_cores"], False),
    ("peak resident MiB", lambda r: r["rss_kib"]["peak"] / 1024, False),
]
WRONG = ("lost", "duplicated", "reordered", "misrouted", "rejected", "unanswered", "disconnected")


def prepare():
    harness = pathlib.Path(os.environ.get("BENCH", ROOT.parent / "shared" / "bench"))
    if (WORK / "ready").exists():
        return
    shutil.copytree(harness, WORK, dirs_exist_ok=True)
    for path in [WORK, *WORK.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    script = WORK / "run.sh"
    text = script.read_text()
    # Two scenarios more, and listeners that nobody connects.
    text = text.replace(
        "pub)      listeners=10",
        "one10)    to=listener listeners=10 ;;\n"
        "one10k)   to=listener listeners=10 registered=10000 ;;\n"
        "pub)      listeners=10",
    ).replace(
        "python3 mksubs.py 18085 $channels $listeners >$R/subs.txt || exit 2",
        "python3 mksubs.py 18085 $channels ${registered:-$listeners} >$R/all.txt || exit 2\n"
        "\thead -n $((channels * listeners)) $R/all.txt >$R/subs.txt",
    )
    script.write_text(text)
    subprocess.run(["./setup.sh"], cwd=WORK, check=True, stdout=sys.stderr)
    (WORK / "ready").touch()


def run(peer, scenario):
    name, _, settings = peer.partition(":")
    name, _, other = name.partition("@")
    scenario = other or scenario
    env = dict(os.environ, HUB_JAR=str(ROOT / "target" / "eric-vertx.jar"))
    for setting in filter(None, settings.split(",")):
        key, _, value = setting.partition("=")
        env[key] = value
    done = subprocess.run(["./run.sh", name, scenario], cwd=WORK, env=env, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines()
    if not lines:
        sys.exit(f"{peer} {scenario} gave no figures (exit code {done.returncode})")
    return json.loads(lines[-1])


def shown(values):
    def number(x):
        return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}"

    middle = number(statistics.median(values))
    return f"{middle} ({number(min(values))}..{number(max(values))})"


def figures(results, get):
    try:
        return [get(r) for r in results]
    except (KeyError, TypeError):
        return None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("scenario")
    parser.add_argument("peers", nargs="+")
    args = parser.parse_args()
    prepare()
    names = ["eric-vertx", *args.peers]
    results = {name: [] for name in names}
    for number in range(args.runs):
        for name in names:
            print(f"run {number + 1} of {args.runs}: {name}", file=sys.stderr)
            results[name].append(run(name, args.scenario))
    columns = [c for c in FIGURES if figures(results["eric-vertx"], c[1])]
    print(f"\n### {args.scenario}, {args.runs} runs in turn\n")
    print("| | " + " | ".join(c[0] for c in columns) + " | wrong | others' CPU, cores |")
    print("|---" * (len(columns) + 3) + "|")
    for name in names:
        mine = results[name]
        cells = [shown(v) if (v := figures(mine, get)) else "-" for _, get, _ in columns]
        wrong = sorted({f"{key} {r[key]}" for r in mine for key in WRONG if r.get(key)})
        noise = figures(mine, lambda r: r["noise"]["other_cpu_s"] / max(r["wall_s"], 0.001))
        print(f"| {name} | " + " | ".join(cells) + f" | {', '.join(wrong) or 'none'} | {shown(noise) if noise else '-'} |")
    for name in args.peers:
        ratios = []
        for title, get, _ in columns:
            ours, theirs = figures(results["eric-vertx"], get), figures(results[name], get)
            if theirs and all(theirs):
                ratios.append(f"{title} {shown([o / t for o, t in zip(ours, theirs)])}")
        print(f"\nours / {name}: " + "; ".join(ratios))


main()
