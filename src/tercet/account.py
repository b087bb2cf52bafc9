"""The user's own AWS account: who asks, and where the state of real deployments is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tercet.errors import AccountError
from tercet.settings import Settings

_NEVER_RESERVED: Final = 100
"""Concurrent executions that Lambda leaves unreserved ("Configuring reserved concurrency", its Developer Guide)."""


@dataclass(frozen=True)
class Account:
    """An AWS account as the credentials of this process see it.

    Parameters
    ----------
    number
        Its twelve digits.
    caller_arn
        Who asks.
    region
        The region of the deployment.
    """

    number: str
    caller_arn: str
    region: str

    def state_bucket(self, settings: Settings) -> str:
        """Name the bucket of the state: the one that is set, or one that no other account can have taken."""
        return settings.state_bucket or f"tercet-state-{self.number}-{self.region}"


def identify(settings: Settings) -> Account:
    """Ask AWS whose credentials these are.

    Raises
    ------
    AccountError
        There are none, they are not valid, or AWS cannot be reached.
    """
    try:
        identity = boto3.client("sts", region_name=settings.region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise AccountError(
            f"AWS does not say whose account this is: {error}. Sign in as for the AWS command line "
            "(`aws sts get-caller-identity` must work), then try again."
        ) from error
    return Account(identity["Account"], identity["Arn"], settings.region)


def has_state_bucket(account: Account, settings: Settings) -> bool:
    """Tell whether the bucket of the state is there and may be used."""
    try:
        _s3(account).head_bucket(Bucket=account.state_bucket(settings), ExpectedBucketOwner=account.number)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchBucket"}:
            return False
        raise AccountError(
            f"The state bucket {account.state_bucket(settings)} cannot be used by {account.caller_arn}: {error}. "
            "If it belongs to somebody else, set state_bucket to another name."
        ) from error
    except BotoCoreError as error:
        raise AccountError(f"S3 does not answer: {error}.") from error
    return True


def create_state_bucket(account: Account, settings: Settings) -> bool:
    """Create the bucket of the state: versioned, encrypted, private, TLS only. Safe to repeat.

    Returns
    -------
    bool
        Whether it was made; ``False`` if it was there, in which case its protection is renewed.

    Raises
    ------
    AccountError
        It belongs to somebody else, or AWS refuses.
    """
    bucket = account.state_bucket(settings)
    s3 = _s3(account)
    missing = not has_state_bucket(account, settings)
    try:
        if missing:
            # us-east-1 is S3's default and may not be named (CreateBucket, Amazon S3 API Reference).
            where = {} if account.region == "us-east-1" else {"LocationConstraint": account.region}
            s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": where} if where else {}))
        _protect(s3, bucket)
    except (BotoCoreError, ClientError) as error:
        raise AccountError(f"The state bucket {bucket} cannot be made: {error}.") from error
    return missing


def require_concurrency(account: Account, reserved: Mapping[str, int]) -> None:
    """Refuse a deployment that would reserve more concurrent executions than the account has to give.

    Lambda refuses it too, but only when half of the platform stands.

    Parameters
    ----------
    reserved
        Name of each function → concurrent executions that it is to reserve.

    Raises
    ------
    AccountError
        The quota is too small: says by how much, and how to raise it.
    """
    client = boto3.client("lambda", region_name=account.region)
    try:
        free = client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
        held = sum(_held_by(client, function) for function in reserved)
    except (BotoCoreError, ClientError) as error:
        raise AccountError(f"Lambda does not tell the quota of account {account.number}: {error}.") from error
    wanted = sum(reserved.values())
    if wanted - held > free - _NEVER_RESERVED:
        raise AccountError(
            f"The functions reserve {wanted} concurrent executions, and account {account.number} can give "
            f"{max(free + held - _NEVER_RESERVED, 0)} in {account.region}, as {_NEVER_RESERVED} stay unreserved. Raise "
            "the quota 'Concurrent executions' of AWS Lambda in Service Quotas or lower processor_reserved_concurrency."
        )


def _held_by(client: Any, function: str) -> int:
    """Concurrent executions that a function of an earlier deployment has reserved already."""
    try:
        return int(client.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions", 0))
    except client.exceptions.ResourceNotFoundException:
        return 0


def _protect(s3: Any, bucket: str) -> None:
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True},
            ]
        },
    )
    only_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [only_tls]}))


def _s3(account: Account) -> Any:
    return boto3.client("s3", region_name=account.region)
