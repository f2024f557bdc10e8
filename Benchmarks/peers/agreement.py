"""Do the numbers of both sides agree? Each check gives a sentence and remembers whether it failed."""
import numpy as np

from measurement import spaced


class Agreement:
    def __init__(self):
        self.sentences = []
        self.failed = False

    def note(self, passed, sentence):
        self.sentences.append(("" if passed else "**DISAGREES:** ") + sentence)
        self.failed |= not passed

    def closed_form(self, name, names, pairs, relative=1e-9):
        """Columns of ours beside those of several others: `pairs` has for each its name, ours and theirs. The names of the columns
        are for the sentence. What is near 0 is a difference of nearly equal numbers, hence the 1e-12."""
        worst = [0.0] * len(names)
        for other, ours, theirs in pairs:
            differences = [np.abs(mine - their) for mine, their in zip(ours, theirs)]
            if any((d > relative * np.abs(their) + 1e-12).any() or np.isnan(d).any() for d, their in zip(differences, theirs)):
                told = ", ".join(f"{column} {np.max(d):.1e}" for column, d in zip(names, differences))
                self.note(False, f"{name}, {other}: {told}")
            worst = [max(so_far, float(np.max(d, initial=0))) for so_far, d in zip(worst, differences)]
        if pairs:
            told = ", ".join(f"{column} {value:.1e}" for column, value in zip(names, worst))
            others = ", ".join(f"{other}: {spaced(len(ours[0]))}" for other, ours, _ in pairs)
            self.note(True, f"{name}, greatest absolute difference from any other: {told} (groups compared with {others})")

    def restricted_likelihood(self, name, y, v, ours, theirs):
        """Where τ² differs, ours must have the higher restricted likelihood."""
        mine, other = restricted_likelihood(y, v, ours), restricted_likelihood(y, v, theirs)
        known = np.isfinite(other)
        apart = np.where(known, np.abs(ours - theirs), 0)
        differs = known & (apart > 1e-3 * np.maximum(ours, theirs) + 1e-6)
        lower = known & (mine < other - 1e-9)
        self.note(
            not lower.any(),
            f"{name}: τ² differs by more than 0.1 % (and 1e-6) in {spaced(differs.sum())} of {spaced(known.sum())} groups; there the "
            f"restricted log-likelihood of ours is higher in {spaced(np.sum(differs & (mine > other)))}, by up to "
            f"{np.max((mine - other)[differs], initial=0):.3g}; it is lower by more than 1e-9 in {spaced(lower.sum())} of all; "
            f"elsewhere τ² differs by {np.max(apart[~differs], initial=0):.1e} at most")

    def global_optimum(self, y, v, ours):
        """No τ² of a grid has a higher restricted likelihood."""
        best = restricted_likelihood(y, v, ours)
        grid = np.concatenate([[0], np.geomspace(1e-4, 30, 60)])
        higher = np.zeros(len(y), bool)
        for tau2 in grid:
            higher |= restricted_likelihood(y, v, np.full(len(y), tau2)) > best + 1e-9
        self.note(
            not higher.any(),
            f"REML, global optimum: a τ² of a grid of {len(grid)} from 0 to 30 has a higher restricted likelihood in "
            f"{spaced(higher.sum())} of {spaced(len(y))} groups of {y.shape[1]}")


def restricted_likelihood(y, v, tau2):
    """Up to a constant; a group a row."""
    result = np.empty(len(y))
    for start in range(0, len(y), 50000):
        rows = slice(start, start + 50000)
        variance = v[rows] + tau2[rows, None]
        w = 1 / variance
        total = w.sum(1)
        mean = (w * y[rows]).sum(1) / total
        q = (w * (y[rows] - mean[:, None]) ** 2).sum(1)
        result[rows] = -0.5 * (np.log(variance).sum(1) + np.log(total) + q)
    return result
