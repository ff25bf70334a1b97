from crosssim.porting.tokens import HOC, NMODL, C, TokenKind, tokens


def words(source, language):
    return [(one.text, one.line) for one in tokens(source, language)]


def test_hoc_comments_and_strings_hold_no_names():
    source = 'a /* b\nc */ "d // e" // f\ng'
    found = list(tokens(source, HOC))
    assert [(one.kind, one.text, one.line) for one in found] == [
        (TokenKind.NAME, "a", 1),
        (TokenKind.STRING, "d // e", 2),
        (TokenKind.NAME, "g", 3),
    ]


def test_hoc_string_with_escaped_quote_ends_at_its_own_quote():
    assert words(r'"say \"x\" twice" y', HOC) == [(r"say \"x\" twice", 1), ("y", 1)]


def test_numbers_are_whole():
    assert words("1e-3 .5 2. 7E+2 x1", HOC) == [(text, 1) for text in ("1e-3", ".5", "2.", "7E+2", "x1")]


def test_nmodl_comments_of_all_kinds_are_dropped():
    source = "TITLE my mechanism\na : b\nCOMMENT\nc\nENDCOMMENT\nd ? e\nf"
    assert words(source, NMODL) == [("a", 2), ("d", 6), ("f", 7)]


def test_verbatim_is_one_token_with_its_first_line():
    (before, block, after) = tokens("a\nVERBATIM\nint x; /* : */\nENDVERBATIM\nb", NMODL)
    assert (block.kind, block.text, block.line) == (TokenKind.VERBATIM, "\nint x; /* : */\n", 2)
    assert (before.line, after.line) == (1, 5)


def test_c_directive_is_one_token_and_a_hash_inside_a_line_is_not():
    found = list(tokens("#ifdef X\n  a # b", C))
    assert [one.kind for one in found] == [TokenKind.DIRECTIVE, TokenKind.NAME, TokenKind.SYMBOL, TokenKind.NAME]
    assert found[0].text == "ifdef X"


def test_lines_count_from_the_line_given():
    assert [one.line for one in tokens("a\nb", C, first_line=10)] == [10, 11]
