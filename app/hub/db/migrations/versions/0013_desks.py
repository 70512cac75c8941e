"""Enrolled desks, their walls that a lock leaves lit, and which wall a look is for."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leases", sa.Column("wall", sa.String(64)))
    op.add_column("sessions", sa.Column("desk_id", sa.String(64)))
    op.create_index("ix_sessions_desk_id", "sessions", ["desk_id"])
    op.create_table(
        "desks",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enrolled_by", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desks"),
        sa.UniqueConstraint("key", name="uq_desks_key"),
    )
    op.create_table(
        "exempt_walls",
        sa.Column("desk_id", sa.String(64), nullable=False),
        sa.Column("wall", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name="fk_exempt_walls_desk_id_desks", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("desk_id", "wall", name="pk_exempt_walls"),
    )


def downgrade() -> None:
    op.drop_table("exempt_walls")
    op.drop_table("desks")
    op.drop_index("ix_sessions_desk_id", "sessions")
    op.drop_column("sessions", "desk_id")
    op.drop_column("leases", "wall")
