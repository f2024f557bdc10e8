#!/usr/bin/env python3
"""Small arrays as NumPy writes them, all with the same effects of six groups of four studies, one missing (NaN).

Run from Fixtures/reference: python3 scripts/gen_arrays.py (needs numpy). Writes arrays/*.npz, arrays/*.npy and arrays/effects.csv.
Numbers are multiples of 1/64, so that they are the same as float32.
"""
import os

import numpy as np

os.makedirs("arrays", exist_ok=True)
os.chdir("arrays")
groups, studies = 6, 4
index = np.arange(groups * studies).reshape(groups, studies)
yi = ((index * 37) % 101 - 40) / 64.0
sei = (8 + (index * 23) % 29) / 64.0
yi[2, 1] = np.nan
vi = sei ** 2

np.savez("stored.npz", yi=yi, vi=vi)
np.savez_compressed("deflated.npz", yi=yi, vi=vi)
np.savez_compressed("fortran.npz", yi=np.asfortranarray(yi), sei=np.asfortranarray(sei), names=np.array(["a", "b"]))
np.savez("single.npz", effect=yi.astype("<f4"), se=sei.astype("<f4"))
np.savez("ragged.npz", yi=yi.ravel(), vi=vi.ravel(), offsets=np.arange(0, groups * studies + 1, studies))
np.save("yi.npy", yi)
np.save("vi.npy", vi)
with open("effects.csv", "w") as f:
    f.write("group,yi,vi\n")
    for g in range(groups):
        for s in range(studies):
            f.write(f"{g + 1},{'NA' if np.isnan(yi[g, s]) else repr(float(yi[g, s]))},{float(vi[g, s])!r}\n")
