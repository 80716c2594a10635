"""Write the golden files of a format, and what they hold: `generate.py 1` for format 1.

Files of a format that has been released are never written again: they must load for ever. A new
format gets files of its own beside them.
"""

from __future__ import annotations

import json
import pathlib
import sys

import numpy as np

import gmmswift as gm

HERE = pathlib.Path(__file__).parent
LINE = np.array([-2.5, -1.75, -1.5, 0.25, 2.5, 3.0, 3.25, 4.0])
PLANE = np.stack([LINE, LINE[::-1] ** 2 / 8], axis=1)


def posteriors() -> dict[str, gm.Posterior]:
    """Return small posteriors that use all sections between them."""
    common = {"draws": 4, "chains": 2, "random_seed": 1}
    line = gm.Mixture(
        2,
        weights=gm.Dirichlet(1, minimum=0.1),
        means=gm.Normal(0, 5),
        sd=gm.HalfCauchy([1, 2]),
    )
    ordered = gm.Mixture(3, means=gm.Normal(0, 5), ordered=True, sd=gm.Uniform(0, 20), shared_sd=True)
    full = gm.Mixture(2, components=gm.NormalInverseWishart([0, 1], 0.1, 4, [[2, 0.5], [0.5, 1]]))
    named = gm.Data(PLANE, names=["length", "width"], sample_weight=np.arange(8) / 4)
    each = gm.Mixture(2, means=[gm.Fixed(3.0), gm.Normal(-2, sd=2)], sd=[gm.HalfNormal(2), gm.InverseGamma(2, 1)])
    return {
        "named": gm.sample(gm.Mixture(2, covariance_type="tied"), named, tune=20, **common),
        "each": gm.sample(each, LINE, tune=20, **common),
        "gibbs": gm.sample(line, LINE, tune=200, thin=3, store_assignments=True, **common),
        "metropolis": gm.sample(ordered, LINE, tune=50, method="metropolis", **common),
        "weighted": gm.sample(line, LINE, tune=10, sample_weight=np.arange(8) / 2, **common),
        "full": gm.sample(full, PLANE, tune=20, **common),
        "subset": gm.sample(line, LINE, tune=10, **common | {"draws": 20}).subset(3, 7),
        "prior": gm.sample_prior(ordered, 5, random_seed=2),
        "labels": gm.sample(full, PLANE, tune=20, **common).relabel("weights"),
        "as_drawn": gm.sample(full, PLANE, tune=20, **common).as_drawn,
    }


def contents(post: gm.Posterior) -> dict[str, object]:
    """Return what a reader of the file must find; numbers as hexadecimal texts."""
    return {
        "info": [
            post.n_chains,
            post.n_draws,
            post.n_components,
            post.n_dimensions,
            post.n_observations,
            post.tune,
            post.thin,
            post.seed,
            post.method,
            post.is_prior,
            post.can_extend,
        ],
        "default_priors": post.model.default_priors,
        "data": [value.hex() for value in np.ravel(post.data).tolist()],
        "names": list(post.summary().rows),
        "permutations": np.ravel(post.permutations).tolist(),
        "label_method": post.label_method,
        "draws": {name: [float(value).hex() for value in np.ravel(post.as_drawn[name]).tolist()] for name in post},
    }


def main() -> None:
    """Write posteriors, one checkpoint, damaged files, and their contents."""
    version = sys.argv[1]
    folder = HERE / f"format_{version}"
    folder.mkdir()
    held = {}
    for name, post in posteriors().items():
        post.save(folder / f"{name}.gmm")
        held[f"{name}.gmm"] = contents(post)
    (folder / "contents.json").write_text(json.dumps(held, indent=1) + "\n")
    whole = (folder / "full.gmm").read_bytes()
    damaged = folder / "damaged"
    damaged.mkdir()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 8
    text_mode = whole.replace(b"\r\n", b"\n", 1)
    for name, data in {
        "cut": whole[: len(whole) * 2 // 3],
        "flipped": bytes(flipped),
        "text_mode": text_mode,
        "header_only": whole[:64],
        "empty": b"",
    }.items():
        (damaged / f"{name}.gmm").write_bytes(data)


if __name__ == "__main__":
    main()
