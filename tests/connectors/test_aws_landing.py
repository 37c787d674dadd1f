"""Files that lie in S3: listed, fetched once, known by content, and refused in the product's words."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.ingest.conftest import LOGIN, Bank

from fintech_accelerator.errors import EnvironmentFailure, SettingsError, SourceError
from fintech_accelerator.events import StepProgressed
from fintech_accelerator.ingest import check_sources, land
from fintech_connectors.aws.clients import client
from fintech_connectors.aws.landing import S3Connector, S3File

if TYPE_CHECKING:
    from pathlib import Path

    from tests.connectors.aws_server import Aws


COLUMNS = {name: name for name in LOGIN.split(",")}


def _login(number: int) -> str:
    return f"{LOGIN}\nl{number},c1,2026-01-0{number} 10:00:00,success\n"


def _offered(address: str, options: dict[str, Any] | None = None) -> list[str]:
    found = S3Connector().files(
        project_folder=None,  # type: ignore[arg-type]  # it is for files of this machine
        files={"rows": address},
        options=options or {},
    )
    return [file.name.removeprefix("s3://bank/") for file in found]


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("in/*.csv", ["in/a.csv", "in/b.csv", "in/x [1].csv"]),
        ("in/**/*.csv", ["in/2026/01/c.csv", "in/a.csv", "in/b.csv", "in/x [1].csv"]),
        ("**/c.csv", ["in/2026/01/c.csv"]),
        ("in/?.csv", ["in/a.csv", "in/b.csv"]),
        ("in/[!a].csv", ["in/b.csv"]),
        ("in/x [1].csv", ["in/x [1].csv"]),
        ("in/a.csv", ["in/a.csv"]),
        ("in/*/*/*", ["in/2026/01/c.csv"]),
    ],
)
def test_a_pattern_means_keys_as_it_means_names_of_files(aws: Aws, pattern: str, matched: list[str]) -> None:
    bucket = aws.bucket()
    for key in ("in/", "in/a.csv", "in/b.csv", "in/a.csv.gz", "in/2026/01/c.csv", "in/x [1].csv", "in1.csv"):
        bucket.put(key, "x")

    assert sorted(_offered(f"s3://bank/{pattern}")) == matched


def test_more_keys_than_a_page_holds_are_all_listed(aws: Aws) -> None:
    bucket = aws.bucket()
    for number in range(25):
        bucket.put(f"in/{number:02d}.csv", "x")
    aws.at("provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 10})

    assert len(_offered("s3://bank/in/*.csv")) == 25


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://bank/in/payment.csv", "s3://bank/in/ has 'payments.csv'"),
        ("s3://bank/inn/*.csv", "s3://bank/ has 'in'"),
        ("s3://bank/in/q*.parquet", "s3://bank/in/ has a.csv, payments.csv"),
        ("s3://bank/in/2025/*.csv", "s3://bank/in/ has a.csv, payments.csv"),
        ("s3://empty-bank/*.csv", "s3://empty-bank/ is empty"),
        ("s3://no-such-bank/*.csv", "there is no bucket 'no-such-bank'"),
    ],
)
def test_what_is_not_there_is_answered_with_the_nearest_thing(aws: Aws, address: str, said: str) -> None:
    bucket = aws.bucket()
    aws.bucket("empty-bank")
    bucket.put("in/a.csv", "x")
    bucket.put("in/payments.csv", "x")

    with pytest.raises(SourceError) as caught:
        _offered(address)

    assert said in caught.value.reason


@pytest.mark.parametrize("address", ["s3://BANK/a.csv", "s3://bank", "in/a.csv", "s3:///a.csv"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="no address of objects in S3"):
        _offered(address)


def test_an_option_that_it_lacks_is_refused() -> None:
    with pytest.raises(SettingsError, match="no option 'bucket'"):
        _offered("s3://bank/a.csv", {"bucket": "bank"})


def test_without_credentials_the_environment_is_at_fault(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    aws.bucket()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(EnvironmentFailure, match="Unable to locate credentials") as caught:
        _offered("s3://bank/a.csv")

    assert "aws sts get-caller-identity" in caught.value.fix


def test_files_of_a_bucket_are_landed_and_loaded_like_those_of_a_folder(aws: Aws, tmp_path: Path) -> None:
    bucket = aws.bucket()
    bucket.put("in/1.csv", _login(1))
    bucket.put("in/2.csv.gz", gzip.compress(_login(2).encode()))
    bank = Bank(tmp_path / "bank").source("login_activity", "s3://bank/in/*", COLUMNS)

    assert bank.load().rows_loaded == 2
    assert bank.load().units_known == 2
    (report,) = check_sources(bank.settings, bank.contract)
    assert [unit.rows_in for unit in report.units] == [1, 1]


def test_an_object_that_did_not_change_is_not_fetched_again(aws: Aws, tmp_path: Path) -> None:
    fetched: list[str] = []
    aws.at("provide-client-params.s3.GetObject", lambda params, **_: fetched.append(params["Key"]))
    bucket = aws.bucket()
    bucket.put("1.csv", _login(1))
    bucket.put("2.csv", _login(2))
    bank = Bank(tmp_path / "bank").source("login_activity", "s3://bank/*.csv", COLUMNS)
    events: list[Any] = []

    first = land(bank.settings, bank.contract, on_event=events.append)
    again = land(bank.settings, bank.contract)
    bucket.put("2.csv", _login(3))
    bucket.put("copy-of-1.csv", _login(1))
    third = land(bank.settings, bank.contract)

    assert [file.is_new for file in first.files] == [True, True]
    assert [file.is_new for file in again.files] == [False, False]
    assert {file.name: file.is_new for file in third.files} == {
        "s3://bank/1.csv": False,
        "s3://bank/2.csv": True,
        "s3://bank/copy-of-1.csv": False,  # fetched, and known by its content
    }
    assert fetched == ["1.csv", "2.csv", "2.csv", "copy-of-1.csv"]
    told = [event for event in events if isinstance(event, StepProgressed)]
    assert [(event.name, event.done == event.total) for event in told] == [
        ("s3://bank/1.csv", True),
        ("s3://bank/2.csv", True),
    ]


def test_a_landed_file_that_was_lost_is_fetched_again(aws: Aws, tmp_path: Path) -> None:
    aws.bucket().put("1.csv", _login(1))
    bank = Bank(tmp_path / "bank").source("login_activity", "s3://bank/*.csv", COLUMNS)
    (file,) = land(bank.settings, bank.contract).files
    file.path.unlink()

    (again,) = land(bank.settings, bank.contract).files

    assert again.is_new
    assert again.path.read_text() == _login(1)


def _only(address: str) -> S3File:
    (file,) = S3Connector().files(project_folder=None, files={"rows": address}, options={})  # type: ignore[arg-type]
    assert isinstance(file.remote, S3File)
    return file.remote


def test_an_object_that_changes_after_it_was_listed_is_refused(aws: Aws) -> None:
    bucket = aws.bucket()
    bucket.put("1.csv", _login(1))
    listed = _only("s3://bank/1.csv")
    bucket.put("1.csv", _login(2))

    with pytest.raises(SourceError, match="changed or removed while it was read"):
        listed.fetch(io.BytesIO(), int)

    bucket.s3.delete_object(Bucket="bank", Key="1.csv")
    with pytest.raises(SourceError, match="changed or removed while it was read"):
        listed.fetch(io.BytesIO(), int)


def test_an_empty_object_is_an_empty_file(aws: Aws) -> None:
    aws.bucket().put("1.csv", "")
    target = io.BytesIO()

    _only("s3://bank/1.csv").fetch(target, int)

    assert target.getvalue() == b""


class _Breaking:
    """A connection that is lost after two reads."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._reads = 0
        self.close = raw.close

    def read(self, size: int | None = None) -> bytes:
        from urllib3.exceptions import ReadTimeoutError

        self._reads += 1
        if self._reads > 2:
            raise ReadTimeoutError(None, "here", "gone")  # type: ignore[arg-type]
        return bytes(self._raw.read(size))


def test_a_download_that_breaks_off_goes_on_where_it_stopped(aws: Aws) -> None:
    from botocore.response import StreamingBody

    content = bytes(range(256)) * 20_000
    aws.bucket().put("1.bin", content)
    starts: list[str] = []

    def breaking(http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
        if len(starts) < 3:
            parsed["Body"] = StreamingBody(_Breaking(http_response.raw), parsed["ContentLength"])

    aws.at("provide-client-params.s3.GetObject", lambda params, **_: starts.append(params.get("Range", "")))
    aws.at("after-call.s3.GetObject", breaking)
    target = io.BytesIO()

    _only("s3://bank/1.bin").fetch(target, int)

    assert target.getvalue() == content
    assert starts == ["", f"bytes={2 << 20}-", f"bytes={4 << 20}-"]


def test_what_aws_denies_is_said_with_the_right_that_lacks(aws: Aws) -> None:
    aws.bucket().put("1.csv", _login(1))
    listed = _only("s3://bank/1.csv")
    aws.allow_only("s3:PutObject")

    with pytest.raises(SourceError, match="AWS denies listing the bucket 'bank'") as caught:
        _offered("s3://bank/*.csv")
    assert "s3:ListBucket" in caught.value.fix
    with pytest.raises(SourceError, match="AWS denies reading it"):
        replace(listed, client=client("s3", region=None)).fetch(io.BytesIO(), int)


def test_one_bucket_that_is_missing_does_not_stop_the_others(aws: Aws, tmp_path: Path) -> None:
    aws.bucket().put("1.csv", _login(1))
    bank = Bank(tmp_path / "bank").source("login_activity", "s3://bank/*.csv", COLUMNS)
    bank.source("login_activity", "s3://gone-bank/*.csv", COLUMNS)

    result = land(bank.settings, bank.contract)

    assert [file.name for file in result.files] == ["s3://bank/1.csv"]
    assert ["there is no bucket 'gone-bank'" in each.reason for each in result.refused] == [True]
