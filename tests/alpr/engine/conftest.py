"""Every test here may talk to a service on this machine."""

from __future__ import annotations

import pytest

from tests.local_sockets import local_sockets

__all__ = ["local_sockets"]


@pytest.fixture(autouse=True)
def _local_sockets(local_sockets: None) -> None:
    """Allow them."""
