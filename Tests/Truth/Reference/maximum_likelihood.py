"""Prints the maximum-likelihood fit of notebook1.json.

scikit-learn finds it from 25 starts. Expectation-maximisation in extended precision then goes on until the parameters
stop changing. A stop by likelihood alone leaves errors of 1e-6, because the likelihood is flat at a maximum.

The script needs scikit-learn and numpy with a long double of 80 bits:

    python maximum_likelihood.py > maximum_likelihood.json
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture

reference = json.loads((pathlib.Path(__file__).parent / "notebook1.json").read_text())
data = np.array(reference["data"])[:, None]
fits = [
    GaussianMixture(
        2, covariance_type="full", tol=1e-15, reg_covar=0.0, max_iter=10_000, n_init=5, random_state=seed
    ).fit(data)
    for seed in range(5)
]
best = max(fits, key=lambda fit: fit.score_samples(data).sum())
order = np.argsort(best.means_[:, 0])

x = data.astype(np.longdouble)
weights = best.weights_[order].astype(np.longdouble)
means = best.means_[order, 0].astype(np.longdouble)
variances = best.covariances_[order, 0, 0].astype(np.longdouble)
half_log_two_pi = 0.5 * np.log(8 * np.arctan(np.longdouble(1)))
change, iterations = np.inf, 0
while change > 1e-15:
    shares = np.log(weights) - 0.5 * np.log(variances) - half_log_two_pi - (x - means) ** 2 / (2 * variances)
    largest = shares.max(axis=1, keepdims=True)
    ratios = np.exp(shares - largest)
    totals = ratios.sum(axis=1, keepdims=True)
    log_likelihood = (np.log(totals) + largest).sum()
    responsibilities = ratios / totals
    counts = responsibilities.sum(axis=0)
    new_means = (responsibilities * x).sum(axis=0) / counts
    change = np.abs(new_means - means).max()
    weights, means = counts / len(x), new_means
    variances = (responsibilities * (x - means) ** 2).sum(axis=0) / counts
    iterations += 1

print(
    json.dumps(
        {
            "name": "notebook1",
            "engine": f"scikit-learn {sklearn.__version__}, then {iterations} iterations in extended precision",
            "sharedSpread": False,
            "weights": [float(value) for value in weights],
            "means": [float(value) for value in means],
            "sds": [float(value) for value in np.sqrt(variances)],
            "logLikelihood": float(log_likelihood),
        },
        indent=1,
    )
)
