"""AWS on loopback: moto's server in this process, with an account of its own for each test."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REGION = "eu-central-1"
WALLS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@pytest.fixture(scope="session")
def aws_address() -> Iterator[str]:
    """The address of the server."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(aws_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Aws]:
    """An empty account; the product reaches it as it reaches AWS, by the environment."""
    import boto3
    import requests

    requests.post(f"{aws_address}/moto-api/reset", timeout=10)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    yield Aws(aws_address, monkeypatch)
    requests.post(f"{aws_address}/moto-api/reset-auth", data=b"10000000", timeout=10)


class Aws:
    """What a test does by hand in the account."""

    def __init__(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._address = address
        self._monkeypatch = monkeypatch

    def allow_only(self, *actions: str) -> None:
        """From now on this process is a user who may do these actions and nothing else."""
        import boto3
        import requests

        iam = self.client("iam")
        iam.create_user(UserName="loader")
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName="loader", PolicyName="few", PolicyDocument=policy)
        key = iam.create_access_key(UserName="loader")["AccessKey"]
        self._monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        self._monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        self._monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        requests.post(f"{self._address}/moto-api/reset-auth", data=b"0", timeout=10)

    def client(self, service: str) -> Any:
        import boto3

        return boto3.client(service)

    def at(self, event: str, handler: Callable[..., Any]) -> None:
        """Call a handler at an event of botocore, in each client that is opened from now on."""
        import boto3

        if boto3.DEFAULT_SESSION is None:
            boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register(event, handler)

    def bucket(self, name: str = "bank") -> Bucket:
        """A bucket as AWS makes it, without any setting of ours."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return Bucket(s3, name)


class Bucket:
    """A bucket, and what is put into it."""

    def __init__(self, s3: Any, name: str) -> None:
        self.s3 = s3
        self.name = name

    def put(self, key: str, content: bytes | str) -> None:
        body = content.encode() if isinstance(content, str) else content
        self.s3.put_object(Bucket=self.name, Key=key, Body=body)

    def make_safe(self) -> None:
        """Encrypt by default, and let nobody in."""
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        self.s3.put_bucket_encryption(Bucket=self.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        self.s3.put_public_access_block(
            Bucket=self.name, PublicAccessBlockConfiguration=dict.fromkeys(WALLS, True)
        )

    def head(self, key: str) -> dict[str, Any]:
        return dict(self.s3.head_object(Bucket=self.name, Key=key))

    def keys(self) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=self.name).get("Contents", ())]
