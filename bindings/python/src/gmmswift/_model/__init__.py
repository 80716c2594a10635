"""Models with priors and constraints."""
