"""The named problems of spaces, and what their constraints mean to a caller."""

from photolens.problems import ProblemKind

NOT_OFFERED = ProblemKind(409, "not_offered", "It is not offered")
NOT_FREE = ProblemKind(409, "not_free", "It is not free all that time")
TOO_EARLY = ProblemKind(409, "too_early", "It is too early for that")
ALREADY_BEGUN = ProblemKind(409, "already_begun", "It has begun")
NOT_PAYABLE = ProblemKind(409, "not_payable", "It takes no payment")
NOT_PAID = ProblemKind(409, "not_paid", "It has not been paid")
