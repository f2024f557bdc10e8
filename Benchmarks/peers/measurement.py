"""Runs commands in turns and measures them."""
import dataclasses
import pathlib
import statistics
import subprocess
import sys
import tempfile

LIMITS = pathlib.Path(__file__).resolve().parent.parent / ".build" / "limits"
MEASURE = LIMITS / "measure"


@dataclasses.dataclass
class Run:
    """One run of a command; seconds of processor time, and on the wall, of one group or of the whole process."""

    cpu: float
    wall: float
    mebibytes: float
    fields: dict


class Side:
    """A command that is compared. One in the common format says itself how long its work took, the others are timed as a whole."""

    def __init__(self, label, command, results=None, whole=False, times=1, ours=False):
        self.label = label
        self.command = [str(word) for word in command]
        self.results = results
        self.whole = whole
        self.times = times
        self.ours = ours
        self.runs = []
        self.refusal = None

    def run(self):
        with tempfile.NamedTemporaryFile("r") as report:
            done = subprocess.run(
                [MEASURE, report.name, *self.command], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
            if done.returncode != 0:
                lines = done.stderr.strip().splitlines()
                told = [line for line in lines if "error" in line.lower()] or lines[-1:] or ["no message"]
                self.refusal = told[0].strip()
                return None
            cpu, wall, kibibytes = map(float, report.read().split())
        if self.whole:
            return Run(cpu, wall, kibibytes / 1024, {})
        line = next(line for line in done.stdout.splitlines() if line.startswith("tool="))
        fields = dict(word.split("=", 1) for word in line.split())
        groups = int(fields["groups"])
        return Run(float(fields["cpu_median"]) / groups, float(fields["wall_median"]) / groups, kibibytes / 1024, fields)

    def round(self):
        if self.refusal:
            return
        runs = [self.run() for _ in range(self.times)]
        if self.refusal:
            print(f"skipped: {self.label}: {self.refusal}", file=sys.stderr, flush=True)
            return
        self.runs.append(
            Run(
                statistics.median(run.cpu for run in runs), statistics.median(run.wall for run in runs),
                statistics.median(run.mebibytes for run in runs), runs[0].fields))

    @property
    def ran(self):
        return bool(self.runs) and not self.refusal

    def median(self, name):
        return statistics.median(getattr(run, name) for run in self.runs)

    @property
    def title(self):
        """With the version, where the command told it."""
        version = self.runs[0].fields.get("version") if self.runs else None
        return f"{self.label} ({version.rsplit('-', 1)[1]})" if version else self.label


def interleave(sides, rounds):
    """Every side once in each round, so that a machine that slows down slows all of them."""
    for _ in range(rounds):
        for side in sides:
            side.round()


def ratio(ours, theirs, name="cpu"):
    """How many times faster ours is: the median of the ratios of the single rounds."""
    return statistics.median(
        getattr(their, name) / getattr(our, name) for our, their in zip(ours.runs, theirs.runs))


def three_digits(value):
    if value >= 100:
        return spaced(round(round(value), 3 - len(str(round(value)))))
    return f"{value:.3g}"


def duration(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{three_digits(seconds / size)} {unit}"
    return f"{three_digits(seconds * 1e9)} ns"


def spaced(count):
    return f"{count:,}".replace(",", " ")


def rate(seconds_per_group):
    groups = 1 / seconds_per_group
    for unit, size in ((" M", 1e6), (" k", 1e3)):
        if groups >= size:
            return f"{three_digits(groups / size)}{unit} groups/s"
    return f"{three_digits(groups)} groups/s"


def memory(side):
    return f"{three_digits(side.median('mebibytes'))} MiB" if side and side.ran else "–"


class Table:
    """Rows of work, ours, theirs, ratio and memory, in Markdown."""

    def __init__(self):
        self.rows = []

    def add(self, work, ours, theirs, shown=rate, name="cpu"):
        """One row for each of theirs that ran; one without a peer where there is none."""
        def figure(side):
            return shown(side.median(name)) if side and side.ran else "–"

        if ours and ours.ran and not theirs:
            self.rows.append((work, figure(ours), "–", "–", f"{memory(ours)} / –"))
        for their in theirs:
            if their.ran:
                both = ours and ours.ran
                self.rows.append((
                    work, figure(ours), f"{their.title}: {figure(their)}",
                    three_digits(ratio(ours, their, name)) if both else "–", f"{memory(ours)} / {memory(their)}"))

    def __str__(self):
        head = ["| work | ours | theirs | ratio | memory, ours / theirs |", "|---|---|---|---|---|"]
        return "\n".join(head + ["| " + " | ".join(row) + " |" for row in self.rows])


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True).stdout.strip()
