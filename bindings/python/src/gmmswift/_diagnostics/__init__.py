"""Statistics of arrays of any origin; they do not depend on mixtures."""
