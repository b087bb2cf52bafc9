"""ElastiCache: replication groups, clusters, users."""
