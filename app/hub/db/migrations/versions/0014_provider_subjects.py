"""Whom the agency's provider had before it when a session began there."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("subject", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "subject")
