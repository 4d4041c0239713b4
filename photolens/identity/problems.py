"""Identity's named problems, and what its constraints mean to a caller."""

from photolens.problems import CONSTRAINTS, EMAIL_TAKEN, NAME_TAKEN, ProblemKind, Refusal

INVALID_CREDENTIALS = ProblemKind(401, "invalid_credentials", "E-mail and password do not belong together")
ACCOUNT_SUSPENDED = ProblemKind(403, "account_suspended", "The account is suspended")
NOT_ONESELF = ProblemKind(403, "not_oneself", "Nobody changes their own role or status")
OWNERS_ONLY = ProblemKind(403, "owners_only", "Only an owner does this")
PHONE_TAKEN = ProblemKind(409, "phone_taken", "Somebody else has this phone number")
LAST_OWNER = ProblemKind(409, "last_owner", "The studio needs an active owner")
NOT_VERIFIED = ProblemKind(409, "not_verified", "Neither e-mail nor phone is verified")
IS_STAFF = ProblemKind(409, "is_staff", "They are on the team")
TOO_MANY = ProblemKind(409, "too_many", "There are as many as there may be")
LINK_INVALID = ProblemKind(422, "link_invalid", "The link is not valid, or no longer")
CODE_INVALID = ProblemKind(422, "code_invalid", "The code is not right, or no longer")

CONSTRAINTS |= {
    "auth_users_email_key": Refusal(EMAIL_TAKEN, "Somebody has an account with this e-mail address."),
    "auth_users_phone_number_key": Refusal(PHONE_TAKEN, "Somebody has an account with this phone number."),
    "auth_users_active_is_verified": Refusal(NOT_VERIFIED, "Verify the e-mail address or the phone number first."),
    "api_tokens_user_name_key": Refusal(NAME_TAKEN, "Another of your tokens has this name."),
    "staff_members_role_of_staff": Refusal(IS_STAFF, "They are on the team. Remove them there first."),
}
