"""What members read, fetched through their own household."""
