"""Arguments, blocks and types that the AWS provider does not have, does not have any more, or must have."""
