"""One PostgreSQL for the run, one migrated template in it, and a copy of that for each worker."""

from collections.abc import Iterator
from dataclasses import dataclass

import hypothesis
import pytest
from django.conf import settings

from api_client import Api
from databases import Server, create_database, django_on, drop_database, row_counts, with_name
from factories import new_school, new_token
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from servers import Servers, start_servers

SERVER = pytest.StashKey[Server]()
# What takes longest begins, with the journeys, so that no worker ends with it while the others have nothing to do.
LONG = ("test_document.py", "test_rows.py")

hypothesis.settings.register_profile(
    "schoolbell",
    derandomize=True,  # the same examples in every run
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "slow",
    hypothesis.settings.get_profile("schoolbell"),
    derandomize=False,  # others in every run: what fails is printed, to be repeated
    print_blob=True,
    max_examples=2000,
)
hypothesis.settings.load_profile("schoolbell")


@dataclass(frozen=True)
class Databases:
    """The run's server, as a worker knows it."""

    url: str
    template: str

    def new(self) -> str:
        """The URL of a new database with all tables and no rows."""
        return with_name(self.url, create_database(self.url, self.template))

    def drop(self, url: str) -> None:
        drop_database(self.url, url.partition("?")[0].rpartition("/")[2])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the soaks too, and draw many more examples")


def pytest_configure(config: pytest.Config) -> None:
    settings.PRETEND_CARD = True
    settings.PASSWORD_HASHERS = ["hashing.LightArgon2", *settings.PASSWORD_HASHERS[1:]]
    if config.option.slow:
        hypothesis.settings.load_profile("slow")
    if hasattr(config, "workerinput") or config.option.collectonly or config.option.help:
        return
    server = Server()
    config.stash[SERVER] = server
    config.add_cleanup(server.stop)
    server.start()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    server = node.config.stash[SERVER]
    node.workerinput["databases"] = (server.url, server.template)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not (item.path.parent.name == "journeys" or item.path.name in LONG))
    if config.option.slow:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    if hasattr(pytestconfig, "workerinput"):
        return Databases(*pytestconfig.workerinput["databases"])
    server = pytestconfig.stash[SERVER]
    return Databases(server.url, server.template)


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases) -> Iterator[None]:
    """In pytest-django's place: the worker's own copy of the template."""
    url = databases.new()
    with django_on(url):
        yield
    databases.drop(url)


@pytest.fixture
def scratch(databases: Databases, django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """A database to spoil: its URL. Django uses it for the length of the test, and everything is committed."""
    url = databases.new()
    with django_db_blocker.unblock(), django_on(url):
        yield url
    databases.drop(url)


@pytest.fixture(scope="module")
def committed(databases: Databases, django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """For many tests of one module that look at the same rows: made by its own fixture once, in a database of its own,
    and committed. What each test does after that is taken back (`db`)."""
    url = databases.new()
    with django_db_blocker.unblock(), django_on(url):
        yield
    databases.drop(url)


@pytest.fixture(scope="session")
def servers(databases: Databases) -> Iterator[Servers]:
    """Two processes that serve one database, for as long as the worker lives."""
    url = databases.new()
    with start_servers(url, 2) as started:
        yield started
    databases.drop(url)


@pytest.fixture
def served(servers: Servers, django_db_setup: None, django_db_blocker: object) -> Iterator[Servers]:
    """The servers, with Django in the test on their database. What is written stays: each test has its own school."""
    with django_db_blocker.unblock(), django_on(servers.database):
        yield servers


@pytest.fixture
def school(db: None) -> School:
    return new_school()


@pytest.fixture
def other_school(db: None) -> School:
    return new_school()


@pytest.fixture
def api(school: School) -> Api:
    """The school's API for its owner."""
    return Api(school.slug, new_token(school, Role.OWNER))


@pytest.fixture
def guest(school: School) -> Api:
    return Api(school.slug)


@pytest.fixture
def rows(db: None) -> object:
    """Called, it counts the rows of every table."""
    return row_counts
