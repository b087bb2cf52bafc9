"""Rules of EKS: clusters, node groups and Fargate profiles."""
