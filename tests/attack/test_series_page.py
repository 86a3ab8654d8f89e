from __future__ import annotations

import pytest
from measure_series import PAGE, measured, page


@pytest.mark.slow
def test_the_page_is_up_to_date_and_nobody_is_told_of() -> None:
    found = measured()
    assert PAGE.read_text(encoding="utf-8") == page(found)
    assert all(one.told == 0 for one in found) and all(one.told_alone for one in found[1:])
