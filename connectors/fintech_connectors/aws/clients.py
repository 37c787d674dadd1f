"""Opens clients of AWS and says in the product's words what AWS refuses."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTEMPTS = 6
WHO_ASKS = "`aws sts get-caller-identity` shows who asks"
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "403", "Forbidden"})
MISSING = frozenset({"NoSuchBucket", "NoSuchKey", "404", "NotFound"})
CHANGED = frozenset({"PreconditionFailed", "412"})


def client(service: str, *, region: str | None) -> Any:
    """A client with retries. Raises EnvironmentFailure when no region is known."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    patience = Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
    try:
        return boto3.client(service, region_name=region, config=patience)
    except BotoCoreError as cause:
        raise EnvironmentFailure(
            f"AWS cannot be asked ({service}): {cause}",
            fix="give the target or source a region in fintech.toml, or set AWS_REGION",
        ) from cause


@contextmanager
def aws_failures(doing: str, *, fix: str) -> Iterator[None]:
    """Turn what AWS refuses while `doing` something into an EnvironmentFailure."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as cause:
        raise EnvironmentFailure(f"{doing} failed: {cause}", fix=fix) from cause


def code_of(cause: Exception) -> str:
    """The code of an answer of AWS, such as NoSuchBucket; nothing for a failure without one."""
    response = getattr(cause, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
