"""The program's errors, split by who reads them.

ConsoleError
├── OperatorError     the operator did or met something: message and hint in plain words
│   └── TooOftenError the hub answers so many of these for now; the same can be asked later
├── SourceError       a camera, the hub or a file failed; ``retryable`` says whether trying again can help
│   └── HubFullError  the hub has no room to put anything on record
└── ProtocolError     a peer broke the protocol; for the developer

Expected states (offline, stale, denied) are values, not exceptions.
"""


class ConsoleError(Exception):
    """Root of everything that Watchfloor raises on purpose."""


class OperatorError(ConsoleError):
    """Something the operator can read and act on."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TooOftenError(OperatorError):
    """The hub answers no more of these for a while. It says nothing of what was asked."""


class SourceError(ConsoleError):
    """An outside source failed; never carries a password or a camera's address."""

    hint = ""
    """What the operator can do, where there is anything."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.retryable = retryable


class HubFullError(SourceError):
    """The hub cannot put anything on record until there is room on its disk; message and hint are its own."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class ProtocolError(ConsoleError):
    """A peer sent what its protocol does not allow."""
