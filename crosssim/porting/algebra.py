"""Sums and products of an expression, so that a rule need not care how the author wrote them."""

from collections.abc import Mapping

from crosssim.porting.syntax import Node

NUMBERS = ("Integer", "Double", "Float", "DoubleUnit")


def terms(node: Node, sign: int = 1) -> list[tuple[int, Node]]:
    """The summands with their signs: ``-a + (b - c)`` gives (-1, a), (1, b), (-1, c)."""
    if node.kind == "BinaryExpression" and node.text in "+-" and len(node.children) == 2:
        left, right = node.children
        return terms(left, sign) + terms(right, sign if node.text == "+" else -sign)
    if node.kind == "UnaryExpression" and node.text == "-":
        return terms(node.children[0], -sign)
    return [(sign, node)]


def factors(node: Node) -> tuple[list[Node], list[Node]]:
    """Numerator and denominator of a product, signs dropped: ``-a*(b/c)`` gives [a, b], [c]."""
    if node.kind == "BinaryExpression" and node.text in ("*", "/"):
        above, below = factors(node.children[0])
        other_above, other_below = factors(node.children[1])
        if node.text == "/":
            other_above, other_below = other_below, other_above
        return above + other_above, below + other_below
    if node.kind == "UnaryExpression" and node.text == "-":
        return factors(node.children[0])
    return [node], []


def difference(node: Node) -> tuple[Node, Node] | None:
    """``(a, b)`` of ``a - b``, else ``None``."""
    if node.kind == "BinaryExpression" and node.text == "-":
        return node.children[0], node.children[1]
    return None


def is_name(node: Node, name: str) -> bool:
    """Whether the node is just this variable."""
    return node.kind == "Name" and node.text == name


def driving_force(node: Node) -> Node | None:
    """``E`` of a factor ``(v - E)`` in a product, ``None`` if the product has no such factor."""
    for factor in factors(node)[0]:
        pair = difference(factor)
        if pair and is_name(pair[0], "v"):
            return pair[1]
    return None


def number(node: Node, known: Mapping[str, float]) -> float | None:
    """The value of a number, of a parameter in ``known``, or of sums and products of them; ``None`` if not known."""
    if node.kind in NUMBERS:
        return _literal(node)
    if node.kind == "Name":
        return known.get(node.text)
    values = [number(child, known) for child in node.children]
    if node.kind == "UnaryExpression" and node.text == "-" and values[0] is not None:
        return -values[0]
    if node.kind == "BinaryExpression" and values[0] is not None and values[1] is not None:
        return _combined(node.text, values[0], values[1])
    return None


def _literal(node: Node) -> float | None:
    text = node.text or (node.children[0].text if node.children else "")
    try:
        return float(text)
    except ValueError:
        return None


def _combined(operator: str, left: float, right: float) -> float | None:
    if operator == "/" and right == 0:
        return None
    results = {"+": left + right, "-": left - right, "*": left * right}
    return left / right if operator == "/" else results.get(operator)


def formula(node: Node) -> str:
    """The expression as text, for a message."""
    if node.kind == "BinaryExpression":
        left, right = node.children
        return f"{_bracketed(left, node)} {node.text} {_bracketed(right, node)}"
    if node.kind == "UnaryExpression":
        return node.text + _bracketed(node.children[0], node)
    if node.kind == "FunctionCall":
        return f"{node.text}({', '.join(formula(child) for child in node.children)})"
    if node.kind == "IndexedName":
        return f"{node.text}[{formula(node.children[0])}]" if node.children else node.text
    return node.text or (formula(node.children[0]) if node.children else "")


def _bracketed(child: Node, parent: Node) -> str:
    """The child's text, in brackets where it binds less than its parent or is the second operand of - or /."""
    text = formula(child)
    if child.kind != "BinaryExpression" or parent.text in ("=", "==", "<", ">", "<=", ">=", "&&", "||"):
        return text
    second = len(parent.children) == 2 and child is parent.children[1] and parent.text in "-/"
    loose = child.text in "+-" and parent.text in "*/^-" and parent.text != child.text
    return f"({text})" if second or loose or parent.kind == "UnaryExpression" else text
