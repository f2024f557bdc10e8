"""Times pooling of many groups by Python packages, in the format of `throughput` and `limits/kernel.c`.

    pooling.py TOOL DATA.f64 STUDIES [--groups N] [--repeats N] [--results OUT.f64]
    pooling.py pandas|pandas-brief DATA.csv --results OUT.csv

TOOL: numpy (a group a row), numpy-columns (a group a column), statsmodels, pymare-DL, pymare-REML. DATA.f64 holds all effects, then
all variances; --groups takes the first N groups. OUT.f64 gets all estimates, standard errors, tau squared.
"""
import argparse
import importlib
import importlib.metadata
import time

import numpy as np


def numpy_moments(y, v, axis):
    """DerSimonian–Laird with Q about the mean; axis is that of the studies."""
    w = 1 / v
    total = w.sum(axis)
    mean = (w * y).sum(axis) / total
    q = (w * (y - np.expand_dims(mean, axis)) ** 2).sum(axis)
    freedom = y.shape[axis] - 1
    scale = total - (w * w).sum(axis) / total
    tau2 = np.maximum(0, (q - freedom) / scale)
    w = 1 / (v + np.expand_dims(tau2, axis))
    total = w.sum(axis)
    i2 = 100 * tau2 / (tau2 + freedom / scale)
    return (w * y).sum(axis) / total, np.sqrt(1 / total), tau2, q, i2


def pymare(method):
    from pymare import estimators

    def pool(y, v):
        estimator = (
            estimators.DerSimonianLaird() if method == "DL"
            else estimators.VarianceBasedLikelihoodEstimator(method=method))
        estimator.fit(y, v, np.ones((len(y), 1)))
        fit = estimator.params_
        return fit["fe_params"][0], np.sqrt(fit["inv_cov"][0, 0]), np.ravel(fit["tau2"])

    return pool


def statsmodels(y, v):
    from statsmodels.stats.meta_analysis import combine_effects

    fits = [combine_effects(*group, method_re="dl") for group in zip(y, v)]
    return tuple(np.array([getattr(fit, name) for fit in fits]) for name in ("mean_effect_re", "sd_eff_w_re", "tau2"))


def pandas(path, results, brief):
    """Sums by numpy over the numbers of the groups, faster than by groupby. Most of the time goes into writing: `brief` writes four
    columns of numbers where we write ten."""
    import pandas as pd
    from scipy import stats

    data = pd.read_csv(path, usecols=["group", "yi", "vi"])
    group, names = pd.factorize(data["group"])
    y, v = data["yi"].to_numpy(), data["vi"].to_numpy()

    def sums(values):
        return np.bincount(group, values, len(names))

    k = np.bincount(group)
    w = 1 / v
    total = sums(w)
    mean = sums(w * y) / total
    q = sums(w * (y - mean[group]) ** 2)
    scale = total - sums(w * w) / total
    tau2 = np.maximum(0, (q - (k - 1)) / scale)
    w = 1 / (v + tau2[group])
    total = sums(w)
    estimate, error = sums(w * y) / total, np.sqrt(1 / total)
    half = stats.norm.ppf(0.975) * error
    if brief:
        columns = {"group": names, "estimate": estimate, "standard_error": error, "tau2": tau2, "q": q}
        return pd.DataFrame(columns).to_csv(results, index=False)
    pd.DataFrame({
        "group": names, "k": k, "estimate": estimate, "standard_error": error, "ci_low": estimate - half,
        "ci_high": estimate + half, "p_value": 2 * stats.norm.sf(np.abs(estimate / error)), "tau2": tau2,
        "i2": 100 * tau2 / (tau2 + (k - 1) / scale), "q": q, "q_p_value": stats.chi2.sf(q, k - 1),
    }).to_csv(results, index=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("data")
    parser.add_argument("studies", type=int, nargs="?")
    parser.add_argument("--groups", type=int)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--results")
    options = parser.parse_args()
    if options.tool.startswith("pandas"):
        return pandas(options.data, options.results, brief=options.tool == "pandas-brief")

    both = np.fromfile(options.data).reshape(2, -1, options.studies)[:, :options.groups]
    by_column = options.tool in ("numpy-columns", "pymare-DL", "pymare-REML")
    y, v = (np.ascontiguousarray(values.T if by_column else values) for values in both)
    pool = {
        "numpy": lambda: numpy_moments(y, v, 1),
        "numpy-columns": lambda: numpy_moments(y, v, 0),
        "statsmodels": lambda: statsmodels(y, v),
        "pymare-DL": lambda: pymare("DL")(y, v),
        "pymare-REML": lambda: pymare("REML")(y, v),
    }[options.tool]
    package = options.tool.split("-")[0]
    module = {"statsmodels": "statsmodels.stats.meta_analysis", "pymare": "pymare.estimators"}.get(package, package)
    importlib.import_module(module)
    cpu, wall = [], []
    # The first run is not counted where there are others.
    for repeat in range(options.repeats + (options.repeats > 1)):
        start, begin = time.process_time(), time.monotonic()
        result = pool()
        cpu.append(time.process_time() - start)
        wall.append(time.monotonic() - begin)
    cpu, wall = cpu[-options.repeats:], wall[-options.repeats:]
    if options.results:
        np.concatenate(result).tofile(options.results)
    groups = both.shape[1]
    median = float(np.median(cpu))
    print(
        f"tool={options.tool} version={package}-{importlib.metadata.version(package)}",
        f"model={'REML' if options.tool.endswith('REML') else 'DL'} interval=wald groups={groups} studies={options.studies}",
        f"threads=1 cpu_min={min(cpu)} cpu_median={median} wall_min={min(wall)} wall_median={float(np.median(wall))}",
        f"rate_max={groups / min(cpu)} rate_median={groups / median}",
        f"sum_estimate={result[0].sum()} sum_tau2={result[2].sum()} sum_se={result[1].sum()}")


if __name__ == "__main__":
    main()
