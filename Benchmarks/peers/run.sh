#!/bin/sh
# Our programs beside those people use now, on the same data in turns: builds, installs what it can, and prints tables.
#
#   sh Benchmarks/peers/run.sh [pooling|cohorts|process|all] [options of compare.py]
#
# METAAN_PROGRAM and METAAN_THROUGHPUT name programs that are built already; METAAN_PEERS_FOLDER is where data and Python packages go
# (1.3 GB; with --large 3.3 GB more). A full run takes half an hour; `--scale 0.01 --markers 10000 --rounds 1` some minutes.
set -eu
what=${1:-all}
[ $# -eq 0 ] || shift
case $what in
pooling | cohorts | process) parts=$what ;;
all) parts="pooling cohorts process" ;;
*)
    echo "run.sh pooling|cohorts|process|all" >&2
    exit 64
    ;;
esac
peers=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$peers/../.." && pwd)
folder=${METAAN_PEERS_FOLDER:-$root/Benchmarks/.build/peers}
mkdir -p "$folder"

# One thread for all, and no choice of kernels made elsewhere for this machine.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

debian() {
    command -v "$1" >/dev/null 2>&1 && return
    command -v apt-get >/dev/null 2>&1 || { echo "without $1: install it to compare with it" >&2; return; }
    sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    shift
    echo "installing $*" >&2
    $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        echo "cannot install $*" >&2
}
case $parts in *pooling* | *process*) debian Rscript r-base-core r-cran-metafor ;; esac
case $parts in *cohorts*) debian plink1.9 plink1.9 ;; esac

python=$folder/venv/bin/python
[ -x "$python" ] || python3 -m venv "$folder/venv"
"$python" -c "import numpy" 2>/dev/null || "$python" -m pip install --quiet numpy
for package in pandas statsmodels pymare; do
    "$python" -c "import $package" 2>/dev/null || "$python" -m pip install --quiet "$package" || echo "without $package" >&2
done

make -s -C "$root/Benchmarks/limits"
program=${METAAN_PROGRAM:-}
throughput=${METAAN_THROUGHPUT:-}
case " $* " in
*" --without-ours "*) ;;
*)
    static=--static-swift-stdlib
    [ "$(uname -s)" != Darwin ] || static=
    if [ -z "$program" ]; then
        # shellcheck disable=SC2086
        swift build --package-path "$root" -c release $static --product metaan >&2
        program=$(swift build --package-path "$root" -c release $static --show-bin-path)/metaan
    fi
    if [ -z "$throughput" ]; then
        swift build --package-path "$root/Benchmarks" -c release --product throughput >&2
        throughput=$(swift build --package-path "$root/Benchmarks" -c release --show-bin-path)/throughput
    fi
    ;;
esac

# shellcheck disable=SC2086
exec "$python" "$peers/compare.py" $parts --folder "$folder" --program "$program" --throughput "$throughput" "$@"
