"""Messages as they travel, and their translation to and from the domain. pydantic lives here only."""
