"""The rules, one module each, in rooms by what they are about."""
