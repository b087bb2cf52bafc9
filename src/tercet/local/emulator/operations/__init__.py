"""Operations that moto lacks and the AWS provider or the platform calls; one module each."""

from __future__ import annotations
