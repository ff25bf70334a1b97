"""Rules on C inside VERBATIM: NEURON 9 compiles it as C++ and keeps voltages where it likes."""

from collections.abc import Callable, Iterator

from crosssim.porting.mechanism import Mechanism
from crosssim.porting.place import Place
from crosssim.porting.tokens import C, Token, TokenKind, tokens

_RAW_POINTER_CALLS = {"hoc_pgetarg", "hoc_hgetarg_ptr", "nrn_get_pval", "hoc_val_pointer", "nrn_rangepointer"}
_MADE_BY_NMODL = {"_p", "_ppvar", "_nt", "_thread", "_ml", "_iml", "_pnt", "_tqitem", "_threadargs_", "_prop"}
_CPP_KEYWORDS = {
    "new", "class", "this", "delete", "template", "private", "public", "virtual", "namespace", "operator", "typename",
    "try", "catch", "throw", "friend", "explicit", "export",
}  # fmt: skip
_ALLOCATORS = {"malloc", "calloc", "realloc", "emalloc", "ecalloc", "erealloc", "hoc_Emalloc", "hoc_Ecalloc"}
_TYPES = {"double", "int", "void", "char", "float", "long", "extern", "static"}


def verbatim(mechanism: Mechanism) -> Iterator[Place]:
    """One place per file: where the first VERBATIM stands, and how many there are."""
    blocks = mechanism.verbatim
    if blocks:
        count = len(blocks)
        yield Place(blocks[0].line, "a VERBATIM block" if count == 1 else f"{count} VERBATIM blocks, the first here")


def raw_pointer(mechanism: Mechanism) -> Iterator[Place]:
    """Addresses of Hoc variables taken as ``double*`` and arrays of such addresses."""
    return _each(mechanism, _raw_pointer)


def _raw_pointer(words: list[Token], at: int) -> str | None:
    word = words[at].text
    following = [one.text for one in words[at + 1 : at + 4]]
    if word in _RAW_POINTER_CALLS and following[:1] == ["("] and not _is_declaration(words, at):
        return f"{word}() keeps the address of a variable"
    if word == "double" and following[:2] == ["*", "*"]:
        return "double** is an array of addresses"
    if word.endswith("_ptr") and following[:1] != ["("] and "_p_" not in word:
        return f"{word} holds an address"
    return None


def made_by_nmodl(mechanism: Mechanism) -> Iterator[Place]:
    """Names that only the C of one NEURON version has: ``_p_x``, ``_ppvar``, ``_threadargs_`` and the like."""
    return _each(mechanism, _made_by_nmodl, once=True)


def _made_by_nmodl(words: list[Token], at: int) -> str | None:
    word = words[at]
    if word.kind is not TokenKind.NAME:
        return None
    return f"{word.text} is a name of the translator" if word.text in _MADE_BY_NMODL or word.text[:3] == "_p_" else None


def not_cpp(mechanism: Mechanism) -> Iterator[Place]:
    """C that is no C++: keywords as names, memory without a cast.

    ``register`` and declaring NEURON's own functions anew are not among them: NEURON 9.0.2 compiles and runs both.
    """
    return _each(mechanism, _not_cpp)


def _not_cpp(words: list[Token], at: int) -> str | None:
    word = words[at]
    before = words[at - 1].text if at else ""
    following = words[at + 1].text if at + 1 < len(words) else ""
    if word.kind is not TokenKind.NAME:
        return None
    if word.text in _CPP_KEYWORDS and (before in _TYPES or before == "*") and following in ("=", ";", ",", "[", ")"):
        return f"{word.text} is a keyword of C++"
    if word.text in _ALLOCATORS and before == "=":
        return f"{word.text}() needs a cast to the pointer's type"
    return None


def _is_declaration(words: list[Token], at: int) -> bool:
    """Whether a name followed by ``(`` is declared: a type before it, and ``;`` after its bracket."""
    before = [one.text for one in words[max(0, at - 2) : at]]
    typed = bool(before) and (before[-1] in _TYPES or (before[-1] == "*" and before[0] in _TYPES | {"*"}))
    depth = 0
    for following, one in enumerate(words[at + 1 :], start=at + 1):
        depth += {"(": 1, ")": -1}.get(one.text, 0)
        if depth == 0:
            return typed and following + 1 < len(words) and words[following + 1].text in (";", ",")
    return False


def _each(mechanism: Mechanism, look: Callable[[list[Token], int], str | None], once: bool = False) -> Iterator[Place]:
    """``look`` at every word of every VERBATIM block; ``once``: the same words said of two places are one place."""
    said: set[str] = set()
    for block in mechanism.verbatim:
        words = _for_this_neuron(list(tokens(block.text, C, block.line)))
        for at in range(len(words)):
            what = look(words, at)
            if what is not None and not (once and what in said):
                said.add(what)
                yield Place(words[at].line, what)


def _for_this_neuron(words: list[Token]) -> list[Token]:
    """The words without what ``#if`` on NRN_VERSION keeps for older versions, and without the directives."""
    kept: list[Token] = []
    old_only: list[bool | None] = []
    for word in words:
        if word.kind is not TokenKind.DIRECTIVE:
            kept += [] if True in old_only else [word]
            continue
        directive = (word.text.split() or [""])[0]
        if directive.startswith("if"):
            old_only.append(directive == "ifndef" if "NRN_VERSION_GTEQ" in word.text else None)
        elif directive == "else" and old_only and old_only[-1] is not None:
            old_only[-1] = not old_only[-1]
        elif directive == "endif" and old_only:
            old_only.pop()
    return kept
