"""A ratio says something only while the floor of a benchmark answers what the portal answers."""

from __future__ import annotations

from bench import section, site


def test_the_floor_of_the_section_page_is_the_same_page() -> None:
    with site.opened() as place:
        page = place.section("DO")
        ours, floor = section.told(place.ours, page), section.told(place.floor, page)
    assert "HRS-DO-01" in ours
    assert floor == ours
