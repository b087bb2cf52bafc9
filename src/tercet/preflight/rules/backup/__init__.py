"""AWS Backup: plans, vaults, selections."""
