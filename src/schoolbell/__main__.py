"""`python -m schoolbell`."""

import sys

from schoolbell.cli import main

sys.exit(main())
