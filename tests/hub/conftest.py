"""The hub's tests run on both engines where their module says so: ``pytestmark = ON_BOTH_ENGINES``."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.hub.engines import IN_FULL, NEEDED, Chosen, Engine, Server, programs, why_none

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A server for the whole run, started when the first test asks for it."""
    reason = why_none()
    if reason:
        if os.environ.get(NEEDED):
            pytest.fail(f"{NEEDED} is set, and {reason}")
        pytest.skip(reason)
    folder = programs()
    assert folder is not None
    server = Server(folder)
    yield server
    server.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for the engine on both, or on the one that it is of."""
    if "engine" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("engine_only")
        chosen = only.args if only else ENGINES
        if metafunc.definition.get_closest_marker("both_in_full") and os.environ.get(IN_FULL) != "all":
            chosen = tuple(name for name in chosen if name == "sqlite")
        metafunc.parametrize("engine", chosen, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The engine that the test's hubs are on."""
    on_file = request.param == "sqlite"
    Chosen.engine = Engine(None if on_file else request.getfixturevalue("postgresql_server"))
    yield Chosen.engine
    Chosen.engine.close()
    Chosen.engine = Engine()
