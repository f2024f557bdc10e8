#!/usr/bin/env python3
"""Writes distributions.json: 40-digit values of the distribution functions, from mpmath.

Each row is [arguments ..., high, low, probability]; the reference is the sum high + low of two doubles, and
`probability` (the tail that is asked for, or the argument of a quantile) decides the region of the row. Run with
mpmath 1.3: `python3 generate.py`; takes some minutes.
"""
import json
import os
import random

import mpmath as mp
from mpmath import mpf

mp.mp.dps = 60
LEAST = mpf(10) ** -300


def split(value):
    high = float(value)
    return [high, float(value - mpf(high))]


# Distribution functions, each as (lower, upper) of exact arguments.

def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2, mp.erfc(x / mp.sqrt(2)) / 2


def regularised_beta(a, b, x, y):
    """I_x(a, b) for x + y = 1 by the continued fraction on its convergent side, with the precision to spare."""
    if x <= 0:
        return mpf(0), mpf(1)
    if y <= 0:
        return mpf(1), mpf(0)
    if x > (a + 1) / (a + b + 2):
        upper, lower = regularised_beta(b, a, y, x)
        return lower, upper
    front = mp.exp(a * mp.log(x) + b * mp.log(y) - mp.log(a)
                   + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))
    # Lentz's evaluation.
    c, d = mpf(1), 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 200000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / (1 + even * d), 1 + even / c
        fraction *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + odd * d), 1 + odd / c
        fraction *= d * c
        if abs(d * c - 1) < mp.eps:
            break
    else:
        raise ArithmeticError((a, b, x))
    lower = front * fraction
    return lower, 1 - lower


def beta(x, a, b):
    return regularised_beta(a, b, x, 1 - x)


def student(x, df):
    lower, _ = regularised_beta(df / 2, mpf(1) / 2, df / (df + x * x), x * x / (df + x * x))
    return (1 - lower / 2, lower / 2) if x > 0 else (lower / 2, 1 - lower / 2)


def fisher(x, df1, df2):
    total = df2 + df1 * x
    return regularised_beta(df1 / 2, df2 / 2, df1 * x / total, df2 / total)


def gamma(x, a):
    """P(a, x) and Q(a, x) by the series or the continued fraction."""
    front = mp.exp(a * mp.log(x) - x - mp.loggamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = 0
        while term > total * mp.eps:
            n += 1
            term *= x / (a + n)
            total += term
        return front * total, 1 - front * total
    b = x + 1 - a
    c, d = mpf(10) ** 80, 1 / b
    fraction = d
    for n in range(1, 200000):
        step = -n * (n - a)
        b += 2
        d, c = 1 / (step * d + b), b + step / c
        fraction *= d * c
        if abs(d * c - 1) < mp.eps:
            break
    return 1 - front * fraction, front * fraction


def chi_squared(x, df):
    return gamma(x / 2, df / 2)


def noncentral_t(x, df, delta):
    """The Poisson mixture of incomplete beta functions; all terms are positive or the precision covers their loss."""
    if x < 0:
        lower, upper = noncentral_t(-x, df, -delta)
        return upper, lower
    half = delta * delta / 2
    y = x * x / (x * x + df)
    z = df / (x * x + df)
    lower = normal(-delta)[0]
    if x > 0:
        j = 0
        while True:
            even = mp.exp(-half + j * mp.log(half) - mp.loggamma(j + 1))
            odd = delta / mp.sqrt(2) * mp.exp(-half + j * mp.log(half) - mp.loggamma(j + mpf(3) / 2))
            lower += (even * regularised_beta(j + mpf(1) / 2, df / 2, y, z)[0]
                      + odd * regularised_beta(mpf(j + 1), df / 2, y, z)[0]) / 2
            if j > half and even < mpf(10) ** (-mp.mp.dps):
                break
            j += 1
    return lower, 1 - lower


def quantile(function, tail, p, parameters, low, high):
    """The point with the given tail probability, by bisection over magnitudes, then the secant rule."""
    p = mpf(p)
    index = 0 if tail == "lower" else 1
    sign = 1 if tail == "lower" else -1

    def excess(x):
        tail_at_x = function(x, *parameters)[index]
        return sign * (mp.log(tail_at_x / p) if tail_at_x > 0 else -mpf(10) ** 6)

    def coordinate(u):
        return mp.sign(u) * LEAST * mpf(10) ** (-20) * mp.expm1(abs(u))

    left = mpf(0) if low == 0 else mpf(-1500)
    right = mpf(1500)
    if high == 1:
        right = mp.log1p(mpf(10) ** 320)
    while right - left > mpf(2) ** -8:
        middle = (left + right) / 2
        if excess(coordinate(middle)) < 0:
            left = middle
        else:
            right = middle
    a, b = coordinate(left), coordinate(right)
    if (low == 0 and left == 0) or left == -1500 or right == 1500:
        return mpf(0)  # beyond the range of a double
    # Illinois variant of the false position rule.
    fa, fb = excess(a), excess(b)
    side = 0
    for _ in range(200):
        c = (a * fb - b * fa) / (fb - fa)
        fc = excess(c)
        if fc == 0 or abs(b - a) < abs(c) * mpf(10) ** -45:
            return c
        if abs(fc) < mpf(10) ** -50:
            return c
        if (fc < 0) == (fb < 0):
            b, fb = c, fc
            if side == -1:
                fa /= 2
            side = -1
        else:
            a, fa = c, fc
            if side == 1:
                fb /= 2
            side = 1
    raise ArithmeticError((tail, p, parameters))


# Quadratic forms.

def pairs(q, means):
    """P(Q <= q), P(Q > q) of a sum of independent exponential variables with distinct means."""
    with mp.workdps(400):
        q = mpf(q)
        exact = [mpf(m) for m in means]
        upper = mpf(0)
        for i, m in enumerate(exact):
            weight = mpf(1)
            for j, other in enumerate(exact):
                if j != i:
                    weight *= m / (m - other)
            upper += weight * mp.exp(-q / m)
        return 1 - upper, upper


def wedge(q, coefficients):
    """The same for any coefficients: the inverse Laplace transform of the moment generating function over z, along two
    rays at 60 degrees from a point between 0 and the first singularity."""
    with mp.workdps(50):
        q = mpf(q)
        exact = [mpf(c) for c in coefficients]
        start = 1 / (4 * max(exact))
        ray = mp.expjpi(mpf(1) / 3)

        def integrand(r):
            z = start + r * ray
            logarithm = -mp.fsum(mp.log(1 - 2 * z * c) for c in exact) / 2 - z * q
            return mp.im(mp.exp(logarithm) / z * ray)

        end = 240 / q
        points = [end * mpf(2) ** -n for n in range(24, -1, -1)]
        upper = mp.quad(integrand, [mpf(0)] + points) / mp.pi
        return 1 - upper, upper


def eigenvalues_of_centred_form(weights, variances):
    with mp.workdps(60):
        total = mp.fsum(weights)
        k = len(weights)
        matrix = mp.matrix(k, k)
        for i in range(k):
            for j in range(k):
                u = mpf(weights[i]) * mp.sqrt(mpf(variances[i])) * mpf(weights[j]) * mp.sqrt(mpf(variances[j]))
                matrix[i, j] = (mpf(weights[i]) * mpf(variances[i]) if i == j else mpf(0)) - u / total
        values = sorted(mp.eigsy(matrix, eigvals_only=True))
        return values[1:]


# Grids.

TAILS = [1e-300, 1e-200, 1e-100, 1e-50, 1e-20, 1e-8, 1e-4, 0.025, 0.2, 0.49]
UPPER_HALF = [0.6, 0.9, 0.975]
tables = []


def add_tails(family, function, cases, count, least=LEAST):
    for index, name in enumerate(["lower tail", "upper tail"]):
        rows = []
        for arguments in cases:
            value = function(*[mpf(a) for a in arguments])[index]
            if least <= value < 1 - mpf(10) ** -12:
                rows.append(list(arguments) + split(value) + [float(value)])
        tables.append({"family": family, "function": name, "parameters": count, "rows": rows})
        print(family, name, len(rows), flush=True)


def add_quantiles(family, function, parameter_sets, low, high, probabilities=TAILS + UPPER_HALF):
    for tail, name in [("lower", "quantile"), ("upper", "upper quantile")]:
        rows = []
        for parameters in parameter_sets:
            exact = [mpf(p) for p in parameters]
            for p in probabilities:
                if function is beta and tail == "upper":
                    value = 1 - quantile(beta, "lower", p, exact[::-1], low, high)
                else:
                    value = quantile(function, tail, p, exact, low, high)
                if LEAST < abs(value) < 1 / LEAST:
                    rows.append([p] + list(parameters) + split(value) + [p])
        tables.append({"family": family, "function": name, "parameters": len(parameter_sets[0]), "rows": rows})
        print(family, name, len(rows), flush=True)


def cross(points, parameter_sets):
    return [[float(x)] + list(p) for p in parameter_sets for x in points]


def add_integer_degrees():
    """The degrees of freedom that have their own sums, densely and at the ends of their regions."""
    generator = random.Random(20260102)
    degrees = list(range(3, 61)) + [80, 99, 100, 101, 102, 151, 250, 500, 999, 1000, 1001]
    cases = []
    for d in degrees:
        points = [1.4 - 1e-9, 1.4 + 1e-9, generator.uniform(0, 1.4), generator.uniform(1.4, 4), generator.uniform(4, 12)]
        points += [10 ** generator.uniform(-8, -1), 10 ** generator.uniform(1.2, 4)]
        cases += [[generator.choice([1, -1]) * x, d] for x in points]
    add_tails("t, integer df", student, cases, 1)
    cases = []
    for d in degrees:
        values = [d * (1 - 1e-9), d * (1 + 1e-9), d * generator.uniform(0.3, 1), d * generator.uniform(1, 2.5)]
        values += [d * 10 ** generator.uniform(-4, -0.5), generator.uniform(2.5 * d, 1329), 1330 - 1e-6, 1330 + 1e-6]
        cases += [[x, d] for x in values if x > 0]
    add_tails("chi-squared, integer df", chi_squared, cases, 1)
    degrees = list(range(3, 16)) + [20, 27, 41, 60, 99, 100, 101, 250, 1000, 1001]
    probabilities = [1e-295, 1e-80, 1e-9, 0.005, 0.025, 0.1, 0.2999, 0.3001, 0.975]
    add_quantiles("t, integer df", student, [[d] for d in degrees], -1, 2, probabilities)
    probabilities = [1e-295, 1e-80, 1e-9, 0.005, 0.025, 0.1, 0.4999, 0.5001, 0.975]
    add_quantiles("chi-squared, integer df", chi_squared, [[d] for d in degrees], 0, 2, probabilities)


def main():
    generator = random.Random(20260101)

    points = [1e-12, 0.1, 0.5, 1, 1.96, 3, 5, 8, 12, 20, 27, 30, 35, 37] + [generator.uniform(0, 37) for _ in range(30)]
    add_tails("normal", normal, [[x] for x in points] + [[-x] for x in points], 0)
    add_quantiles("normal", normal, [[]], -1, 2, TAILS + UPPER_HALF + [10.0 ** -k for k in range(3, 300, 11)])

    degrees = [0.1, 0.5, 1, 1.5, 2, 3, 3.7, 5, 10, 30.5, 100, 1000, 1e4, 1e6]
    points = [1e-8, 1e-3, 0.1, 0.7, 1.96, 3, 8, 30, 1e3, 1e8, 1e30]
    add_tails("t", student, cross(points + [-x for x in points], [[d] for d in degrees]), 1)
    add_quantiles("t", student, [[d] for d in degrees], -1, 2)

    degrees = [0.1, 0.5, 1, 2, 3, 5, 12.3, 50, 300, 1e4, 1e6]
    cases = []
    for d in degrees:
        spread = (2 * d) ** 0.5
        values = [d * f for f in (1e-8, 1e-3, 0.03, 0.1, 0.5, 0.9, 1, 1.1, 2, 5, 20, 100)]
        values += [d + c * spread for c in (-30, -10, -4, -2, 2, 4, 10, 30)]
        cases += [[x, d] for x in values if x > 0 and x < 3000 + 3 * d]
    add_tails("chi-squared", chi_squared, cases, 1)
    add_quantiles("chi-squared", chi_squared, [[d] for d in degrees], 0, 2)

    degrees = [[1, 1], [1, 3], [1, 10], [2, 5], [3, 11.5], [5, 100], [10, 1e4], [100, 30], [0.5, 4], [1e3, 1e3]]
    add_tails("F", fisher, cross([1e-8, 1e-3, 0.1, 0.5, 0.9, 1, 1.3, 2, 4, 20, 1e3, 1e8, 1e40], degrees), 2)
    add_quantiles("F", fisher, degrees, 0, 2)

    shapes = [[0.5, 0.5], [0.5, 3], [3, 0.5], [2, 3], [10, 0.1], [0.1, 10], [50, 30], [1e3, 2e3], [1e5, 3]]
    points = [1e-100, 1e-20, 1e-8, 1e-3, 0.1, 0.3, 1 / 3, 0.5, 0.6, 0.9, 0.999, 0.99999, 1 - 1e-12]
    add_tails("beta", beta, cross(points, shapes), 2)
    add_quantiles("beta", beta, shapes, 0, 1)

    add_integer_degrees()

    sets = [[n, d] for n in (3, 10, 30, 100.5) for d in (-2, 0.5, 1, 5)]
    # A small tail is the difference of 1 and the other.
    mp.mp.dps = 130
    add_tails("non-central t", noncentral_t, cross([-20, -5, -2, 0, 0.5, 2, 5, 10, 40], sets), 2, mpf(10) ** -80)
    mp.mp.dps = 50
    add_quantiles("non-central t", noncentral_t, sets[::5], -1, 2, [1e-8, 1e-3, 0.025, 0.5, 0.975])
    mp.mp.dps = 60

    forms = []
    sets = {
        "even": [1 + i / 16 for i in range(16)],
        "geometric": [2.0 ** -i for i in range(20)],
        "wide": [10.0 ** -i for i in range(10)],
        "one above many": [1.0] + [(50 + i) / 1024 for i in range(60)],
        "one far above many": [1.0] + [(64 + i) / 65536 for i in range(30)],
    }
    for means in sets.values():
        coefficients = [m / 2 for m in means for _ in range(2)]
        mean = float(sum(means))
        for factor in [1e-5, 1e-3, 0.03, 0.1, 0.3, 0.7, 0.97, 1, 1.03, 1.3, 2, 4, 10, 60]:
            q = factor * mean
            forms.append((coefficients, None, q, pairs(q, means)))
    for coefficients in [[1.0, 0.5, 0.25, 2.0, 3.0, 0.75, 1.5], [5.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.125, 0.0625, 1.25]]:
        for q in [0.5, 3.0, 9.0, 20.0, 45.0]:
            forms.append((coefficients, None, q, wedge(q, coefficients)))
    for k, spread in [(2, 1), (3, 1), (7, 2), (13, 3)]:
        weights = [generator.uniform(0.5, 20) for _ in range(k)]
        variances = [10 ** generator.uniform(-spread, spread) for _ in range(k)]
        values = eigenvalues_of_centred_form(weights, variances)
        mean = float(sum(values))
        for factor in [0.2, 0.8, 1.5, 4]:
            q = factor * mean
            if k == 2:
                both = gamma(mpf(q) / values[0] / 2, mpf(1) / 2)
            elif k == 3:
                # Two eigenvalues: the integral of one density against the other's distribution function.
                a, b = values
                inner = lambda angle: mp.exp(-mpf(q) / (2 * (a * mp.cos(angle) ** 2 + b * mp.sin(angle) ** 2)))
                upper = mp.quad(inner, mp.linspace(0, mp.pi / 2, 40)) * 2 / mp.pi
                both = (1 - upper, upper)
            else:
                both = wedge(q, values)
            forms.append((weights, variances, q, both))
    rows = [{"coefficients": c, "variances": v, "q": q, "lower": split(both[0]), "upper": split(both[1])}
            for c, v, q, both in forms if both[0] > LEAST and both[1] > LEAST]
    print("quadratic form", len(rows))

    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "distributions.json"), "w") as file:
        file.write('{"tables": [\n')
        for t, table in enumerate(tables):
            head = {k: v for k, v in table.items() if k != "rows"}
            file.write(json.dumps(head)[:-1] + ', "rows": [\n')
            file.write(",\n".join(json.dumps(row, separators=(",", ":")) for row in table["rows"]))
            file.write("\n]}" + (",\n" if t + 1 < len(tables) else "\n"))
        file.write('],\n"quadraticForms": [\n')
        file.write(",\n".join(json.dumps(row, separators=(",", ":")) for row in rows))
        file.write("\n]}\n")


if __name__ == "__main__":
    main()
