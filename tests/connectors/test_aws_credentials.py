"""Logins for Redshift from AWS: of a cluster, of a Serverless workgroup, from a secret; with patience."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.engines.redshift.login import log_in
from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.settings.redshift import RedshiftTarget
from fintech_connectors.aws import clients
from fintech_connectors.aws.credentials import IamCredentials, SecretCredentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.connectors.aws_server import Aws

TARGET = {
    "host": "bank.example",
    "database": "analytics",
    "user": "fintech",
    "region": None,
    "cluster": None,
    "workgroup": None,
    "secret": "redshift/fintech",
}


def test_a_login_of_a_cluster_is_a_temporary_one_of_its_user(aws: Aws) -> None:
    aws.client("redshift").create_cluster(
        ClusterIdentifier="bank",
        NodeType="ra3.large",
        MasterUsername="admin",
        MasterUserPassword="Secret-123",
    )

    found = IamCredentials().credentials({**TARGET, "cluster": "bank"})

    assert found.user == "IAM:fintech"
    assert found.password
    assert found.password not in repr(found)


def test_a_target_logs_in_by_iam_or_by_its_secret(aws: Aws) -> None:
    aws.client("redshift").create_cluster(
        ClusterIdentifier="bank",
        NodeType="ra3.large",
        MasterUsername="admin",
        MasterUserPassword="Secret-123",
    )
    kept = json.dumps({"username": "loader", "password": "kept"})
    aws.client("secretsmanager").create_secret(Name="redshift/fintech", SecretString=kept)
    asked = {
        "iam": {"cluster": "bank", "user": "fintech"},
        "secret": {"secret": "redshift/fintech"},
    }
    users = {}
    for authentication, settings in asked.items():
        place = {"engine": "redshift", "host": "bank.example", "database": "analytics"}
        target = RedshiftTarget.model_validate(
            {**place, "landing": "s3://bank", "authentication": authentication, **settings}
        )
        login = log_in(target, run_id="run-1")
        assert (login.query_group, login.sslmode) == ("fintech:run-1", "verify-full")
        assert login.credentials.password
        assert login.credentials.password not in repr(login)
        users[authentication] = login.connect_arguments()["user"]

    assert users == {"iam": "IAM:fintech", "secret": "loader"}


def test_a_cluster_that_is_not_there_is_told_with_who_asks(aws: Aws) -> None:
    del aws  # an empty account
    with pytest.raises(EnvironmentFailure, match=r"asking AWS for a login to bank\.example") as caught:
        IamCredentials().credentials({**TARGET, "cluster": "none"})

    assert "aws sts get-caller-identity" in caught.value.fix


class _Answers(BaseHTTPRequestHandler):
    """What Redshift Serverless answers; moto does not know it. `server.failures` come first."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.headers["X-Amz-Target"], body))  # type: ignore[attr-defined]
        failures = self.server.failures  # type: ignore[attr-defined]
        status, answer = failures.pop(0) if failures else (200, LOGIN)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


LOGIN = {"dbUser": "IAMR:loader", "dbPassword": "short-lived", "expiration": 1795608000}


@pytest.fixture
def serverless(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    del aws  # its environment
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    server.asked = []  # type: ignore[attr-defined]
    server.failures = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    server.server_close()


def test_a_login_of_a_workgroup_is_asked_for_its_database_and_an_hour(serverless: Any) -> None:
    found = IamCredentials().credentials({**TARGET, "workgroup": "bank"})

    assert (found.user, found.password) == ("IAMR:loader", "short-lived")
    asked = {"workgroupName": "bank", "dbName": "analytics", "durationSeconds": 3600}
    assert serverless.asked == [("RedshiftServerless.GetCredentials", asked)]


def test_a_service_that_is_busy_or_down_is_asked_again(
    serverless: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    busy = {"__type": "ThrottlingException", "message": "Rate exceeded"}
    serverless.failures += [(400, busy), (503, {"message": "down"}), (500, {"message": "down"})]

    assert IamCredentials().credentials({**TARGET, "workgroup": "bank"}).user == "IAMR:loader"
    assert len(serverless.asked) == 4

    serverless.failures += [(503, {"message": "down"})] * clients.ATTEMPTS
    with pytest.raises(EnvironmentFailure, match="asking AWS for a login"):
        IamCredentials().credentials({**TARGET, "workgroup": "bank"})
    assert len(serverless.asked) == 4 + clients.ATTEMPTS


def test_a_denial_is_not_asked_again(serverless: Any) -> None:
    denied = {"__type": "AccessDeniedException", "message": "no identity-based policy allows it"}
    serverless.failures.append((403, denied))

    with pytest.raises(EnvironmentFailure, match="no identity-based policy allows it"):
        IamCredentials().credentials({**TARGET, "workgroup": "bank"})

    assert len(serverless.asked) == 1


def test_a_secret_is_read_as_it_stands_now(aws: Aws) -> None:
    secrets = aws.client("secretsmanager")
    shape = {"username": "fintech", "password": "first", "engine": "redshift", "host": "bank.example"}
    secrets.create_secret(Name="redshift/fintech", SecretString=json.dumps(shape))
    source = SecretCredentials()
    first = source.credentials(TARGET)

    secrets.put_secret_value(
        SecretId="redshift/fintech", SecretString=json.dumps({**shape, "password": "second"})
    )

    assert (first.user, first.password) == ("fintech", "first")
    again = source.credentials(TARGET)
    assert (again.user, again.password) == ("fintech", "second")


@pytest.mark.parametrize("content", ['{"user": "fintech"}', "plain-password", '["fintech"]', "null"])
def test_a_secret_of_another_shape_is_refused_without_showing_it(aws: Aws, content: str) -> None:
    aws.client("secretsmanager").create_secret(Name="redshift/fintech", SecretString=content)

    with pytest.raises(EnvironmentFailure, match="is not JSON with 'username' and 'password'") as caught:
        SecretCredentials().credentials(TARGET)

    assert content not in caught.value.reason + caught.value.fix


def test_a_secret_that_is_missing_is_named(aws: Aws) -> None:
    del aws
    with pytest.raises(EnvironmentFailure, match="reading the secret 'redshift/fintech' failed"):
        SecretCredentials().credentials(TARGET)
