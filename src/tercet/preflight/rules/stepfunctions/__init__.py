"""Rules of Step Functions: definitions in Amazon States Language, and logging."""
