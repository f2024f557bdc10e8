#!/bin/sh
# Instructions of the pooling kernels for each group, counted by valgrind, beside those in instructions.txt: unlike times they are the
# same on a busy machine. Fails where one has grown by more than 5 %, or is in only one of the two lists. With --record writes
# instructions.txt anew.
#
#   sh Benchmarks/instructions.sh [--record]
set -eu
cd "$(dirname "$0")"
known=instructions.txt

command -v valgrind >/dev/null 2>&1 || {
    echo "error: valgrind is not installed; apt-get install valgrind" >&2
    exit 69
}
throughput=${METAAN_THROUGHPUT:-}
if [ -z "$throughput" ]; then
    swift build -c release --product throughput >&2
    throughput=$(swift build -c release --show-bin-path)/throughput
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Old versions of valgrind give up on the debug information of new compilers.
strip --strip-debug -o "$folder/throughput" "$throughput"
throughput=$folder/throughput

collected() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$throughput" fit "$folder/$2.f64" "$2" "$1" wald 1 1 "$3" \
        >/dev/null 2>"$folder/log" || true
    awk '/Collected/ { print $NF; found = 1 } END { exit !found }' "$folder/log" || {
        echo "error: valgrind counted nothing for $1, $2 studies:" >&2
        tail -5 "$folder/log" >&2
        return 1
    }
}

{
    echo "# model studies instructions-per-group"
    for size in "5 1024" "100 128"; do
        studies=${size% *}
        groups=${size#* }
        "$throughput" write "$folder/$studies.f64" "$groups" "$studies"
        for model in common DL PM REML ML; do
            # What a run needs besides its fits cancels.
            one=$(collected "$model" "$studies" 1) || exit 70
            three=$(collected "$model" "$studies" 3) || exit 70
            count=$(((three - one) / 2 / groups))
            [ "$count" -gt 0 ] || { echo "error: $model, $studies studies: no instructions counted" >&2; exit 70; }
            echo "$model $studies $count"
        done
    done
} >"$folder/now.txt"

if [ "${1:-}" = --record ]; then
    cp "$folder/now.txt" "$known"
    cat "$known"
    exit 0
fi
awk '
    /^#/ { next }
    NR == FNR { before[$1 " " $2] = $3; next }
    {
        name = $1 " " $2
        if (!(name in before)) { printf "%s: %d instructions for a group, NOT in '"$known"'\n", name, $3; failed = 1; next }
        found[name] = 1
        change = 100 * ($3 / before[name] - 1)
        grown = change > 5
        failed = failed || grown
        printf "%s: %d instructions for a group, before %d, %+.1f %%%s\n", name, $3, before[name], change, grown ? ", MORE" : ""
    }
    END {
        for (name in before) if (!(name in found)) { printf "%s: NOT counted now\n", name; failed = 1 }
        if (failed) print "after a change that is meant: sh Benchmarks/instructions.sh --record" >"/dev/stderr"
        exit failed
    }' "$known" "$folder/now.txt"
