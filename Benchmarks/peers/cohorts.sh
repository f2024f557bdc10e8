#!/bin/sh
# Prepares and runs plink 1.9 on the cohorts that generate.py writes.
#
#   cohorts.sh prepare FOLDER     copies with the names of columns that plink demands
#   cohorts.sh plink FOLDER OUT   fixed effect and DerSimonian-Laird of every marker, into OUT.meta
set -eu
job=$1
folder=$2
plink=$(command -v plink1.9 || command -v plink || true)

case $job in
prepare)
    for file in "$folder"/cohort*.txt; do
        copy=${file%.txt}.plink
        [ -s "$copy" ] || sed '1s/Effect/BETA/' "$file" >"$copy"
    done
    ;;
plink)
    [ -n "$plink" ] || { echo "plink1.9 is not installed" >&2; exit 69; }
    exec "$plink" --meta-analysis "$folder"/cohort*.plink + qt --threads 1 --out "$3" \
        --meta-analysis-snp-field MarkerName --meta-analysis-chr-field CHR --meta-analysis-bp-field POS \
        --meta-analysis-a1-field Allele1 --meta-analysis-a2-field Allele2 \
        --meta-analysis-se-field StdErr
    ;;
*)
    echo "cohorts.sh prepare|plink FOLDER [OUT]" >&2
    exit 64
    ;;
esac
