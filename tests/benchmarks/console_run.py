"""Starts the attended console as a child of a benchmark; not for people.

Decoder workers import this file again when they start, so it imports nothing until it is the main program:
`main.py` does the same, and the console's start is what is measured.
"""

import sys

if __name__ == "__main__":
    from tests.benchmarks.attended_console import main

    sys.exit(main())
