"""The named problems of spaces, and what their constraints mean to a caller."""

from photolens.problems import ProblemKind

NOT_OFFERED = ProblemKind(409, "not_offered", "It is not offered")
NOT_FREE = ProblemKind(409, "not_free", "It is not free all that time")
