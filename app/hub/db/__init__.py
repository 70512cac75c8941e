"""The hub's store: tables, migrations, the numbered event log and the one way to write."""
