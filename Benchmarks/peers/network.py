"""The network of Benchmarks/Benchmarks/Network by pimeta's netmeta.

python3 network.py TREATMENTS [DL|REML]
"""
import itertools
import math
import sys
import time

import numpy
import pimeta

n = int(sys.argv[1])
method = sys.argv[2] if len(sys.argv) > 2 else "DL"
state = 20250101


def uniform():
    global state
    state = state * 16807 % 2147483647
    return state / 2147483647


def deviation():
    total = -6.0
    for _ in range(12):
        total += uniform()
    return total


effects = [0.5 * deviation() for _ in range(n)]
rows = []
for study in range(20 * n):
    share = uniform()
    size = 2 if share < 0.7 else 3 if share < 0.9 else 4
    arms = [study, (study + 1) % n] if study < n else []
    while len(arms) < size:
        arm = int(uniform() * n)
        if arm not in arms:
            arms.append(arm)
    v, mean = [], []
    for arm in arms:
        v.append(0.01 + 0.05 * uniform())
        mean.append(effects[arm] + math.sqrt(v[-1] + 0.02) * deviation())
    for a, b in itertools.combinations(range(size), 2):
        rows.append((mean[a] - mean[b], math.sqrt(v[a] + v[b]), f"{arms[a] + 1:04}", f"{arms[b] + 1:04}", study + 1))

columns = [numpy.array(column) for column in zip(*rows)]
start = time.process_time()
fit = pimeta.netmeta(*columns, method_tau=method, common=False, warn_missing=False)
print(
    f"pimeta {pimeta.__version__}, {method}, {n} treatments, {20 * n} studies: {time.process_time() - start:.3f} s, "
    f"tau squared {fit.tau ** 2:.10f}")
