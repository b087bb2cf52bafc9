"""Evaluates a configuration as far as it can be known before anything is applied, and makes a graph of it."""
