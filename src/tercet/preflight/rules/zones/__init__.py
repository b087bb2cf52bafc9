"""Rules of what the loss of an availability zone takes."""
