"""The system page's numbers for other programs: as Prometheus text, at a port of this computer alone."""
