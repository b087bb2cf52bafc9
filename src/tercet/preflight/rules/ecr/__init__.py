"""Rules of container registries."""
