"""Cognito: user pools, their clients and domains."""
