"""Databases: Aurora and RDS."""
