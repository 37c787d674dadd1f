"""What an auditor asks for: who is in the data, and where."""
