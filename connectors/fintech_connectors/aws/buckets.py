"""Whether a bucket is fit for a bank: encrypted by default, closed to the public, nothing in the clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.ports import StoreProblem
from fintech_connectors.aws.clients import DENIED, MISSING, WHO_ASKS, aws_failures, code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLED = 20  # objects that are looked at
WALLS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
WHAT_TO_CHECK = f"check the bucket's name and region in fintech.toml; {WHO_ASKS}"


def bucket_problems(
    client: Any, bucket: str, prefix: str, *, kms_key: str | None
) -> tuple[StoreProblem, ...]:
    """What makes the bucket unsafe; what may not be asked counts. Raises EnvironmentFailure without one."""
    _must_exist(client, bucket)
    with aws_failures(f"asking how the bucket {bucket!r} is kept", fix=WHAT_TO_CHECK):
        return (
            *_asked("s3:GetEncryptionConfiguration", bucket, lambda: _encryption(client, bucket, kms_key)),
            *_asked("s3:GetBucketPublicAccessBlock", bucket, lambda: _openness(client, bucket)),
            *_asked("s3:GetBucketPolicyStatus", bucket, lambda: _policy(client, bucket)),
            *_asked("s3:ListBucket and s3:GetObject", bucket, lambda: _in_the_clear(client, bucket, prefix)),
        )


def _must_exist(client: Any, bucket: str) -> None:
    from botocore.exceptions import ClientError

    with aws_failures(f"looking for the bucket {bucket!r}", fix=WHAT_TO_CHECK):
        try:
            client.head_bucket(Bucket=bucket)
        except ClientError as cause:
            if code_of(cause) in MISSING:
                raise EnvironmentFailure(
                    f"there is no bucket {bucket!r}", fix=f"create it, or correct its name; {WHO_ASKS}"
                ) from cause
            if code_of(cause) not in DENIED:
                raise


def _asked(right: str, bucket: str, ask: Callable[[], Iterator[StoreProblem]]) -> tuple[StoreProblem, ...]:
    """The answers, or that the question may not be asked: what nobody may look at is not proven safe."""
    from botocore.exceptions import ClientError

    try:
        return tuple(ask())
    except ClientError as cause:
        if code_of(cause) not in DENIED:
            raise
        return (
            StoreProblem(
                f"the bucket {bucket!r} cannot be checked: {right} is denied",
                f"let this role do {right} on it; {WHO_ASKS}",
            ),
        )


def _encryption(client: Any, bucket: str, kms_key: str | None) -> Iterator[StoreProblem]:
    from botocore.exceptions import ClientError

    key = kms_key or "alias/YOUR_KEY"
    fix = (
        f"aws s3api put-bucket-encryption --bucket {bucket} --server-side-encryption-configuration"
        ' \'{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms",'
        f' "KMSMasterKeyID": "{key}"}}, "BucketKeyEnabled": true}}]}}\''
    )
    try:
        found = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    except ClientError as cause:
        if code_of(cause) != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        yield StoreProblem(f"the bucket {bucket!r} does not encrypt by default", fix)
        return
    kinds = [
        rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in found["Rules"]
    ]
    if kms_key and not any(str(kind).startswith("aws:kms") for kind in kinds):
        found_kinds = ", ".join(str(kind) for kind in kinds)
        yield StoreProblem(
            f"the bucket {bucket!r} encrypts by default with {found_kinds}, not with the key of this target",
            fix,
        )


def _openness(client: Any, bucket: str) -> Iterator[StoreProblem]:
    from botocore.exceptions import ClientError

    settings = ",".join(f"{wall}=true" for wall in WALLS)
    fix = (
        f"aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration {settings}"
    )
    try:
        found = client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except ClientError as cause:
        if code_of(cause) != "NoSuchPublicAccessBlockConfiguration":
            raise
        yield StoreProblem(f"the bucket {bucket!r} does not block public access", fix)
        return
    if missing := [wall for wall in WALLS if not found.get(wall)]:
        yield StoreProblem(f"the bucket {bucket!r} lets the public in: {', '.join(missing)} is off", fix)


def _policy(client: Any, bucket: str) -> Iterator[StoreProblem]:
    from botocore.exceptions import ClientError

    try:
        status = client.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]
    except ClientError as cause:
        if code_of(cause) != "NoSuchBucketPolicy":
            raise
        return
    if status.get("IsPublic"):
        yield StoreProblem(
            f"the policy of the bucket {bucket!r} makes it public",
            f"aws s3api get-bucket-policy --bucket {bucket} shows it: take out what allows everybody",
        )


def _in_the_clear(client: Any, bucket: str, prefix: str) -> Iterator[StoreProblem]:
    """Objects from before the bucket encrypted keep lying as they are."""
    where = f"{prefix}/" if prefix else ""
    listed = client.list_objects_v2(Bucket=bucket, Prefix=where, MaxKeys=SAMPLED).get("Contents", [])
    keys = [entry["Key"] for entry in listed]
    clear = [
        key for key in keys if not client.head_object(Bucket=bucket, Key=key).get("ServerSideEncryption")
    ]
    if clear:
        yield StoreProblem(
            f"{len(clear)} of {len(keys)} objects looked at in s3://{bucket}/{where} are not encrypted"
            f" (such as {clear[0]!r})",
            f"once the bucket encrypts: aws s3 cp --recursive --sse aws:kms"
            f" s3://{bucket}/{where} s3://{bucket}/{where}",
        )
