# %% [markdown]
# # A run in Python
#
# Opens `run.nc` with xarray and draws the main figure again: where the mass is over time, the energy
# and the number of clusters. The cells are those of Jupyter, VS Code and Spyder; as a program:
#
#     python redraw.py RUNDIR [PICTURE]
#
# Needs xarray, netCDF4 and matplotlib.

# %%
import json
import sys
from pathlib import Path

import matplotlib
import numpy as np
import xarray as xr

if __name__ == "__main__" and len(sys.argv) > 1:
    matplotlib.use("Agg")
import matplotlib.pyplot as plt

directory = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/three-phases-circle")
picture = Path(sys.argv[2]) if len(sys.argv) > 2 else directory / "redrawn.png"

run = xr.open_dataset(directory / "run.nc")
phases = json.loads((directory / "phases.json").read_text())
run

# %% [markdown]
# Times may lie beyond double precision, so the axis is `log10_time`. The first snapshot is at t = 0.

# %%
moments = run.isel(time=slice(1, None))
log_time = moments.log10_time.values

# %% [markdown]
# ## Mass on arcs
#
# A snapshot is a density on the grid `theta`, a list of cells, or a list of atoms. Cells and atoms are
# contiguous ragged arrays of the CF conventions: those of snapshot i follow those of the snapshots
# before it, and their number is `cell_count[i]`. The sum over the arcs is the mass, 1, in every one.

# %%
arcs = 180
edges = np.linspace(0, 2 * np.pi, arcs + 1)


def ragged(kind):
    """Angles and masses of the points of each snapshot."""
    ends = np.cumsum(run[f"{kind}_count"].values)
    angles = np.split(run[f"{kind}_angle"].values, ends[:-1])
    masses = np.split(run[f"{kind}_mass"].values, ends[:-1])
    return list(zip(angles, masses))


def on_arcs(angles, masses):
    return np.histogram(np.mod(angles, 2 * np.pi), bins=edges, weights=masses)[0]


share = np.zeros((run.sizes["time"], arcs))
for points in (ragged(kind) for kind in ("cell", "atom") if f"{kind}_count" in run):
    for i, (angles, masses) in enumerate(points):
        share[i] += on_arcs(angles, masses)
if "density" in run:
    grid = run.theta.values
    fine = (np.arange(8 * arcs) + 0.5) * 2 * np.pi / (8 * arcs)
    for i, density in enumerate(run.density.values):
        if np.isfinite(density).all() and share[i].sum() == 0:
            values = np.interp(fine, grid, density, period=2 * np.pi)
            share[i] = values.reshape(arcs, 8).sum(axis=1) * 2 * np.pi / (8 * arcs)
assert np.allclose(share.sum(axis=1), 1, atol=1e-3), "a snapshot has lost mass"

# %% [markdown]
# ## The figure

# %%
figure, (top, bottom) = plt.subplots(2, sharex=True, figsize=(8, 6), height_ratios=[3, 2])
top.pcolormesh(
    log_time, edges[:-1] + np.pi / arcs, np.sqrt(share[1:]).T, cmap="magma", shading="nearest",
    rasterized=True)
top.set_ylabel("angle θ")
top.set_title(run.attrs["title"])
for phase in phases["phases"]:
    if phase["log10_end"] is not None:
        top.axvline(phase["log10_end"], color="white", linewidth=0.8, linestyle=":")
for merger in phases["mergers"]:
    angle = merger["into"]["angle"] % (2 * np.pi)
    top.plot(merger["log10_time"], angle, "o", markerfacecolor="none", color="cyan")
bottom.step(log_time, moments.clusters, where="post", label="clusters")
bottom.set_ylabel("clusters")
bottom.set_xlabel("log₁₀ t")
energy = bottom.twinx()
energy.plot(log_time, moments.log_energy, color="C1")
energy.set_ylabel("log energy", color="C1")
figure.tight_layout()
figure.savefig(picture, dpi=120)
print(picture)
