"""Checks what was synthesized with the preflight, by what its settings say it is for, before anything is created."""

from __future__ import annotations

from typing import Final

from tercet.errors import PreflightError
from tercet.preflight.check import Options, check_path
from tercet.preflight.findings import Report, Severity
from tercet.preflight.intent import Intent
from tercet.settings import Settings
from tercet.synth.app import Synthesized

THRESHOLD: Final = Severity.POLICY
_MOST_SHOWN: Final = 10


def intent_of(settings: Settings) -> Intent:
    """Return what a deployment with these settings is for."""
    return Intent(
        regions=(settings.region,),
        az_count=len(settings.availability_zones),
        name_suffix=settings.environment_suffix,
        destroyable=not settings.protect,
        encryption_at_rest=True,
        multi_az=True,
        pitr=True,
        kms_rotation=True,
        tls_required=True,
        dlq_required=True,
        backup_retention_days=settings.backup_retention_days,
        log_retention_days=settings.log_retention_days,
        own_domains=(settings.hosted_zone,) if settings.hosted_zone else None,
    )


def require_sound(settings: Settings, synthesized: Synthesized) -> Report:
    """Check what was synthesized.

    Raises
    ------
    PreflightError
        Something was found that nobody has accepted.
    """
    report = check_path(synthesized.folder, Options(intent=intent_of(settings)))
    found = report.at_least(THRESHOLD)
    if found:
        shown = "\n".join(f"  {one.rule}  {one.address}: {one.message} {one.fix}" for one in found[:_MOST_SHOWN])
        more = f"\n  and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
        raise PreflightError(
            f"The preflight found {len(found)} in what was synthesized, and nothing was deployed:\n{shown}{more}\n"
            f"All of it: tercet check {synthesized.folder}"
        )
    return report
