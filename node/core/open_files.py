"""How many files and connections the process may have open."""

import sys

from node.core.log import get_logger

WANTED = 4096
_log = get_logger("node.core.open_files")


def allow_open_files(wanted: int = WANTED) -> None:
    """Raise this process' own limit to `wanted`, or as far as the system lets us.

    Systems start programs with 256 (macOS) or 1024 (Linux); each connection of an HTTP client or a
    consumer is one. Windows has no such limit.
    """
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (OSError, ValueError) as error:
            _log.warning("the limit of open files stays as it is", limit=soft, reason=str(error))
