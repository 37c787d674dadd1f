"""The relations a pack publishes, as its dbt yml files describe them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.schemas import restricted_schema
from fintech_accelerator.packs.model_config import configured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.strict_yaml import Document


@dataclass(frozen=True)
class MartColumn:
    """One published column."""

    name: str
    type: str
    pii: str
    description: str


@dataclass(frozen=True)
class Mart:
    """A published relation of a pack: where it is built, who may see it, and its columns."""

    name: str
    schema: str
    restricted: bool
    time_column: str | None
    grain: str
    columns: tuple[MartColumn, ...]
    file: str  # the model's SQL, relative to the pack's folder
    day_column: str | None = None  # of an incremental mart: its days are replaced
    event_tables: tuple[str, ...] = ()  # whose touched days an incremental mart builds again
    reach_days: int = 0  # so many days after a touched one are built again, too
    reach_back_days: int = 0  # and so many before it

    def as_plain(self) -> dict[str, Any]:
        """The mart as JSON keeps it."""
        return asdict(self)


def mart_of_plain(plain: Mapping[str, Any]) -> Mart:
    """A mart from what `as_plain` gave."""
    columns = tuple(MartColumn(**column) for column in plain["columns"])
    tables = tuple(plain.get("event_tables", ()))
    return Mart(**{**plain, "columns": columns, "event_tables": tables})


def relation_names(files: Iterable[str]) -> Iterator[str]:
    """The names of the models and seeds among a pack's files."""
    for file in files:
        path = PurePosixPath(file)
        if path.parts[:2] in {("dbt", "models"), ("dbt", "seeds")} and path.suffix in {".sql", ".csv"}:
            yield path.stem


def mart_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SQL file of each mart by its name: every model that is neither staging nor intermediate."""
    paths = [PurePosixPath(name) for name in files]
    return {
        path.stem: str(path)
        for path in paths
        if path.suffix == ".sql"
        and path.parts[:2] == ("dbt", "models")
        and not path.name.startswith(("stg_", "int_"))
    }


def meta_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The `meta` of a yml entry, at its top or inside `config`."""
    config = entry.get("config")
    inner = config.get("meta") if isinstance(config, dict) else None
    outer = entry.get("meta")
    return {
        **(outer if isinstance(outer, dict) else {}),
        **(inner if isinstance(inner, dict) else {}),
    }


def described_models(documents: Mapping[str, Document]) -> dict[str, tuple[str, int, dict[str, Any]]]:
    """Each model that a yml describes: the file, the line and the entry."""
    found = {}
    for file, document in documents.items():
        models = document.value.get("models") if isinstance(document.value, dict) else None
        for index, entry in enumerate(models if isinstance(models, list) else []):
            if isinstance(entry, dict) and isinstance(entry.get("name"), str):
                found[entry["name"]] = (file, document.line("models", index), entry)
    return found


def read_marts(
    manifest: Manifest, files: Mapping[str, bytes], documents: Mapping[str, Document]
) -> tuple[Mart, ...]:
    """The marts of an inspected pack, in the order of their names."""
    described = described_models(documents)
    return tuple(
        _mart(manifest, name, file, described[name][2], configured(files[file].decode()))
        for name, file in sorted(mart_files(files).items())
        if name in described
    )


def _mart(
    manifest: Manifest, name: str, file: str, entry: Mapping[str, Any], config: Mapping[str, Any]
) -> Mart:
    restricted = name in manifest.restricted
    export = manifest.exports.get(name)
    meta = {**meta_of(entry), **meta_of(config)}
    time_column = meta.get("time_column")
    is_incremental = config.get("materialized") == "incremental"
    return Mart(
        name=name,
        schema=restricted_schema(manifest.name) if restricted else manifest.name,
        restricted=restricted,
        time_column=str(time_column) if time_column else None,
        grain=export.grain if export else "",
        columns=tuple(
            MartColumn(
                name=str(column["name"]),
                type=str(column.get("data_type", "")),
                pii=str(meta_of(column).get("pii", "")),
                description=str(column.get("description", "")).strip(),
            )
            for column in entry.get("columns", [])
        ),
        file=file,
        day_column=next(iter(_names(config.get("unique_key"))), None) if is_incremental else None,
        event_tables=_names(meta.get("event_table")) if is_incremental else (),
        reach_days=int(meta.get("reach_days", 0)),
        reach_back_days=int(meta.get("reach_back_days", 0)),
    )


def _names(given: Any) -> tuple[str, ...]:
    """One name or a list of them."""
    return tuple(str(each) for each in ([given] if isinstance(given, str) else given or ()))
