#!/bin/sh
# Whole process, from start to exit: the program on the BCG trials, beside the same fit by Rscript and metafor where both are
# installed. Prints the mean wall time of a run.
set -eu
program=$1
cd "$(dirname "$0")/.."
data=Fixtures/datasets/bcg.csv

mean() {
    label=$1
    runs=$2
    shift 2
    "$@" >/dev/null 2>&1 || { echo "$label: does not run here"; return 0; }
    start=$(date +%s%N)
    index=0
    while [ "$index" -lt "$runs" ]; do
        "$@" >/dev/null 2>&1
        index=$((index + 1))
    done
    end=$(date +%s%N)
    echo "$label: $(((end - start) / runs / 1000)) microseconds a run, $runs runs"
}

mean "metaan pool" 50 "$program" pool "$data" --measure RR
if command -v Rscript >/dev/null 2>&1; then
    mean "Rscript and metafor" 3 Rscript -e "suppressMessages(library(metafor)); d <- read.csv('$data');
        print(rma(ai=ai, bi=bi, ci=ci, di=di, data=d, measure='RR', test='knha'))"
fi
