"""The public question library: search, topics, instruments; all from the catalogue, none of it from the database."""
