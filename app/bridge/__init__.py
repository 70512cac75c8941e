"""The only Qt below the widgets: turns Changes into signals and owns the tasks."""
