#!/usr/bin/env python3
"""Runs every command of metaan over mutated inputs and counts what must not happen.

    scripts/mutate-inputs.py PROGRAM --seed 1 --count 20000 --jobs 2
    scripts/mutate-inputs.py PROGRAM --seed 1 --only 4711      one case again, with what it wrote
    scripts/mutate-inputs.py PROGRAM --rerun FOLDER/00004711   a kept case again

Case N of a seed is the same on every machine. Inputs come from Fixtures/ and from small tables, cohorts and arrays made here; bytes,
cells, headings, rows, columns, orders of magnitude, forms of the file, options and their values are mutated. Options are read from
the help of the program, so that new ones are tried as well.

Counted are: crashes, hangs, NaN or infinities printed as numbers, exit statuses outside the contract, output beside a failure, other
than one line of error, faults that the program itself calls faults, and answers that are no JSON, XML or CSV. Every such case is kept
in a folder with its command. The exit status is 0 when there is none.

Only the standard library of Python 3 is needed.
"""

import argparse
import collections
import concurrent.futures
import csv
import gzip
import io
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATUSES = {0, 64, 65, 66, 70, 73, 74}
STREAMS = ("groups", "join", "arrays")
PLOTS_OF_NETWORKS = {
    "network", "network-forest", "split-forest", "comparison-adjusted-funnel", "rankogram", "sucra", "league", "net-heat",
}

# ---------------------------------------------------------------- what is mutated into what

ODD_NUMBERS = [
    "0", "-0", "1", "-1", "2", "0.5", "1e-300", "1e300", "-1e300", "1.7e308", "-1.7e308", "5e-324", "1e-320", "1e-160", "1e154",
    "1e155", "1e16", "9007199254740993", "123456789012345678901234567890", "0.1", "1e-8", "1e8", "99999", "1e-5", "3.0000000001",
    "1e22", "1e23", "0.99999999999", "1.0000000000000002",
]
ODD_TEXTS = [
    "", "NA", "na", ".", "-", "abc", "1,5", "1_000", "0x1p3", "0x10", "1e5f", "1e", "1e400", "-1e400", "5%", "<0.05", "\u22121.5", "1 000",
    "nan", "NaN", "inf", "-Inf", "infinity", "\u00e9", "\U0001f600", "'", "\"", "\"\"", "a\"b", "\"a\"\"b\"", "\"line\nbreak\"",
    "<b>&amp;</b>", "]]>", "--", "=1+1", "$x$", "\\", "|", "a" * 300, "\u4e2d\u6587", "\u202e", "\u0301", "1;2", "Total (95% CI)", "TRUE",
]
# As texts of labels they would be printed, and be taken for numbers.
NOT_FINITE = re.compile(r"(?<![\w.])[-+]?(?:nan|inf|infinity)(?![\w.])", re.IGNORECASE)
ROLES = (
    "study yi vi sei ci_low ci_high ai bi ci di n1i n2i m1i m2i sd1i sd2i x1i x2i t1i t2i xi ni mi sdi ri ti pi hr or rr ratio outcome group "
    "subgroup cluster treatment treat1 treat2 oe v SNP A1 A2 BETA SE year r2i fi median1i q1_1i q3_1i min1i max1i events n mean sd time "
    "effect_allele other_allele proportion r efficacy better quality"
).split()


class Table:
    """Cells with a heading; `kind` says which commands make sense, `measure` which measure."""

    def __init__(self, rows, kind="any", measure=None, separator=","):
        self.heading, self.rows = list(rows[0]), [list(row) for row in rows[1:]]
        self.kind, self.measure, self.separator = kind, measure, separator

    def copy(self):
        return Table([self.heading] + self.rows, self.kind, self.measure, self.separator)

    def bytes(self, line_end="\n"):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.separator, lineterminator=line_end)
        writer.writerow(self.heading)
        writer.writerows(self.rows)
        return out.getvalue().encode("utf-8", "surrogatepass")


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def shipped_tables():
    """The data sets of Fixtures/ with their kind and measure."""
    tables = {}
    with open(ROOT / "Fixtures" / "datasets" / "index.csv", newline="", encoding="utf-8") as file:
        entries = list(csv.DictReader(file))
    for entry in entries:
        with open(ROOT / "Fixtures" / entry["file"], newline="", encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if row]
        measure = entry["measure"] if entry["measure"].isupper() else None
        kind = "network" if "network" in entry["kind"] else entry["kind"]
        tables[entry["name"]] = Table(rows, kind, measure)
    return tables


def made_tables():
    """Small tables of the kinds that no shipped data set has."""
    text = {
        "reported": ("effect", "GEN", """study,yi,sei,group,year,dose
            A,0.3,0.12,x,2001,1
            B,0.1,0.2,x,2003,2
            C,-0.2,0.15,y,2004,2.5
            D,0.45,0.31,y,2009,4
            E,0.25,0.09,y,2010,3
            F,0.05,0.11,z,2012,1.5"""),
        "intervals": ("effect", "HR", """study,hr,ci_low,ci_high
            A,0.8,0.6,1.0667
            B,0.9,0.7,1.157
            C,1.1,0.8,1.5125
            D,0.7,0.5,0.98"""),
        "quantiles": ("two means", "MD", """study,n1i,median1i,q1_1i,q3_1i,n2i,m2i,sd2i
            A,30,12,9,16,31,10,4
            B,22,11,8,15,20,9.5,5
            C,50,14,10,17,48,12,4.4"""),
        "log rank": ("log-rank", "HR", """study,oe,v
            A,-3.2,12.1
            B,1.5,8.4
            C,-4.4,20.2
            D,0.3,5.1"""),
        "network pairs": ("network", "GEN", """study,treat1,treat2,yi,sei,x
            1,A,B,0.3,0.1,1
            2,A,C,0.5,0.2,2
            3,B,C,0.1,0.15,3
            4,A,D,0.2,0.2,1
            5,C,D,-0.3,0.2,2
            6,B,D,0.05,0.3,5
            7,A,A+B,0.4,0.2,2"""),
        "mean differences": ("network", "MD", """study,treatment,mean,sd,n
            1,A,10,2,20
            1,B,11,2.5,22
            2,A,9.5,3,30
            2,C,12,2.2,28
            3,B,11.5,2,40
            3,C,12.5,2.1,41
            3,A,10.5,2.4,40"""),
        "reliability": ("reliability", "ABT", """study,ai,mi,ni
            A,0.8,10,100
            B,0.7,12,80
            C,0.9,20,150"""),
        "partial": ("partial correlation", "PCOR", """study,ti,mi,ni
            A,2.1,3,60
            B,1.1,4,45
            C,3.2,2,88
            D,-0.4,3,52"""),
        "paired": ("matched pairs", "MPOR", """study,ai,bi,ci,di
            A,10,5,3,20
            B,12,8,2,33
            C,5,3,4,18"""),
    }
    return {
        name: Table([[cell.strip() for cell in line.split(",")] for line in body.split("\n")], kind, measure)
        for name, (kind, measure, body) in text.items()
    }


class Mutator:
    def __init__(self, rng):
        self.rng = rng

    def some_number(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.5:
            return rng.choice(ODD_NUMBERS)
        if kind < 0.8:
            return repr(rng.choice([1, -1]) * rng.random() * 10.0 ** rng.choice([-300, -155, -20, -8, -3, 0, 0, 1, 3, 8, 20, 155, 300]))
        return str(rng.randint(-3, 200))

    def some_text(self):
        return self.rng.choice(ODD_TEXTS) if self.rng.random() < 0.35 else self.some_number()

    def table(self, table, tables):
        """One to six mutations of a table."""
        table = table.copy()
        for _ in range(self.rng.choice([0, 0, 0, 1, 1, 1, 1, 2, 3, 6])):
            self.rng.choice(self.table_mutations)(self, table, tables)
        return table

    def cells(self, table, tables):
        for _ in range(self.rng.choice([1, 1, 2, 3, 10])):
            row = self.rng.choice(table.rows) if table.rows else table.heading
            if row:
                row[self.rng.randrange(len(row))] = self.some_text()

    def numbers(self, table, tables):
        for _ in range(self.rng.choice([1, 2, 5])):
            row = self.rng.choice(table.rows) if table.rows else table.heading
            places = [index for index, cell in enumerate(row) if number(cell) is not None]
            if places:
                row[self.rng.choice(places)] = self.some_number()

    def column(self, table):
        return self.rng.randrange(len(table.heading)) if table.heading else None

    def values(self, table, tables):
        """A whole column scaled, shifted, made constant, negated, rounded, emptied."""
        index = self.column(table)
        if index is None:
            return
        factor = 10.0 ** self.rng.choice([-300, -150, -10, -3, 3, 10, 150, 300])
        constant = self.some_number()
        change = self.rng.choice([
            lambda value: value * factor, lambda value: -value, lambda value: 0.0, lambda value: float(constant),
            lambda value: value + 1e15, lambda value: round(value), lambda value: value + 0.5, lambda value: value % 1,
            lambda value: value * (1 + 1e-12 * self.rng.random()),
        ])
        for row in table.rows:
            value = number(row[index]) if index < len(row) else None
            if value is not None:
                try:
                    row[index] = repr(change(value))
                except (OverflowError, ValueError):
                    row[index] = "1e308"
                if NOT_FINITE.search(row[index]):
                    row[index] = "1e308"

    def all_scaled(self, table, tables):
        factor = 10.0 ** self.rng.choice([-200, -100, -6, 6, 100, 200])
        for row in table.rows:
            for index, cell in enumerate(row):
                value = number(cell)
                if value is not None and abs(value * factor) < 1e308:
                    row[index] = repr(value * factor)

    def headings(self, table, tables):
        index = self.column(table)
        if index is None:
            return
        choice = self.rng.random()
        if choice < 0.6:
            table.heading[index] = self.rng.choice(ROLES)
        elif choice < 0.8:
            other = self.column(table)
            table.heading[index], table.heading[other] = table.heading[other], table.heading[index]
        elif choice < 0.9:
            table.heading[index] = table.heading[index].upper() + self.rng.choice(["", " ", ".", "_1", "1"])
        else:
            table.heading[index] = self.some_text()

    def columns(self, table, tables):
        index = self.column(table)
        if index is None:
            return
        if self.rng.random() < 0.4 and len(table.heading) > 1:
            for row in [table.heading] + table.rows:
                del row[index:index + 1]
        else:
            table.heading.insert(index, self.rng.choice(ROLES + ["extra"]))
            copied = self.rng.random() < 0.5
            for row in table.rows:
                row.insert(index, row[index] if copied and index < len(row) else self.some_number())

    def row_counts(self, table, tables):
        choice = self.rng.random()
        if choice < 0.35:
            table.rows = table.rows[:self.rng.choice([0, 1, 1, 2, 2, 3, 4])]
        elif choice < 0.6 and table.rows:
            table.rows += [list(self.rng.choice(table.rows)) for _ in range(self.rng.choice([1, 2, 5]))]
        elif choice < 0.7:
            table.rows = [list(row) for row in table.rows for _ in range(self.rng.choice([2, 3]))][:200]
        elif choice < 0.85 and table.rows:
            table.rows = [list(self.rng.choice(table.rows))] * self.rng.choice([2, 3, 7])
            table.rows = [list(row) for row in table.rows]
        else:
            self.rng.shuffle(table.rows)

    def ragged(self, table, tables):
        if table.rows:
            row = self.rng.choice(table.rows)
            if self.rng.random() < 0.5 and row:
                row.pop()
            else:
                row.append(self.some_text())

    def labels(self, table, tables):
        if table.rows:
            first = self.rng.choice(table.rows)
            for row in self.rng.sample(table.rows, min(len(table.rows), self.rng.choice([1, 2, 5]))):
                if row and first:
                    row[0] = self.rng.choice([first[0], "Total", "", self.some_text()])

    def crossed(self, table, tables):
        other = self.rng.choice(list(tables.values()))
        for row, foreign in zip(table.rows, other.rows):
            if row and foreign and self.rng.random() < 0.3:
                row[self.rng.randrange(len(row))] = self.rng.choice(foreign)

    def totals(self, table, tables):
        total = []
        for index in range(len(table.heading)):
            values = [number(row[index]) for row in table.rows if index < len(row)]
            known = [value for value in values if value is not None and abs(value) < 1e300]
            total.append(repr(sum(known)) if known else "Total")
        if total:
            table.rows.append(total)

    table_mutations = [
        cells, cells, cells, numbers, numbers, numbers, values, values, values, all_scaled, headings, headings, columns, row_counts,
        row_counts, row_counts, ragged, labels, crossed, totals,
    ]

    def form(self, table):
        """The bytes of a table, in one of the forms that files have, damaged now and then."""
        rng = self.rng
        if rng.random() < 0.15:
            table.separator = rng.choice(["\t", ";", " "])
        data = table.bytes(rng.choice(["\n"] * 6 + ["\r\n", "\r", "\n\n"]))
        if rng.random() < 0.05:
            data = b"\xef\xbb\xbf" + data
        if rng.random() < 0.02:
            data = data.decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-16-le", "latin-1"]), "replace")
        if rng.random() < 0.08:
            data = self.damaged(data)
        if rng.random() < 0.06:
            data = gzip.compress(data, mtime=0)
            if rng.random() < 0.3:
                data = self.damaged(data)
        return data

    def damaged(self, data):
        rng = self.rng
        data = bytearray(data)
        for _ in range(rng.choice([1, 1, 2, 5, 20])):
            if not data:
                break
            place = rng.randrange(len(data))
            choice = rng.random()
            if choice < 0.4:
                data[place] = rng.choice([0, 9, 10, 13, 34, 44, 45, 46, 48, 59, 69, 101, 127, 128, 195, 255, rng.randrange(256)])
            elif choice < 0.6:
                del data[place:place + rng.choice([1, 1, 2, 10])]
            elif choice < 0.8:
                data[place:place] = bytes(rng.choice([b'"', b",", b"\n", b"\x00", b"\xff", b"e9", b"-", b"\r", b"\t"]))
            elif choice < 0.9:
                del data[place:]
            else:
                end = min(len(data), place + rng.randrange(1, 40))
                data[place:place] = data[place:end]
        return bytes(data)


# ---------------------------------------------------------------- commands

Option = collections.namedtuple("Option", "name takes values")


def read_options(program, command):
    """The options of a command from its help: name, whether it takes a value, the values there are."""
    environment = dict(os.environ, COLUMNS="4000")
    text = subprocess.run([program, "help", command], capture_output=True, env=environment, check=False).stdout.decode()
    # A long name stands on a line of its own.
    text = re.sub(r"(\n  (?:-\w, )?--[\w-]+ <[^>\n]*>)\n +", r"\1  ", text)
    options = []
    for line in text.split("\n"):
        match = re.match(r"  (?:-\w, )?(--[\w-]+)(?:/--[\w-]+)?( <[^>]*>)?", line)
        if not match or match[1] in ("--help", "--version"):
            continue
        values = re.search(r"\(values: ([^)]*)\)", line)
        values = [value.strip() for value in values[1].split(";")[0].split(",")] if values else []
        options.append(Option(match[1], bool(match[2]), values))
    return options


# What an option has no meaning without, in one of the commands at least.
NEEDS = {
    "--order": [["--cumulative", "HEADING"]], "--subsets": [["--gosh"]], "--seed": [["--gosh"]], "--threads": [["--gosh"]],
    "--separator": [["--additive"]], "--inactive": [["--additive"]], "--coefficients": [["--covariate", "HEADING"]],
    "--target": [["--fail-safe", "orwin"]], "--alternative": [["--selection", "beta"]], "--robust": [["--cluster", "HEADING"]],
    "--subgroup-tau2": [["--subgroup", "HEADING"]], "--better": [],
}
CONVERSIONS = ["mean", "sd", "se", "combine", "change", "effect", "table", "absolute", "scale"]
LISTS = ("--test", "--trim-and-fill", "--fail-safe")


class Commands:
    """Makes a command line with its inputs for a case."""

    NAMES = [
        ("pool", 20), ("groups", 9), ("join", 9), ("arrays", 8), ("effects", 7), ("regress", 12), ("network", 13), ("bias", 10),
        ("sensitivity", 8), ("plot", 14), ("report", 4), ("convert", 10), ("measures", 1), ("datasets", 1), ("article", 1),
    ]

    def __init__(self, program):
        self.tables = dict(shipped_tables(), **made_tables())
        self.small = {name: table for name, table in self.tables.items() if len(table.rows) <= 70}
        self.networks = {name: table for name, table in self.small.items() if table.kind == "network"}
        self.pairwise = {
            name: table for name, table in self.small.items() if table.kind not in ("network", "table")
        }
        self.others = [table for table in self.small.values() if table.kind == "table"]
        commands = {
            name: name if name not in STREAMS else "pool" for name, _ in self.NAMES
        }
        self.options = {name: read_options(program, command) for name, command in commands.items()}
        codes = subprocess.run([program, "measures", "--format", "csv"], capture_output=True, check=False).stdout.decode()
        self.measures = sorted({row[0] for row in csv.reader(io.StringIO(codes)) if row} - {"code"})
        text = subprocess.run([program, "help", "plot"], capture_output=True, env=dict(os.environ, COLUMNS="4000"), check=False)
        kinds = re.search(r"<kind> .*\(values: ([^)]*)\)", text.stdout.decode())
        self.plots = [kind.strip() for kind in kinds[1].split(",")] if kinds else ["forest"]
        self.conversions = {kind: self.routes(program, kind) for kind in CONVERSIONS}
        if not self.measures or not self.options["pool"]:
            sys.exit(f"{program}: this is not metaan, or its help has another form")

    @staticmethod
    def routes(program, kind):
        """The lists of numbers that a conversion takes, from what it says of a number that it does not."""
        errors = subprocess.run([program, "convert", kind, "nothing=1"], capture_output=True, check=False).stderr.decode()
        return [route.split() for route in errors.rpartition("it takes ")[2].strip().split(", or ")]

    def case(self, seed, index):
        """The command and the files of a case."""
        rng = random.Random(f"{seed}:{index}")
        mutator = Mutator(rng)
        names, weights = zip(*self.NAMES)
        name = rng.choices(names, weights)[0]
        files = {}
        if name == "join":
            words = self.join(rng, mutator, files)
        elif name == "arrays":
            words = self.arrays(rng, mutator, files)
        elif name == "measures":
            words = ["measures"] + rng.choice([[], [rng.choice(self.measures)], [mutator.some_text()]])
        elif name == "datasets":
            words = ["datasets"] + rng.choice([[], [rng.choice(list(self.tables))], [mutator.some_text()]])
        elif name == "article":
            words = ["article"]
        elif name == "convert":
            words = self.convert(rng, mutator, files)
        else:
            words = self.analysis(name, rng, mutator, files)
        words += self.some_options(name, rng, mutator, files, words)
        if rng.random() < 0.01 and len(words) > 1:
            words[rng.randrange(1, len(words))] = mutator.some_text()
        # No argument of a process holds a zero.
        return name, [word.replace("\0", "") for word in words], files

    def analysis(self, name, rng, mutator, files):
        plot = rng.choice(self.plots) if name == "plot" else None
        wants_network = name == "network" or plot in PLOTS_OF_NETWORKS or (name == "report" and rng.random() < 0.3)
        if rng.random() < 0.05:
            wants_network = not wants_network
        original = rng.choice(list((self.networks if wants_network else self.pairwise).values()))
        if rng.random() < 0.05:
            original = rng.choice(self.others)
        table = mutator.table(original, self.tables)
        by = None
        if name == "groups":
            by = self.group(rng, table)
        if plot == "gosh" and 13 < len(table.rows) <= 20:
            del table.rows[12:]
        data = mutator.form(table)
        words = [name if name != "groups" else "pool"]
        if plot:
            words.append(plot)
        if rng.random() < 0.04:
            words.append("-")
            files["<"] = data
        else:
            file = "data.csv.gz" if data[:2] == b"\x1f\x8b" else "data.csv"
            files[file] = data
            words.append(file)
        if original.measure and rng.random() < 0.7:
            words += ["--measure", original.measure]
        elif rng.random() < 0.3:
            words += ["--measure", rng.choice(self.measures)]
        if by:
            words += ["--by", by]
        if name == "regress":
            words += ["--moderators", self.terms(rng, table)]
        if plot == "bubble":
            words += ["--moderator", self.heading(rng, table)]
        return words

    def group(self, rng, table):
        """A column whose values name groups, with the rows of a group together most of the time."""
        if rng.random() < 0.6:
            size = rng.choice([1, 2, 3, 5, 100])
            table.heading.append("grp")
            for index, row in enumerate(table.rows):
                row.append(f"g{index // size}")
            return "grp"
        index = rng.randrange(len(table.heading)) if table.heading else 0
        if rng.random() < 0.8:
            table.rows.sort(key=lambda row: row[index] if index < len(row) else "")
        return table.heading[index] if table.heading else "x"

    def heading(self, rng, table):
        return rng.choice(table.heading) if table.heading and rng.random() < 0.95 else "nowhere"

    def terms(self, rng, table):
        def name():
            text = self.heading(rng, table)
            return text if re.fullmatch(r"\w+", text) else f'"{text}"'

        parts = [
            rng.choice([name(), name(), f"factor({name()})", f"{name()}:{name()}", f"{name()}*{name()}", f"{name()}^2", "1"])
            for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))
        ]
        if rng.random() < 0.1:
            parts.append(rng.choice(["- 1", "(", ")", "^", "x^99", "factor()", "", "a*b*c*d*e*f*g*h*i*j*k*l", ":"]))
        return " + ".join(parts)

    def join(self, rng, mutator, files):
        separator = rng.choice([",", "\t", " "])
        heading = ["SNP", "A1", "A2", "BETA", "SE"]
        bases = "ACGT"
        numbers = dict(zip(bases, "1234"))
        markers = []
        for index in range(rng.choice([1, 3, 8, 30])):
            pair = rng.sample(bases, 2)
            markers.append((f"rs{index}", pair))
        words = ["pool", "--join", rng.choice(["SNP"] * 8 + ["rsid", "snp", "A1", "nowhere"])]
        for cohort in range(rng.choice([1, 2, 2, 3])):
            rows = [list(heading)]
            if rng.random() < 0.1:
                rows[0][0] = rng.choice(["rsid", "MarkerName", "key"])
            if rng.random() < 0.05:
                rows[0][1:3] = ["x", "y"]
            coded = rng.random() < 0.2
            for marker, pair in markers:
                if rng.random() < 0.15 and len(markers) > 1:
                    continue
                alleles = pair if rng.random() < 0.6 else pair[::-1]
                if rng.random() < 0.1:
                    alleles = [dict(zip("ACGT", "TGCA"))[allele] for allele in alleles]
                if coded:
                    alleles = [numbers[allele] for allele in alleles]
                rows.append([marker, *alleles, f"{rng.gauss(0.1, 0.2):.4g}", f"{rng.uniform(0.02, 0.3):.4g}"])
            table = Table(rows, separator=separator)
            if rng.random() < 0.35:
                table = mutator.table(table, self.tables)
                table.separator = separator
            data = table.bytes()
            if rng.random() < 0.08:
                data = mutator.damaged(data)
            if rng.random() < 0.1:
                data = gzip.compress(data, mtime=0)
            name = f"cohort{cohort}.txt"
            files[name] = data
            words.append(name)
        return words

    def arrays(self, rng, mutator, files):
        groups, studies = rng.choice([0, 1, 3, 20]), rng.choice([1, 2, 5])
        is_flat = rng.random() < 0.3
        count = groups * studies

        def values(make):
            out = [make() for _ in range(count)]
            for _ in range(rng.choice([0, 0, 1, 3])):
                if out:
                    odd = rng.choice([0.0, -1.0, 1e300, 1e-300, 5e-324, 1e308, float("nan"), float("inf"), -0.0, 1e-160])
                    out[rng.randrange(len(out))] = odd
            return out

        def array(numbers, code, shape):
            header = f"{{'descr': '{code}', 'fortran_order': {rng.random() < 0.2}, 'shape': {shape}, }}"
            if rng.random() < 0.05:
                header = header.replace(rng.choice("{}'(),: "), rng.choice(["", "[", "(", "9", "L", "\""]), 1)
            text = header.encode() + b" " * (63 - (10 + len(header)) % 64) + b"\n"
            size = len(text) if rng.random() > 0.02 else rng.choice([0, 1, 65535])
            kind = {"<f8": "d", "<f4": "f", "<i8": "q", "<i4": "i"}.get(code, "d")
            body = b"".join(self.packed(kind, value) for value in numbers)
            data = b"\x93NUMPY\x01\x00" + struct.pack("<H", size) + text + body
            return mutator.damaged(data) if rng.random() < 0.06 else data

        code = rng.choice(["<f8"] * 5 + ["<f4", "<i8", ">f8", "|O"])
        shape = f"({count},)" if is_flat else f"({groups}, {studies})"
        if rng.random() < 0.08:
            shape = rng.choice(["()", "(0,)", "(0, 0)", "(9223372036854775807, 2)", "(-1, 2)", "(3,)", "(2, 2, 2)", f"({studies}, {groups})"])
        precision = rng.choice(["vi", "sei"])
        members = {
            "yi": array(values(lambda: rng.gauss(0, 1)), code, shape),
            precision: array(values(lambda: rng.uniform(0.01, 1)), rng.choice([code, code, "<f8"]), shape),
        }
        if is_flat or rng.random() < 0.1:
            offsets = [studies * group for group in range(groups + 1)]
            if rng.random() < 0.2 and offsets:
                offsets[rng.randrange(len(offsets))] = rng.choice([-1, 0, 1 << 40, 2])
            members["offsets"] = array(offsets, rng.choice(["<i8", "<i8", "<i4", "<f8"]), f"({len(offsets)},)")
        if rng.random() < 0.05:
            members.pop(rng.choice(list(members)))
        words = ["pool", "--arrays"]
        if rng.random() < 0.6:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
                for name, data in members.items():
                    archive.writestr(zipfile.ZipInfo(name + ".npy"), data, archive.compression)
            data = out.getvalue()
            files["data.npz"] = mutator.damaged(data) if rng.random() < 0.15 else data
            words.append("data.npz")
        else:
            for name, data in members.items():
                files[name + ".npy"] = data
                words.append(name + ".npy")
        return words

    @staticmethod
    def packed(kind, value):
        try:
            return struct.pack("<" + kind, int(value) if kind in "qi" else value)
        except (struct.error, OverflowError, ValueError):
            return struct.pack("<" + kind, 0)

    def convert(self, rng, mutator, files):
        kind = rng.choice(list(self.conversions))
        words = ["convert", kind]
        roles = list(rng.choice(self.conversions[kind]))
        if rng.random() < 0.15:
            roles = rng.sample(roles, rng.randint(1, len(roles)))

        def some_value(role):
            if rng.random() < 0.12:
                return mutator.some_text()
            if role.startswith(("n", "events", "x")):
                return str(rng.randint(1, 60) + (40 if role.startswith("n") else 0))
            return {"p": f"{rng.random():.3g}", "r": f"{rng.uniform(-1, 1):.3f}", "risk": f"{rng.random():.3f}"}.get(
                role, f"{rng.uniform(0.1, 3) + (2 if role in ('ci_high', 'q3', 'max') else 0):.4g}")

        if rng.random() < 0.5:
            rows = [["study"] + roles] + [[f"s{index}"] + [some_value(role) for role in roles] for index in range(4)]
            table = Table(rows) if rng.random() < 0.8 else rng.choice(list(self.pairwise.values()))
            files["data.csv"] = mutator.form(mutator.table(table, self.tables))
            return words + ["data.csv"]
        return words + [f"{role}={some_value(role)}" for role in roles]

    def value(self, option, rng, mutator, table_headings, files):
        name = option.name
        if rng.random() < 0.03:
            return mutator.some_text()
        if name == "--measure":
            return rng.choice(self.measures)
        if option.values:
            value = rng.choice(option.values)
            if rng.random() < (0.3 if name in LISTS else 0.02):
                value = ",".join(rng.sample(option.values, min(2, len(option.values))))
            return value
        heading = rng.choice(table_headings) if table_headings else "x"
        if name == "--columns":
            return ",".join(f"{rng.choice(ROLES)}={rng.choice([heading, heading, ''])}" for _ in range(rng.choice([1, 1, 2])))
        if name == "--filter":
            return f"{heading}{rng.choice(['=', '=', '!='])}{rng.choice(['1', 'A', 'NA', 'x|y', '', '0.5'])}"
        if "level" in name:
            return rng.choice(["0.9", "0.99", "0.5", "0.8", "1e-17", "0.9999999999999999", "1e-300"] * 3 + ["0", "1", "95", "-0.5"])
        if name in ("--output", "--data"):
            return rng.choice(["out.txt", "out.csv", "out.svg", "out.npz", "out.npy", "nowhere/out.txt", ".", "data.csv"])
        if name == "--plot":
            return rng.choice(["out.svg", "out.svg", "out.txt", "nowhere/out.svg"])
        if name in ("--subgroup", "--by", "--cumulative", "--order-by", "--cluster", "--covariate", "--moderator", "--join"):
            return rng.choice([heading, heading, heading, "input", "precision", "weight", "estimate"])
        if name in ("--moderators", "--test", "--compare", "--scale"):
            return rng.choice([heading, f"factor({heading})", "1", f"{heading}^2"])
        if name == "--at":
            return f"{heading}={rng.choice(['1', '0', '-3', '1e300', 'a'])}"
        if name in ("--digits", "--threads", "--seed", "--subsets", "--permutations"):
            return rng.choice(["1", "2", "3", "7"] * 4 + ["17", "0", "-1", "50", "18446744073709551615"])
        if name == "--selection":
            return rng.choice(["stepfun", "stepfun:0.025,0.5", "stepfun:0.05=1,0.5", "beta", "halfnorm", "negexp", "logistic", "power", "trunc"]
                              + ["halfnorm@sei", "stepfun:0", "stepfun:1,0.5", "trunc:0.1"])
        if name in ("--title", "--favours", "--sequence", "--separator", "--inactive", "--reference", "--published"):
            return rng.choice(["A", "placebo", "a,b", "<b>", "+", heading, "data.csv"])
        return rng.choice(["0", "0.1", "0.5", "1", "2", "1e-8", "1e-300", "1e300"]) if rng.random() < 0.8 else mutator.some_number()

    def some_options(self, name, rng, mutator, files, words):
        out = []
        # All subsets of twenty studies are a million; of more, a sample is drawn.
        is_long = any(14 < data.count(b"\n") <= 21 or data[:2] == b"\x1f\x8b" for data in files.values())
        skipped_here = {"--gosh", "--subsets", "--seed", "--threads"} if name == "sensitivity" and is_long else set()
        headings = ["study"]
        for file, data in files.items():
            if data[:2] not in (b"\x1f\x8b", b"PK"):
                headings = data.decode("utf-8", "replace").split("\n")[0].strip().replace("\t", ",").replace(";", ",").split(",")
        headings = [heading.strip('"') for heading in headings if heading] or ["x"]
        options = self.options[name]
        skipped = {"--join", "--arrays", "--by", "--skip-bad", "--digits", "--threads"} if name not in STREAMS + ("sensitivity",) else set()
        if name in STREAMS:
            # Most others are refused there.
            wanted = {"--format", "--model", "--estimator", "--interval", "--level", "--tau2", "--skip-bad", "--digits", "--threads", "--filter",
                      "--strict", "--output", "--columns", "--reported-level"}
            options = [option for option in options if option.name in wanted or rng.random() < 0.03]
        given = {word for word in words if word.startswith("--")}
        for _ in range(rng.choice([0, 0, 1, 1, 1, 2, 2, 3, 5])):
            option = rng.choice(options) if options else None
            if option is None or option.name in given or option.name in skipped_here or (option.name in skipped and rng.random() < 0.9):
                continue
            if option.name in ("--output", "--strict") and rng.random() < 0.5:
                continue
            given.add(option.name)
            for needed in NEEDS.get(option.name, []) if rng.random() < 0.9 else []:
                if needed[0] not in given and any(other.name == needed[0] for other in options):
                    given.add(needed[0])
                    out += [word.replace("HEADING", rng.choice(headings)) for word in needed]
            if option.takes:
                value = self.value(option, rng, mutator, headings, files)
                out += [f"{option.name}={value}"] if rng.random() < 0.2 else [option.name, value]
            else:
                out.append(option.name)
        if "--format" not in given and rng.random() < 0.6 and any(option.name == "--format" for option in self.options[name]):
            out += ["--format", rng.choice(["json", "json", "csv", "markdown"] if name not in STREAMS else ["json", "csv"])]
        return out


# ---------------------------------------------------------------- what must not happen

def run(program, words, files, folder, timeout):
    """Runs the command in a folder with the files; status, output, errors, seconds. A status of None is a hang."""
    for name, data in files.items():
        if name != "<":
            (folder / name).write_bytes(data)
    begin = time.monotonic()
    process = subprocess.Popen(
        [program, *words], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "COLUMNS": "80"})
    status = None
    # On a busy machine a run may wait for the processor.
    for patience in range(6):
        try:
            output, errors = process.communicate(files.get("<", b"") if patience == 0 else None, timeout=timeout)
            status = process.returncode
            break
        except subprocess.TimeoutExpired:
            if processor_seconds(process.pid, timeout) > 0.9 * timeout:
                break
    if status is None:
        process.kill()
        output, errors = process.communicate()
    return status, output, errors, time.monotonic() - begin


def processor_seconds(process, unknown):
    """What a process has taken of the processor so far; `unknown` where the system does not say."""
    try:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return unknown


def option(words, name):
    for index, word in enumerate(words):
        if word == name and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(name + "="):
            return word[len(name) + 1:]
    return None


def refuse_constant(text):
    raise ValueError(f"{text} is no number of JSON")


def check_xml(data, faults):
    try:
        root = xml.etree.ElementTree.fromstring(data)
    except xml.etree.ElementTree.ParseError as error:
        faults.append(("invalid XML", str(error)))
        return
    for element in root.iter():
        for key, value in element.attrib.items():
            # Texts such as the title come from the data.
            if not key.startswith("aria") and key.rpartition("}")[2] not in ("id", "class") and NOT_FINITE.search(value):
                faults.append(("NaN or infinity", f"<{element.tag} {key}={value[:60]!r}>"))
                return


def check(name, words, files, folder, result):
    """What is wrong with a run, as pairs of kind and detail."""
    status, output, errors, seconds = result
    faults = []
    text = errors.decode("utf-8", "replace")
    if status is None:
        return [("hang", f"{seconds:.1f} s")]
    if status < 0 or 132 <= status <= 139:
        return [("crash", f"status {status}: {text.strip()[-200:]}")]
    if status not in STATUSES:
        faults.append(("exit status", str(status)))
    lines = [line for line in text.split("\n") if line.startswith("error:")]
    if status != 0:
        is_stream = name in STREAMS or any(word.startswith(("--by", "--join", "--arrays")) for word in words)
        if output and not is_stream:
            faults.append(("output beside a failure", repr(output[:80])))
        if len(lines) != 1:
            faults.append(("lines of error", f"{len(lines)}: {text[:200]!r}"))
        elif "; " not in lines[0]:
            faults.append(("error without a remedy", lines[0][:200]))
        foreign = [line for line in text.rstrip("\n").split("\n") if not line.startswith(("error:", "warning:", "note:"))]
        if foreign:
            faults.append(("foreign line on standard error", foreign[0][:200]))
        if "report this" in text:
            faults.append(("fault of the program", lines[0][:200] if lines else text[:200]))
        return faults
    if lines:
        faults.append(("error with status 0", lines[0]))
    form = option(words, "--format") or ""
    written = {"": output}
    for path in folder.iterdir():
        if path.name not in files and path.is_file():
            written[path.name] = path.read_bytes()
    if "data.csv" in files and any(option(words, given) == "data.csv" for given in ("--output", "-o", "--data")):
        written["data.csv"] = (folder / "data.csv").read_bytes()
    if not any(written.values()):
        faults.append(("no answer", ""))
    given = " ".join(words) + b"\n".join(files.values()).decode("utf-8", "replace")
    if any(data[:2] == b"\x1f\x8b" for data in files.values()):
        given += " ".join(plain(data) for data in files.values())
    for file, data in written.items():
        if not data or data[:2] == b"PK" or data[:6] == b"\x93NUMPY":
            continue
        answer = data.decode("utf-8", "replace")
        if b"\xef\xbf\xbd" in data and "\ufffd" not in given:
            faults.append(("answer that is not UTF-8", file))
        if answer.startswith("<svg") or answer.startswith("<?xml"):
            check_xml(data, faults)
        elif answer.lower().startswith("<!doctype html"):
            for figure in re.findall(r"<svg.*?</svg>", answer, re.DOTALL):
                check_xml(figure.encode(), faults)
        elif form.lower() == "json" and file in ("", option(words, "--output"), option(words, "-o")) and not option(words, "--emit"):
            try:
                json.loads(answer, parse_constant=refuse_constant)
            except ValueError as error:
                faults.append(("invalid JSON", str(error)))
            continue
        elif form.lower() == "csv" and name in STREAMS:
            rows = list(csv.reader(io.StringIO(answer)))
            if len({len(row) for row in rows}) > 1:
                faults.append(("invalid CSV", "rows of several lengths"))
        match = NOT_FINITE.search(answer)
        if match and not NOT_FINITE.search(given):
            around = answer[max(0, match.start() - 60):match.end() + 20]
            faults.append(("NaN or infinity", f"{file or 'standard output'}: {around!r}"))
    return faults


def plain(data):
    try:
        return gzip.decompress(data).decode("utf-8", "replace")
    except (OSError, EOFError, ValueError):
        return ""


# ---------------------------------------------------------------- the run

def keep(folder, index, words, files, result, faults):
    place = folder / f"{index:08d}"
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True)
    for name, data in files.items():
        (place / ("standard-input" if name == "<" else name)).write_bytes(data)
    status, output, errors, seconds = result
    record = {
        "command": words, "shell": "metaan " + shlex.join(words) + (" < standard-input" if "<" in files else ""), "status": status,
        "seconds": round(seconds, 2), "faults": faults, "errors": errors.decode("utf-8", "replace")[-2000:],
        "output": output.decode("utf-8", "replace")[:2000],
    }
    (place / "case.json").write_text(json.dumps(record, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")


def show(name, words, result, faults):
    status, output, errors, seconds = result
    print("metaan " + shlex.join(words))
    sys.stdout.flush()
    sys.stdout.buffer.write(output[:20000] + b"\n" + errors[:5000])
    print(f"\nstatus {status}, {seconds:.2f} s")
    for kind, detail in faults:
        print(f"{kind}: {detail}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=10, help="seconds after which a run is a hang")
    parser.add_argument("--memory", type=float, default=4, help="GiB of address space for a run")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for what fails; by default a new one")
    parser.add_argument("--only", type=int, help="run this case alone and show it")
    parser.add_argument("--rerun", type=pathlib.Path, help="run a kept case again and show it")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    size = int(options.memory * 2 ** 30)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    if options.rerun:
        record = json.loads((options.rerun / "case.json").read_text(encoding="utf-8"))
        files = {
            "<" if path.name == "standard-input" else path.name: path.read_bytes()
            for path in options.rerun.iterdir() if path.name != "case.json"
        }
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            result = run(program, record["command"], files, folder, options.timeout)
            faults = check(record["command"][0], record["command"], files, folder, result)
        show("", record["command"], result, faults)
        sys.exit(1 if faults else 0)

    commands = Commands(program)
    kept = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="mutated-"))

    def one(index):
        name, words, files = commands.case(options.seed, index)
        with tempfile.TemporaryDirectory(prefix="case-") as folder:
            folder = pathlib.Path(folder)
            try:
                result = run(program, words, files, folder, options.timeout)
            except (OSError, ValueError) as error:
                return name, words, None, [("not started", str(error))], 0
            faults = check(name, words, files, folder, result)
        if options.only is not None:
            show(name, words, result, faults)
        if faults:
            keep(kept, index, words, files, result, faults)
        return name, words, result[0], faults, result[3]

    cases = [options.only] if options.only is not None else range(options.first, options.first + options.count)
    statuses, kinds, names, slowest = collections.Counter(), collections.Counter(), collections.Counter(), (0, 0)
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for index, (name, words, status, faults, seconds) in zip(cases, pool.map(one, cases)):
            names[name] += 1
            statuses[status] += 1
            slowest = max(slowest, (seconds, index))
            for kind, detail in faults:
                kinds[kind] += 1
                print(f"{index:08d} {kind}: {detail}\n         metaan {shlex.join(words)}", flush=True)
    print(f"seed {options.seed}, {len(cases)} inputs from {cases[0]}, {time.monotonic() - begin:.0f} s")
    print("commands: " + ", ".join(f"{name} {count}" for name, count in sorted(names.items())))
    print("exit statuses: " + ", ".join(f"{status} {count}" for status, count in sorted(statuses.items(), key=str)))
    print(f"slowest: case {slowest[1]}, {slowest[0]:.1f} s")
    wanted = [
        "crash", "hang", "NaN or infinity", "exit status", "output beside a failure", "lines of error", "fault of the program",
        "invalid JSON", "invalid XML", "invalid CSV",
    ]
    for kind in wanted + sorted(set(kinds) - set(wanted)):
        print(f"{kind}: {kinds[kind]}")
    if kinds:
        print(f"the cases are in {kept}")
    sys.exit(1 if kinds else 0)


if __name__ == "__main__":
    main()
