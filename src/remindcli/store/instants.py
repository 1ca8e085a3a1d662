"""Instants as the store keeps them: whole UTC milliseconds since 1970."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Return an aware instant as UTC milliseconds."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    """Return UTC milliseconds as an aware instant."""
    return _EPOCH + value * _MILLISECOND


def maybe_moment(value: int | None) -> datetime | None:
    """Return UTC milliseconds as an instant; None stays None."""
    return None if value is None else from_ms(value)
