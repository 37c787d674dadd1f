"""Logins for Redshift: temporary ones from IAM, or those that AWS Secrets Manager keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.ports import Credentials
from fintech_connectors.aws.clients import WHO_ASKS, aws_failures, client

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_LIFE = 3600  # seconds; the most that both kinds of warehouse give
WHAT_TO_CHECK = f"{WHO_ASKS}; that role needs the right to ask for them"


class IamCredentials:
    """`authentication = "iam"`: for a Serverless `workgroup`, or for `user` of a provisioned `cluster`."""

    name = "iam"

    def credentials(self, options: Mapping[str, Any]) -> Credentials:
        """Credentials that live an hour. Raises EnvironmentFailure."""
        with aws_failures(f"asking AWS for a login to {options['host']}", fix=WHAT_TO_CHECK):
            if options["workgroup"]:
                found = client("redshift-serverless", region=options["region"]).get_credentials(
                    workgroupName=options["workgroup"],
                    dbName=options["database"],
                    durationSeconds=LONGEST_LIFE,
                )
                return Credentials(found["dbUser"], found["dbPassword"])
            found = client("redshift", region=options["region"]).get_cluster_credentials(
                DbUser=options["user"],
                DbName=options["database"],
                ClusterIdentifier=options["cluster"],
                DurationSeconds=LONGEST_LIFE,
                AutoCreate=False,
            )
            return Credentials(found["DbUser"], found["DbPassword"])


class SecretCredentials:
    """`authentication = "secret"`: a secret in the shape in which Redshift keeps its own."""

    name = "secret"

    def credentials(self, options: Mapping[str, Any]) -> Credentials:
        """What the secret holds now: it may be rotated between two runs. Raises EnvironmentFailure."""
        secret = options["secret"]
        with aws_failures(f"reading the secret {secret!r}", fix=WHAT_TO_CHECK):
            found = client("secretsmanager", region=options["region"]).get_secret_value(SecretId=secret)
        try:
            values = json.loads(found["SecretString"])
            return Credentials(str(values["username"]), str(values["password"]))
        except (KeyError, TypeError, ValueError) as cause:
            raise EnvironmentFailure(
                f"the secret {secret!r} is not JSON with 'username' and 'password'",
                fix="name the secret that Redshift manages for this database, or write one of that shape",
            ) from cause
