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
semi = []
for t, n, m, R2 in data:
    r = t * sqrt((1 - R2) / (n - m - 1))
    others = R2 - r**2
    semi.append((r, (R2**2 - 2 * R2 + others + 1 - others**2) / n))
mean = sum(n * R2 for _, n, _, R2 in data) / sum(n for _, n, _, _ in data)


def first(R2, n, m):
    return 4 * R2 * (1 - R2) ** 2 / n


def second(R2, n, m):
    return 4 * R2 * (1 - R2) ** 2 * (n - m - 1) ** 2 / ((n**2 - 1) * (n + 3))


t_args = "ti=tval, ni=n, mi=preds"
r_args = "r2i=R2, ni=n, mi=preds"
write("aloe2013", [
    ("PCOR", t_args, [(r, (1 - r**2) ** 2 / (n - m)) for r, n, m in partial]),
    ("ZPCOR", t_args, [(atanh(r), 1 / (n - m - 2)) for r, n, m in partial]),
    ("SPCOR", t_args + ", r2i=R2", semi),
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
average = sum((n1 + n2) * y for n1, n2, m, J, y in glass) / sum(n1 + n2 for n1, n2, m, J, y in glass)
m_args = "m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i"
write("normand1999", [
    ("SMD1", m_args + ', vtype="LS2"', [(y, J**2 * (1 / n1 + 1 / n2 + (y / J) ** 2 / (2 * n2))) for n1, n2, m, J, y in glass]),
    ("SMD1", m_args + ', vtype="UB"', [(y, 1 / n1 + 1 / n2 + (1 - (m - 2) / (m * J**2)) * y**2) for n1, n2, m, J, y in glass]),
    ("SMD1", m_args + ', vtype="AV"', [(y, 1 / n1 + 1 / n2 + average**2 / (2 * n2)) for n1, n2, m, J, y in glass]),
])

# Odds and risk ratios under other names; efficacy is 1 - RR.
tables = [[mpf(r[c]) for c in ("tpos", "tneg", "cpos", "cneg")] for r in rows("bcg")]
b_args = "ai=tpos, bi=tneg, ci=cpos, di=cneg"
write("bcg", [
    ("DOR", b_args, [(log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d) for a, b, c, d in tables]),
    ("VE", b_args, [(-log(a / (a + b) * (c + d) / c), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in tables]),
])
