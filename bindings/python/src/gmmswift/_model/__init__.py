"""Models: what is inferred, with its priors and constraints."""
