"""The named problems of classes, and what their constraints mean to a caller."""

from photolens.problems import CONSTRAINTS, NAME_TAKEN, InvalidField, ProblemKind, Reference, Refusal

SESSION_FULL = ProblemKind(409, "session_full", "There is no place left")
ALREADY_BOOKED = ProblemKind(409, "already_booked", "You have a place there")
PARQ_REQUIRED = ProblemKind(409, "parq_required", "It takes a valid health questionnaire")
INDUCTION_REQUIRED = ProblemKind(409, "induction_required", "It takes an induction at the gym")
BOOKING_CLOSED = ProblemKind(409, "booking_closed", "It takes no bookings any more")
USER_OVERLAP = ProblemKind(409, "user_overlap", "Nobody is in two classes at once")
TRAINER_OVERLAP = ProblemKind(409, "trainer_overlap", "The trainer is busy then")
PLACES_TAKEN = ProblemKind(409, "places_taken", "More places are taken than that")
WAITLIST_FULL = ProblemKind(409, "waitlist_full", "The waiting list is full")
ALREADY_WAITING = ProblemKind(409, "already_waiting", "You are on the waiting list")
PLACES_LEFT = ProblemKind(409, "places_left", "There are places to be booked")
ALREADY_BEGUN = ProblemKind(409, "already_begun", "It has begun")
TOO_EARLY = ProblemKind(409, "too_early", "It is too early for that")
TOO_LATE = ProblemKind(409, "too_late", "It is too late for that")
NOT_ATTENDED = ProblemKind(409, "not_attended", "Only whoever was there reviews it")
ALREADY_REVIEWED = ProblemKind(409, "already_reviewed", "It has your review")
INDUCTION_OPEN = ProblemKind(409, "induction_open", "An induction there is arranged")
ALREADY_INDUCTED = ProblemKind(409, "already_inducted", "You have had your induction there")
PARQ_REPLACED = ProblemKind(409, "parq_replaced", "They have answered anew since")
ALREADY_SUBSCRIBED = ProblemKind(409, "already_subscribed", "There is a subscription")
GYM_IN_USE = ProblemKind(409, "gym_in_use", "Classes were given there")
TRAINER_IN_USE = ProblemKind(409, "trainer_in_use", "The trainer has given classes there")
ALREADY_TRAINER = ProblemKind(409, "already_trainer", "They give classes there")
PLAN_IN_USE = ProblemKind(409, "plan_in_use", "Somebody has subscribed to it")

CONSTRAINTS |= {
    "gyms_name_key": Refusal(NAME_TAKEN, "Another gym has this name."),
    "gym_equipment_name_key": Refusal(NAME_TAKEN, "Something else at this gym has this name."),
    "gym_trainers_pkey": Refusal(ALREADY_TRAINER, "They are a trainer at this gym."),
    "class_sessions_gym_fkey": Reference("/gymId", GYM_IN_USE, "Classes were given at this gym."),
    "class_sessions_trainer_fkey": Reference(
        "/trainerId", TRAINER_IN_USE, "Set isActive to false instead.", "is no trainer at this gym"
    ),
    "class_sessions_ends_after_start": InvalidField("/endTime", "is not after the start"),
    "class_sessions_length": InvalidField("/endTime", "is more than 31 days after the start"),
    "class_sessions_within_capacity": Refusal(PLACES_TAKEN, "More places are taken, or offered, than that."),
    "class_sessions_within_waitlist": Refusal(WAITLIST_FULL, "So many are waiting already."),
    "inductions_gym_fkey": Reference("/gymId", GYM_IN_USE, "There were inductions at this gym."),
    "inductions_trainer_fkey": Reference(
        "/trainerId", TRAINER_IN_USE, "Set isActive to false instead.", "is no trainer at this gym"
    ),
    "inductions_ends_after_start": InvalidField("/endTime", "is not after the start"),
    "inductions_length": InvalidField("/endTime", "is more than a day after the start"),
    "inductions_open_key": Refusal(INDUCTION_OPEN, "One at this gym waits to be confirmed, or held."),
    "trainer_engagements_no_overlap": Refusal(TRAINER_OVERLAP, "The trainer has a class or an induction then."),
    "session_bookings_live_key": Refusal(ALREADY_BOOKED, "You have a place in this class."),
    "session_bookings_no_overlap": Refusal(USER_OVERLAP, "Whoever has the place has another one at that time."),
    "session_waitlist_live_key": Refusal(ALREADY_WAITING, "You are on this waiting list."),
    "session_reviews_booking_key": Refusal(ALREADY_REVIEWED, "Change the review that is there."),
    "session_reviews_low_rating_explained": InvalidField("/comment", "is needed for a rating of 1 or 2"),
    "subscription_plans_name_key": Refusal(NAME_TAKEN, "Another plan has this name."),
    "subscriptions_plan_fkey": Reference("/planId", PLAN_IN_USE, "Set isActive to false instead."),
    "subscriptions_live_key": Refusal(ALREADY_SUBSCRIBED, "One subscription at a time: cancel the one there is."),
}
