"""Which settings complete which bucket."""

from __future__ import annotations

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import completions


def companions(bucket: Resource, kind: str) -> list[Resource]:
    """Return the resources of a type that complete a bucket.

    Raises
    ------
    Undecidable
        It is not known of one whether it does, or a module that is not at hand may have one.
    """
    sure, perhaps = completions(bucket.graph, kind, "bucket", "aws_s3_bucket").of(bucket, [bucket.value("bucket")])
    if sure:
        return sure
    if perhaps:
        raise Undecidable(kind, f"{perhaps[0].address} may be for {bucket.address}")
    if bucket.is_passed_out():
        raise Undecidable(kind, f"a module that is not at hand may complete {bucket.address}")
    return []


def bucket_of(companion: Resource, argument: str = "bucket") -> Resource | None:
    """Return the bucket that a setting is for, if it is made by the configuration."""
    bucket = companion.target(argument, "aws_s3_bucket")
    return bucket if bucket is not None and bucket.mode == "managed" else None


def is_versioned(bucket: Resource) -> bool:
    """Tell whether a bucket keeps versions.

    Raises
    ------
    Undecidable
        It is not known.
    """
    if bucket.flag("object_lock_enabled", False):
        return True
    if any(block.flag("enabled", False) for block in bucket.blocks("versioning")):
        return True
    return any(
        block.text("status") == "Enabled"
        for one in companions(bucket, "aws_s3_bucket_versioning")
        for block in one.blocks("versioning_configuration")
    )


def is_for_directory(name: object) -> bool:
    """Tell whether a name is that of a directory bucket, which has none of these settings."""
    return isinstance(name, str) and name.endswith("--x-s3")
