"""Made-up data for timing: the same arguments give the same bytes on every machine.

    generate.py FOLDER bulk [--scale 0.01]       10⁶ groups of 5 studies, 10⁵ of 10, 10⁴ of 100: .csv, and .f64 (all effects, all variances)
    generate.py FOLDER single                    one analysis of 13, 100, 1000, 10000, 100000 studies, likewise
    generate.py FOLDER gwas [--markers 1000000] [--cohorts 5]    summary statistics of cohorts, tab-separated

Numbers come from splitmix64 used as a counter, so that any of them can be made without those before it, and are rounded to
millionths, so that text and binary hold the same double. Workload/Workload.swift makes the same `bulk`.
"""
import argparse
import math
import os

import numpy as np


def words(stream, count):
    """Words 0, 1, … of a stream, modulo 2^64."""
    with np.errstate(over="ignore"):
        start = np.uint64(stream * 0xD1342543DE82EF95 % 2**64)
        x = start + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def uniform(stream, count):
    return (words(stream, count) >> np.uint64(11)).astype(float) * 2.0**-53


def normal(stream, count):
    u = uniform(stream, 2 * count)
    return np.sqrt(-2 * np.log1p(-u[0::2])) * np.cos(2 * math.pi * u[1::2])


def millionths(x, least=None):
    whole = np.rint(x * 1e6).astype(np.int64)
    return whole if least is None else np.maximum(whole, least)


def text(whole):
    return ["%s%d.%06d" % ("-" if x < 0 else "", abs(x) // 1000000, abs(x) % 1000000) for x in whole.tolist()]


def groups(base, count, k):
    """Effects and variances in millionths; study sizes log-normal, 30 % of the groups without heterogeneity."""
    n = count * k
    size = np.clip(np.exp(math.log(120.0) + 0.9 * normal(base + 1, n)), 10, 20000)
    variance = millionths(4 / size * (0.7 + 0.6 * uniform(base + 2, n)), 1)
    mean = 0.2 + 0.3 * normal(base + 3, count)
    tau = np.where(uniform(base + 4, count) < 0.3, 0, 0.25 * np.abs(normal(base + 5, count)))
    effect = np.repeat(mean, k) + np.repeat(tau, k) * normal(base + 6, n) + np.sqrt(variance / 1e6) * normal(base + 7, n)
    return millionths(effect), variance


def write_binary(path, *columns):
    with open(path, "wb") as file:
        for column in columns:
            (column / 1e6).astype("<f8").tofile(file)


def bulk(folder, options):
    for base, count, k in ((5000, 1000000, 5), (5100, 100000, 10), (5200, 10000, 100)):
        count = max(1, int(count * options.scale))
        effects, variances = groups(base, count, k)
        path = f"{folder}/bulk_g{count}_k{k}"
        write_binary(path + ".f64", effects, variances)
        with open(path + ".csv", "w", newline="\n") as file:
            file.write("group,study,yi,vi\n")
            # In pieces: a list of all rows would not fit small machines.
            for start in range(0, count * k, 40000 * k):
                piece = slice(start, start + 40000 * k)
                file.writelines(
                    f"g{index // k + 1},s{index % k + 1},{y},{v}\n"
                    for index, (y, v) in enumerate(zip(text(effects[piece]), text(variances[piece])), start))


def single(folder, options):
    for base, k in ((1100, 13), (1200, 100), (1300, 1000), (1400, 10000), (1500, 100000)):
        effects, variances = groups(base, 1, k)
        write_binary(f"{folder}/single_k{k}.f64", effects, variances)
        with open(f"{folder}/single_k{k}.csv", "w", newline="\n") as file:
            file.write("study,yi,vi\n")
            file.writelines(f"S{i},{y},{v}\n" for i, (y, v) in enumerate(zip(text(effects), text(variances)), 1))


PEOPLE = (24000, 61000, 8500, 150000, 33000, 12000, 47000, 90000, 5200, 18000)


def gwas(folder, options):
    """Each cohort misses 3 % of the markers and reports 30 % of its rows for the other allele; 0.1 % of the markers have an effect."""
    m = options.markers
    base = 9000
    pairs = np.array([list(pair) for pair in ("AC", "AG", "CA", "CT", "GA", "GT", "TC", "TG")])
    first, second = pairs[(words(base + 1, m) >> np.uint64(61)).astype(int)].T
    frequency = 0.01 + 0.49 * uniform(base + 2, m)
    causal = uniform(base + 3, m) < 0.001
    effect = np.where(causal, 0.03 * normal(base + 4, m), 0)
    tau = np.where(causal & (uniform(base + 5, m) < 0.5), 0.02, 0)
    chromosome = np.arange(m) * 22 // m + 1
    steps = 20 + (words(base + 6, m) >> np.uint64(54)).astype(int)
    position = np.zeros(m, dtype=int)
    for number in range(1, 23):
        there = chromosome == number
        position[there] = 10000 + np.cumsum(steps[there])
    for cohort in range(options.cohorts):
        stream = base + 100 * (cohort + 1)
        people = PEOPLE[cohort % len(PEOPLE)]
        freq = np.clip(frequency + 0.02 * normal(stream + 1, m), 0.005, 0.995)
        error = millionths((0.95 + 0.1 * uniform(stream + 2, m)) / np.sqrt(2.0 * people * freq * (1 - freq)), 1)
        beta = millionths(effect + tau * normal(stream + 3, m) + error / 1e6 * normal(stream + 4, m))
        flip = uniform(stream + 5, m) < 0.3
        keep = (uniform(stream + 6, m) >= 0.03).tolist()
        size = (people - (words(stream + 7, m) >> np.uint64(58)).astype(int)).tolist()
        beta = np.where(flip, -beta, beta)
        freq = np.where(flip, 1000000 - millionths(freq), millionths(freq))
        columns = zip(
            keep, range(m), chromosome.tolist(), position.tolist(), np.where(flip, second, first).tolist(),
            np.where(flip, first, second).tolist(), text(freq), text(beta), text(error),
            np.abs((beta / 1e6) / (error / 1e6)).tolist(), size)
        with open(f"{folder}/cohort{cohort + 1}.txt", "w", newline="\n") as file:
            file.write("MarkerName\tCHR\tPOS\tAllele1\tAllele2\tFreq1\tEffect\tStdErr\tP\tN\n")
            file.writelines(
                f"rs{1000000 + 7 * i}\t{c}\t{p}\t{x}\t{y}\t{f}\t{b}\t{s}\t{math.erfc(z * (1 / math.sqrt(2.0))):.4g}\t{n}\n"
                for kept, i, c, p, x, y, f, b, s, z, n in columns if kept)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("what", choices=("bulk", "single", "gwas"))
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--markers", type=int, default=1000000)
    parser.add_argument("--cohorts", type=int, default=5)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    {"bulk": bulk, "single": single, "gwas": gwas}[options.what](options.folder, options)
