"""Prints exp(x) for some hundred x in [-708, 0], each as a double and the rest that the double misses.

Needs mpmath. Usage: python exponential.py > exponential.json
"""

import json
import math
import random

import mpmath

mpmath.mp.dps = 50
random.seed(1)
points = [0.0, -0.0, -5e-324, -1e-300, -1e-20, -1e-10, -1e-5, -1.0, -2.0, -707.0, -707.9999999, -708.0]
points += [-random.uniform(0, 1) for _ in range(80)]
points += [-random.uniform(0, 40) for _ in range(80)]
points += [-random.uniform(0, 708) for _ in range(80)]
# Both sides of where the reduction changes from one power of 2 to the next.
for n in (0, 1, 2, 3, 10, 100, 500, 1000, 1020):
    edge = -(n + 0.5) * math.log(2)
    points += [edge, math.nextafter(edge, 0), math.nextafter(edge, -1000), -(n + 1) * math.log(2)]
rows = []
for x in points:
    exact = mpmath.exp(mpmath.mpf(x))
    nearest = float(exact)
    rows.append([x, nearest, float(exact - mpmath.mpf(nearest))])
print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
