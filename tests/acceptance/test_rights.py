"""Rights, row-level security and masking through served views, tried as the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import Principal, Session

AGAIN = (
    "create or replace view serving.payments as"
    " select customer_id, region, amount from slot_b.payments with no schema binding"
)


@pytest.fixture
def reader(administrator: Session, principals: Callable[[str], Principal]) -> tuple[Principal, Principal]:
    """A user, and the role by which it may read the served view."""
    role, user = principals("role"), principals("user")
    administrator.do(
        f"""
        grant usage on schema serving to role {role.name};
        grant select on serving.payments to role {role.name};
        grant role {role.name} to {user.name}
        """
    )
    return user, role


def test_the_view_is_enough_and_its_slots_stay_closed(
    reader: tuple[Principal, Principal], reading_as: Callable[[Principal, str], list[tuple[Any, ...]]]
) -> None:
    user, _ = reader

    assert reading_as(user, "select sum(amount) from serving.payments") == [(30,)]
    with pytest.raises(redshift_connector.Error, match="permission denied"):
        reading_as(user, "select sum(amount) from slot_a.payments")


def test_a_row_policy_on_a_served_view_survives_its_replacement(
    administrator: Session,
    reader: tuple[Principal, Principal],
    reading_as: Callable[[Principal, str], list[tuple[Any, ...]]],
) -> None:
    user, role = reader
    administrator.do(
        f"""
        create rls policy fintech_accept_north with (region varchar(8)) using (region = 'north');
        attach rls policy fintech_accept_north on serving.payments to role {role.name};
        alter table serving.payments row level security on
        """
    )
    seen = [reading_as(user, "select sum(amount) from serving.payments")]
    administrator.do(AGAIN)
    seen.append(reading_as(user, "select sum(amount) from serving.payments"))
    administrator.do(
        f"detach rls policy fintech_accept_north on serving.payments from role {role.name};"
        "drop rls policy fintech_accept_north"
    )

    assert seen == [[(10,)], [(44,)]]


def test_a_masking_policy_on_a_served_view_survives_its_replacement(
    administrator: Session,
    reader: tuple[Principal, Principal],
    reading_as: Callable[[Principal, str], list[tuple[Any, ...]]],
) -> None:
    user, role = reader
    administrator.do(
        f"""
        create masking policy fintech_accept_mask with (value varchar(8)) using ('***');
        attach masking policy fintech_accept_mask on serving.payments(customer_id) to role {role.name}
        """
    )
    seen = [reading_as(user, "select min(customer_id) from serving.payments")]
    administrator.do(AGAIN)
    seen.append(reading_as(user, "select min(customer_id) from serving.payments"))
    administrator.do(
        f"detach masking policy fintech_accept_mask on serving.payments(customer_id) from role {role.name};"
        "drop masking policy fintech_accept_mask"
    )

    assert seen == [[("***",)], [("***",)]]
