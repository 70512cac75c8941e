"""What running a hub needs: which log this is, when it was backed up, and a lease's token at the relay."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("meta") as table:
        table.add_column(sa.Column("log_id", sa.String(64)))
        table.add_column(sa.Column("backed_up_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("leases") as table:
        table.add_column(sa.Column("relay_hash", sa.String(64)))


def downgrade() -> None:
    with op.batch_alter_table("leases") as table:
        table.drop_column("relay_hash")
    with op.batch_alter_table("meta") as table:
        table.drop_column("backed_up_at")
        table.drop_column("log_id")
