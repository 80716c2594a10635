"""The builds of the kernels to measure."""

from __future__ import annotations

import gmmswift as gm

__all__ = ["builds", "using"]

using = gm.kernels


def builds() -> list[str]:
    """Return the builds that this processor can run, the fastest first."""
    available = gm.build_info()["available"]
    assert not isinstance(available, str)
    return list(reversed(available))
