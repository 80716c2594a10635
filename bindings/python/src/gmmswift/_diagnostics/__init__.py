"""Statistics of arrays of any origin: they know nothing of mixtures."""
