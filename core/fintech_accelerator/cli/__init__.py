"""The command line: a thin skin over the library. The only room that prints."""
