"""What is known of AWS and of Terraform's provider for it: dated data with its sources, read when it is asked for."""
