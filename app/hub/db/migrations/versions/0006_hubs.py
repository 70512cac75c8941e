"""Which run of a hub granted a lease, and which runs live."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hubs",
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_hubs"),
    )
    op.add_column("leases", sa.Column("hub", sa.String(64)))


def downgrade() -> None:
    op.drop_column("leases", "hub")
    op.drop_table("hubs")
