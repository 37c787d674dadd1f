"""Places in Amazon S3: what is put there is encrypted by KMS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from fintech_connectors.aws.buckets import bucket_problems
from fintech_connectors.aws.clients import aws_failures, client

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.ports import StoreProblem

WHAT_TO_CHECK = "check the bucket's name and region, and what the role may do there; then run again"


class S3Buckets:
    """`s3://bucket/prefix`."""

    name = "s3"

    def open(self, uri: str, options: Mapping[str, Any]) -> S3Objects:
        """The place that a URI names; `options` gives `region` and `kms_key`."""
        parsed = urlparse(uri)
        return S3Objects(
            parsed.netloc, parsed.path.strip("/"), region=options["region"], kms_key=options["kms_key"]
        )


@dataclass(frozen=True)
class S3Objects:
    """Objects below a prefix, encrypted with the key given, else with the account's own key for S3."""

    bucket: str
    prefix: str
    region: str | None
    kms_key: str | None

    def problems(self) -> tuple[StoreProblem, ...]:
        """What makes the bucket unsafe. Raises EnvironmentFailure when there is none or nobody answers."""
        return bucket_problems(self._client, self.bucket, self.prefix, kms_key=self.kms_key)

    def put(self, path: Path, name: str) -> str:
        """Upload a file, in parts when it is large. Raises EnvironmentFailure."""
        encryption = {"ServerSideEncryption": "aws:kms"}
        if self.kms_key:
            encryption["SSEKMSKeyId"] = self.kms_key
        with aws_failures(f"storing {self._uri(name)}", fix=WHAT_TO_CHECK):
            self._client.upload_file(str(path), self.bucket, self._key(name), ExtraArgs=encryption)
        return self._uri(name)

    def remove(self, name: str) -> None:
        """Delete an object. Raises EnvironmentFailure."""
        with aws_failures(f"removing {self._uri(name)}", fix=WHAT_TO_CHECK):
            self._client.delete_object(Bucket=self.bucket, Key=self._key(name))

    @cached_property
    def _client(self) -> Any:
        return client("s3", region=self.region)

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def _uri(self, name: str) -> str:
        return f"s3://{self.bucket}/{self._key(name)}"
