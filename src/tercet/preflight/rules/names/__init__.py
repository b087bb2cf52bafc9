"""Rules of names: how long they are, what they are written with, and whether they are free."""
