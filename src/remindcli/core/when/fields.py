"""Classes of plain fields; a dataclass takes 0.7 ms of start-up each, and a command starts often."""

from collections.abc import Callable
from typing import Any, dataclass_transform


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
