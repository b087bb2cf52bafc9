"""What stops `terraform destroy`, or outlives it, where the intent says that it must succeed."""
