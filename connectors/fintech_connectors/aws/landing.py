"""The `s3` connector: objects of buckets by address or pattern; what is unchanged is not fetched again."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure, FintechError, SettingsError, SourceError, nearest
from fintech_accelerator.ports import SourceFile
from fintech_connectors.aws.clients import CHANGED, DENIED, MISSING, WHO_ASKS, client, code_of
from fintech_connectors.aws.patterns import KeyPattern, read_pattern
from fintech_connectors.files import expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fintech_accelerator.ports import Writable

CHUNK = 1 << 20
ATTEMPTS = 5  # of a download that breaks off: it goes on where it stopped
SHOWN = 3
LOOKED_AT = 1000  # names beside one that is not found


class S3Connector:
    """Objects: `files = { alias = "s3://bucket/folder/*.csv.gz" }`, and `options = { region = ... }`."""

    name = "s3"

    def files(
        self, *, project_folder: Path, files: Mapping[str, str], options: Mapping[str, Any]
    ) -> Iterable[SourceFile]:
        """Every match of every pattern, listed, not fetched. Raises SourceError for one without a match."""
        del project_folder
        if unknown := next((name for name in options if name != "region"), None):
            raise SettingsError(
                f"the connector 's3' has no option {unknown!r}",
                fix='its one option is region: options = { region = "eu-central-1" }',
            )
        patterns = {alias: read_pattern(expanded(address)) for alias, address in sorted(files.items())}
        asked = client("s3", region=options.get("region"))
        return tuple(
            SourceFile(alias, Path(found.address), found.address, found)
            for alias, pattern in patterns.items()
            for found in _matches(asked, pattern)
        )


@dataclass(frozen=True)
class S3File:
    """An object as it was listed."""

    client: Any
    bucket: str
    key: str
    etag: str
    size_bytes: int
    changed_at: str

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def version(self) -> str:
        """Whoever overwrites an object changes its tag, its size or its time: a listing gives all three."""
        return "\n".join((self.address, self.etag, str(self.size_bytes), self.changed_at))

    def fetch(self, target: Writable, on_bytes: Callable[[int], None]) -> None:
        """Download this version and no other; a connection that breaks off is taken up where it stopped."""
        from botocore.exceptions import BotoCoreError, ClientError

        done = 0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                for chunk in self._chunks(done):
                    target.write(chunk)
                    done += len(chunk)
                    on_bytes(len(chunk))
            except ClientError as cause:
                raise self._refusal(cause) from cause
            except BotoCoreError as cause:
                if attempt == ATTEMPTS or not _broke_off(cause):
                    raise unreachable(self.address, cause) from cause
            else:
                break
        if done != self.size_bytes:
            raise SourceError(f"{self.address}: {done:,} of {self.size_bytes:,} bytes came", fix="run again")

    def _chunks(self, start: int) -> Iterator[bytes]:
        if start >= self.size_bytes:  # also of an empty object: no range of it can be asked for
            return
        wanted = {"Range": f"bytes={start}-"} if start else {}
        answer = self.client.get_object(Bucket=self.bucket, Key=self.key, IfMatch=self.etag, **wanted)
        with closing(answer["Body"]) as body:
            yield from body.iter_chunks(CHUNK)

    def _refusal(self, cause: Exception) -> FintechError:
        code = code_of(cause)
        if code in CHANGED or code in MISSING:
            return SourceError(
                f"{self.address}: it was changed or removed while it was read", fix="run again"
            )
        if code == "InvalidObjectState":
            return SourceError(
                f"{self.address}: it lies in an archive and cannot be read",
                fix=f"aws s3api restore-object --bucket {self.bucket} --key {self.key}"
                " --restore-request Days=7, and run again when it is back",
            )
        if code in DENIED:
            return SourceError(
                f"{self.address}: AWS denies reading it",
                fix=f"let this role do s3:GetObject there, and kms:Decrypt with its key; {WHO_ASKS}",
            )
        return unreachable(self.address, cause)


def unreachable(address: str, cause: Exception) -> EnvironmentFailure:
    """What to say when AWS does not answer, or knows nobody of this name."""
    return EnvironmentFailure(
        f"S3 cannot be asked about {address}: {cause}",
        fix=f"check network, region and credentials ({WHO_ASKS}), then run again",
    )


def _broke_off(cause: Exception) -> bool:
    from botocore.exceptions import ConnectionError as Broken
    from botocore.exceptions import HTTPClientError, IncompleteReadError

    return isinstance(cause, (Broken, HTTPClientError, IncompleteReadError))


def _matches(asked: Any, pattern: KeyPattern) -> list[S3File]:
    """Raises SourceError when nothing matches or the bucket is shut, EnvironmentFailure without an answer."""
    from botocore.exceptions import BotoCoreError, ClientError

    address = f"s3://{pattern.bucket}/{pattern.key}"
    try:
        found = [
            _file(asked, pattern.bucket, entry)
            for entry in _listed(asked, pattern)
            if pattern.matches(entry["Key"]) and not entry["Key"].endswith("/")
        ]
        if not found:
            raise SourceError(
                f"no object matches {address!r} ({_nearest_place(asked, pattern)})",
                fix="correct the pattern in fintech.toml, or put the objects there",
            )
    except ClientError as cause:
        raise _listing_refused(pattern.bucket, address, cause) from cause
    except BotoCoreError as cause:
        raise unreachable(address, cause) from cause
    exact = [file for file in found if file.key == pattern.key]  # a name with a bracket in it is a name
    return exact or found


def _listed(asked: Any, pattern: KeyPattern) -> Iterator[dict[str, Any]]:
    for page in asked.get_paginator("list_objects_v2").paginate(Bucket=pattern.bucket, Prefix=pattern.prefix):
        yield from page.get("Contents", ())


def _file(asked: Any, bucket: str, entry: Mapping[str, Any]) -> S3File:
    changed_at = entry["LastModified"].isoformat()
    return S3File(asked, bucket, entry["Key"], entry["ETag"], int(entry["Size"]), changed_at)


def _listing_refused(bucket: str, address: str, cause: Exception) -> FintechError:
    code = code_of(cause)
    if code in MISSING:
        return SourceError(
            f"there is no bucket {bucket!r}", fix=f"correct {address!r} in fintech.toml; {WHO_ASKS}"
        )
    if code in DENIED:
        return SourceError(
            f"AWS denies listing the bucket {bucket!r}",
            fix=f"let this role do s3:ListBucket on it and s3:GetObject in it; {WHO_ASKS}",
        )
    return unreachable(address, cause)


def _nearest_place(asked: Any, pattern: KeyPattern) -> str:
    """What does lie there: of the deepest folder, the name spelt most like what was asked."""
    folder = pattern.folder
    while True:
        page = asked.list_objects_v2(Bucket=pattern.bucket, Prefix=folder, Delimiter="/", MaxKeys=LOOKED_AT)
        names = [each["Prefix"] for each in page.get("CommonPrefixes", ())]
        names += [each["Key"] for each in page.get("Contents", ()) if each["Key"] != folder]
        if names or not folder:
            break
        folder = folder[: folder.rstrip("/").rfind("/") + 1]
    place = f"s3://{pattern.bucket}/{folder}"
    if not names:
        return f"{place} is empty"
    known = [name.removeprefix(folder).rstrip("/") for name in names]
    asked_for = pattern.key.removeprefix(folder).partition("/")[0]
    if close := nearest(asked_for, known):
        return f"{place} has {close!r}"
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"{place} has {', '.join(known[:SHOWN])}{more}"
