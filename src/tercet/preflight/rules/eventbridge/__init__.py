"""Rules of EventBridge: rules, patterns, schedules, buses and targets."""
