"""Pictures: of data, of Dirichlet priors, and (as methods of a posterior) of draws.

They need ``gmmswift[plot]``; matplotlib is imported when the first one is made.
"""

from gmmswift.plots._density import plot_density
from gmmswift.plots._dirichlet import plot_dirichlet

__all__ = ["plot_density", "plot_dirichlet"]
