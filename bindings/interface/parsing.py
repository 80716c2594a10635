"""The reader of a header in the style of this project. It refuses all else, and its error has the line.

It understands

- ``typedef`` of a scalar, an opaque struct, a struct, an enumeration, a pointer to a function;
- ``struct`` and ``enum`` with a name, anonymous ``enum``, whose values are constant expressions;
- prototypes, with macros of attributes before the result or behind the parameters;
- macros that are an integer, a string, or an attribute of compilers, these also under conditions;
- an include guard, and ``extern "C"`` for C++.

A comment above a declaration, or behind a field or value, is its documentation.
"""

from __future__ import annotations

from collections.abc import Sequence

from declarations import SCALARS, Alias, Enum, EnumValue, Function, Handle, Header, Macro, Struct, Type, Variable
from expressions import evaluate
from lexing import Comment, Directive, Refused, Token, lex

_INCLUDES = ("stddef.h", "stdint.h")
# Comments that are addressed to Doxygen and document no declaration.
_STRUCTURAL = ("@file", "@mainpage", "@page", "@defgroup", "@addtogroup", "@name", "@{", "@}")


def parse(text: str) -> Header:
    """Return what a header declares."""
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.items, self.comments = lex(text)
        self.position = 0
        self.header = Header()
        self.used: set[Comment] = set()
        self.constants: dict[str, int | str] = {}
        self.kinds: dict[str, str] = dict.fromkeys(SCALARS, "scalar") | {"void": "void"}
        self.opaque: dict[str, Handle] = {}
        self.functions: dict[str, int] = {}  # the line on which each function ends
        self.attributes: dict[str, bool] = {}  # whether each macro of attributes takes arguments
        self.guard: str | None = None
        self.conditions: list[int] = []  # the lines of open #if, without the include guard
        self.is_guard_open = self.is_extern_open = False

    # ------------------------------------------------------------------------------ Tokens

    @property
    def line(self) -> int:
        if self.position < len(self.items):
            return self.items[self.position].line
        return self.items[-1].line if self.items else 1

    def peek(self, ahead: int = 0) -> Token | None:
        item = self.items[self.position + ahead] if self.position + ahead < len(self.items) else None
        return item if isinstance(item, Token) else None

    def sees(self, *texts: str) -> bool:
        """Whether the next tokens are these."""
        return all((token := self.peek(i)) is not None and token.text == text for i, text in enumerate(texts))

    def refused(self, rule: str) -> Refused:
        if self.position >= len(self.items):
            return Refused(self.line, rule, "the end of the header")
        item = self.items[self.position]
        got = item.text if isinstance(item, Token) else "#" + " ".join(each.text for each in item.tokens)
        return Refused(item.line, rule, repr(got))

    def take(self, text: str | None = None, *, rule: str) -> Token:
        token = self.peek()
        if token is None or (text is not None and token.text != text):
            raise self.refused(rule)
        self.position += 1
        return token

    def accept(self, *texts: str) -> bool:
        if not self.sees(*texts):
            return False
        self.position += len(texts)
        return True

    def name(self, what: str) -> Token:
        token = self.peek()
        if token is None or token.kind != "name":
            raise self.refused(f"{what} must have a name")
        self.position += 1
        return token

    # ------------------------------------------------------------------------------ Documentation

    def doc(self, comment: Comment | None) -> str:
        """Return the text of a comment above a declaration, line by line."""
        if comment is None or comment.is_heading or comment.is_trailing:
            return ""
        if comment.lines and comment.lines[0].startswith(_STRUCTURAL):
            return ""
        self.used.add(comment)
        return "\n".join(comment.lines)

    def doc_of_part(self, first: Token, last: Token) -> str:
        """Return the text of a comment behind a field or value, or of a doc comment above it, in one line."""
        if last.behind:
            self.used.update(last.behind)
            return " ".join(" ".join(each.lines) for each in last.behind).strip()
        above = first.above
        if above is None or not above.is_doc or above.is_trailing:
            return ""
        self.used.add(above)
        return " ".join(above.lines)

    # ------------------------------------------------------------------------------ The whole

    def parse(self) -> Header:
        while self.position < len(self.items):
            item = self.items[self.position]
            if isinstance(item, Directive):
                self.directive(item)
                self.position += 1
            elif not self.linkage():
                if self.conditions:
                    raise self.refused("a declaration must not stand under a condition")
                self.declaration(item)
        if self.is_extern_open:
            raise Refused(self.line, 'extern "C" must be closed')
        if self.conditions or self.is_guard_open:
            raise Refused(self.line, "every #if must have its #endif")
        self.header.handles.extend(self.opaque.values())
        for comment in self.comments:
            if comment.is_doc and comment not in self.used and not comment.is_heading:
                first = comment.lines[0] if comment.lines else ""
                if not first.startswith(_STRUCTURAL):
                    raise Refused(comment.line, "a doc comment must document a declaration", repr(first))
        return self.header

    def linkage(self) -> bool:
        """Read the ``extern "C" {`` or ``}`` for C++, if it is next."""
        if self.conditions and not self.is_extern_open and self.accept("extern", '"C"', "{"):
            self.is_extern_open = True
            return True
        if self.conditions and self.is_extern_open and self.accept("}"):
            self.is_extern_open = False
            return True
        return False

    # ------------------------------------------------------------------------------ Preprocessor

    def directive(self, directive: Directive) -> None:
        tokens = directive.tokens
        word = tokens[0].text if tokens else ""
        if word in ("if", "ifdef", "ifndef"):
            self.doc(directive.above)  # the comment documents the macros under the condition, or the whole header
            if word == "ifndef" and self.guard is None and self.position == 0 and len(tokens) == 2:
                self.guard, self.is_guard_open = tokens[1].text, True
            else:
                self.conditions.append(directive.line)
        elif word in ("elif", "else") and self.conditions:
            pass
        elif word == "endif" and self.conditions:
            self.conditions.pop()
        elif word == "endif" and self.is_guard_open:
            self.is_guard_open = False
        elif word == "include" and not self.conditions:
            included = "".join(each.text for each in tokens[1:])
            if included not in [f"<{each}>" for each in _INCLUDES]:
                raise Refused(directive.line, f"must include nothing but {' and '.join(_INCLUDES)}", included)
        elif word == "define" and len(tokens) > 1 and tokens[1].kind == "name":
            self.macro(directive, tokens[1], tokens[2:])
        else:
            raise Refused(
                directive.line, "must be a known line of the preprocessor", "#" + " ".join(t.text for t in tokens)
            )

    def macro(self, directive: Directive, name: Token, body: list[Token]) -> None:
        if name.text == self.guard and not body:
            return
        takes_arguments = bool(body) and body[0].text == "(" and body[0].start == name.end
        if takes_arguments:
            end = next((i for i, each in enumerate(body) if each.text == ")"), len(body))
            body = body[end + 1 :]
        if self.is_attributes(body):
            if name.text in self.constants or self.attributes.get(name.text, takes_arguments) != takes_arguments:
                raise Refused(directive.line, "a macro must be one thing under all conditions", name.text)
            self.attributes[name.text] = takes_arguments
            self.doc(directive.above)
            return
        if takes_arguments:
            raise Refused(directive.line, "a macro with arguments must be an attribute", name.text)
        if self.conditions:
            raise Refused(directive.line, "a macro under a condition must be an attribute", name.text)
        value: int | str
        if all(each.kind == "string" for each in body):
            value = "".join(each.text[1:-1] for each in body)
            if "\\" in value:
                raise Refused(directive.line, "a string must be free of escapes", value)
        else:
            value = evaluate(body, directive.line, self.constants)
        self.constant(name, value)
        behind = self.doc_of_part(name, body[-1])
        self.header.macros.append(Macro(name.text, value, behind or self.doc(directive.above)))

    def constant(self, name: Token, value: int | str) -> None:
        if name.text in self.constants or name.text in self.attributes:
            raise Refused(name.line, "a constant must be defined once", name.text)
        self.constants[name.text] = value

    def is_attributes(self, tokens: Sequence[Token]) -> bool:
        """Whether all of some tokens (perhaps 0) are attributes of GCC, Clang, MSVC, C23 or C++."""
        texts = [each.text for each in tokens]
        position = 0
        while position < len(texts):
            word = texts[position]
            if word in ("__attribute__", "__declspec") and texts[position + 1 : position + 2] == ["("]:
                position = _closing(texts, position + 1)
            elif texts[position : position + 2] == ["[", "["]:
                position = _closing(texts, position)
            elif word in self.attributes:
                position += 1
                if texts[position : position + 1] == ["("]:
                    position = _closing(texts, position)
            else:
                return False
        return position == len(texts)

    def read_attributes(self) -> list[str]:
        """Read macros of attributes, and return them unchanged."""
        found = []
        while (token := self.peek()) is not None and token.text in self.attributes:
            self.position += 1
            if not self.attributes[token.text]:
                found.append(token.text)
                continue
            self.take("(", rule=f"{token.text} must have arguments")
            arguments, depth = "", 1
            while depth > 0:
                part = self.take(rule=f"the arguments of {token.text} must end").text
                depth += {"(": 1, ")": -1}.get(part, 0)
                arguments += ", " if part == "," else part if depth > 0 else ""
            found.append(f"{token.text}({arguments})")
        return found

    # ------------------------------------------------------------------------------ Declarations

    def declaration(self, first: Token) -> None:
        doc = self.doc(first.above)
        attributes = self.read_attributes()
        if attributes and (self.sees("typedef") or self.sees("struct") or self.sees("enum")):
            raise self.refused("attributes must belong to a function")
        if self.accept("typedef"):
            self.typedef(doc)
        elif self.sees("enum"):
            self.enumeration(doc, is_typedef=False)
        elif self.sees("struct"):
            self.structure(doc, is_typedef=False)
        else:
            self.prototype(first, doc, attributes)

    def typedef(self, doc: str) -> None:
        if self.sees("enum"):
            self.enumeration(doc, is_typedef=True)
        elif self.sees("struct"):
            self.structure(doc, is_typedef=True)
        else:
            kind = self.type("a type")
            if self.accept("(", "*"):
                name = self.name("a callback")
                self.take(")", rule="a callback must be written (*name)(parameters)")
                parameters = self.parameters(name.text)
                self.end("a callback")
                self.declare(name, "callback")
                self.header.callbacks.append(Function(name.text, doc, kind, parameters, name.line))
            else:
                name = self.name("a type")
                if kind.pointers or kind.is_const or self.kinds[kind.base] != "scalar":
                    raise Refused(name.line, "another name must be that of a scalar", kind.spelling)
                self.end("a type")
                self.declare(name, "scalar")
                self.header.aliases.append(Alias(name.text, kind.base, doc))

    def declare(self, name: Token, kind: str) -> None:
        known = self.kinds.get(name.text)
        if known is not None and (known, kind) != ("opaque", "struct"):
            raise Refused(name.line, "a type must be declared once", name.text)
        self.kinds[name.text] = kind

    def end(self, what: str) -> Token:
        return self.take(";", rule=f"{what} must end in a semicolon")

    def enumeration(self, doc: str, *, is_typedef: bool) -> None:
        self.take("enum", rule="must be an enumeration")
        tag = self.name("an enumeration") if not self.sees("{") else None
        self.take("{", rule="an enumeration must have its values")
        values: list[EnumValue] = []
        while not self.accept("}"):
            name = self.name("a value of an enumeration")
            tokens, last = [], name
            if self.accept("="):
                while not (self.sees(",") or self.sees("}")):
                    last = self.take(rule="a value of an enumeration must end in a comma")
                    tokens.append(last)
                value = evaluate(tokens, name.line, self.constants)
            else:
                value = values[-1].value + 1 if values else 0
            if not -(2**31) <= value < 2**31:
                raise Refused(name.line, "a value of an enumeration must be an int32_t", str(value))
            if self.sees(","):
                last = self.take(rule="a comma")
            elif not self.sees("}"):
                raise self.refused("a value of an enumeration must end in a comma")
            self.constant(name, value)
            values.append(EnumValue(name.text, value, self.doc_of_part(name, last)))
        if not values:
            raise Refused(self.line, "an enumeration must have its values")
        typedef = self.name("an enumeration") if is_typedef else None
        self.end("an enumeration")
        name_of_type = typedef or tag
        if tag is not None and typedef is not None and tag.text != typedef.text:
            raise Refused(typedef.line, f"an enumeration must have one name, {tag.text}", typedef.text)
        if name_of_type is not None:
            self.declare(name_of_type, "enum" if typedef is not None else "tag")
        self.header.enums.append(Enum(name_of_type.text if name_of_type else None, doc, tuple(values)))

    def structure(self, doc: str, *, is_typedef: bool) -> None:
        self.take("struct", rule="must be a struct")
        tag = self.name("a struct")
        if is_typedef and not self.sees("{"):
            name = self.name("a type")
            if name.text != tag.text:
                raise Refused(name.line, f"a struct must have one name, {tag.text}", name.text)
            self.end("a type")
            self.declare(name, "opaque")
            self.opaque[name.text] = Handle(name.text, doc)
            return
        self.take("{", rule="a struct must have its fields")
        if not is_typedef and self.kinds.get(tag.text) != "opaque":
            raise Refused(tag.line, "a struct must have a typedef", tag.text)
        fields: list[Variable] = []
        while not self.accept("}"):
            fields.append(self.field())
            if fields[-1].name in [each.name for each in fields[:-1]]:
                raise Refused(self.line, "a field must be declared once", fields[-1].name)
        if not fields:
            raise Refused(tag.line, "a struct must have its fields", tag.text)
        if is_typedef:
            name = self.name("a struct")
            if name.text != tag.text:
                raise Refused(name.line, f"a struct must have one name, {tag.text}", name.text)
        self.end("a struct")
        self.declare(tag, "struct")
        forward = self.opaque.pop(tag.text, None)
        self.header.structs.append(Struct(tag.text, doc or (forward.doc if forward else ""), tuple(fields)))

    def field(self) -> Variable:
        first = self.peek()
        if first is None:
            raise self.refused("a field must have a type and a name")
        kind = self.type("a field")
        if not kind.pointers and self.kinds[kind.base] not in ("scalar", "struct", "callback"):
            raise Refused(
                first.line, "a field must be a number, a pointer or a struct (an enumeration is an int32_t)", kind.base
            )
        name = self.name("a field")
        length = None
        if self.accept("["):
            tokens = []
            while not self.sees("]"):
                tokens.append(self.take(rule="the length of an array must end in ]"))
            self.position += 1
            length = evaluate(tokens, name.line, self.constants)
            if length < 1:
                raise Refused(name.line, "the length of an array must be positive", str(length))
        return Variable(name.text, kind, length, self.doc_of_part(first, self.end("a field")))

    def prototype(self, first: Token, doc: str, attributes: list[str]) -> None:
        result = self.type("a function")
        if not result.pointers and self.kinds[result.base] not in ("scalar", "enum", "void"):
            raise Refused(first.line, "a result must be a number or a pointer", result.base)
        name = self.name("a function")
        parameters = self.parameters(name.text)
        attributes = attributes + self.read_attributes()
        end = self.end(f"the prototype of {name.text}")
        if name.text in self.functions:
            raise Refused(name.line, "a function must be declared once", name.text)
        if not doc and self.functions and first.line == 1 + list(self.functions.values())[-1]:
            doc = self.header.functions[-1].doc  # a comment documents all prototypes that follow it without a gap
        self.functions[name.text] = end.line
        self.header.functions.append(Function(name.text, doc, result, parameters, name.line, tuple(attributes)))

    def parameters(self, function: str) -> tuple[Variable, ...]:
        self.take("(", rule=f"{function} must have parameters")
        if self.accept("void", ")"):
            return ()
        found: list[Variable] = []
        while True:
            first = self.peek()
            kind = self.type(f"a parameter of {function}")
            if first is not None and not kind.pointers and self.kinds[kind.base] not in ("scalar", "enum", "callback"):
                raise Refused(first.line, f"a parameter of {function} must be a number or a pointer", kind.base)
            if self.sees("("):
                raise self.refused(f"a parameter of {function} must be free of parentheses")
            name = self.name(f"a parameter of {function}")
            if name.text in [each.name for each in found]:
                raise Refused(name.line, f"a parameter of {function} must have a name of its own", name.text)
            found.append(Variable(name.text, kind))
            if self.accept(")"):
                return tuple(found)
            self.take(",", rule=f"a parameter of {function} must end in a comma or parenthesis")

    def type(self, what: str) -> Type:
        """Read a type, up to the name of the declared thing."""
        is_const = self.accept("const")
        token = self.peek()
        if token is None or token.kind != "name":
            raise self.refused(f"{what} must have a type")
        if self.kinds.get(token.text, "tag") == "tag":
            raise self.refused(f"{what} must be of a type that is declared above")
        self.position += 1
        pointers: list[bool] = []
        while self.accept("*"):
            pointers.append(self.accept("const"))
        return Type(token.text, is_const, tuple(pointers))


def _closing(texts: Sequence[str], start: int) -> int:
    """Return the position behind the bracket that closes the one at `start`, or beyond the end if it is not closed."""
    depth = 0
    for position in range(start, len(texts)):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(texts[position], 0)
        if depth == 0:
            return position + 1
    return len(texts) + 1
