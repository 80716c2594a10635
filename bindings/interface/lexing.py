"""The text of a C header as tokens and preprocessor lines, each with its line and with the comments beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PATTERN = re.compile(
    r"""(?P<space>[ \t\r\f]+|\\\r?\n)
    |(?P<newline>\n)
    |(?P<comment>/\*.*?\*/)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<number>\d(?:[eE][+-]|[\w.])*)
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<mark>\.\.\.|<<|>>|&&|\|\||[{}()\[\];,*=+\-/%&|~^<>!?:\#.])""",
    re.DOTALL | re.VERBOSE,
)


class Refused(ValueError):  # noqa: N818 - a refusal is not a defect of the reader
    """The error for a part of the header that the reader does not understand, with its line."""

    def __init__(self, line: int, rule: str, got: str | None = None) -> None:
        super().__init__(f"line {line}: {rule}" + ("" if got is None else f", got {got}"))
        self.line = line


@dataclass(eq=False)
class Comment:
    """A comment: `is_doc` for ``/**``, and `is_trailing` for ``/**<``, which documents the declaration before it."""

    text: str
    line: int
    last_line: int

    @property
    def is_doc(self) -> bool:
        return self.text.startswith("/**") and self.text != "/**/" and not self.text.startswith("/***")

    @property
    def is_trailing(self) -> bool:
        return self.text.startswith("/**<")

    @property
    def is_heading(self) -> bool:
        """Whether the comment is the heading of a section of the header."""
        return re.match(r"/\*+\s*-{8}", self.text) is not None

    @property
    def lines(self) -> list[str]:
        """The text without the marks of the comment. Indentation inside the comment stays."""
        body = re.sub(r"^/\*\*?<?(?![*/])|\*/$", "", self.text)
        first, *rest = body.split("\n")
        rest = [re.sub(r"^\s*\* ?|^\s+", "", each).rstrip() for each in rest]
        found = [first.strip(), *rest]
        while found and not found[0]:
            del found[0]
        while found and not found[-1]:
            del found[-1]
        return found


@dataclass(eq=False)
class Token:
    """A name, number, string or mark.

    `above` is the comment that ends on the line above it, or on its own, with nothing between; `behind` the comments
    that begin on its line before the next token.
    """

    kind: str
    text: str
    line: int
    start: int
    above: Comment | None = None
    behind: list[Comment] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(eq=False)
class Directive:
    """A line of the preprocessor, without its ``#``."""

    line: int
    tokens: list[Token] = field(default_factory=list)
    above: Comment | None = None


def lex(text: str) -> tuple[list[Token | Directive], list[Comment]]:
    """Return the tokens and preprocessor lines of a header in their order, and its comments."""
    items: list[Token | Directive] = []
    comments: list[Comment] = []
    directive: Directive | None = None
    last: Token | None = None  # the token before, unless a comment above the next token is between them
    above: Comment | None = None
    position, line, is_line_start = 0, 1, True
    while position < len(text):
        match = _PATTERN.match(text, position)
        if (
            match is None
            or text.startswith("//", position)
            or (text.startswith("/*", position) and not match["comment"])
        ):
            raise Refused(line, "must be C without // comments", repr(text[position : position + 20].split("\n")[0]))
        kind, found = str(match.lastgroup), match[0]
        if kind == "newline":
            directive, is_line_start = None, True
        elif kind == "comment":
            comment = Comment(found, line, line + found.count("\n"))
            comments.append(comment)
            if last is not None and (comment.is_trailing or last.line == line):
                last.behind.append(comment)
            else:
                above = comment
        elif found == "#" and is_line_start:
            directive = Directive(line, above=_touching(above, line))
            items.append(directive)
            last, above, is_line_start = None, None, False
        elif kind != "space":
            last = Token(kind, found, line, position, _touching(above, line))
            (items if directive is None else directive.tokens).append(last)
            above, is_line_start = None, False
        line += found.count("\n")
        position = match.end()
    return items, comments


def _touching(comment: Comment | None, line: int) -> Comment | None:
    return comment if comment is not None and comment.last_line >= line - 1 else None
