"""Source lines for a syntax tree that has none: each block's words are aligned with the words of the same block.

``nmodl`` moves blocks (two INITIAL become one at the end) and rewrites some statements before it writes its tree, so
the words are aligned block by block and those without a partner take the line of the word before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from crosssim.porting.syntax import Node, walk
from crosssim.porting.tokens import NMODL, Token, TokenKind, tokens

BLOCK_KEYWORDS = {
    "NeuronBlock": "NEURON", "UnitBlock": "UNITS", "ParamBlock": "PARAMETER", "AssignedBlock": "ASSIGNED",
    "StateBlock": "STATE", "ConstantBlock": "CONSTANT", "InitialBlock": "INITIAL", "BreakpointBlock": "BREAKPOINT",
    "DerivativeBlock": "DERIVATIVE", "KineticBlock": "KINETIC", "LinearBlock": "LINEAR", "NonLinearBlock": "NONLINEAR",
    "DiscreteBlock": "DISCRETE", "FunctionBlock": "FUNCTION", "ProcedureBlock": "PROCEDURE",
    "NetReceiveBlock": "NET_RECEIVE", "BeforeBlock": "BEFORE", "AfterBlock": "AFTER",
    "FunctionTableBlock": "FUNCTION_TABLE", "ConstructorBlock": "CONSTRUCTOR", "DestructorBlock": "DESTRUCTOR",
    "Verbatim": "VERBATIM",
}  # fmt: skip
"""The keyword that opens each kind of block."""

_BRACES = {"{": 1, "}": -1}


@dataclass(frozen=True)
class SourceBlock:
    """A block of the source: its keyword, the words of its head and body, and the line it opens on."""

    keyword: str
    words: tuple[Token, ...]
    line: int


def with_lines(program: Node, source: str) -> Node:
    """The tree with the line of every node; ``source`` is the text that it was parsed from."""
    blocks = list(source_blocks(source))
    used: set[int] = set()
    return replace(program, children=tuple(_placed_block(child, blocks, used) for child in program.children), line=1)


def source_blocks(source: str) -> Iterator[SourceBlock]:
    """The top-level blocks of an NMODL source, in order."""
    keywords = set(BLOCK_KEYWORDS.values())
    keyword, line, depth = "", 1, 0
    words: list[Token] = []
    for token in tokens(source, NMODL):
        if token.kind is TokenKind.VERBATIM and depth == 0:
            yield SourceBlock("VERBATIM", (token,), token.line)
            continue
        if depth == 0 and token.text in keywords and token.kind is TokenKind.NAME:
            keyword, line, words = token.text, token.line, []
        words.append(token)
        depth += _BRACES.get(token.text, 0) if token.kind is TokenKind.SYMBOL else 0
        if depth == 0 and token.text == "}" and token.kind is TokenKind.SYMBOL:
            yield SourceBlock(keyword, tuple(words), line)
            keyword, words = "", []


def _placed_block(node: Node, blocks: list[SourceBlock], used: set[int]) -> Node:
    """One top-level node with its lines: its words are those of the source blocks of its kind, and name if it has one.

    A kind that nmodl never merges (VERBATIM, a second PARAMETER) takes the first block that is not used yet.
    """
    keyword = BLOCK_KEYWORDS.get(node.kind, "")
    same = [at for at, block in enumerate(blocks) if block.keyword == keyword and _is_named(block, node)]
    if node.kind not in ("InitialBlock", "BreakpointBlock"):
        same = [at for at in same if at not in used][:1]
    used.update(same)
    words = [word for at in same for word in blocks[at].words]
    first = blocks[same[0]].line if same else 1
    written = [one.text.removeprefix("_l") for one in walk(node) if one.stands_in_source]
    lines = iter(_aligned(written, words, first))
    return _placed(node, lines, first)


def _is_named(block: SourceBlock, node: Node) -> bool:
    if node.kind not in ("FunctionBlock", "ProcedureBlock", "DerivativeBlock", "KineticBlock"):
        return True
    return len(block.words) > 1 and block.words[1].text == node.text


def _aligned(written: list[str], words: list[Token], first: int) -> list[int]:
    """The line of each text in ``written``, by the longest common runs with ``words``."""
    lines = [0] * len(written)
    matcher = SequenceMatcher(None, written, [word.text for word in words if _searched(word)], autojunk=False)
    searched = [word for word in words if _searched(word)]
    for here, there, length in matcher.get_matching_blocks():
        for step in range(length):
            lines[here + step] = searched[there + step].line
    current = first
    for at, line in enumerate(lines):
        current = lines[at] = line or current
    return lines


def _searched(word: Token) -> bool:
    return word.kind in (TokenKind.NAME, TokenKind.NUMBER, TokenKind.VERBATIM)


def _placed(node: Node, lines: Iterator[int], fallback: int) -> Node:
    own = next(lines) if node.stands_in_source else 0
    children: list[Node] = []
    current = own or fallback
    for child in node.children:
        placed = _placed(child, lines, current)
        current = placed.line
        children.append(placed)
    line = own or (children[0].line if children else fallback)
    return replace(node, children=tuple(children), line=line)
