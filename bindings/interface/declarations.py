"""The declarations of a header as values."""

from __future__ import annotations

from dataclasses import dataclass, field

SCALARS = ("char", "int32_t", "int64_t", "uint8_t", "uint32_t", "uint64_t", "size_t", "double")


@dataclass(frozen=True)
class Type:
    """A type: its base, whether the base is const, and whether each pointer to it is const."""

    base: str
    is_const: bool = False
    pointers: tuple[bool, ...] = ()

    @property
    def spelling(self) -> str:
        """The type as C writes it, such as ``const char *const *``."""
        stars = "".join("*const " if each else "*" for each in self.pointers)
        return f"{'const ' if self.is_const else ''}{self.base} {stars}".strip()


@dataclass(frozen=True)
class Macro:
    """A macro that stands for an integer or a string."""

    name: str
    value: int | str
    doc: str


@dataclass(frozen=True)
class EnumValue:
    """A constant of an enumeration."""

    name: str
    value: int
    doc: str


@dataclass(frozen=True)
class Enum:
    """An enumeration; `name` is None if it is anonymous."""

    name: str | None
    doc: str
    values: tuple[EnumValue, ...]


@dataclass(frozen=True)
class Alias:
    """Another name of a scalar type."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True)
class Handle:
    """A struct that the header does not define."""

    name: str
    doc: str


@dataclass(frozen=True)
class Variable:
    """A parameter, or a field of a struct, which may be an array of `length` elements."""

    name: str
    type: Type
    length: int | None = None
    doc: str = ""


@dataclass(frozen=True)
class Struct:
    """A struct with its fields."""

    name: str
    doc: str
    fields: tuple[Variable, ...]


@dataclass(frozen=True)
class Function:
    """A function, or the type of a pointer to one, declared on `line`; `attributes` are macros as they are written."""

    name: str
    doc: str
    result: Type
    parameters: tuple[Variable, ...]
    line: int
    attributes: tuple[str, ...] = ()


@dataclass
class Header:
    """The declarations of a header, each kind in the header's order."""

    macros: list[Macro] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    handles: list[Handle] = field(default_factory=list)
    structs: list[Struct] = field(default_factory=list)
    callbacks: list[Function] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
