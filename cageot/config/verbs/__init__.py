"""The verbs of the `cageot` command, one file each: `add(parsers)` declares it, `run(options)` does it.

A verb returns an exit code: 0 done, 1 refused or something found, 2 asked wrongly.
"""
