"""Behaviours of moto that differ from AWS so that Terraform cannot work with them; one module each."""

from __future__ import annotations
