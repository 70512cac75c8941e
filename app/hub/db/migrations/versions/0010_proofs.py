"""When a session's person last proved who they are, and workstations that are remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("proved_at", sa.DateTime(timezone=True)))
    op.create_table(
        "workstations",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_workstations"),
    )
    op.create_index("ix_workstations_account", "workstations", ["account"])


def downgrade() -> None:
    op.drop_table("workstations")
    op.drop_column("sessions", "proved_at")
