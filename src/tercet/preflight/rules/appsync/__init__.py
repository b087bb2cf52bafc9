"""AppSync: APIs and their data sources."""
