#!/usr/bin/env python3
"""Simulated summary statistics of three cohorts on forty markers, and what plink 1.9 and metafor make of them.

Run from Fixtures/reference: python3 scripts/gen_join.py (needs numpy, plink1.9, and Rscript with metafor).
Writes join/cohort1.txt to cohort3.txt, the first again with blanks between the fields and the second as gzip, join/plink.meta (as plink
prints it) and join/metafor.csv (15 digits).

The numbers come from splitmix64 as a counter: word(stream, i) = mix(stream * 0xD1342543DE82EF95 + (i + 1) * 0x9E3779B97F4A7C15),
uniform = (word >> 11) / 2^53, normal by Box and Muller. Each cohort lacks some markers and names the other allele first in
30 % of its rows; A/T and C/G pairs do not occur, as plink does not look at strands.
"""
import gzip
import math
import os
import subprocess
import tempfile

import numpy as np

MASK = (1 << 64) - 1
SIZES = (24000, 61000, 8500)
MARKERS = 40


def words(stream, count):
    with np.errstate(over="ignore"):
        i = np.arange(1, count + 1, dtype=np.uint64)
        x = np.uint64((stream * 0xD1342543DE82EF95) & MASK) + i * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def uniform(stream, count):
    return (words(stream, count) >> np.uint64(11)).astype(np.float64) * 2.0 ** -53


def normal(stream, count):
    u = uniform(stream, 2 * count)
    return np.sqrt(-2.0 * np.log1p(-u[0::2])) * np.cos(2.0 * math.pi * u[1::2])


def cohorts():
    pairs = "AC AG CA CT GA GT TC TG".split()
    alleles = [pairs[int(w >> np.uint64(61))] for w in words(9001, MARKERS)]
    frequency = 0.05 + 0.45 * uniform(9002, MARKERS)
    mean = 0.05 * normal(9004, MARKERS)
    spread = np.where(uniform(9005, MARKERS) < 0.5, 0.03, 0.0)
    for c, size in enumerate(SIZES):
        b = 9000 + 100 * (c + 1)
        error = (0.95 + 0.1 * uniform(b + 2, MARKERS)) / np.sqrt(2.0 * size * frequency * (1.0 - frequency))
        effect = mean + spread * normal(b + 3, MARKERS) + error * normal(b + 4, MARKERS)
        turned = uniform(b + 5, MARKERS) < 0.3
        kept = uniform(b + 6, MARKERS) >= 0.15
        rows = []
        for i in range(MARKERS):
            if kept[i]:
                a1, a2 = alleles[i][::-1] if turned[i] else alleles[i]
                y = -effect[i] if turned[i] else effect[i]
                rows.append((f"rs{1000000 + 7 * i}", 1, 1000 + 50 * i, a1, a2, f"{y:.6f}", f"{error[i]:.6f}"))
        yield rows


def main():
    os.makedirs("join", exist_ok=True)
    data = list(cohorts())
    for c, rows in enumerate(data):
        with open(f"join/cohort{c + 1}.txt", "w") as f:
            f.write("MarkerName\tCHR\tPOS\tAllele1\tAllele2\tEffect\tStdErr\n")
            f.writelines("\t".join(map(str, row)) + "\n" for row in rows)
    with open("join/cohort1.txt") as source, open("join/cohort1-blanks.txt", "w") as f:
        for line in source:
            f.write(" " + "  ".join(f"{field:>10}" for field in line.split()) + "\n")
    with open("join/cohort2.txt", "rb") as source, open("join/cohort2.txt.gz", "wb") as f:
        f.write(gzip.compress(source.read(), mtime=0))
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for c, rows in enumerate(data):
            names.append(f"{folder}/c{c + 1}.assoc")
            with open(names[-1], "w") as f:
                f.write("SNP\tCHR\tBP\tA1\tA2\tBETA\tSE\n")
                f.writelines("\t".join(map(str, row)) + "\n" for row in rows)
        subprocess.run(["plink1.9", "--meta-analysis", *names, "+", "qt", "report-all", "--out", f"{folder}/plink"], check=True)
        with open(f"{folder}/plink.meta") as source, open("join/plink.meta", "w") as f:
            f.write(source.read())
    script = r'''
        suppressMessages(library(metafor))
        first <- new.env(); order <- character()
        for (file in sprintf("join/cohort%d.txt", 1:3)) {
          d <- read.delim(file, colClasses = c(Allele1 = "character", Allele2 = "character"))
          for (i in seq_len(nrow(d))) {
            key <- d$MarkerName[i]
            if (is.null(first[[key]])) { first[[key]] <- list(a = d$Allele1[i], y = numeric(), s = numeric()); order <- c(order, key) }
            m <- first[[key]]
            m$y <- c(m$y, if (d$Allele1[i] == m$a) d$Effect[i] else -d$Effect[i]); m$s <- c(m$s, d$StdErr[i])
            first[[key]] <- m
          }
        }
        number <- function(x) ifelse(is.na(x), "NA", sprintf("%.15g", x))
        rows <- vapply(order, function(key) {
          m <- first[[key]]
          fe <- rma(yi = m$y, sei = m$s, method = "FE"); re <- rma(yi = m$y, sei = m$s, method = "DL")
          one <- length(m$y) == 1
          paste(key, m$a, length(m$y), number(c(fe$beta)), number(fe$se), number(fe$ci.lb), number(fe$ci.ub), number(fe$pval),
                number(if (one) 0 else fe$QE), number(if (one) NA else fe$QEp), number(if (one) NA else fe$I2), number(re$tau2),
                number(c(re$beta)), number(re$se), number(re$ci.lb), number(re$ci.ub), number(re$pval), sep = ",")
        }, "")
        writeLines(c(paste0("marker,effect_allele,k,estimate,standard_error,ci_low,ci_high,p_value,q,q_p_value,i2,tau2,",
                            "random_estimate,random_standard_error,random_ci_low,random_ci_high,random_p_value"), rows),
                   "join/metafor.csv")
    '''
    subprocess.run(["Rscript", "-e", script], check=True)


if __name__ == "__main__":
    main()
