"""Kinesis and Firehose."""
