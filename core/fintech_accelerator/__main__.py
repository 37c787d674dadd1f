"""`python -m fintech_accelerator` is `fintech`."""

from __future__ import annotations

from fintech_accelerator.cli.main import main

if __name__ == "__main__":
    main()
