"""Our programs and those people use now, on the same data in turns; Markdown tables of both. Called by run.sh, which builds and installs.

    compare.py pooling|cohorts|process … [options]
"""
import argparse
import importlib.util
import os
import pathlib
import platform
import shutil
import subprocess
import sys

import numpy as np

from agreement import Agreement
from measurement import LIMITS, Side, Table, duration, interleave, processor, rate, ratio, spaced, three_digits

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def has(package):
    return importlib.util.find_spec(package) is not None


def generate(options, what, *arguments):
    subprocess.run(
        [sys.executable, HERE / "generate.py", options.folder, what, *map(str, arguments)], check=True)


class Pooling:
    """Groups in memory, single fits, and groups in a CSV file."""

    def __init__(self, options):
        self.options = options
        self.table = Table()
        self.agreement = Agreement()
        self.folder = options.folder
        self.throughput = options.throughput if not options.without_ours else None

    def bulk(self, groups, studies):
        return self.folder / f"bulk_g{max(1, int(groups * self.options.scale))}_k{studies}.f64"

    def ours(self, job, data, studies, model, interval="wald", *numbers, label="metaan", results=None):
        words = [self.throughput or "/absent", job, data, studies, model, interval, *numbers]
        side = Side(label, words + ([results] if results else []), results, ours=True)
        if not self.throughput:
            side.refusal = "left out"
        return side

    def python(self, tool, label, data, studies, groups=None, repeats=3):
        results = self.folder / f"{tool}.results"
        words = [sys.executable, HERE / "pooling.py", tool, data, studies, "--repeats", repeats, "--results", results]
        return Side(label, words + (["--groups", groups] if groups else []), results)

    def metafor(self, data, studies, method, test, groups, repeats=1, fits=1, label="metafor"):
        results = self.folder / f"metafor-{method}.results"
        return Side(
            label, ["Rscript", HERE / "pooling.R", data, studies, method, test, groups, repeats, fits, results], results)

    def kernel(self, build, variant, model, data, studies):
        results = self.folder / f"{build}-{variant}.results"
        return Side(
            f"C kernel, {variant}, {build}", [LIMITS / f"kernel-{build}", data, studies, model, variant, 7, results], results)

    def run(self):
        if not self.bulk(1000000, 5).exists():
            generate(self.options, "bulk", "--scale", self.options.scale)
        if not (self.folder / "single_k13.f64").exists():
            generate(self.options, "single")
        self.same_data()
        for groups, studies in ((1000000, 5), (100000, 10), (10000, 100)):
            self.in_memory(self.bulk(groups, studies), studies)
        self.threads(self.bulk(1000000, 5))
        for studies in (13, 100, 1000):
            self.single(studies)
        self.growth()
        self.csv()
        return self.table, self.agreement

    def same_data(self):
        """The generator in Swift against that in Python."""
        data = self.bulk(1000000, 5)
        if self.throughput:
            copy = self.folder / "swift.f64"
            groups = data.stat().st_size // 16 // 5
            subprocess.run([self.throughput, "write", copy, str(groups), "5"], check=True)
            self.agreement.note(
                copy.read_bytes() == data.read_bytes(), f"the generators in Swift and Python write the same bytes, {spaced(groups)} × 5")

    def in_memory(self, data, studies):
        groups = data.stat().st_size // 16 // studies
        work = f"{spaced(groups)} × {studies}"
        folder = self.folder
        y, v = np.fromfile(data).reshape(2, -1, studies)

        limits = [
            [self.kernel(build, variant, model, data, studies)
             for build, variant in (("baseline", "scalar"), ("baseline", "lanes"), ("native", "lanes"))]
            for model in ("common", "DL")]
        common = self.ours("fit", data, studies, "common", "wald", 1, 3, 1)
        moments = self.ours("fit", data, studies, "DL", "wald", 1, 3, 1, results=folder / "DL.results")
        moments_hk = self.ours("fit", data, studies, "DL", "hartung-knapp", 1, 3, 1)
        pm = self.ours("fit", data, studies, "PM", "wald", 1, 3, 1, results=folder / "PM.results")
        ml = self.ours("fit", data, studies, "ML", "wald", 1, 3, 1)
        reml = self.ours("fit", data, studies, "REML", "wald", 1, 3, 1, results=folder / "REML.results")
        arrays = [
            self.python("numpy", "numpy, a group a row", data, studies),
            self.python("numpy-columns", "numpy, a group a column", data, studies)]
        subset = max(1, min(groups, 10000 // studies))
        moments_peers = arrays + ([self.python("pymare-DL", "PyMARE", data, studies)] if has("pymare") else [])
        statsmodels = self.python("statsmodels", "statsmodels", data, studies, subset, 1)
        if has("statsmodels"):
            moments_peers.append(statsmodels)
        metafor = [self.metafor(data, studies, method, "z", min(groups, 300)) for method in ("DL", "PM", "REML")]
        pymare = self.python("pymare-REML", "PyMARE", data, studies, None, 1)
        reml_peers = ([pymare] if has("pymare") else []) + metafor[2:]

        interleave(
            [common] + limits[0] + [moments] + limits[1] + [moments_hk] + arrays + moments_peers[2:3] + [reml, pm, ml],
            self.options.rounds)
        interleave(moments_peers[3:] + metafor + [pymare] * has("pymare"), min(3, self.options.rounds))
        self.table.add(f"common effect, {work}", common, limits[0])
        self.table.add(f"DL, {work}", moments, limits[1] + moments_peers + metafor[:1])
        self.table.add(f"DL, Hartung–Knapp, {work}", moments_hk, [])
        self.table.add(f"PM, {work}", pm, metafor[1:2])
        self.table.add(f"ML, {work}", ml, [])
        self.table.add(f"REML, {work}", reml, reml_peers)
        self.compare(work, y, v, moments, limits[1] + moments_peers + metafor[:1], pm, metafor[1], reml, reml_peers)

    def compare(self, work, y, v, moments, moments_peers, pm, metafor_pm, reml, reml_peers):
        def read(side):
            """Estimates, standard errors, τ² and what else there is, a row each."""
            groups = int(side.runs[0].fields["groups"])
            return np.fromfile(side.results).reshape(-1, groups)

        if moments.ran:
            mine = read(moments)
            pairs, stored = [], []
            for side in moments_peers:
                if not side.ran:
                    continue
                other = read(side)
                count = other.shape[1]
                known = np.ones(count, bool)
                if side.label == "statsmodels":  # which does not cut τ² at 0
                    known = other[2] >= 0
                pairs.append((side.title, mine[[0, 2], :count][:, known], other[[0, 2]][:, known]))
                if len(other) == 5:
                    stored.append((side.title, mine[[1, 3, 4]], other[[1, 3, 4]]))
            self.agreement.closed_form(f"DL, {work}", ("estimate", "τ²"), pairs)
            self.agreement.closed_form(f"DL, {work}", ("standard error", "Q", "I²"), stored)
        if pm.ran and metafor_pm.ran:
            other = read(metafor_pm)
            mine = read(pm)[:, :other.shape[1]]
            known = np.isfinite(other[2])
            self.agreement.closed_form(
                f"PM, {work}", ("estimate", "τ²"), [(metafor_pm.title, mine[[0, 2]][:, known], other[[0, 2]][:, known])])
        if reml.ran:
            tau2 = read(reml)[2]
            self.agreement.global_optimum(y, v, tau2)
            for side in reml_peers:
                if side.ran:
                    theirs = read(side)[2]
                    count = len(theirs)
                    self.agreement.restricted_likelihood(
                        f"REML, {work}, {side.title}", y[:count], v[:count], tau2[:count], theirs)

    def threads(self, data):
        """The least wall time counts: on a machine with other work the second thread has to wait."""
        for model in ("DL", "REML"):
            one, two = (
                self.ours("fit", data, 5, model, "wald", threads, 7, 1, label=f"metaan, {threads} threads") for threads in (1, 2))
            interleave([one, two], self.options.rounds)
            if one.ran and two.ran:
                least = [min(float(run.fields["wall_min"]) for run in side.runs) for side in (one, two)]
                groups = int(one.runs[0].fields["groups"])
                self.table.rows.append((
                    f"{model}, {spaced(groups)} × 5, two threads, least wall time", rate(least[1] / groups),
                    f"ours, one thread: {rate(least[0] / groups)}", three_digits(least[0] / least[1]),
                    f"{three_digits(two.median('mebibytes'))} MiB"))

    def single(self, studies):
        data = self.folder / f"single_k{studies}.f64"
        record = self.ours("one", data, studies, "REML", "hartung-knapp", 3, max(1, 20000 // studies))
        kernel = self.ours("fit", data, studies, "REML", "hartung-knapp", 1, 3, max(1, 20000 // studies))
        metafor = self.metafor(data, studies, "REML", "knha", 1, 3, 20 if studies < 1000 else 1)
        pymare = self.python("pymare-REML", "PyMARE", data, studies)
        slow = studies >= 1000
        interleave([record, kernel] + ([pymare] if has("pymare") else []) + ([] if slow else [metafor]), self.options.rounds)
        interleave([metafor] if slow else [], 1)
        peers = [metafor] + ([pymare] if has("pymare") else [])
        name = f"one REML fit, Hartung–Knapp, k = {studies}"
        self.table.add(f"{name}, in a batch of one", kernel, peers, duration)
        self.table.add(f"{name}, complete record", record, peers, duration)

    def growth(self):
        for studies in (10000, 100000):
            data = self.folder / f"single_k{studies}.f64"
            kernel = self.ours("fit", data, studies, "REML", "hartung-knapp", 1, 3, max(1, 1000000 // studies))
            record = self.ours("one", data, studies, "REML", "hartung-knapp", 3, 3)
            interleave([kernel, record], self.options.rounds)
            self.table.add(f"one REML fit, k = {studies}, in a batch of one", kernel, [], duration)
            self.table.add(f"one REML fit, k = {studies}, complete record", record, [], duration)

    def csv(self):
        """From a CSV file to a CSV file."""
        files = [self.bulk(1000000, 5).with_suffix(".csv"), self.bulk(10000, 100).with_suffix(".csv")]
        if self.options.large:
            files.append(self.large(files[0]))
        for data in files:
            out = self.folder / "ours.csv"
            ours = program(
                self.options, "metaan pool --by", "pool", data, "--by", "group", "--estimator", "DL", "--interval", "wald",
                "--output", out)
            theirs = [
                Side(
                    label, [sys.executable, HERE / "pooling.py", tool, data, "--results", self.folder / f"{tool}.csv"], whole=True)
                for tool, label in (("pandas", "pandas"), ("pandas-brief", "pandas, four columns written"))]
            large = data.name.startswith("large")
            peers = theirs if has("pandas") and not large else []
            interleave([ours] + peers, 1 if large else min(3, self.options.rounds))
            size = f"{data.stat().st_size / 1e6:.0f} MB"
            self.table.add(f"CSV → DL → CSV, {size}, CPU time", ours, peers, duration)
            self.table.add(f"CSV → DL → CSV, {size}, wall time", ours, peers, duration, "wall")
            if ours.ran and peers:
                import pandas

                mine, other = pandas.read_csv(out), pandas.read_csv(self.folder / "pandas.csv")
                same = list(mine["group"]) == list(other["group"])
                self.agreement.note(same, f"CSV, {size}: the same {len(other)} groups in the same order")
                names = ("estimate", "standard_error", "ci_low", "ci_high", "p_value", "tau2", "i2", "q", "q_p_value")
                columns = [[file[name].to_numpy() for name in names] for file in (mine, other)]
                self.agreement.closed_form(f"CSV, {size}", names, [("pandas", *columns)])

    def large(self, data):
        """About 2 GB: the same rows again and again, their groups renamed."""
        path = self.folder / f"large_{data.name}"
        if path.exists():
            return path
        head, _, rows = data.read_bytes().partition(b"\n")
        with open(path, "wb") as file:
            file.write(head + b"\n")
            for copy in range(max(1, round(2e9 / len(rows)))):
                prefix = b"c%d" % copy
                file.write((prefix + rows.replace(b"\n", b"\n" + prefix))[:-len(prefix)])
        return path


def program(options, label, *words, times=1):
    side = Side(label, [options.program or "/absent", *words], whole=True, times=times, ours=True)
    if options.without_ours or not options.program:
        side.refusal = "left out"
    return side


def cohorts(options):
    """Summary statistics of a million markers in five cohorts."""
    table, agreement = Table(), Agreement()
    folder = options.folder / f"gwas_{options.markers}"
    if not (folder / "cohort5.txt").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, HERE / "generate.py", folder, "gwas", "--markers", str(options.markers)], check=True)
    files = sorted(folder.glob("cohort*.txt"))
    out = folder / "ours.csv"
    ours = program(options, "metaan pool --join", "pool", "--join", "MarkerName", *files, "--estimator", "DL", "--interval",
                   "wald", "--output", out)
    plink = Side("plink", ["sh", HERE / "cohorts.sh", "plink", folder, folder / "plink"], whole=True)
    if shutil.which("plink1.9") or shutil.which("plink"):
        subprocess.run(["sh", HERE / "cohorts.sh", "prepare", folder], check=True)
        name = shutil.which("plink1.9") or shutil.which("plink")
        version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout.split()[1]
        plink.label = f"plink {version}, fixed and DL"
    interleave([ours, plink], min(3, options.rounds))
    size = sum(file.stat().st_size for file in files) / 1e6
    work = f"{len(files)} cohorts × {spaced(options.markers)} markers, {size:.0f} MB"
    table.add(f"{work}, CPU time", ours, [plink], duration)
    table.add(f"{work}, wall time", ours, [plink], duration, "wall")
    if ours.ran and plink.ran:
        import pandas

        mine = pandas.read_csv(out)
        theirs = pandas.read_csv(folder / "plink.meta", sep=r"\s+").set_index("SNP")
        # plink leaves out markers of one cohort only, and writes 0 for a p-value below the least normal number.
        mine = mine.set_index(mine.columns[0])
        both = mine.index.intersection(theirs.index)
        mine, theirs, absent = mine.loc[both], theirs.loc[both], len(theirs) - len(both)
        differing = int((mine["k"] != theirs["N"]).sum())
        differing += sum(int((mine[own] != theirs[other]).sum()) for own, other in (("effect_allele", "A1"), ("other_allele", "A2")))
        columns = {"BETA": "estimate", "BETA(R)": "random_estimate", "Q": "q_p_value", "I": "i2", "P": "p_value", "P(R)": "random_p_value"}
        for other, own in columns.items():
            value, printed = mine[own].to_numpy(), theirs[other].to_numpy()
            if own.endswith("p_value") and own != "q_p_value":
                unit = 10.0 ** (np.floor(np.log10(np.maximum(value, np.finfo(float).tiny))) - 3)
                value = np.where((printed == 0) & (value < np.finfo(float).tiny), 0, value)
            else:
                unit = 1e-2 if other == "I" else 1e-4
            differing += int((~(np.abs(value - printed) <= 0.5000001 * unit)).sum())
        agreement.note(
            differing == 0 and absent == 0,
            f"fixed and DL, {len(both)} of plink's {absent + len(both)} markers found in ours; number of cohorts, alleles, effects, p-values, "
            f"that of Q, and I²: {differing} differ in the digits plink prints")
    return table, agreement


def process(options):
    """From start to exit on a small file."""
    table, agreement = Table(), Agreement()
    data = ROOT / "Fixtures" / "msc.csv"
    ours = program(options, "metaan pool", "pool", data, times=20)
    theirs = Side("Rscript and metafor", ["Rscript", HERE / "process.R", data], whole=True)
    interleave([ours, theirs], options.rounds)
    table.add("records of Fixtures/msc.csv, whole process, wall time", ours, [theirs], duration, "wall")
    table.add("records of Fixtures/msc.csv, whole process, CPU time", ours, [theirs], duration)
    return table, agreement


def machine():
    cores = os.cpu_count()
    tools = [f"Python {platform.python_version()}", f"numpy {np.__version__}"]
    for command in (["swift", "--version"], ["clang", "--version"], ["R", "--version"]):
        if shutil.which(command[0]):
            told = subprocess.run(command, capture_output=True, text=True)
            tools.append((told.stdout or told.stderr).splitlines()[0].split("(")[0].strip())
    return f"{processor()}, {cores} cores; " + "; ".join(tools)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=("pooling", "cohorts", "process"))
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="for the data")
    parser.add_argument("--program", help="metaan")
    parser.add_argument("--throughput", help="Benchmarks' program of that name")
    parser.add_argument("--scale", type=float, default=1, help="of the number of groups")
    parser.add_argument("--markers", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also a file of 2 GB, for the memory")
    parser.add_argument("--without-ours", action="store_true", help="only the peers")
    parser.add_argument("--write", type=pathlib.Path, help="folder that gets the tables")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    failed = False
    for part in options.parts:
        table, agreement = Pooling(options).run() if part == "pooling" else {"cohorts": cohorts, "process": process}[part](options)
        failed |= agreement.failed
        text = "\n".join(
            [f"<!-- Written by Benchmarks/peers/run.sh {part}. -->", "", machine() + ".", "", str(table), ""]
            + [f"- {sentence}" for sentence in agreement.sentences]) + "\n"
        print(text, flush=True)
        if options.write:
            options.write.mkdir(parents=True, exist_ok=True)
            (options.write / f"{part}.md").write_text(text)
    return failed


if __name__ == "__main__":
    sys.exit(main())
