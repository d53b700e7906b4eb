"""What the fuzzer reached: how many requests, and which ends never answered with success; with --all, every end.

usage: reached.py ANSWERS
"""

import json
import sys

answered = json.load(open(sys.argv[1]))
never = []
for end, counts in sorted(answered.items()):
    if not any(status.startswith(("2", "3")) for status in counts):
        never.append(f"{end} ({', '.join(f'{status}: {n}' for status, n in sorted(counts.items()))})")
    if "--all" in sys.argv:
        print(end, counts)
requests = sum(sum(counts.values()) for counts in answered.values())
print(f"{requests} requests, {len(answered)} ends, {len(answered) - len(never)} of them answered with success")
if never:
    print("never with success: " + "; ".join(never))
