"""Encryption: KMS keys, aliases, and what is stored without them."""
