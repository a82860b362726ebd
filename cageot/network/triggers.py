"""What the database keeps of the network: the log is never rewritten."""

from cageot.core.triggers import append_only

GUARDS = append_only("network_logevent")
