"""What credits refuse, and what their constraints mean to a caller."""

from photolens.problems import ProblemKind

INSUFFICIENT_CREDITS = ProblemKind(402, "insufficient_credits", "There are not enough credits")
