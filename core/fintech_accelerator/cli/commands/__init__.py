"""One file per command. Each parses, calls one library function and prints its result."""
