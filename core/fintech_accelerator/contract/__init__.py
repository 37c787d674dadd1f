"""The contract: the declared shape of every canonical, vault, extension, reference and history table."""

from fintech_accelerator.contract.model import (
    Column,
    Contract,
    Kind,
    Requirement,
    Table,
)
from fintech_accelerator.contract.read import load_contract, read_contract

__all__ = [
    "Column",
    "Contract",
    "Kind",
    "Requirement",
    "Table",
    "load_contract",
    "read_contract",
]
