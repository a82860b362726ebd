"""How a verb is declared: its help, with an example, in the language of the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

Verbs = Any  # argparse keeps the type of its sub-parsers private


def verb(
    verbs: Verbs, name: str, *, help: str, example: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """Add one verb with its one-line help and an example."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, help=help, description=help, epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(run=run)
    return parser


def add_format(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--format", choices=["text", "json"], default="text", help=help)


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    print()


def refuse(message: str, code: int = 1) -> int:
    """Say why not, on the error stream, and give the exit code."""
    print(message, file=sys.stderr)
    return code
