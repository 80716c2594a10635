"""Constant expressions of integers, as C evaluates them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lexing import Refused, Token

# Binary operators from the loosest to the tightest.
_LEVELS = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))


def evaluate(tokens: Sequence[Token], line: int, constants: Mapping[str, int | str]) -> int:
    """Return the value of an expression of integers, constants of the header, operators and parentheses."""
    expression = _Expression(tokens, line, constants)
    value = expression.binary(0)
    if expression.position < len(tokens):
        raise expression.refused()
    return value


class _Expression:
    def __init__(self, tokens: Sequence[Token], line: int, constants: Mapping[str, int | str]) -> None:
        self.tokens, self.line, self.constants = tokens, line, constants
        self.position = 0

    def refused(self) -> Refused:
        got = " ".join(each.text for each in self.tokens) or "nothing"
        return Refused(self.line, "must be a constant expression of integers", got)

    def take(self) -> Token:
        if self.position == len(self.tokens):
            raise self.refused()
        self.position += 1
        return self.tokens[self.position - 1]

    def next_text(self) -> str:
        return self.tokens[self.position].text if self.position < len(self.tokens) else ""

    def binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.next_text() in _LEVELS[level]:
            left = self.apply(self.take().text, left, self.binary(level + 1))
        return left

    def apply(self, operator: str, left: int, right: int) -> int:
        if operator in ("<<", ">>") and not 0 <= right < 64:
            raise self.refused()
        if operator in ("/", "%"):
            if right == 0:
                raise self.refused()
            # C rounds towards 0.
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return quotient if operator == "/" else left - right * quotient
        return {
            "|": int.__or__,
            "^": int.__xor__,
            "&": int.__and__,
            "<<": int.__lshift__,
            ">>": int.__rshift__,
            "+": int.__add__,
            "-": int.__sub__,
            "*": int.__mul__,
        }[operator](left, right)

    def unary(self) -> int:
        token = self.take()
        if token.text == "(":
            value = self.binary(0)
            if self.take().text != ")":
                raise self.refused()
            return value
        if token.text in ("-", "+", "~"):
            value = self.unary()
            return {"-": -value, "+": value, "~": ~value}[token.text]
        if token.kind == "number":
            match = re.fullmatch(r"(0[xX][0-9a-fA-F]+|0|[1-9]\d*)(?:[uU]?[lL]{0,2}|[lL]{1,2}[uU])", token.text)
            if match is not None:
                return int(match[1], 0)
        value_of_name = self.constants.get(token.text)
        if isinstance(value_of_name, int):
            return value_of_name
        raise self.refused()
