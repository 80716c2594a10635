"""Sizes and offsets of structs on LP64, where pointers, int64_t and double have 8 bytes and are aligned to them."""

from __future__ import annotations

from dataclasses import dataclass

from declarations import Header, Variable

_SIZES = {
    "char": 1,
    "uint8_t": 1,
    "int32_t": 4,
    "uint32_t": 4,
    "int64_t": 8,
    "uint64_t": 8,
    "size_t": 8,
    "double": 8,
}


@dataclass(frozen=True)
class Layout:
    """The size and alignment of a struct, and the offset and size of each field, in bytes."""

    size: int
    alignment: int
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]


def layouts(header: Header) -> dict[str, Layout]:
    """Return the layout of each struct."""
    extents = {name: (size, size) for name, size in _SIZES.items()}
    extents |= {each.name: extents[each.type] for each in header.aliases}
    extents |= {each.name: (8, 8) for each in header.callbacks}
    result: dict[str, Layout] = {}
    for struct in header.structs:
        layout = _laid_out(struct.fields, extents)
        extents[struct.name] = (layout.size, layout.alignment)
        result[struct.name] = layout
    return result


def _laid_out(fields: tuple[Variable, ...], extents: dict[str, tuple[int, int]]) -> Layout:
    offsets, sizes = [], []
    end, widest = 0, 1
    for field in fields:
        size, alignment = (8, 8) if field.type.pointers else extents[field.type.base]
        offset = _rounded_up(end, alignment)
        offsets.append(offset)
        sizes.append(size * (field.length or 1))
        end, widest = offset + sizes[-1], max(widest, alignment)
    return Layout(_rounded_up(end, widest), widest, tuple(offsets), tuple(sizes))


def _rounded_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
