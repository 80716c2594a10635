"""Write diagnostics.json, the numbers that the tests of GMMDiagnostics compare with.

Run it from anywhere, in an environment with the versions below; it writes beside itself.

    python -m venv venv
    venv/bin/pip install "arviz==0.23.4" "numpy==2.3.5" "scipy==1.17.1" "mpmath==1.4.1"
    venv/bin/python generate.py

ArviZ 0.23's ``mcse`` raises with numpy 2.4, hence numpy 2.3.

The inputs are made here and, again, in the tests (ReferenceInputs.swift): SplitMix64 bits, and then
only additions, multiplications and divisions in a fixed order, which IEEE 754 makes equal to the
last bit on both sides. A checksum of the bits of each input is written to prove it.
NaN is written as null; nothing here is infinite.
"""

import json
import math
import struct
from importlib import metadata
from pathlib import Path

import arviz as az
import mpmath
import numpy as np
from arviz.stats import density_utils
from scipy import optimize, stats

VERSIONS = ("arviz", "numpy", "scipy", "mpmath")
HDI_PROBABILITIES = (0.5, 0.8, 0.94, 0.95)
QUANTILE_PROBABILITIES = (0.0, 0.025, 0.05, 0.25, 0.5, 0.75, 0.975, 1.0)
ESS_PROBABILITIES = (0.1, 0.5, 0.9)
MAX_LAG = 40
BATCHES = 100
MASK = (1 << 64) - 1


class SplitMix64:
    """The generator of Steele, Lea and Flood (2014)."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        """A multiple of 2^-53 in [0, 1)."""
        return (self.bits() >> 11) * 2.0**-53

    def bell(self):
        """The sum of twelve uniforms minus six: mean 0, variance 1, nearly normal."""
        total = 0.0
        for _ in range(12):
            total += self.uniform()
        return total - 6.0


def autoregressive(stream, draws, phi, start=0.0):
    """x[s] = phi x[s - 1] + bell, from x[-1] = start."""
    values = []
    x = start
    for _ in range(draws):
        x = phi * x + stream.bell()
        values.append(x)
    return values


def inputs():
    """The named inputs, each an array (chains, draws)."""

    def chains(seed, count, make):
        stream = SplitMix64(seed)
        return np.array([make(stream, chain) for chain in range(count)])

    def bells(draws, scale=1.0, offset=0.0):
        return lambda s, _: [offset + scale * s.bell() for _ in range(draws)]

    made = {
        "whiteNoise": chains(1, 4, bells(1000)),
        "positiveAutocorrelation": chains(2, 4, lambda s, _: autoregressive(s, 1000, 0.9)),
        "strongAutocorrelation": chains(3, 4, lambda s, _: autoregressive(s, 3000, 0.995)),
        "negativeAutocorrelation": chains(4, 4, lambda s, _: autoregressive(s, 1000, -0.6)),
        "antithetic": chains(5, 2, lambda s, _: autoregressive(s, 500, -0.97)),
        "differentMeans": chains(6, 4, lambda s, c: [0.5 * c + s.bell() for _ in range(600)]),
        "differentSpreads": chains(7, 3, lambda s, c: [(c + 1) * s.bell() for _ in range(600)]),
        "oddDraws": chains(8, 3, lambda s, _: autoregressive(s, 501, 0.5)),
        "fiveDraws": chains(9, 2, bells(5)),
        "oneChain": chains(10, 1, lambda s, _: autoregressive(s, 2000, 0.7)),
        "heavyTails": chains(11, 4, lambda s, _: [s.bell() / s.bell() for _ in range(800)]),
        "ties": chains(12, 4, lambda s, _: [float(s.bits() >> 61) for _ in range(500)]),
        "skewedTies": chains(
            13,
            2,
            lambda s, _: [math.floor(9.0 * s.uniform() * s.uniform()) / 7 for _ in range(333)],
        ),
        "binary": chains(14, 4, lambda s, _: [float(s.bits() >> 63) for _ in range(250)]),
        # The interpolated 5 % and 95 % quantiles fall one bit below the tie they interpolate.
        "tiedThreshold": chains(23, 2, lambda s, _: [(3 * (s.bits() >> 63) + 3) / 7 for _ in range(104)]),
        # Half chains so short that the sequence ends at a positive pair with a negative half.
        "shortChains": chains(243, 2, lambda s, _: autoregressive(s, 12, 0.3)),
        "symmetricPairs": np.array([[2.0 * ((d // 3 + c) % 2) - 1.0 for d in range(24)] for c in range(4)]),
        "constant": np.full((4, 100), 2.5),
        "oneConstantChain": chains(15, 3, lambda s, c: [1.0 if c == 1 else s.bell() for _ in range(200)]),
        "fourDraws": chains(16, 4, bells(4)),
        "threeDraws": chains(17, 4, bells(3)),
        "manyChainsFewDraws": chains(18, 12, bells(7)),
        "farFromZero": chains(19, 4, lambda s, _: [1e9 + s.bell() for _ in range(700)]),
        "farFromZeroShiftedBack": chains(19, 4, lambda s, _: [(1e9 + s.bell()) - 1e9 for _ in range(700)]),
        "tinyScale": chains(20, 4, lambda s, _: [1e-5 * x for x in autoregressive(s, 600, 0.8)]),
        "trend": chains(21, 2, lambda s, _: [0.004 * d + s.bell() for d in range(900)]),
        "oneNaN": chains(22, 4, bells(120)),
    }
    made["oneNaN"][2, 57] = np.nan
    return made


def checksum(array):
    """The bits of all values in order, folded by h = 31 h + bits modulo 2^64."""
    fold = 0
    for value in array.ravel():
        (bits,) = struct.unpack("<Q", struct.pack("<d", value))
        fold = (31 * fold + (0 if math.isnan(value) else bits)) & MASK
    return f"{fold:016x}"


def number(value):
    """A JSON number, null for NaN."""
    value = float(value)
    if math.isinf(value):
        raise ValueError("an infinite reference cannot be written")
    return None if math.isnan(value) else value


def numbers(values):
    return [number(value) for value in values]


def batch_means_error(values):
    """PyMC3's mc_error: batches of equal length in order, a remainder left out."""
    length = len(values) // BATCHES
    if length == 0:
        return math.nan
    means = values[: BATCHES * length].reshape(BATCHES, length).mean(axis=1)
    return means.std() / math.sqrt(BATCHES)


def hdi(array, probability):
    """ArviZ's shortest interval; both ends NaN where a draw is (ArviZ leaves one end there)."""
    if np.isnan(array).any():
        return (math.nan, math.nan)
    return az.hdi(array.ravel(), hdi_prob=probability)


def autocorrelation(chain):
    """ArviZ's autocovariance and autocorrelation; a NaN spoils every lag."""
    lags = min(MAX_LAG, len(chain) - 1) + 1
    return {
        "autocovariance": numbers(az.autocov(chain)[:lags]),
        "autocorrelation": numbers(az.autocorr(chain)[:lags]),
    }


def diagnostics(array):
    """Everything that ArviZ and numpy say about one array (chains, draws)."""
    pooled = array.ravel()
    summary = az.summary({"x": array}, hdi_prob=0.95, round_to="none").loc["x"]
    return {
        "chains": array.shape[0],
        "draws": array.shape[1],
        "checksum": checksum(array),
        "mean": number(summary["mean"]),
        "sd": number(summary["sd"]),
        "summary": {name: number(summary[name]) for name in ("mcse_mean", "mcse_sd", "ess_bulk", "ess_tail", "r_hat")},
        "hdi": [numbers(hdi(array, p)) for p in HDI_PROBABILITIES],
        "quantiles": numbers(np.quantile(pooled, QUANTILE_PROBABILITIES)),
        "ess": {m: number(az.ess(array, method=m)) for m in ("bulk", "tail", "mean", "sd")},
        "ess_tail_10_80": number(az.ess(array, method="tail", prob=(0.1, 0.8))),
        "ess_quantile": numbers(az.ess(array, method="quantile", prob=p) for p in ESS_PROBABILITIES),
        "mcse": {m: number(az.mcse(array, method=m)) for m in ("mean", "sd")},
        "r_hat": number(az.rhat(array, method="rank")),
        "mc_error": number(batch_means_error(pooled)),
        **autocorrelation(array[0]),
    }


def kernel_density(values, bandwidth, points):
    """The density in extended precision, from its definition."""
    wide = np.asarray(values, dtype=np.longdouble)
    h = np.longdouble(bandwidth)
    total = [np.exp(-(((np.longdouble(x) - wide) / h) ** 2) / 2).sum() for x in points]
    return np.array(total) / (len(wide) * h * np.sqrt(2 * np.longdouble(np.pi)))


def density(values, adjustment=1.0):
    """Scipy's bandwidth, seaborn's grid, exact densities and how far scipy is from them."""
    scipy_kde = stats.gaussian_kde(values)
    scipy_kde.set_bandwidth(scipy_kde.factor * adjustment)
    bandwidth = float(np.sqrt(scipy_kde.covariance.squeeze()))
    low, high = values.min() - 3 * bandwidth, values.max() + 3 * bandwidth
    grid = np.linspace(low, high, 200)
    exact = kernel_density(values, bandwidth, grid)
    # Next to the underflow threshold a double has no relative accuracy to compare.
    representable = exact > 1e-290
    ratio = scipy_kde(grid)[representable] / exact[representable]
    return {
        "count": len(values),
        "checksum": checksum(values),
        "adjustment": adjustment,
        "bandwidth": bandwidth,
        "points": numbers(grid),
        "densities": numbers(exact),
        "scipy_relative_error": float(np.max(np.abs(ratio - 1))),
    }


def densities():
    made = inputs()
    two_modes = np.concatenate([made["whiteNoise"][0], 60.0 + made["whiteNoise"][1]])
    return {
        "whiteNoise": density(made["whiteNoise"].ravel()),
        "whiteNoiseNarrow": density(made["whiteNoise"].ravel(), adjustment=0.05),
        "ties": density(made["ties"].ravel(), adjustment=2.0),
        "heavyTails": density(made["heavyTails"].ravel()),
        "twoModes": density(two_modes, adjustment=0.2),
        "fourDraws": density(made["fourDraws"][0]),
        "farFromZero": density(made["farFromZero"].ravel()),
        "tinyScale": density(made["tinyScale"].ravel()),
    }


def botev_bandwidth(values, bins):
    """The bandwidth of Botev, Grotowski and Kroese (2010), by ArviZ's transform and equation.

    ArviZ's own ``_bw_isj`` is near it only: it counts in 256 bins, and multiplies a root in units
    of its grid, which is one sd longer than the range, by the range.
    """
    margin = 0.1 * np.ptp(values)
    low, high = values.min() - margin, values.max() + margin
    counts, _ = np.histogram((values - low) * (bins / (high - low)), bins=bins, range=(0, bins))
    squares = density_utils._dct1d(counts / len(values))[1:] ** 2
    orders = np.arange(1, bins) ** 2

    def excess(t):
        return density_utils._fixed_point(t, len(values), orders, squares)

    # The largest root, where t rises through the estimate.
    grid = 0.1 * 0.8 ** np.arange(60)
    above = next(t for t in grid if excess(0.8 * t) < 0 < excess(t))
    root = optimize.brentq(excess, 0.8 * above, above, xtol=1e-18, rtol=1e-14)
    return math.sqrt(root) * (high - low)


def bandwidth(values):
    """The bandwidths of all rules."""
    sd = values.std(ddof=1)
    distance = np.subtract(*np.quantile(values, [0.75, 0.25])) / 1.34
    return {
        "checksum": checksum(values),
        "isj": next(h for bins in (1024, 4096) if (h := botev_bandwidth(values, bins)) >= 9.6 * np.ptp(values) / bins),
        "isj_fine": botev_bandwidth(values, 1 << 16),
        "arviz": float(density_utils._bw_isj(values)),
        "scott": len(values) ** -0.2 * sd,
        "silverman": 0.9 * len(values) ** -0.2 * min(sd, distance),
    }


def bandwidths():
    made = inputs()
    noise = made["whiteNoise"]
    three_modes = np.concatenate([noise[0][:150] - 5.0, noise[1][:200], 5.0 + noise[2][:150]])
    names = ("whiteNoise", "positiveAutocorrelation", "differentMeans", "differentSpreads", "oddDraws")
    return {
        **{name: bandwidth(made[name].ravel()) for name in (*names, "farFromZero", "tinyScale")},
        "twoModes": bandwidth(np.concatenate([noise[0], 60.0 + noise[1]])),
        "threeModes": bandwidth(three_modes),
    }


def histogram(values, lower, upper, bins):
    counts, edges = np.histogram(values, bins=bins, range=(lower, upper))
    return {
        "lower": lower,
        "upper": upper,
        "counts": counts.tolist(),
        "edges": numbers(edges),
    }


def histograms():
    made = inputs()
    tenths = np.arange(101) / 10
    return {
        "whiteNoise": histogram(made["whiteNoise"].ravel(), -2.5, 3.1, 37),
        "ties": histogram(made["ties"].ravel(), 0.0, 7.0, 7),
        "heavyTails": histogram(made["heavyTails"].ravel(), -10.0, 10.0, 20),
        "tenths": histogram(tenths, 0.0, 10.0, 100),
        "emptyRange": histogram(made["ties"].ravel(), 3.0, 3.0, 5),
    }


def normal_quantiles():
    """The inverse of the normal distribution to 30 digits, then rounded."""
    probabilities = [
        1e-300,
        1e-100,
        1e-30,
        1e-16,
        1e-12,
        1e-10,
        1.4e-11,
        1e-8,
        1e-5,
        1e-3,
    ]
    probabilities += [
        0.01,
        0.02,
        0.05,
        0.074999,
        0.075,
        0.0750001,
        0.1,
        0.2,
        0.25,
        0.3,
        0.4,
    ]
    probabilities += [
        0.49,
        0.4999,
        0.5,
        0.5001,
        0.6,
        0.75,
        0.9,
        0.925,
        0.95,
        0.99,
        0.999,
    ]
    probabilities += [1 - 2.0**-20, 1 - 2.0**-40, 1 - 2.0**-53]
    quantiles = []
    with mpmath.workdps(400):
        for p in probabilities:
            guess = mpmath.mpf(float(stats.norm.ppf(p)))
            tail = mpmath.mpf(p)
            root = mpmath.findroot(lambda z, q=tail: mpmath.ncdf(z) / q - 1, guess)
            quantiles.append(float(root))
    return {"probabilities": probabilities, "quantiles": quantiles}


def ranks():
    values = inputs()["skewedTies"][0][:40]
    return {"values": numbers(values), "ranks": numbers(stats.rankdata(values))}


def main():
    document = {
        "versions": {name: metadata.version(name) for name in VERSIONS},
        "hdi_probabilities": HDI_PROBABILITIES,
        "quantile_probabilities": QUANTILE_PROBABILITIES,
        "ess_probabilities": ESS_PROBABILITIES,
        "max_lag": MAX_LAG,
        "cases": {name: diagnostics(array) for name, array in inputs().items()},
        "densities": densities(),
        "bandwidths": bandwidths(),
        "histograms": histograms(),
        "normal_quantiles": normal_quantiles(),
        "ranks": ranks(),
    }
    path = Path(__file__).with_name("diagnostics.json")
    path.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
