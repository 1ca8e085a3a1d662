"""Classes of plain fields; a dataclass takes 0.7 ms of start-up each, its module 7 ms, and a command starts often."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

TYPE_CHECKING = False  # what typing calls so: importing it takes 8 ms, and only a checker needs it
if TYPE_CHECKING:
    from typing import Any, Self, dataclass_transform
else:

    def dataclass_transform(**_):
        """Return a decorator that changes nothing: PEP 681 is for type checkers."""
        return lambda made: made


class _Fresh:
    """A default that is made anew for each instance."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def fresh(*, default_factory: Callable[[], Any]) -> Any:
    """Return the default of a field that is made anew for each instance."""
    return _Fresh(default_factory)


@dataclass_transform(field_specifiers=(fresh,))
class Fields:
    """A class whose annotations are its fields, in their order; the defaults stay in the class."""

    _fresh: tuple[tuple[str, Callable[[], Any]], ...] = ()

    def __init_subclass__(cls) -> None:
        """Note the fields that are made anew."""
        cls._fresh = tuple((name, each.make) for name, each in vars(cls).items() if isinstance(each, _Fresh))

    def __init__(self, *args: Any, **values: Any) -> None:
        for name, make in self._fresh:
            setattr(self, name, make())
        for name, value in zip(type(self).__annotations__, args, strict=False):
            setattr(self, name, value)
        for name, value in values.items():
            setattr(self, name, value)


@dataclass_transform(frozen_default=True)
class Value:
    """A class of fields that are not changed; two with the same fields are equal.

    A subclass may name the fields that make no difference: `class When(Value, beside=("notes",))`.
    """

    _names: tuple[str, ...] = ()
    _kept: Callable[[Any], Any] = attrgetter("__class__")

    def __init_subclass__(cls, *, beside: tuple[str, ...] = ()) -> None:
        """Note the fields, and those that are compared."""
        cls._names = tuple(cls.__annotations__)
        cls._kept = attrgetter(*(name for name in cls._names if name not in beside))

    def __init__(self, *args: Any, **values: Any) -> None:
        own = self.__dict__
        own.update(zip(self._names, args, strict=False))
        own.update(values)
        if len(args) > len(self._names) or not values.keys() <= set(self._names):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self._names)}")

    def but(self, **changes: Any) -> Self:
        """Return the same with these fields changed."""
        return type(self)(**{**self.__dict__, **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is not changed; see but()")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is not changed; see but()")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._kept(self) == self._kept(other))

    def __hash__(self) -> int:
        return hash(self._kept(self))

    def __repr__(self) -> str:
        named = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__name__}({named})"
