"""Lets a test talk to itself: the harness forbids every socket, even those that go nowhere."""

from __future__ import annotations

import pytest
import pytest_socket


@pytest.fixture
def local_sockets(socket_enabled: None) -> None:
    """Allow Unix sockets and 127.0.0.1 in a test; the harness forbids them again after it."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
