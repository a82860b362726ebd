"""Files that gardens bring, read; files that gardens take away, written. Plain Python, no model, no request.

`reading.read_table` gives a `Table`; `columns.recognise` says what its columns hold; `values` reads each
cell, or says in French what to change; `write` gives CSV and XLSX back; `safe` keeps formulas asleep.
"""
