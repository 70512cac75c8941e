"""Runs Alembic's steps on the connection that the hub hands over (`app.hub.db.schema`)."""

from alembic import context

from app.hub.db.tables import metadata


def run() -> None:
    """Run the steps on the hub's own connection, or print their SQL when there is none."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        context.configure(
            dialect_name=context.config.get_main_option("dialect"),
            target_metadata=metadata,
            literal_binds=True,
        )
    else:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
