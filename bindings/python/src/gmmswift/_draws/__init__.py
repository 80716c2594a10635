"""Draws from posteriors and priors: making them, looking at them, keeping them."""
