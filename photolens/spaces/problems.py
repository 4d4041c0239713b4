"""The named problems of spaces, and what their constraints mean to a caller."""

from photolens.problems import CONSTRAINTS, NAME_TAKEN, InvalidField, ProblemKind, Reference, Refusal

NOT_OFFERED = ProblemKind(409, "not_offered", "It is not offered")
NOT_FREE = ProblemKind(409, "not_free", "It is not free all that time")
TOO_EARLY = ProblemKind(409, "too_early", "It is too early for that")
ALREADY_BEGUN = ProblemKind(409, "already_begun", "It has begun")
NOT_PAYABLE = ProblemKind(409, "not_payable", "It takes no payment")
NOT_PAID = ProblemKind(409, "not_paid", "It has not been paid")
UNITS_HELD = ProblemKind(409, "units_held", "More of it is booked than that")
SLOT_IN_USE = ProblemKind(409, "slot_in_use", "A booking has held the slot")
OFFERING_IN_USE = ProblemKind(409, "offering_in_use", "It was booked")
TIME_ZONE_IN_USE = ProblemKind(409, "time_zone_in_use", "Times at the branch are published")
FACILITY_IN_USE = ProblemKind(409, "facility_in_use", "Branches have the facility")
FEATURE_IN_USE = ProblemKind(409, "feature_in_use", "Offerings have the feature")
REQUEST_PENDING = ProblemKind(409, "request_pending", "That was asked for already")
ALREADY_DECIDED = ProblemKind(409, "already_decided", "The request has been decided")

CONSTRAINTS |= {
    "branches_vendor_name_key": Refusal(NAME_TAKEN, "Another branch of yours has this name."),
    "branches_both_coordinates": InvalidField("/latitude", "or longitude is missing: both of them, or neither"),
    "facilities_name_key": Refusal(NAME_TAKEN, "Another facility has this name."),
    "features_name_key": Refusal(NAME_TAKEN, "Another feature has this name."),
    "branch_facilities_facility_fkey": Reference(
        "/facilityIds", FACILITY_IN_USE, "Branches have it.", "hold one that is not there"
    ),
    "service_features_feature_fkey": Reference(
        "/featureIds", FEATURE_IN_USE, "Offerings have it.", "hold one that is not there"
    ),
    "vendor_services_service_fkey": Reference("/serviceId"),
    "vendor_services_branch_label_key": Refusal(NAME_TAKEN, "Something else at this branch has this label."),
    "vendor_services_durations_range": InvalidField("/maxBookingDuration", "is less than the least"),
    "availability_within_total": Refusal(UNITS_HELD, "Bookings hold more units than that."),
    "booking_slots_availability_fkey": Refusal(SLOT_IN_USE, "Block it instead: isBlocked true."),
    "approval_requests_pending_key": Refusal(REQUEST_PENDING, "A request of this kind waits to be decided."),
}
