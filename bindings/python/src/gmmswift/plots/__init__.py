"""Pictures: of data, of fits, of Dirichlet priors, and (as methods of a posterior) of draws.

They need ``gmmswift[plot]``; matplotlib is imported when the first one is made. `component_color`
is the colour that a component has in all of them.
"""

from gmmswift.plots._density import plot_density
from gmmswift.plots._dirichlet import plot_dirichlet
from gmmswift.plots._pairs import plot_pairs
from gmmswift.plots._style import component_color

__all__ = ["component_color", "plot_density", "plot_dirichlet", "plot_pairs"]
