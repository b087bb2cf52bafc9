"""Rules of scaling: Auto Scaling groups and Application Auto Scaling."""
