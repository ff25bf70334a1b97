import pytest

from crosssim.porting.algebra import difference, driving_force, factors, formula, number, terms
from crosssim.porting.syntax import Node


def name(text):
    return Node("Name", text)


def value(text):
    return Node("Double", text)


def operation(left, operator, right):
    return Node("BinaryExpression", operator, (left, right))


A, B, V = name("a"), name("b"), name("v")


def test_terms_carry_the_signs_through_brackets():
    expression = operation(Node("UnaryExpression", "-", (A,)), "-", operation(B, "-", V))
    assert terms(expression) == [(-1, A), (-1, B), (1, V)]


def test_factors_of_a_quotient_of_quotients():
    assert factors(operation(A, "/", operation(B, "/", V))) == ([A, V], [B])


def test_a_sum_is_one_factor():
    total = operation(A, "+", B)
    assert factors(operation(total, "*", V)) == ([total, V], [])


def test_driving_force_is_what_v_is_compared_with():
    assert driving_force(operation(A, "*", operation(V, "-", B))) == B


def test_driving_force_of_another_difference_is_none():
    assert driving_force(operation(A, "*", operation(B, "-", V))) is None


def test_difference_of_a_sum_is_none():
    assert difference(operation(A, "+", B)) is None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (operation(value("2"), "*", A), 6.0),
        (operation(value("1"), "/", operation(A, "-", A)), None),
        (Node("UnaryExpression", "-", (A,)), -3.0),
        (operation(A, "+", B), None),
    ],
)
def test_number_is_known_only_where_every_part_is(expression, expected):
    assert number(expression, {"a": 3.0}) == expected


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (operation(operation(A, "-", B), "/", V), "(a - b) / v"),
        (operation(A, "-", operation(B, "-", V)), "a - (b - v)"),
        (operation(operation(A, "*", B), "+", V), "a * b + v"),
        (Node("FunctionCall", "exp", (operation(A, "/", B),)), "exp(a / b)"),
    ],
)
def test_formula_keeps_the_brackets_that_matter(expression, text):
    assert formula(expression) == text
