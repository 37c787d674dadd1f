"""Quality: suites of expectations, the process that evaluates them, and the gate their results make."""
