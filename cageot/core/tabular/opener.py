"""Run apart, as a program: a workbook on standard input, its sheets as JSON on standard output.

Apart, because a crafted workbook can make the reader ask for all the memory there is, which ends the process
it runs in: one cell written at XFD1048576 is enough. Here only this child dies, and the file is refused.
Imports nothing of the project, so that it starts in a twentieth of a second.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

MEMORY = 2 << 30
SECONDS = 60
Sheet = dict[str, Any]


def main(rows_allowed: int) -> None:
    """Write `{"sheets": […]}`, or `{"refused": "password" | "rows" | "broken"}`."""
    _bound()
    sys.stdout.write(json.dumps(_answer(sys.stdin.buffer.read(), rows_allowed)))


def _bound() -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the parent's clock is the only bound
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(data: bytes, rows_allowed: int) -> dict[str, Any]:
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as workbook:
            return {
                "sheets": [
                    _sheet(workbook, meta, rows_allowed) for meta in workbook.sheets_metadata if _worksheet(meta)
                ]
            }
    except python_calamine.PasswordError:
        return {"refused": "password"}
    except OverflowError:
        return {"refused": "rows"}
    except BaseException:  # noqa: BLE001  a panic of the Rust reader is no Exception
        return {"refused": "broken"}


def _worksheet(meta: python_calamine.SheetMetadata) -> bool:
    return meta.typ == python_calamine.SheetTypeEnum.WorkSheet


def _sheet(workbook: python_calamine.CalamineWorkbook, meta: python_calamine.SheetMetadata, rows_allowed: int) -> Sheet:
    """Rows start at line 1, as on screen. A date travels as a list of one, so that it is told from text."""
    rows = [
        [_cell(value) for value in row]
        for row in workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > rows_allowed:
        raise OverflowError
    return {"name": meta.name, "hidden": meta.visible != python_calamine.SheetVisibleEnum.Visible, "rows": rows}


def _cell(value: object) -> str | list[str]:
    match value:
        case str():
            return value
        case bool():
            return "vrai" if value else "faux"
        case int() | float():
            return _number(value)
        case datetime():
            return [value.date().isoformat()] if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
        case date():
            return [value.isoformat()]
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return _number(value / timedelta(days=1))
    return str(value)


def _number(value: float) -> str:
    """41000.0 is 41000 and 3.5999999999999996 is 3,6: fifteen digits, all that a spreadsheet keeps."""
    text = f"{value:.15g}"
    return f"{value:.0f}" if "e+" in text else text.replace(".", ",")


if __name__ == "__main__":
    main(int(sys.argv[1]))
