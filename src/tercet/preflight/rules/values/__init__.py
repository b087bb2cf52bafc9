"""Values that the AWS API does not take: enumerations, ranges, lengths and patterns of its service models."""
