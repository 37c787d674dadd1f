"""A pack's pack.toml, read strictly and without importing the pack."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import PackLoadError, suggestion
from fintech_accelerator.packs.models import ModelDeclaration, model_of
from fintech_accelerator.packs.names import RESERVED_PACK_NAMES
from fintech_accelerator.packs.readers import Reader, reader_of
from fintech_accelerator.toml_text import toml_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE_NAME = "pack.toml"
TABLES = ("pack", "requires", "improves_with", "exports", "imports", "models", "access")
PACK_KEYS = ("name", "title", "summary", "core_contract", "owner", "tier")
EXPORT_KEYS = ("grain", "version", "restricted")
IMPORT_KEYS = ("version", "optional")
ACCESS_KEYS = ("reads_pii", "roles")
TIERS = ("data", "code")
PACK_NAME = re.compile(r"[a-z][a-z0-9_]{2,29}")
LONGEST_NAME = 63  # what PostgreSQL and its relatives keep of an identifier
RANGE = re.compile(r"(>=|<=|<|>|==)\s*[0-9]+(\.[0-9]+){0,2}")


@dataclass(frozen=True)
class Export:
    """A public mart: what one row is, the version of its contract, and whether only few may read it."""

    relation: str
    grain: str
    version: int
    restricted: bool = False


@dataclass(frozen=True)
class Import:
    """Another pack's export that this pack uses; an optional one may be missing."""

    relation: str
    pack: str
    version: int
    optional: bool = False


@dataclass(frozen=True)
class Manifest:
    """What a pack says of itself; `version` is its distribution's."""

    name: str
    title: str
    summary: str
    core_contract: str
    owner: str
    tier: str
    version: str
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    improves_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exports: Mapping[str, Export] = field(default_factory=dict)
    imports: Mapping[str, Import] = field(default_factory=dict)
    reads_pii: tuple[str, ...] = ()
    readers: tuple[Reader, ...] = ()
    models: Mapping[str, ModelDeclaration] = field(default_factory=dict)

    @property
    def restricted(self) -> frozenset[str]:
        """The relations that only readers with a role of their own may see."""
        return frozenset(name for name, export in self.exports.items() if export.restricted)


def read_manifest(folder: Path, *, version: str = "local") -> Manifest:
    """Read `folder`/pack.toml. Raises PackLoadError with file and line."""
    path = folder / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise PackLoadError(
            f"{path} cannot be read: {cause}", fix="a pack needs a readable pack.toml at its root"
        ) from cause
    return parse_manifest(text, path=path, version=version)


def parse_manifest(text: str, *, path: Path, version: str) -> Manifest:
    """Read the text of a pack.toml. Raises PackLoadError with file and line."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        problem = toml_problem(cause, text)
        raise PackLoadError(f"{path} is not valid TOML: {problem}", fix="correct the line named") from cause
    return _Reader(text, path).manifest(raw, version)


class _Reader:
    """Turns the tables of one pack.toml into a Manifest; every error names the file and the line."""

    def __init__(self, text: str, path: Path) -> None:
        self.lines = text.splitlines()
        self.path = path

    def manifest(self, raw: dict[str, Any], version: str) -> Manifest:
        self.only_known(raw, TABLES, "table")
        pack = self.table(raw, "pack")
        self.only_known(pack, PACK_KEYS, "key of [pack]")
        name = self.name(pack)
        return Manifest(
            name=name,
            title=self.text(pack, "title"),
            summary=self.text(pack, "summary"),
            core_contract=self.contract_range(pack),
            owner=self.text(pack, "owner"),
            tier=self.choice(pack, "tier", TIERS, default="data"),
            version=version,
            requires=self.columns(raw, "requires"),
            improves_with=self.columns(raw, "improves_with"),
            exports=self.exports(raw, name),
            imports=self.imports(raw, name),
            reads_pii=self.reads_pii(raw),
            readers=self.readers(raw, name),
            models=self.models(raw, name),
        )

    def wrong(self, problem: str, key: str, *, fix: str = "correct the line") -> PackLoadError:
        return PackLoadError(f"{self.path}, line {self.line(key)}: {problem}", fix=fix)

    def line(self, key: str) -> int:
        pattern = re.compile(rf'^\s*\[?"?{re.escape(key)}"?\s*[=\]]')
        return next((number for number, text in enumerate(self.lines, 1) if pattern.match(text)), 1)

    def only_known(self, table: Mapping[str, Any], known: Iterable[str], what: str) -> None:
        names = tuple(known)
        for key in table:
            if key not in names:
                raise self.wrong(
                    f"there is no {what} called {key!r} (known: {', '.join(names)})",
                    key,
                    fix=suggestion(key, names, "remove it"),
                )

    def table(self, raw: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = raw.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{name!r} is not a table", name)
        return value

    def name(self, pack: Mapping[str, Any]) -> str:
        name = self.text(pack, "name")
        if not PACK_NAME.fullmatch(name) or "__" in name:
            raise self.wrong(
                f"{name!r} is not a pack's name",
                "name",
                fix="use 3 to 30 of a-z, 0-9 and _, a letter first, no double underscore",
            )
        if name in RESERVED_PACK_NAMES:
            raise self.wrong(
                f"the name {name!r} is reserved", "name", fix="choose a name that says the use case"
            )
        return name

    def text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if value is None:
            raise self.wrong(f"{key!r} is missing", "pack", fix=f"add {key} to [pack]")
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.wrong(f"{key} has to be a line of text, found {value!r}", key)
        return value.strip()

    def choice(self, table: Mapping[str, Any], key: str, known: tuple[str, ...], *, default: str) -> str:
        value = table.get(key, default)
        if value not in known:
            raise self.wrong(f"{key} is {value!r}; it may be {' or '.join(known)}", key)
        return str(value)

    def contract_range(self, pack: Mapping[str, Any]) -> str:
        text = self.text(pack, "core_contract")
        if not all(RANGE.fullmatch(part.strip()) for part in text.split(",")):
            raise self.wrong(
                f"core_contract is {text!r}, which is no version range",
                "core_contract",
                fix='write such as ">=1,<2"',
            )
        return text

    def columns(self, raw: Mapping[str, Any], name: str) -> dict[str, tuple[str, ...]]:
        result = {}
        for table, columns in self.table(raw, name).items():
            if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
                raise self.wrong(f"{name}.{table} has to be a list of column names", table)
            result[table] = tuple(columns)
        return result

    def exports(self, raw: Mapping[str, Any], name: str) -> dict[str, Export]:
        result = {}
        for relation, entry in self.table(raw, "exports").items():
            self.relation_entry(relation, entry, EXPORT_KEYS)
            if not relation.startswith(f"{name}__"):
                raise self.wrong(f"the export {relation!r} does not begin with {name + '__'!r}", relation)
            grain = entry.get("grain")
            if not isinstance(grain, str) or not grain.strip():
                raise self.wrong(f"the export {relation!r} does not say its grain", relation)
            restricted = self.flag(entry, "restricted", relation)
            result[relation] = Export(relation, grain, self.version(entry, relation), restricted)
        return result

    def imports(self, raw: Mapping[str, Any], name: str) -> dict[str, Import]:
        result = {}
        for relation, entry in self.table(raw, "imports").items():
            self.relation_entry(relation, entry, IMPORT_KEYS)
            pack = relation.partition("__")[0]
            if pack == name:
                raise self.wrong(f"{relation!r} is the pack's own", relation, fix="import only other packs'")
            optional = self.flag(entry, "optional", relation)
            result[relation] = Import(relation, pack, self.version(entry, relation), optional)
        return result

    def relation_entry(self, relation: str, entry: Any, keys: tuple[str, ...]) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*__[a-z][a-z0-9_]*", relation) or len(relation) > LONGEST_NAME:
            raise self.wrong(f"{relation!r} is not a relation's name such as 'fraud__kpi_daily'", relation)
        if not isinstance(entry, dict):
            raise self.wrong(f"{relation!r} has to be a table such as {{ version = 1 }}", relation)
        for key in entry:
            if key not in keys:
                raise self.wrong(f"{relation!r} has no key {key!r} (keys: {', '.join(keys)})", relation)

    def version(self, entry: Mapping[str, Any], relation: str) -> int:
        version = entry.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise self.wrong(f"{relation!r} needs a version, a whole number from 1", relation)
        return version

    def flag(self, entry: Mapping[str, Any], key: str, relation: str) -> bool:
        value = entry.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key} of {relation!r} has to be true or false", relation)
        return value

    def reads_pii(self, raw: Mapping[str, Any]) -> tuple[str, ...]:
        access = self.table(raw, "access")
        self.only_known(access, ACCESS_KEYS, "key of [access]")
        columns = access.get("reads_pii", [])
        shape = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
        if not isinstance(columns, list) or not all(
            isinstance(column, str) and shape.fullmatch(column) for column in columns
        ):
            raise self.wrong(
                "reads_pii has to be a list of columns such as 'customers.birth_year'", "reads_pii"
            )
        return tuple(columns)

    def readers(self, raw: Mapping[str, Any], name: str) -> tuple[Reader, ...]:
        roles = self.table(raw, "access").get("roles", {})
        if not isinstance(roles, dict):
            raise self.wrong("roles has to be a table of roles", "roles")
        try:
            return tuple(reader_of(role, entry, name) for role, entry in sorted(roles.items()))
        except ValueError as cause:
            raise self.wrong(f"[access.roles]: {cause}", "access.roles") from cause

    def models(self, raw: Mapping[str, Any], name: str) -> dict[str, ModelDeclaration]:
        result = {}
        for model, entry in self.table(raw, "models").items():
            try:
                result[model] = model_of(model, entry, name)
            except ValueError as cause:
                raise self.wrong(f"[models]: {cause}", f"models.{model}") from cause
        return result
