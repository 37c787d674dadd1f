"""The account on loopback that tests of the connectors to AWS work in."""

from __future__ import annotations

from tests.connectors.aws_server import aws, aws_address

__all__ = ["aws", "aws_address"]
