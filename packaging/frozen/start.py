"""The first line of the frozen program."""

import multiprocessing
import sys

from srviewer.__main__ import main

# The workers of `srviewer batch` are this same program, started again.
multiprocessing.freeze_support()
sys.exit(main())
