"""Rules of networks: address ranges, zones, routes, endpoints, load balancers and security groups."""
