"""Mixtures with known parameters, and fits of maximum likelihood or posterior density."""
