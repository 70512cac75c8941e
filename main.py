"""Starts Watchfloor: the console, or with a first word one of its other programs.

main.py [run]        the console
main.py demo         the console with the demo city
main.py hub          the hub alone
main.py audit verify the check of a hub's audit record
main.py audit export the audit record as a file, for that check
main.py evidence verify FILE   the check of an exported recording against its manifest
main.py demo-city    the demo city alone (the demo starts it)
"""

from __future__ import annotations

import multiprocessing
import sys


def main(argv: list[str]) -> int:
    """Run the program that the first word names; imports wait until it is known which."""
    match argv:
        case ["hub", *rest]:
            from app.hub.server import main as hub  # noqa: PLC0415 - the hub needs no Qt

            return hub(rest)
        case ["audit", "verify", *rest]:
            from app.hub.audit.verify_command import main as verify  # noqa: PLC0415 - needs no Qt

            return verify(rest)
        case ["audit", "export", *rest]:
            from app.hub.audit.export_command import main as export  # noqa: PLC0415 - needs no Qt

            return export(rest)
        case ["evidence", "verify", *rest]:
            from app.evidence_verifier import main as verify_evidence  # noqa: PLC0415 - needs no Qt

            return verify_evidence(rest)
        case ["demo-city", *rest]:
            from app.demo.process import main as city  # noqa: PLC0415 - the city needs no Qt

            return city(rest)
        case _:
            from app.bootstrap import main as console  # noqa: PLC0415 - decoders import main without Qt

            return console(argv)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
