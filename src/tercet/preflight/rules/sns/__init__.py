"""Rules of SNS: topics and subscriptions."""
