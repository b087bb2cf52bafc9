"""Rules of Elastic Load Balancing: listeners, their rules, and target groups."""
