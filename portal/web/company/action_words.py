"""What corrective actions are called: their states and what they cost."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.models import ActionStatus, CostBand

STATUSES: Mapping[ActionStatus, LazyString] = {
    ActionStatus.PLANNED: _l("Planned"),
    ActionStatus.STARTED: _l("Under way"),
    ActionStatus.DONE: _l("Done"),
    ActionStatus.DROPPED: _l("Dropped"),
}
COSTS: Mapping[CostBand, LazyString] = {
    CostBand.UNKNOWN: _l("Not known yet"),
    CostBand.NONE: _l("None"),
    CostBand.LOW: _l("Low"),
    CostBand.MEDIUM: _l("Medium"),
    CostBand.HIGH: _l("High"),
}
