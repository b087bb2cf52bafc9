"""AWS Config and Security Hub."""
