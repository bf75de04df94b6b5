"""The bundled PostgreSQL: found, started, stopped; and whether somebody else's PostgreSQL will do.

Cluster runs the server of one data directory as a child of this process; running_url finds one that another process
runs; check_server looks at the server of a DATABASE_URL. What goes wrong is an EmbeddedError: one line for a person.
"""

from .binaries import Binaries, find_binaries
from .checks import check_server
from .cluster import Cluster, running_url
from .refusals import EmbeddedError
from .tools import Tools, find_tools

__all__ = [
    "Binaries", "Cluster", "EmbeddedError", "Tools", "check_server", "find_binaries", "find_tools", "running_url",
]  # fmt: skip
