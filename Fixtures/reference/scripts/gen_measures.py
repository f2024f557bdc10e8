"""Usage, from the folder that holds data/ and golden/: python3 scripts/gen_measures.py

Writes golden/measures_<dataset>.escalc.json: effects by the published formulas written here, with 40 digits (mpmath), for measures and
variants that the R scripts do not record. The call is that of metafor's escalc with the same meaning; its numbers are not R's
(field "by").
"""
import csv, json
from mpmath import mp, mpf, sqrt, atanh, gamma, log

mp.dps = 40


def rows(name):
    with open(f"data/{name}.csv") as file:
        return list(csv.DictReader(file))


def write(name, cases):
    lines = []
    for measure, arguments, effects in cases:
        y, v = zip(*effects)
        call = f'escalc(measure="{measure}", {arguments}, data=dat)'
        expected = {"yi": [number(x) for x in y], "vi": [number(x) for x in v]}
        lines.append(json.dumps({"call": call, "measure": measure, "by": "scripts/gen_measures.py", "expected": expected}))
    head = json.dumps({"dataset": f"data/{name}.csv", "family": "escalc", "R": "", "packages": {}, "prep": [f'dat <- read.csv("data/{name}.csv")']})
    with open(f"golden/measures_{name}.escalc.json", "w") as file:
        file.write(head[:-1] + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n")


def number(x):
    return float(mp.nstr(x, 17))


# Aloe & Thompson (2013), Aloe & Becker (2012), Olkin & Finn (1995), Kendall & Stuart (1979).
data = [(mpf(r["tval"]), mpf(r["n"]), mpf(r["preds"]), mpf(r["R2"])) for r in rows("aloe2013")]
partial = [(t / sqrt(t**2 + n - m - 1), n, m) for t, n, m, _ in data]


def average(pairs):
    pairs = list(pairs)
    return sum(n * y for y, n in pairs) / sum(n for _, n in pairs)


def semi_variance(r, n, R2):
    others = R2 - r**2
    return (R2**2 - 2 * R2 + others + 1 - others**2) / n


whole = [(t * sqrt((1 - R2) / (n - m - 1)), n, R2) for t, n, m, R2 in data]
semi = [(r, semi_variance(r, n, R2)) for r, n, R2 in whole]
partial_mean = average((r, n) for r, n, _ in partial)
semi_mean = average((r, n) for r, n, _ in whole)
mean = average((R2, n) for _, n, _, R2 in data)


def first(R2, n, m):
    return 4 * R2 * (1 - R2) ** 2 / n


def second(R2, n, m):
    return 4 * R2 * (1 - R2) ** 2 * (n - m - 1) ** 2 / ((n**2 - 1) * (n + 3))


t_args = "ti=tval, ni=n, mi=preds"
r_args = "r2i=R2, ni=n, mi=preds"
write("aloe2013", [
    ("PCOR", t_args, [(r, (1 - r**2) ** 2 / (n - m)) for r, n, m in partial]),
    ("PCOR", t_args + ', vtype="AV"', [(r, (1 - partial_mean**2) ** 2 / (n - m)) for r, n, m in partial]),
    ("ZPCOR", t_args, [(atanh(r), 1 / (n - m - 2)) for r, n, m in partial]),
    ("SPCOR", t_args + ", r2i=R2", semi),
    ("SPCOR", t_args + ', r2i=R2, vtype="AV"', [(r, semi_variance(semi_mean, n, R2)) for r, n, R2 in whole]),
    ("ZSPCOR", t_args + ", r2i=R2", [(atanh(r), v / (1 - r**2) ** 2) for r, v in semi]),
    ("R2", r_args, [(R2, first(R2, n, m)) for _, n, m, R2 in data]),
    ("R2", r_args + ', vtype="LS2"', [(R2, second(R2, n, m)) for _, n, m, R2 in data]),
    ("R2", r_args + ', vtype="AV"', [(R2, first(mean, n, m)) for _, n, m, R2 in data]),
    ("R2", r_args + ', vtype="AV2"', [(R2, second(mean, n, m)) for _, n, m, R2 in data]),
    ("ZR2", r_args, [(atanh(sqrt(R2)), 1 / n) for _, n, m, R2 in data]),
])

# Variances of Glass's delta as of Hedges' g: Hedges (1981, 1983), Borenstein (2009).
means = [[mpf(r[c]) for c in ("n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i")] for r in rows("normand1999")]
glass = []
for n1, m1, s1, n2, m2, s2 in means:
    m = n2 - 1
    J = gamma(m / 2) / (sqrt(m / 2) * gamma((m - 1) / 2))
    glass.append((n1, n2, m, J, J * (m1 - m2) / s2))
glass_mean = average((y, n1 + n2) for n1, n2, m, J, y in glass)
m_args = "m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i"
write("normand1999", [
    ("SMD1", m_args + ', vtype="LS2"', [(y, J**2 * (1 / n1 + 1 / n2 + (y / J) ** 2 / (2 * n2))) for n1, n2, m, J, y in glass]),
    ("SMD1", m_args + ', vtype="UB"', [(y, 1 / n1 + 1 / n2 + (1 - (m - 2) / (m * J**2)) * y**2) for n1, n2, m, J, y in glass]),
    ("SMD1", m_args + ', vtype="AV"', [(y, 1 / n1 + 1 / n2 + glass_mean**2 / (2 * n2)) for n1, n2, m, J, y in glass]),
])

# The same squared correction of standardized changes.
changes = [[mpf(r[c]) for c in ("ni", "m1i", "sd1i", "m2i", "sd2i", "ri")] for r in rows("synth_prepost_a")]
c_args = "m1i=m1i, sd1i=sd1i, m2i=m2i, sd2i=sd2i, ni=ni, ri=ri"


def squared(n, d, variance):
    m = n - 1
    J = gamma(m / 2) / (sqrt(m / 2) * gamma((m - 1) / 2))
    return J * d, J**2 * (variance + d**2 / (2 * n))


write("synth_prepost_a", [
    ("SMCC", c_args + ', vtype="LS2"', [squared(n, (m1 - m2) / sqrt(s1**2 + s2**2 - 2 * r * s1 * s2), 1 / n) for n, m1, s1, m2, s2, r in changes]),
    ("SMCR", c_args + ', vtype="LS2"', [squared(n, (m1 - m2) / s1, 2 * (1 - r) / n) for n, m1, s1, m2, s2, r in changes]),
])

# Averaged proportions, 1/2 being added to both cells of groups with a zero cell.
groups = [(mpf(r["xi"]), mpf(r["ni"])) for r in rows("pritz1997")]
groups = [(x + mpf(1) / 2, n + 1) if x in (0, n) else (x, n) for x, n in groups]
p = average((x / n, n) for x, n in groups)
write("pritz1997", [
    ("PLN", 'xi=xi, ni=ni, vtype="AV"', [(log(x / n), 1 / (n * p) - 1 / n) for x, n in groups]),
    ("PLO", 'xi=xi, ni=ni, vtype="AV"', [(log(x / (n - x)), 1 / (n * p) + 1 / (n * (1 - p))) for x, n in groups]),
])

# Odds and risk ratios under other names; efficacy is 1 - RR.
tables = [[mpf(r[c]) for c in ("tpos", "tneg", "cpos", "cneg")] for r in rows("bcg")]
b_args = "ai=tpos, bi=tneg, ci=cpos, di=cneg"
write("bcg", [
    ("DOR", b_args, [(log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d) for a, b, c, d in tables]),
    ("VE", b_args, [(-log(a / (a + b) * (c + d) / c), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in tables]),
])
