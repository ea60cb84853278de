"""Reads JSON texts, one a line, and writes what json.dumps makes of each."""
import json
import sys

for line in sys.stdin.buffer:
    sys.stdout.write(json.dumps(json.loads(line)) + "\n")
