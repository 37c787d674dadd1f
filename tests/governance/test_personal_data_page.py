"""The page of personal data: complete, escaped, and without anything from outside."""

from __future__ import annotations

from fintech_accelerator.contract import load_contract
from fintech_accelerator.contract.personal_data import ClassifiedColumn, inventory
from fintech_accelerator.governance.personal_data_page import personal_data_page


def test_every_column_stands_on_the_page_with_its_class() -> None:
    columns = inventory(load_contract(), [])

    page = personal_data_page("first bank", columns)

    assert page.count('<tr><th scope="row">') == len(columns) + len({each.schema for each in columns})
    assert page.count('<td class="P3">P3</td>') == sum(each.pii == "P3" for each in columns)
    for schema in {each.schema for each in columns}:
        assert f'<h2 id="{schema}">' in page


def test_what_a_pack_says_is_text_and_never_html() -> None:
    column = ClassifiedColumn(
        *("cards", "cards__x", "<img src=//evil.example/x>", "text", "P1"),
        meaning="<script>alert(1)</script>",
        source='the pack "cards" & co',
    )

    page = personal_data_page("<b>bank</b>", [column])

    assert "<script" not in page
    assert "<img" not in page
    assert "<b>bank" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
