import json
from collections.abc import Iterator
from dataclasses import dataclass, field

LIST_NAMES = frozenset({"contents", "content", "services", "data"})
"""Under which a page or package keeps its entries: Open Referral UK 3.0, 1.x, and others seen."""


@dataclass(slots=True)
class JsonItems:
    """The entries of a JSON text one by one, each with the line that it begins on.

    The text is an array, a page (an object with an array under one of LIST_NAMES) or a single object; `is_list` tells the former
    two from the latter, and `around` has what stands around a page's array. Entries before a mistake are given; the mistake is then
    in `broken` (line and words).
    """

    text: str
    around: dict[str, object] = field(default_factory=dict)
    broken: tuple[int, str] | None = None
    is_list: bool = False
    _position: int = 0
    _counted: tuple[int, int] = (0, 1)

    def __iter__(self) -> Iterator[tuple[int, object]]:
        try:
            if self._next() == "[":
                yield from self._array()
            elif self._next() == "{":
                yield from self._object()
            else:
                self._fail("this is not JSON with services")
            if self.broken is None and self._next():
                self._fail("something follows after the end")
        except json.JSONDecodeError as error:
            self._position = error.pos
            self._fail(error.msg)
        except (RecursionError, ValueError) as error:
            self._fail(f"it cannot be read: {type(error).__name__}")

    def _object(self) -> Iterator[tuple[int, object]]:
        line = self._line()
        self._position += 1
        while self._next() != "}":
            name = self._value()
            if not isinstance(name, str):
                raise json.JSONDecodeError("a name is missing", self.text, self._position)
            self._expect(":")
            if name in LIST_NAMES and self._next() == "[":
                yield from self._array()
            else:
                self.around[name] = self._value()
            self._separate("}")
        self._position += 1
        if not self.is_list:
            yield line, self.around

    def _array(self) -> Iterator[tuple[int, object]]:
        self.is_list = True
        self._position += 1
        while self._next() != "]":
            line = self._line()
            yield line, self._value()
            self._separate("]")
        self._position += 1

    def _value(self) -> object:
        self._next()
        value, self._position = json.JSONDecoder().raw_decode(self.text, self._position)
        return value

    def _next(self) -> str:
        while self._position < len(self.text) and self.text[self._position] in " \t\r\n\ufeff":
            self._position += 1
        return self.text[self._position : self._position + 1]

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise json.JSONDecodeError(f"{sign!r} is missing", self.text, self._position)
        self._position += 1

    def _separate(self, end: str) -> None:
        if self._next() != end:
            self._expect(",")

    def _line(self) -> int:
        """The present line, counted on from the last time that somebody asked."""
        position, line = self._counted
        line += self.text.count("\n", position, self._position)
        self._counted = (self._position, line)
        return line

    def _fail(self, reason: str) -> None:
        self.broken = (1 + self.text.count("\n", 0, self._position), reason)
