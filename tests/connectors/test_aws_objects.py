"""A place in S3: what is put is encrypted with the bank's key; a bucket that is not safe is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import EnvironmentFailure
from fintech_connectors.aws.objects import S3Buckets, S3Objects

if TYPE_CHECKING:
    from pathlib import Path

    from tests.connectors.aws_server import Aws, Bucket

WALLS = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
OPEN_TO_ALL = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bank/*"}
    ],
}


def _place(kms_key: str | None = None, uri: str = "s3://bank/fintech") -> S3Objects:
    return S3Buckets().open(uri, {"region": None, "kms_key": kms_key})


def _encrypt(bucket: Bucket, algorithm: str = "aws:kms") -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    bucket.s3.put_bucket_encryption(Bucket=bucket.name, ServerSideEncryptionConfiguration={"Rules": [rule]})


def _wall_in(bucket: Bucket, **changed: bool) -> None:
    bucket.s3.put_public_access_block(Bucket=bucket.name, PublicAccessBlockConfiguration={**WALLS, **changed})


def test_what_is_put_bears_the_key_of_the_target(aws: Aws, tmp_path: Path) -> None:
    bucket = aws.bucket()
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    (tmp_path / "part").write_bytes(b"rows")

    assert _place(key).put(tmp_path / "part", "raw/1.parquet") == "s3://bank/fintech/raw/1.parquet"
    _place().put(tmp_path / "part", "raw/2.parquet")

    with_key, without = bucket.head("fintech/raw/1.parquet"), bucket.head("fintech/raw/2.parquet")
    assert (with_key["ServerSideEncryption"], with_key["SSEKMSKeyId"]) == ("aws:kms", key)
    assert without["ServerSideEncryption"] == "aws:kms"


def test_a_large_file_is_put_in_parts_that_are_encrypted_too(aws: Aws, tmp_path: Path) -> None:
    bucket = aws.bucket()
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    (tmp_path / "part").write_bytes(b"x" * (9 << 20))

    _place(key, "s3://bank").put(tmp_path / "part", "large")

    found = bucket.head("large")
    assert (found["ContentLength"], found["SSEKMSKeyId"]) == (9 << 20, key)


def test_what_is_removed_is_gone_and_may_be_removed_again(aws: Aws, tmp_path: Path) -> None:
    bucket = aws.bucket()
    (tmp_path / "part").write_bytes(b"rows")
    place = _place()
    place.put(tmp_path / "part", "a")
    place.put(tmp_path / "part", "b")

    place.remove("a")
    place.remove("a")

    assert bucket.keys() == ["fintech/b"]


def test_a_bucket_that_is_missing_is_an_environment_that_lacks_it(aws: Aws, tmp_path: Path) -> None:
    del aws  # an empty account
    (tmp_path / "part").write_bytes(b"rows")

    with pytest.raises(EnvironmentFailure, match=r"storing s3://bank/fintech/a failed: .*NoSuchBucket"):
        _place().put(tmp_path / "part", "a")
    with pytest.raises(EnvironmentFailure, match="there is no bucket 'bank'"):
        _place().problems()


def test_a_bucket_that_encrypts_and_lets_nobody_in_has_no_problem(aws: Aws, tmp_path: Path) -> None:
    bucket = aws.bucket()
    _encrypt(bucket)
    _wall_in(bucket)
    (tmp_path / "part").write_bytes(b"rows")
    _place().put(tmp_path / "part", "a")

    assert _place("alias/bank").problems() == ()


def test_a_bucket_as_it_was_made_has_each_problem_with_what_to_type(aws: Aws) -> None:
    bucket = aws.bucket()
    bucket.put("fintech/raw/old.csv", "in the clear")
    bucket.put("elsewhere/old.csv", "in the clear")

    found = _place("alias/bank").problems()

    assert [each.reason for each in found] == [
        "the bucket 'bank' does not encrypt by default",
        "the bucket 'bank' does not block public access",
        "1 of 1 objects looked at in s3://bank/fintech/ are not encrypted (such as 'fintech/raw/old.csv')",
    ]
    assert "aws s3api put-bucket-encryption --bucket bank" in found[0].fix
    assert '"KMSMasterKeyID": "alias/bank"' in found[0].fix
    assert "BlockPublicPolicy=true" in found[1].fix
    assert "aws s3 cp --recursive --sse aws:kms" in found[2].fix


def test_a_wall_that_is_down_and_a_public_policy_are_named(aws: Aws) -> None:
    bucket = aws.bucket()
    _encrypt(bucket)
    bucket.s3.put_bucket_policy(Bucket="bank", Policy=json.dumps(OPEN_TO_ALL))
    _wall_in(bucket, BlockPublicPolicy=False)

    reasons = [each.reason for each in _place().problems()]

    assert reasons == [
        "the bucket 'bank' lets the public in: BlockPublicPolicy is off",
        "the policy of the bucket 'bank' makes it public",
    ]


def test_a_default_encryption_without_the_key_of_the_target_is_told(aws: Aws) -> None:
    bucket = aws.bucket()
    _encrypt(bucket, "AES256")
    _wall_in(bucket)

    assert _place().problems() == ()
    (problem,) = _place("alias/bank").problems()
    assert "encrypts by default with AES256" in problem.reason


def test_what_may_not_be_looked_at_is_not_taken_for_safe(aws: Aws) -> None:
    bucket = aws.bucket()
    _encrypt(bucket)
    _wall_in(bucket)
    aws.allow_only("s3:PutObject")

    reasons = [each.reason for each in _place().problems()]

    assert "the bucket 'bank' cannot be checked: s3:GetEncryptionConfiguration is denied" in reasons
    assert "the bucket 'bank' cannot be checked: s3:GetBucketPublicAccessBlock is denied" in reasons
