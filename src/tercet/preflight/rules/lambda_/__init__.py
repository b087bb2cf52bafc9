"""Rules of Lambda: functions, their packages, versions, concurrency and event sources."""
