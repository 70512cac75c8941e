"""Links of cameras' owners, what they are told, and whose cameras have left."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leases", sa.Column("title", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "owners",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owners"),
        sa.UniqueConstraint("key", name="uq_owners_key"),
    )
    op.create_table(
        "owner_cameras",
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("camera_id", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["owners.id"], name="fk_owner_cameras_owner_id_owners", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_owner_cameras_camera_id_cameras", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "camera_id", name="pk_owner_cameras"),
    )
    op.create_index("ix_owner_cameras_camera_id", "owner_cameras", ["camera_id"])
    op.create_table(
        "owner_terms",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tells_names", sa.Boolean(), nullable=False),
        sa.Column("tells_titles", sa.Boolean(), nullable=False),
        sa.Column("delay_hours", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owner_terms"),
    )
    op.create_table(
        "withheld_incidents",
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("withheld_by", sa.Text(), nullable=False),
        sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_withheld_incidents_incident_id_incidents"
        ),
        sa.PrimaryKeyConstraint("incident_id", name="pk_withheld_incidents"),
    )
    op.create_table(
        "departed_cameras",
        sa.Column("camera_id", sa.String(200), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", name="pk_departed_cameras"),
    )


def downgrade() -> None:
    for table in ("departed_cameras", "withheld_incidents", "owner_terms", "owner_cameras", "owners"):
        op.drop_table(table)
    op.drop_column("leases", "title")
