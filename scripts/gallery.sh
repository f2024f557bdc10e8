#!/bin/sh
# Draws every figure of docs/gallery.md from the data sets of this package: sh scripts/gallery.sh [PROGRAM]
# Needs rsvg-convert and a Helvetica (Debian: librsvg2-bin, fonts-urw-base35): with other fonts texts are wider than planned.
set -eu

cd "$(dirname "$0")/.."
program=${1:-.build/release/metaan}
folder=docs/gallery
mkdir -p "$folder"
page=docs/gallery.md

cat > "$page" <<'END'
# Gallery

`scripts/gallery.sh` draws every figure on this page with the command above it, from data sets that come with the
program. The figures here are PNG, made by `rsvg-convert`; in SVG, text remains text.
END

# draw NAME TITLE ARGUMENTS…
draw() {
    name=$1
    title=$2
    shift 2
    shown=""
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9.=-]*) shown="$shown '$word'" ;;
            *) shown="$shown $word" ;;
        esac
    done
    "$program" plot "$@" --output "$folder/$name.png" 2>/dev/null
    # A viewer of the page gets a picture of moderate size.
    printf '\n## %s\n\n```\nmetaan plot%s -o %s.png\n```\n\n![%s](gallery/%s.png)\n' \
        "$title" "$shown" "$name" "$title" "$name" >> "$page"
}

draw forest "Forest plot" forest bcg --measure RR
draw forest-subgroups "Subgroups" forest bcg --measure RR --subgroup alloc --also-common \
    --favours 'vaccine,no vaccine' --theme light
draw forest-revman "Columns as in RevMan" forest normand1999 --theme revman
draw forest-bmj "Colors as in The BMJ" forest pritz1997 --measure PLO --theme bmj
draw cumulative "Cumulative" cumulative bcg --measure RR --order-by year --theme light
draw leave-one-out "Leave-one-out" leave-one-out bcg --measure RR --theme dark
draw funnel "Funnel plot" funnel bcg --measure RR --contours --trim-and-fill L0 --egger
draw radial "Radial plot" radial bcg --measure RR --model common --theme light
draw baujat "Baujat plot" baujat bcg --measure RR --theme light
draw influence "Influence" influence bcg --measure RR --theme light
draw qq "Q–Q plot" qq bcg --measure RR --theme light
draw labbe "L'Abbé plot" labbe yusuf1985 --measure OR --model common --theme light
draw bubble "Bubble plot" bubble bcg --measure RR --moderator ablat --theme light
draw drapery "Drapery plot" drapery bcg --measure RR --theme light
draw gosh "GOSH plot" gosh bcg --measure RR --theme light
draw network "Network" network dong2013 --measure OR --theme light
draw network-forest "Against the reference" network-forest senn2013 --reference plac --theme light
draw rankogram "Rankograms" rankogram dong2013 --measure OR --better lower --theme light
draw split-forest "Direct against indirect evidence" split-forest dong2013 --measure OR --theme light
draw comparison-adjusted-funnel "Comparison-adjusted funnel plot" comparison-adjusted-funnel senn2013 --sequence plac \
    --theme light
draw sucra "SUCRA" sucra dong2013 --measure OR --better lower --theme light
draw net-heat "Net heat plot" net-heat dong2013 --measure OR --theme light
draw league "League table" league dong2013 --measure OR --better lower --theme light
