"""Tables, constraints and indexes, one noun a file."""
