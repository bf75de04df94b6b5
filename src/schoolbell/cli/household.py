"""What runs as long as Schoolbell is open: a web server, perhaps a worker and a database of its own."""

import time
from pathlib import Path

from schoolbell.cli.database import say
from schoolbell.cli.processes import ended, ignore_signals, start, stop, wait_until_served, worker_command
from schoolbell.embedded import Cluster
from schoolbell.embedded.child import Child

EVERY = 0.5  # seconds between two looks
PAUSE = 2.0  # seconds before a worker that ended is started again


class Household:
    """Started and stopped together. A database or worker that ends is started again; without its web server it ends."""

    def __init__(self, *, cluster: Cluster | None, web: list[str], web_log: Path | None) -> None:
        self.cluster, self.web_log = cluster, web_log
        self.web = start(web, log=web_log)
        self.worker: Child | None = None
        self.worker_log: Path | None = None

    def add_worker(self, *, log: Path) -> None:
        self.worker_log = log
        self.worker = start(worker_command(), log=log)

    def wait_until_served(self, url: str) -> None:
        wait_until_served(url, self.web, log=self.web_log)

    def keep(self) -> None:
        """Until a signal ends it. Raises CommandRefused when the web server ends, EmbeddedError when the database stays
        away."""
        while self.web.poll() is None:
            if self.cluster and not self.cluster.is_alive():
                say("The database ended. Starting it again …")
                self.cluster.start(progress=say)
            if self.worker and self.worker.poll() is not None:
                say("The worker ended. Starting it again …")
                time.sleep(PAUSE)
                self.worker = start(worker_command(), log=self.worker_log)
            time.sleep(EVERY)
        raise ended(self.web, log=self.web_log)

    def end(self) -> None:
        ignore_signals()
        for child in (self.worker, self.web):
            if child:
                stop(child)
