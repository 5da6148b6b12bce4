"""What a dataset group file says about the data that a FULL version may be trained on."""

from typing import Annotated

from pydantic import Field

from include.config.values import Frozen, Share

Points = Annotated[float, Field(gt=0, lt=1)]
Days = Annotated[float, Field(gt=0)]


class TrainingData(Frozen):
    """How far the interactions of a version's last four weeks may be from those of its champions.

    Their offline metrics cannot tell: what is missing from the data is missing from the test as well. Each is held
    against the median of the recent champions; a shop whose numbers move more than this by themselves is allowed what
    chance explains. null: no rule.

    rows, users, items: shares of their numbers by which they may fall; recent_rows: of the last week's rows.
    event_types: the share by which the rows of any type of event may fall.
    age_days: days by which the newest interaction may be older, when training begins, than it was.
    busy: of users' days with more than 30 rows, the share of all rows that they have; tied: of rows that share user and
    TIMESTAMP with another, the share of all rows. Both are points by which they may grow: 0.02 is from 1 % to 3 %.
    """

    rows: Share | None = 0.3
    recent_rows: Share | None = 0.5
    users: Share | None = 0.3
    items: Share | None = 0.05
    event_types: Share | None = 0.5
    age_days: Days | None = 3
    busy: Points | None = 0.02
    tied: Points | None = 0.02
