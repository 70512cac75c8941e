"""The hub's tables, written so that SQLite and PostgreSQL both take them.

Times are UTC. Free JSON is kept as text exactly as it came, so that nothing is lost on the way.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

SCHEMA = "0014"
"""The newest migration's revision; a test holds the two equal."""


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC time; SQLite drops the zone, so it is put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the time in UTC, as the database keeps it."""
        if value is None:
            return None
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Return the time as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigNumber = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hub_id", sa.String(64), nullable=False),
    sa.Column("head", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("log_id", sa.String(64)),
    sa.Column("backed_up_at", UtcTime),
)
"""One row. ``head`` is the newest event's number; the row's lock is what orders the writers. ``log_id`` names
the numbered log: the hub's own id until a backup is restored, whose numbers may have meant other events.
"""

events = sa.Table(
    "events",
    metadata,
    sa.Column("sequence", BigNumber, primary_key=True, autoincrement=False),
    sa.Column("type", sa.String(100), nullable=False),
    sa.Column("time", UtcTime, nullable=False),
    sa.Column("subject", sa.Text),
    sa.Column("data", sa.Text, nullable=False),
)

cameras = sa.Table(
    "cameras",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("lat", sa.Float, nullable=False),
    sa.Column("lon", sa.Float, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("bearing_deg", sa.Float),
    sa.Column("fov_deg", sa.Float),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("privacy_masks", sa.JSON, nullable=False, server_default="[]"),
)

camera_streams = sa.Table(
    "camera_streams",
    metadata,
    sa.Column("camera_id", sa.ForeignKey("cameras.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("quality", sa.String(20), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("secret_ref", sa.Text),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("fps", sa.Float),
)
"""``address`` never holds a login: with ``secret_ref`` the whole address is in the vault."""

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(100), nullable=False),
    sa.Column("external_id", sa.String(200), nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("handled_by", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "external_id"),
    sa.Index(None, "status", "occurred_at"),
)
"""``raw`` is the newest taken revision as the vendor sent it, unknown fields included."""

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("closed_at", UtcTime, index=True),
)

incident_alerts = sa.Table(
    "incident_alerts",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.id"), primary_key=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
)

pins = sa.Table(
    "pins",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("camera_id", sa.String(200), primary_key=True),
    sa.Column("pinned_by", sa.Text, nullable=False),
    sa.Column("pinned_at", UtcTime, nullable=False),
)
"""No foreign key to the directory: a pin outlives its camera, as the record of what was looked at."""

timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("note_id", sa.String(200)),
    sa.UniqueConstraint("incident_id", "note_id"),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("camera_id", sa.String(200), nullable=False),
    sa.Column("quality", sa.String(20), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("incident_id", sa.String(64)),
    sa.Column("granted_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime, index=True),
    sa.Column("session", sa.String(64), nullable=False, server_default=""),
    sa.Column("relay_hash", sa.String(64)),
    sa.Column("hub", sa.String(64)),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("wall", sa.String(64)),
)
"""``relay_hash`` is of the token that MediaMTX asks about, where the lease goes through it. ``hub`` is the
run that granted it: its leases end with it. ``title`` is what their roles were called who looked, ``wall``
where the desk said that it shows it.
"""

hubs = sa.Table(
    "hubs",
    metadata,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("seen_at", UtcTime, nullable=False),
)
"""The runs that live on a shared database, and when each last said so by the database's own clock."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("position", BigNumber, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("who", sa.Text, nullable=False, index=True),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("camera_id", sa.String(200), index=True),
    sa.Column("incident_id", sa.String(64), index=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""Rows are only ever added. ``record`` is the text that was hashed; other columns are for searching it."""

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("camera_id", sa.ForeignKey("cameras.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("given_at", UtcTime, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("scope", sa.String(20), nullable=False),
    sa.Column("given_by", sa.Text, nullable=False),
    sa.Column("obtained", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("valid_from", UtcTime, nullable=False),
    sa.Column("valid_until", UtcTime),
    sa.Column("windows", sa.JSON, nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("radius_m", sa.Float, nullable=False),
    sa.Column("minutes", sa.Float, nullable=False),
)
"""A camera with a row here is private. Rows are only added, until the owner leaves: the highest ``number``
holds, the others are what looks of before were granted by. ``windows`` are [weekday, begin, end] in minutes
of the zone.
"""

owners = sa.Table(
    "owners",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
)
"""Links of cameras' owners. ``key`` is a hash of the link's token; a link that is taken back has no row."""

owner_cameras = sa.Table(
    "owner_cameras",
    metadata,
    sa.Column("owner_id", sa.ForeignKey("owners.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("camera_id", sa.ForeignKey("cameras.id", ondelete="CASCADE"), primary_key=True, index=True),
)

owner_terms = sa.Table(
    "owner_terms",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tells_names", sa.Boolean, nullable=False),
    sa.Column("tells_titles", sa.Boolean, nullable=False),
    sa.Column("delay_hours", sa.Integer, nullable=False),
)
"""One row, or none while nobody has set them: what owners are told of looks, and how late."""

withheld_incidents = sa.Table(
    "withheld_incidents",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("withheld_by", sa.Text, nullable=False),
    sa.Column("withheld_at", UtcTime, nullable=False),
)
"""Incidents whose looks owners are not told of while they are open."""

departed_cameras = sa.Table(
    "departed_cameras",
    metadata,
    sa.Column("camera_id", sa.String(200), primary_key=True),
    sa.Column("left_at", UtcTime, nullable=False),
)
"""Ids of cameras whose owners have left: where a list brings one again it is not the city's own."""

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("active_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("locked", sa.Boolean, nullable=False),
    sa.Column("failures", sa.JSON, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("totp_secret", sa.Text, nullable=False),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    sa.Column("recovery_hashes", sa.JSON, nullable=False),
)
"""``id`` is the name without regard to case: nobody passes for another by a capital letter."""

shifts = sa.Table(
    "shifts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(200), nullable=False, index=True),
    sa.Column("begins_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False, index=True),
    sa.Column("groups", sa.JSON),
    sa.Column("sources", sa.JSON),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("radius_m", sa.Float),
    sa.Column("cancelled", sa.Boolean, nullable=False),
)
"""``account`` is `accounts.id`. A bound that is null is none."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("user", sa.String(200), nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("until", UtcTime, nullable=False),
    sa.Column("shift_id", sa.String(64)),
    sa.Column("locked", sa.Boolean, nullable=False),
    sa.Column("proved_at", UtcTime),
    sa.Column("desk_id", sa.String(64), index=True),
    sa.Column("subject", sa.String(64)),
)
"""Sessions of accounts that have not ended: they outlive the hub's process. ``key``: a hash of the token;
``proved_at``: when its person last proved who they are, null where that was before it was kept or without
a code; ``desk_id``: the enrolled desk that it is at, if it is at one; ``subject``: a hash of whom the
agency's provider knew, null for who did not sign in there.
"""

desks = sa.Table(
    "desks",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("enrolled_by", sa.Text, nullable=False),
    sa.Column("enrolled_at", UtcTime, nullable=False),
)
"""Enrolled desks. ``key`` is a hash of the key that the desk keeps; one that is withdrawn has no row."""

exempt_walls = sa.Table(
    "exempt_walls",
    metadata,
    sa.Column("desk_id", sa.ForeignKey("desks.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("wall", sa.String(64), primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", UtcTime, nullable=False),
)
"""Walls of enrolled desks that stay lit while the desk is locked (R1); no row: none does."""


workstations = sa.Table(
    "workstations",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(200), nullable=False, index=True),
    sa.Column("until", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime, nullable=False),
)
"""Workstations where an account's password is enough. ``key``: a hash of the token; ``account``: its id."""

handovers = sa.Table(
    "handovers",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("alert_ids", sa.JSON, nullable=False),
)

incident_shares = sa.Table(
    "incident_shares",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("account", sa.String(200), primary_key=True),
    sa.Column("shared_by", sa.Text, nullable=False),
    sa.Column("shared_at", UtcTime, nullable=False),
)
"""Incidents whose private cameras a supervisor opened to a volunteer (R14)."""

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("week", sa.String(8), primary_key=True),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("position", BigNumber, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""Weeks of the record that somebody signed off, up to which record and what its hash was then."""

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("right", sa.String(40), nullable=False),
    sa.Column("camera_id", sa.String(200), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("incident_id", sa.String(64)),
    sa.Column("asked_at", UtcTime, nullable=False, index=True),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", UtcTime),
    sa.Column("approved", sa.Boolean, nullable=False),
    sa.Column("used_at", UtcTime),
    sa.Column("used_record", BigNumber, index=True),
)
"""Requests for a second person's agreement (R15). ``used_record`` is where the use stands on record."""
