"""Words of addresses as values."""

from cageot.core.week import Week


class WeekConverter:
    """An ISO week in an address: /semaines/2017-W12/. A week that does not exist is not found."""

    regex = r"\d{4}-W\d{2}"

    def to_python(self, value: str) -> Week:
        return Week.parse(value)

    def to_url(self, value: Week) -> str:
        return str(value)
