"""Words of addresses as values."""

from cageot.core.week import Week


class WeekConverter:
    """An ISO week in an address: /semaines/2017-W12/. A week that does not exist, or of another age, is not found."""

    regex = r"\d{4}-W\d{2}"

    def to_python(self, value: str) -> Week:
        week = Week.parse(value)
        if not 1900 <= week.year <= 2200:
            raise ValueError(value)
        return week

    def to_url(self, value: Week) -> str:
        return str(value)
