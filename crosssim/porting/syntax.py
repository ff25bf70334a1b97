"""The syntax tree of a mechanism: the JSON that ``nmodl`` writes, with wrappings that say nothing taken off."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_TRANSPARENT = {"WrappedExpression", "ParenExpression", "VarName", "ExpressionStatement", "ReactVarName"}
_NAMED = {
    "IndexedName", "FunctionCall", "RangeVar", "GlobalVar", "PointerVar", "BbcorePointerVar", "RandomVar", "LocalVar",
    "NonspecificCurVar", "ElectrodeCurVar", "ReadIonVar", "WriteIonVar", "Argument", "AssignedDefinition",
    "ParamAssign", "Useion", "FunctionBlock", "ProcedureBlock", "DerivativeBlock", "KineticBlock", "LinearBlock",
    "NonLinearBlock", "DiscreteBlock", "SolveBlock", "FromStatement",
}  # fmt: skip
KEPT_DISCONTINUITY = "crosssim_sets"
"""What ``state_discontinuity`` is called while nmodl reads it (see :mod:`crosssim.porting.nmodl`): an assignment."""
_COMMENTS = {"BlockComment", "LineComment", "Model"}
_PLACED_LEAVES = {"Name", "PrimeName", "Integer", "Double", "Float", "Verbatim"}


@dataclass(frozen=True)
class Node:
    """One node: its kind in NMODL's own words, its name, operator or number, its children and its source line.

    An assignment is a ``BinaryExpression`` with ``text`` "=" and two children.
    """

    kind: str
    text: str = ""
    children: tuple["Node", ...] = ()
    line: int = 0

    @property
    def stands_in_source(self) -> bool:
        """Whether ``text`` is a word of the source that can be found there (an operator is not searched for)."""
        return self.kind in _PLACED_LEAVES or self.kind in _NAMED

    @property
    def is_assignment(self) -> bool:
        """Whether this sets a variable."""
        return self.kind == "BinaryExpression" and self.text == "="


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the source."""
    yield node
    for child in node.children:
        yield from walk(child)


def find(node: Node, *kinds: str) -> Iterator[Node]:
    """All nodes of these kinds, in the order of the source."""
    return (one for one in walk(node) if one.kind in kinds)


def assignments(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """Every assignment below ``node``: the name set, the value's expression, the assignment itself."""
    return ((one.children[0].text, one.children[1], one) for one in walk(node) if one.is_assignment)


def names(node: Node) -> set[str]:
    """The variables read in an expression; names of functions called are not among them."""
    return {one.text for one in find(node, "Name", "IndexedName", "PrimeName")}


def from_json(entry: dict[str, Any]) -> Node:
    """The tree below one entry ``{kind: [children]}`` of nmodl's JSON, without lines."""
    ((kind, content),) = entry.items()
    if not isinstance(content, list):
        return Node(kind, str(content))
    children = tuple(from_json(child) for child in content)
    children = tuple(child for child in children if child.kind not in _COMMENTS)
    if kind in _TRANSPARENT and len(children) == 1:
        return children[0]
    if kind == "BinaryExpression" and len(children) == 3:
        return Node(kind, children[1].text, (children[0], children[2]))
    if kind == "PrimeName":
        return Node(kind, children[0].text)
    if kind == "FunctionCall" and children and children[0].text == KEPT_DISCONTINUITY and len(children) == 3:
        return Node("BinaryExpression", "=", children[1:])
    if children and (kind in _NAMED or kind == "UnaryExpression"):
        return Node(kind, children[0].text, children[1:])
    if len(children) == 1 and children[0].kind in ("name", "String"):
        return Node(kind, children[0].text)
    return Node(kind, "", children)


def original_names(node: Node) -> Node:
    """The tree with the names of arguments as the author wrote them: nmodl writes ``_lv`` for an argument ``v``."""
    renamed = {one.text for one in find(node, "Argument") if one.text.startswith("_l")}
    return _renamed(node, renamed) if renamed else node


def _renamed(node: Node, arguments: set[str]) -> Node:
    children = tuple(_renamed(child, arguments) for child in node.children)
    text = node.text.removeprefix("_l") if node.text in arguments else node.text
    return replace(node, text=text, children=children)
