#!/usr/bin/env python3
"""Commands of a working copy: `python3 dev.py run`, `python3 dev.py test`, `python3 dev.py --help`.

Needs nothing but Python 3.11 or newer. This file stays readable to older ones, so that they can
say so.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is where an older Python is told
    sys.exit(
        "Morpheus Desktop needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2])
    )

from devtools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
