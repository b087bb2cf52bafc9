"""Rules of Systems Manager's Parameter Store."""
