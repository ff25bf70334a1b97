"""Rules on Hoc, over its words: it has no parser outside NEURON."""

from collections.abc import Iterator, Sequence

from crosssim.porting.place import Place
from crosssim.porting.tokens import Token, TokenKind

_GUI_CLASSES = {"Graph", "VBox", "HBox", "Deck", "Shape", "PlotShape", "RangeVarPlot", "TextEditor", "PWManager"}
_GUI_CALLS = {
    "xpanel", "xbutton", "xvalue", "xpvalue", "xfixedvalue", "xmenu", "xlabel", "xslider", "xcheckbox", "xstatebutton",
    "xradiobutton", "xvarlabel", "nrnmainmenu", "nrncontrolmenu", "newPlot", "newPlotV", "newPlotI", "newshapeplot",
    "addplot", "doNotify", "continue_dialog", "string_dialog", "boolean_dialog",
}  # fmt: skip
_GUI_FILES = ("nrngui.hoc", "stdgui.hoc", "noload.hoc")
_LOADERS = {"load_file", "xopen"}
_SEEDERS = {"ACG", "MLCG", "MCellRan4", "Random123", "Isaac64", "Random123_globalindex"}
_DRAWS = {"repick", "uniform", "discunif", "normal", "poisson", "negexp", "lognormal", "erlang", "geometric"}


def zero_delay(words: Sequence[Token]) -> Iterator[Place]:
    """``x.delay = 0``, and ``new NetCon(source, target, threshold, 0, weight)``."""
    for at, word in enumerate(words):
        if word.text == "delay" and _texts(words, at - 1, at) == ["."] and _texts(words, at + 1, at + 2) == ["="]:
            if _is_zero(words, at + 2, (";", "}", ")", "")):
                yield Place(word.line, "delay = 0")
        elif word.text == "NetCon" and _texts(words, at - 1, at) == ["new"]:
            arguments = _arguments(words, at + 1)
            if len(arguments) > 3 and [one.text for one in arguments[3]] in (["0"], ["0.0"], ["0."]):
                yield Place(word.line, "NetCon(…, delay 0, …)")


def unseeded_random(words: Sequence[Token]) -> Iterator[Place]:
    """``new Random()`` without a seed, where the name it is kept under is never given a generator and seed."""
    seeded = {
        _owner(words, at - 2)
        for at, word in enumerate(words)
        if word.text in _SEEDERS and _texts(words, at - 1, at) == ["."]
    }
    for at, word in enumerate(words):
        if word.text != "Random" or _texts(words, at - 1, at) != ["new"] or _arguments(words, at + 1):
            continue
        kept = _owner(words, at - 3) if _texts(words, at - 2, at - 1) == ["="] else ""
        if kept not in seeded or not kept:
            name = f"{kept} = new Random()" if kept else "new Random()"
            yield Place(word.line, f"{name} is never given a seed")


def draws_random_numbers(words: Sequence[Token]) -> Iterator[Place]:
    """The first draw of a program that makes a Random."""
    if any(pair == ("new", "Random") for pair in zip(_all(words), _all(words)[1:], strict=False)):
        for at, word in enumerate(words):
            if word.text in _DRAWS and _texts(words, at - 1, at) == ["."]:
                yield Place(word.line, f"Random.{word.text}()")
                return


def gui_call(words: Sequence[Token]) -> Iterator[Place]:
    """Windows, panels and the files that open them."""
    for at, word in enumerate(words):
        following = _texts(words, at + 1, at + 3)
        if word.kind is TokenKind.NAME and word.text in _GUI_CLASSES and _texts(words, at - 1, at) == ["new"]:
            yield Place(word.line, f"new {word.text}")
        elif word.kind is TokenKind.NAME and word.text in _GUI_CALLS and following[:1] == ["("]:
            yield Place(word.line, f"{word.text}()")
        elif word.text in _LOADERS and following[:1] == ["("] and following[-1].endswith((*_GUI_FILES, ".ses")):
            yield Place(word.line, f'{word.text}("{following[-1]}")')


def sets_pointer(words: Sequence[Token]) -> Iterator[Place]:
    """``setpointer``."""
    return (Place(word.line, "setpointer") for word in words if word.text == "setpointer" and _is_word(word))


def sets_celsius(words: Sequence[Token]) -> Iterator[Place]:
    """``celsius = …``."""
    for at, word in enumerate(words):
        if word.text == "celsius" and _is_word(word) and _texts(words, at + 1, at + 2) == ["="]:
            yield Place(word.line, "celsius is set")


def compares_t_with_equals(words: Sequence[Token]) -> Iterator[Place]:
    """``t == something`` or ``something == t``: NEURON's own t, no member or local of that name; 0 is exact."""
    own = True
    for at, word in enumerate(words):
        if word.text in ("proc", "func", "obfunc"):
            own = True
        elif word.text == "local":
            own = own and "t" not in [one.text for one in words[at:] if one.line == word.line]
        elif word.text in ("==", "!=") and own:
            left, right = _texts(words, at - 2, at), _texts(words, at + 1, at + 3)
            on_left = left[-1:] == ["t"] and left[:1] != ["."] and right[:1] != ["0"]
            on_right = right[:1] == ["t"] and right[1:] != ["."] and left[-1:] != ["0"]
            if on_left or on_right:
                other = right[:1] if on_left else left[-1:]
                yield Place(word.line, " ".join(["t", word.text, *other]), *other)


def area_factor(words: Sequence[Token]) -> Iterator[Place]:
    """A product of ``area(x)`` and a number."""
    for at, word in enumerate(words):
        if word.text != "area" or _texts(words, at + 1, at + 2) != ["("]:
            continue
        end = at + 1 + _length_of_brackets(words, at + 1)
        before, after = words[max(0, at - 2) : at], words[end : end + 2]
        if _is_product(before[::-1]) or _is_product(after):
            yield Place(word.line, "area() times a number")


def _is_product(pair: Sequence[Token]) -> bool:
    return len(pair) == 2 and pair[0].text in ("*", "/") and pair[1].kind is TokenKind.NUMBER


def _is_word(word: Token) -> bool:
    return word.kind is TokenKind.NAME


def _all(words: Sequence[Token]) -> list[str]:
    return [word.text for word in words]


def _texts(words: Sequence[Token], start: int, end: int) -> list[str]:
    return [word.text for word in words[max(0, start) : max(0, end)]]


def _is_zero(words: Sequence[Token], at: int, ends: tuple[str, ...]) -> bool:
    """Whether a zero stands here alone: the next word ends the statement or stands on another line."""
    if at >= len(words) or words[at].kind is not TokenKind.NUMBER or float(words[at].text) != 0:
        return False
    following = words[at + 1] if at + 1 < len(words) else None
    return following is None or following.line > words[at].line or following.text in ends


def _length_of_brackets(words: Sequence[Token], at: int) -> int:
    """How many words from ``(`` at ``at`` to its ``)``, both counted."""
    depth = 0
    for length, word in enumerate(words[at:], start=1):
        depth += {"(": 1, ")": -1}.get(word.text, 0) if word.kind is TokenKind.SYMBOL else 0
        if depth == 0:
            return length
    return len(words) - at


def _arguments(words: Sequence[Token], at: int) -> list[list[Token]]:
    """The arguments between ``(`` at ``at`` and its ``)``, split at the outer commas; none if there is no ``(``."""
    if at >= len(words) or words[at].text != "(":
        return []
    inside = words[at + 1 : at + _length_of_brackets(words, at) - 1]
    arguments: list[list[Token]] = [[]]
    depth = 0
    for word in inside:
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if word.text == "," and depth == 0:
            arguments.append([])
        else:
            arguments[-1].append(word)
    return arguments if inside else []


def _owner(words: Sequence[Token], at: int) -> str:
    """The name that ends at ``at``, its index in brackets skipped: ``r`` of ``r[i]``."""
    depth = 0
    while at >= 0 and (words[at].text == "]" or depth):
        depth += {"]": 1, "[": -1}.get(words[at].text, 0)
        at -= 1
    return words[at].text if at >= 0 and _is_word(words[at]) else ""
