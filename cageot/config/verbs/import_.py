"""`cageot import`: bring a garden's spreadsheet."""
