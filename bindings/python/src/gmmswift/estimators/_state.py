"""The bytes in which an estimator is pickled; docs/FORMATS.md has the layout.

Values that estimators have are written by kind: None, truth values, integers, floats, texts,
arrays, lists, tuples, mappings, and numpy's legacy generators. Nothing that is read is executed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from gmmswift._errors import FormatError

MAGIC = b"\x89GMMEST\n"
VERSION = 1

# Magic, version, kind of estimator, length of the payload, its checksum, the header's own.
_HEADER = struct.Struct("<8sIIQII")
_WORD = struct.Struct("<q")
_DOUBLE = struct.Struct("<d")

# Deeper than any estimator's values, and far from the interpreter's limit.
_DEPTH = 16

# Kinds of array elements: always little-endian.
_DTYPES = {
    b"f": "<f8",
    b"e": "<f4",
    b"i": "<i8",
    b"j": "<i4",
    b"u": "<u8",
    b"v": "<u4",
    b"b": "|b1",
}
_CODES = {np.dtype(name): code for code, name in _DTYPES.items()}

_INT64 = range(-(2**63), 2**63)


class NotStorableError(TypeError):
    """A value that the format has no kind for."""


def write_state(kind: int, values: dict[str, Any]) -> bytes:
    """Return the bytes of an estimator's values.

    Raises
    ------
    NotStorableError
        For a value of another type than the module names.
    """
    payload = _written(values, 0)
    header = _HEADER.pack(MAGIC, VERSION, kind, len(payload), zlib.crc32(payload), 0)[:-4]
    return header + struct.pack("<I", zlib.crc32(header)) + payload


def read_state(kind: int, state: bytes) -> dict[str, Any]:
    """Return the values that `write_state` wrote.

    Raises
    ------
    FormatError
        For bytes of anything else, for cut or changed bytes, and for those of a later version.
        Memory stays in proportion to the bytes, whatever they announce.
    """
    if not state.startswith(MAGIC):
        raise _refused("an estimator of gmmswift", "other bytes")
    if len(state) < _HEADER.size:
        raise _refused("whole", f"{len(state)} bytes of a header of {_HEADER.size}")
    _, version, found, length, checksum, own = _HEADER.unpack_from(state)
    if zlib.crc32(state[: _HEADER.size - 4]) != own:
        raise _refused("undamaged", "a header with a wrong checksum")
    if not 1 <= version <= VERSION:
        raise _refused(
            f"of format 1 to {VERSION}",
            f"format {version}, which another version of gmmswift wrote",
        )
    if found != kind:
        raise _refused(f"an estimator of kind {kind}", f"one of kind {found}")
    payload = state[_HEADER.size :]
    if len(payload) != length:
        raise _refused(f"{length} bytes long after the header", f"{len(payload)} bytes")
    if zlib.crc32(payload) != checksum:
        raise _refused("undamaged", "a wrong checksum")
    reader = _Reader(payload)
    values = reader.value(0)
    if reader.left:
        raise _refused("at an end", f"{reader.left} bytes more")
    if not isinstance(values, dict):
        raise _refused("a mapping", f"a {type(values).__name__}")
    return values


def _refused(rule: str, found: str) -> FormatError:
    return FormatError(f"state: must be {rule}, got {found}")


# ----------------------------------------------------------------------------------------- Writing


def _written(value: Any, depth: int) -> bytes:
    """Return a letter for the kind of a value, and the value."""
    if depth > _DEPTH:
        raise NotStorableError(f"values nested more than {_DEPTH} deep")
    if value is None:
        return b"N"
    if isinstance(value, (bool, np.bool_)):
        return b"T" if value else b"F"
    if isinstance(value, (int, np.integer)):
        if int(value) not in _INT64:
            raise NotStorableError(f"the integer {value}")
        return b"I" + _WORD.pack(int(value))
    if type(value) in (float, np.float64):
        return b"D" + _DOUBLE.pack(value)
    if type(value) is str:
        encoded = value.encode()
        return b"S" + _WORD.pack(len(encoded)) + encoded
    if isinstance(value, np.ndarray):
        return _written_array(value, depth)
    if type(value) in (list, tuple):
        parts = [_written(item, depth + 1) for item in value]
        return (b"L" if type(value) is list else b"U") + _WORD.pack(len(parts)) + b"".join(parts)
    if type(value) is dict:
        parts = []
        for key, item in value.items():
            if type(key) is not str:
                raise NotStorableError(f"a key of type {type(key).__name__}")
            parts.append(_written(key, depth + 1) + _written(item, depth + 1))
        return b"M" + _WORD.pack(len(parts)) + b"".join(parts)
    if type(value) is np.random.RandomState:
        state: Any = value.get_state(legacy=True)
        name, words, position, has_gauss, gauss = state
        if name == "MT19937":
            numbers = [np.asarray(words, np.uint32), int(position), int(has_gauss), float(gauss)]
            return b"R" + _written(numbers, depth + 1)
    raise NotStorableError(f"a value of type {type(value).__name__}")


def _written_array(value: np.ndarray[Any, Any], depth: int) -> bytes:
    shape = b"".join(_WORD.pack(size) for size in value.shape)
    prefix = bytes([value.ndim]) + shape
    if type(value) is not np.ndarray or value.ndim > 3:
        raise NotStorableError(
            f"an array of type {type(value).__name__} and {value.ndim} dimensions"
        )
    if value.dtype == object:
        # Names of columns.
        return b"O" + prefix + b"".join(_written(item, depth + 1) for item in value.ravel())
    code = _CODES.get(value.dtype.newbyteorder("<"))
    if code is None:
        raise NotStorableError(f"an array of dtype {value.dtype}")
    return b"A" + code + prefix + np.ascontiguousarray(value, _DTYPES[code]).tobytes()


# ----------------------------------------------------------------------------------------- Reading


class _Reader:
    """A reader of bytes that are not trusted."""

    __slots__ = ("_bytes", "_offset")

    def __init__(self, payload: bytes) -> None:
        self._bytes = payload
        self._offset = 0

    @property
    def left(self) -> int:
        return len(self._bytes) - self._offset

    def take(self, count: int) -> bytes:
        if not 0 <= count <= self.left:
            raise _refused("complete", f"{count} bytes announced where {self.left} are left")
        self._offset += count
        return self._bytes[self._offset - count : self._offset]

    def word(self) -> int:
        return int(_WORD.unpack(self.take(8))[0])

    def count(self) -> int:
        """Return a number of values, of at least a byte each."""
        count = self.word()
        if not 0 <= count <= self.left:
            raise _refused("complete", f"{count} values announced where {self.left} bytes are left")
        return count

    def value(self, depth: int) -> Any:
        """Return the next value."""
        if depth > _DEPTH:
            raise _refused("shallow", f"values nested more than {_DEPTH} deep")
        letter = self.take(1)
        read = _READERS.get(letter)
        if read is None:
            raise _refused("of known kinds", f"the kind {letter!r}")
        return read(self, depth)

    def text(self) -> str:
        try:
            return self.take(self.count()).decode()
        except UnicodeDecodeError:
            raise _refused("UTF-8 where it is text", "other bytes") from None

    def shape(self) -> tuple[int, ...]:
        shape = tuple(self.word() for _ in range(self.take(1)[0]))
        if len(shape) > 3 or any(size < 0 for size in shape):
            raise _refused("arrays of possible shapes", f"the shape {shape}")
        return shape

    def elements(self, size: int) -> tuple[tuple[int, ...], int]:
        """Return the shape of an array whose elements take at least `size` bytes each."""
        shape = self.shape()
        count = 1
        for length in shape:
            count *= length
        # Where an axis has length 0, the others may say anything.
        if count * size > self.left or (count == 0 and max(shape) > 1 << 20):
            raise _refused("complete", f"the shape {shape} where {self.left} bytes are left")
        return shape, count

    def array(self) -> Any:
        name = _DTYPES.get(self.take(1))
        if name is None:
            raise _refused("arrays of known elements", "others")
        dtype = np.dtype(name)
        shape, count = self.elements(dtype.itemsize)
        values = np.frombuffer(self.take(count * dtype.itemsize), dtype)
        return values.reshape(shape).astype(dtype.newbyteorder("="))

    def names(self, depth: int) -> Any:
        shape, count = self.elements(1)
        values = np.empty(count, object)
        for i in range(count):
            values[i] = self.value(depth + 1)
        return values.reshape(shape)

    def mapping(self, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for _ in range(self.count()):
            key = self.value(depth + 1)
            if not isinstance(key, str) or key in values:
                raise _refused("mappings with different texts as keys", repr(key))
            values[key] = self.value(depth + 1)
        return values

    def generator(self, depth: int) -> np.random.RandomState:
        state = self.value(depth + 1)
        # numpy does not check this position, which could lead out of its memory.
        if not (
            isinstance(state, list)
            and [type(part) for part in state] == [np.ndarray, int, int, float]
            and (state[0].dtype, state[0].shape) == (np.uint32, (624,))
            and 0 <= state[1] <= 624
            and state[2] in (0, 1)
        ):
            raise _refused("the state of a generator where it says so", "another value")
        generator = np.random.RandomState(0)
        generator.set_state(("MT19937", *state))
        return generator


_READERS: dict[bytes, Callable[[_Reader, int], Any]] = {
    b"N": lambda reader, depth: None,
    b"T": lambda reader, depth: True,
    b"F": lambda reader, depth: False,
    b"I": lambda reader, depth: reader.word(),
    b"D": lambda reader, depth: float(_DOUBLE.unpack(reader.take(8))[0]),
    b"S": lambda reader, depth: reader.text(),
    b"A": lambda reader, depth: reader.array(),
    b"O": lambda reader, depth: reader.names(depth),
    b"L": lambda reader, depth: [reader.value(depth + 1) for _ in range(reader.count())],
    b"U": lambda reader, depth: tuple(reader.value(depth + 1) for _ in range(reader.count())),
    b"M": lambda reader, depth: reader.mapping(depth),
    b"R": lambda reader, depth: reader.generator(depth),
}
