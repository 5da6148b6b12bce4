"""What a campaign is for: a solution has the champion's, and may have a challenger's beside it."""

from enum import StrEnum

from include.config import Campaign, Solution


class Role(StrEnum):
    """Whom a campaign serves: the champion, which the nights move, or a challenger, which only people move."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"

    def campaign(self, solution: Solution) -> Campaign:
        """The solution's campaign of this role; raises LookupError where its YAML has none."""
        found = solution.campaign if self is Role.CHAMPION else solution.challenger
        if found is None:
            raise LookupError(f"{solution.name} has no {self} in its dataset group's file.")
        return found
