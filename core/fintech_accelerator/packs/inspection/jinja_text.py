"""What jinja a pack's SQL may hold: an allow-list over its syntax tree. Functions are only called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.packs.inspection.jinja_rules import (
    CONFIG_KEYS,
    DBT_MACROS,
    FILTERS,
    FUNCTIONS,
    LOOP_ATTRIBUTES,
    MACRO_NAME,
    METHODS,
    PLAIN,
    Allowed,
    is_plain,
)
from fintech_accelerator.packs.inspection.problem import Problem
from fintech_accelerator.packs.names import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import nodes


def check_jinja(text: str, *, file: str, allowed: Allowed, is_macro_file: bool = False) -> list[Problem]:
    """Everything in a SQL file's jinja that a pack may not do."""
    import jinja2

    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701  (SQL, only parsed)
    try:
        tree = environment.parse(text)
    except (jinja2.TemplateSyntaxError, RecursionError) as cause:
        return [Problem(file, getattr(cause, "lineno", 1), f"its jinja does not parse: {cause}")]
    inspector = _Inspector(file=file, allowed=allowed, is_macro_file=is_macro_file)
    inspector.collect_names(tree)
    inspector.visit(tree)
    return inspector.problems


@dataclass
class _Inspector:
    file: str
    allowed: Allowed
    is_macro_file: bool
    problems: list[Problem] = field(default_factory=list)
    local_names: set[str] = field(default_factory=set)

    def refuse(self, node: nodes.Node, text: str) -> None:
        self.problems.append(Problem(self.file, node.lineno, text))

    def collect_names(self, tree: nodes.Template) -> None:
        from jinja2 import nodes

        known = CONTEXT | FUNCTIONS | {"core", "dbt", self.allowed.pack}
        for name in tree.find_all(nodes.Name):
            if name.ctx in ("store", "param"):
                if name.name in known or name.name.startswith("_"):
                    self.refuse(name, f"it gives the name {name.name!r} a meaning of its own")
                self.local_names.add(name.name)

    def visit(self, node: nodes.Node) -> None:
        special: Mapping[str, Callable[[Any], None]] = {
            "Name": self.name,
            "Call": self.call,
            "Getattr": self.attribute,
            "Filter": self.filter,
            "Macro": self.macro,
            "Const": self.constant,
            "Getitem": self.item,
        }
        kind = type(node).__name__
        if kind in special:
            special[kind](node)
        elif kind in PLAIN:
            self.children(node)
        else:
            self.refuse(node, f"a pack may not use {kind.lower()!r} in jinja")

    def children(self, node: nodes.Node) -> None:
        for child in node.iter_child_nodes():
            self.visit(child)

    def constant(self, node: nodes.Const) -> None:
        if isinstance(node.value, str) and any(mark in node.value for mark in ("{{", "{%", "{#")):
            self.refuse(node, "it hides jinja inside a text")

    def name(self, node: nodes.Name) -> None:
        if node.ctx == "load" and node.name not in self.local_names | {"this"}:
            self.refuse(node, f"it uses {node.name!r}, which a pack may not, or may only call")

    def attribute(self, node: nodes.Getattr) -> None:
        from jinja2 import nodes

        base = node.node.name if isinstance(node.node, nodes.Name) else None
        is_known = (
            (base == "target" and node.attr == "type")
            or (base == "loop" and node.attr in LOOP_ATTRIBUTES)
            or (base in self.local_names and not node.attr.startswith("_"))
        )
        if not is_known:
            self.refuse(node, f"it reads the attribute {node.attr!r} of {base or 'an expression'}")

    def item(self, node: nodes.Getitem) -> None:
        from jinja2 import nodes

        base = node.node
        is_own_macro = isinstance(base, nodes.Call) and (
            isinstance(base.node, nodes.Name) and base.node.name.startswith(f"{self.allowed.pack}__")
        )
        is_local = isinstance(base, nodes.Name) and base.name in self.local_names
        if not (is_own_macro or is_local or isinstance(base, nodes.Getitem | nodes.Getattr)):
            self.refuse(node, "it takes an item of something that is not its own")
        if isinstance(node.arg, nodes.Const) and str(node.arg.value).startswith("_"):
            self.refuse(node, f"it takes the item {node.arg.value!r}")
        if any(node.arg.find_all(nodes.Concat)):
            self.refuse(node, "it puts the name of an item together")
        self.visit(base)
        self.visit(node.arg)

    def filter(self, node: nodes.Filter) -> None:
        if node.name not in FILTERS:
            self.refuse(node, f"it uses the filter {node.name!r}")
        self.children(node)

    def macro(self, node: nodes.Macro) -> None:
        found = MACRO_NAME.fullmatch(node.name)
        if not self.is_macro_file:
            self.refuse(node, "macros stand in dbt/macros")
        if not found or not found["name"].startswith(f"{self.allowed.pack}__"):
            self.refuse(node, f"the macro {node.name!r} does not begin with '{self.allowed.pack}__'")
        self.children(node)

    def call(self, node: nodes.Call) -> None:
        from jinja2 import nodes

        callee = node.node
        if isinstance(callee, nodes.Name):
            self.call_by_name(node, callee.name)
        elif isinstance(callee, nodes.Getattr) and isinstance(callee.node, nodes.Name):
            self.call_of_member(node, callee.node.name, callee.attr)
        elif not self.is_dispatch(callee):
            self.refuse(node, "it calls something that is not called by its name")
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self.refuse(node, "it passes arguments by * or **")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument)

    def is_dispatch(self, callee: nodes.Expr) -> bool:
        """Whether this is adapter.dispatch('<pack>__x', '<pack>'), the result of which is called."""
        from jinja2 import nodes

        return (
            isinstance(callee, nodes.Call)
            and isinstance(callee.node, nodes.Getattr)
            and isinstance(callee.node.node, nodes.Name)
            and (callee.node.node.name, callee.node.attr) == ("adapter", "dispatch")
            and len(callee.args) == 2  # noqa: PLR2004  (the macro and its namespace)
            and not callee.kwargs
            and all(isinstance(argument, nodes.Const) for argument in callee.args)
            and str(callee.args[0].value).startswith(f"{self.allowed.pack}__")  # type: ignore[attr-defined]
            and callee.args[1].value == self.allowed.pack  # type: ignore[attr-defined]
        )

    def call_by_name(self, node: nodes.Call, name: str) -> None:
        if name == "config":
            self.config(node)
        elif name == "ref":
            self.ref(node)
        elif name == "var":
            self.parameter(node, is_dated=False)
        elif name not in FUNCTIONS and not name.startswith(f"{self.allowed.pack}__"):
            self.refuse(node, f"it calls {name!r}, which a pack may not")

    def call_of_member(self, node: nodes.Call, base: str, member: str) -> None:
        if base == "core":
            if member not in self.allowed.core_macros or member.startswith("_"):
                self.refuse(node, f"the core has no macro {member!r}")
            elif member == "parameter":
                self.parameter(node, is_dated=True)
            elif member == "import_or_empty":
                self.optional_import(node)
        elif base == "dbt":
            if member not in DBT_MACROS:
                self.refuse(node, f"it calls dbt.{member}, which a pack may not")
        elif base == self.allowed.pack:
            if not member.startswith(f"{self.allowed.pack}__"):
                self.refuse(node, f"the pack has no macro {member!r}")
        elif base not in self.local_names or member not in METHODS:
            self.refuse(node, f"it calls {base}.{member}, which a pack may not")

    def texts(self, node: nodes.Call) -> list[str] | None:
        from jinja2 import nodes

        values = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        plain = len(values) == len(node.args) and all(isinstance(value, str) for value in values)
        return values if plain else None

    def ref(self, node: nodes.Call) -> None:
        names = self.texts(node)
        if names is None or node.kwargs or len(names) not in (1, 2):
            self.refuse(node, "ref takes one or two plain names")
            return
        package, model = (self.allowed.pack, names[0]) if len(names) == 1 else names
        if package == "core":
            if model in self.allowed.vault:
                self.refuse(node, f"it reads {model!r}, which holds direct identifiers of persons")
            return
        if package == self.allowed.pack:
            if model not in self.allowed.models:
                self.refuse(node, f"the pack has no model {model!r} (the core's are ref('core', ...))")
        elif self.allowed.imports.get(model) != package:
            self.refuse(
                node, f"it reads {model!r} of {package!r}, which [imports] in pack.toml does not name"
            )

    def optional_import(self, node: nodes.Call) -> None:
        from jinja2 import nodes

        names = [argument.value for argument in node.args[:2] if isinstance(argument, nodes.Const)]
        if len(names) != 2 or self.allowed.imports.get(names[1]) != names[0]:  # noqa: PLR2004  (pack and mart)
            self.refuse(node, "import_or_empty takes a pack and a mart that [imports] in pack.toml names")

    def parameter(self, node: nodes.Call, *, is_dated: bool) -> None:
        from jinja2 import nodes

        first = node.args[0] if node.args else None
        name = first.value if isinstance(first, nodes.Const) else None
        if not is_dated and (len(node.args) != 1 or node.kwargs):
            self.refuse(node, "var takes one plain name; the default stands in parameters.toml")
            return
        declared = self.allowed.parameters.get(str(name))
        if declared is None:
            self.refuse(node, f"parameters.toml declares no {name!r}")
        elif declared.is_dated and not is_dated:
            self.refuse(node, f"{name!r} is regulatory: read it with core.parameter('{name}', date)")
        elif is_dated and not declared.is_dated:
            self.refuse(node, f"{name!r} is {declared.kind}: read it with var('{name}')")

    def config(self, node: nodes.Call) -> None:
        if self.is_macro_file or node.args:
            self.refuse(node, "config stands in a model and takes only named values")
        for keyword in node.kwargs:
            if keyword.key not in CONFIG_KEYS:
                self.refuse(keyword, f"config may not set {keyword.key!r}")
            try:
                value = keyword.value.as_const()
            except Exception:  # noqa: BLE001  (jinja raises Impossible, which is no Exception of its own kind)
                self.refuse(keyword, f"config({keyword.key}=...) has to be a plain value")
                continue
            if not is_plain(value):
                self.refuse(keyword, f"config({keyword.key}=...) holds more than plain names and numbers")
