"""Which database a command speaks to."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.db import OperationalError

from schoolbell.cli.refusals import CommandRefused
from schoolbell.cli.secret_key import secret_key
from schoolbell.embedded import Cluster, check_server, running_url
from schoolbell.kit.environment import read_environment


def say(sentence: str) -> None:
    """Progress, for whoever watches. Standard output is kept for what a command is asked for."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


@contextmanager
def database(data: Path, *, of_its_own: bool = False) -> Iterator[Cluster | None]:
    """The database, with Django set up to use it: `DATABASE_URL`'s (None), else the bundled one in `data`.

    A bundled database that does not run is started, and stopped again at the end. With `of_its_own` one that runs is
    somebody else's. None: it is not ours to keep running. Raises SettingRefused,
    and EmbeddedError, also where ours ends before the block.
    """
    read_environment()
    url = os.environ.get("DATABASE_URL", "")
    cluster: Cluster | None = None
    if url:
        check_server(url)
    else:
        url = "" if of_its_own else running_url(data) or ""
        if not url:
            cluster = Cluster(data)
            cluster.start(progress=say)
            url = cluster.url
    try:
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "schoolbell.settings"
        os.environ["SCHOOLBELL_SECRET_KEY"] = os.environ.get("SCHOOLBELL_SECRET_KEY") or secret_key(data)
        django.setup()
        yield cluster
    except OperationalError as error:
        if cluster and (trouble := cluster.trouble()):
            raise trouble from error
        raise
    finally:
        if cluster:
            cluster.stop()


def reset(data: Path) -> None:
    """Delete the bundled database in `data`.

    Raises CommandRefused while it runs, or where DATABASE_URL names another.
    """
    if os.environ.get("DATABASE_URL"):
        raise CommandRefused("--reset deletes the bundled database only; DATABASE_URL names another. Unset it first.")
    if running_url(data):
        raise CommandRefused(f"the database in {data} is running; stop it before you reset it.")
    if (data / "postgres").exists():
        say(f"Deleting the database in {data} …")
        shutil.rmtree(data / "postgres")
