"""Write the example data sets: one value on each line, enough digits to restore every bit.

Each set comes from numpy's legacy generator, whose stream is frozen, so that a rerun reproduces the files exactly.

    python3 make_data.py [DIRECTORY]
"""

import sys
from pathlib import Path

import numpy as np


def two_components() -> np.ndarray:
    """Return 700 draws of Normal(150, 10) and then 300 of Normal(200, 20), shape (1000,)."""
    random = np.random.RandomState(1)
    return np.concatenate([random.normal(150, 10, 700), random.normal(200, 20, 300)])


def three_components() -> np.ndarray:
    """Return 500 draws around -5, 0 and 5 with sd 1, the component chosen uniformly for each, shape (500,)."""
    random = np.random.RandomState(12345)
    component = random.randint(0, 3, 500)
    return np.array([-5.0, 0.0, 5.0])[component] + random.randn(500)


def book() -> np.ndarray:
    """Return 90, 50 and 75 draws around 9, 21 and 35 with sd 2, shape (215,)."""
    sizes = [90, 50, 75]
    return np.random.RandomState(2).normal(np.repeat([9, 21, 35], sizes), 2)


def main() -> None:
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for recipe in (two_components, three_components, book):
        np.savetxt(directory / f"{recipe.__name__}.txt", recipe(), fmt="%.17g")


if __name__ == "__main__":
    main()
