#!/bin/sh
# Installs the system packages that are missing: LAPACKE (dense linear algebra), Boost.Math (distribution functions)
# and zlib (compressed input).
set -eu

command -v swift >/dev/null 2>&1 || {
    echo "error: swift is not installed; get Swift 6.1 or later from https://www.swift.org/install" >&2
    exit 1
}

# Asks the C++ compiler, which knows every place where headers may stand.
compiler=$(command -v clang++ || command -v c++ || echo "$(dirname "$(command -v swift)")/clang++")
finds() { printf '#include <%s>\n' "$1" | "$compiler" -x c++ -std=c++17 -fsyntax-only - >/dev/null 2>&1; }

missing=""
finds lapacke.h || missing="$missing lapacke"
finds boost/math/distributions/students_t.hpp || missing="$missing boost"
finds zlib.h || missing="$missing zlib"
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null 2>&1; then
    packages=$(echo "$missing" | sed 's/lapacke/liblapacke-dev/; s/boost/libboost-dev/; s/zlib/zlib1g-dev/')
    sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    echo "installing$packages" >&2
    $sudo apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $packages >/dev/null
elif command -v brew >/dev/null 2>&1; then
    packages=$(echo "$missing" | sed 's/lapacke/lapack/')
    echo "installing$packages" >&2
    # shellcheck disable=SC2086
    brew install --quiet $packages
else
    echo "error: missing$missing; install LAPACKE, zlib and the headers of Boost.Math with your package manager" >&2
    exit 1
fi
