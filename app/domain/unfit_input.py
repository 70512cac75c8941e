"""A refusal that names the fields of what was sent, so that a form can show it beside them."""

from __future__ import annotations

from app.domain.errors import OperatorError


class UnfitInputError(OperatorError):
    """Input that does not fit; ``fields`` pairs each field's name with what is wrong ("body": the whole)."""

    def __init__(self, fields: tuple[tuple[str, str], ...], hint: str = "") -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in fields), hint)
        self.fields = fields
