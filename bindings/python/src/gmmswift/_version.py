"""The version of the binding, equal to the repository's VERSION file."""

__version__ = "0.1.0"
