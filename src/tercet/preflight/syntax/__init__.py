"""Reads files of Terraform's two syntaxes, HCL and JSON, into one tree. It evaluates nothing."""
