"""The database's rules: each means something to a caller, bears its name, and finds its rows by an index."""

import re

from photolens.database import Connection
from photolens.embedded import ROOT
from photolens.problems import CONSTRAINTS

NO_EMPTY_TEXT = "schemas refuse empty text"
NO_NEGATIVE_MONEY = "schemas refuse amounts below zero"
DERIVED = "computed by a refresh_ query, under the lock of what it is computed from"
ONE_ROW = "no statement inserts a second row"
USERS_STAY = "no request deletes a user, and this one has just been inserted, locked or let through"
RANDOM = "256 random bits do not come twice"
DIGEST = "a digest of SHA-256 has 32 bytes"
OF_THE_COMMAND = "no request writes it: `photolens db backup` or `db migrate` does"
HASHED = "a password is stored as passwords.hash_of gives it"
ARBITER = "what is there already gives way, in the statement that inserts"
MOVED = "the ledger moves amounts above zero, each kind its way, and says what for"

UNREACHABLE = {
    "activities_actor_fkey": USERS_STAY,
    "activities_client_fkey": "the deed has just read or locked the client it names",
    "activities_kind_upper_snake": "kinds are words in the code",
    "activities_subject_type_upper_snake": "subject types are words in the code",
    "addresses_city_present": NO_EMPTY_TEXT,
    "addresses_country_code": "schemas refuse what is not two capital letters",
    "addresses_line1_present": NO_EMPTY_TEXT,
    "addresses_user_fkey": "an account is opened with its profile, which nobody deletes",
    "ai_chat_messages_content_present": NO_EMPTY_TEXT,
    "ai_chat_messages_reply_to_fkey": "the message has just been read, and goes with what was replied to it",
    "ai_chat_messages_reply_to_key": ARBITER,
    "ai_chat_messages_reply_to_of_assistant": "one statement keeps a message, another a reply to it",
    "ai_chat_messages_request_key_key": ARBITER,
    "ai_chat_messages_user_fkey": USERS_STAY,
    "api_tokens_name_present": NO_EMPTY_TEXT,
    "api_tokens_token_digest": DIGEST,
    "api_tokens_token_key": RANDOM,
    "api_tokens_user_fkey": USERS_STAY,
    "approval_requests_branch_fkey": "the branch is locked, and stays on record",
    "approval_requests_capacity_of_its_kind": "schemas want both of a change of capacity, of others neither",
    "approval_requests_capacity_positive": "schemas refuse a capacity below one",
    "approval_requests_decided_with_status": "one statement decides, and notes who did and when",
    "approval_requests_reviewed_by_fkey": USERS_STAY,
    "approval_requests_submitted_by_fkey": USERS_STAY,
    "approval_requests_vendor_service_fkey": "the offering is locked; what was asked for it goes before it does",
    "audit_heads_hash_length": "SHA-256 has 32 bytes",
    "audit_heads_last_id_not_negative": "it is moved on",
    "audit_heads_one_row": ONE_ROW,
    "archive_exports_audit_whole": "one statement notes both",
    "archive_exports_month_first_day": "the command reads a month, and takes its first day",
    "archive_exports_row_count_not_negative": "it is counted",
    "archive_exports_sha256_digest": "it is computed",
    "archived_communication_logs_client_fkey": "an archived message refers to whom it did before",
    "audit_logs_data_digest_length": "SHA-256 has 32 bytes",
    "audit_logs_erased_is_empty": "one statement erases, and notes when",
    "audit_logs_hash_length": "SHA-256 has 32 bytes",
    "audit_logs_id_positive": "it counts up from one",
    "audit_logs_somebodys": "the trigger names a user, or else something else",
    "auth_accounts_credentials_have_password": HASHED,
    "auth_accounts_credentials_key": ARBITER,
    "auth_accounts_password_hashed": HASHED,
    "auth_accounts_provider_account_key": "it holds the user's own id, and the user is locked",
    "auth_accounts_user_fkey": USERS_STAY,
    "auth_sessions_session_token_digest": DIGEST,
    "auth_sessions_session_token_key": RANDOM,
    "auth_sessions_user_fkey": USERS_STAY,
    "auth_users_id_role_key": "holds the primary key",
    "auth_users_name_present": NO_EMPTY_TEXT,
    "auth_users_phone_number_e164": "schemas refuse what is no such number",
    "auth_users_phone_verified_is_there": "a number that changes or goes takes its verification along",
    "auth_verification_token_purpose_key": ARBITER,
    "auth_verification_token_token_digest": DIGEST,
    "auth_verification_token_token_key": RANDOM,
    "availability_ends_after_start": "schemas refuse times out of order; a slot that is kept has minutes on the clock",
    "availability_no_overlap": ARBITER,
    "availability_slot_key": ARBITER,
    "availability_total_not_negative": "schemas refuse units below zero",
    "availability_vendor_service_fkey": "the offering is locked; its slots go before it does",
    "booking_series_ends": "schemas want one of the two, and not both",
    "booking_series_every_positive": "schemas refuse a number below one",
    "booking_series_occurrences_positive": "schemas refuse a number below one",
    "booking_series_weekdays_of_weeks": "schemas refuse weekdays of another rule",
    "booking_slots_booking_fkey": "the booking has just been inserted",
    "bookings_id_client_key": "holds the primary key",
    "bookings_id_occupied_key": "holds the primary key",
    "bookings_location_present": NO_EMPTY_TEXT,
    "bookings_price_not_negative": NO_NEGATIVE_MONEY,
    "branch_facilities_branch_fkey": "the branch is locked, and stays on record",
    "branches_address_present": NO_EMPTY_TEXT,
    "branches_city_present": NO_EMPTY_TEXT,
    "branches_latitude_range": "schemas refuse a latitude outside it",
    "branches_longitude_range": "schemas refuse a longitude outside it",
    "branches_name_present": NO_EMPTY_TEXT,
    "branches_time_zone_known": "asked before, by exists_time_zone",
    "branches_vendor_fkey": USERS_STAY,
    "calendar_links_staff_fkey": "the member has just been locked",
    "calendar_links_token_digest": DIGEST,
    "calendar_links_token_key": RANDOM,
    "checkout_sessions_amount_positive": "nothing is opened for an invoice of which nothing is due",
    "checkout_sessions_contact_fkey": "the contact has just been let through, and stays on record",
    "checkout_sessions_invoice_fkey": "the invoice is locked, and its currency copied from it",
    "checkout_sessions_open_has_address": "what is OPEN has been told so by the provider, with its id and address",
    "checkout_sessions_open_key": "one that is open is given again, under the invoice's lock",
    "checkout_sessions_stripe_session_id_key": "a session is noted at the one checkout that it was made for",
    "class_sessions_capacity_range": "schemas refuse a capacity outside it",
    "class_sessions_credit_cost_range": "schemas refuse a cost outside it",
    "class_sessions_rating_within_stars": DERIVED,
    "class_sessions_time_key": "it holds the id",
    "class_sessions_title_present": NO_EMPTY_TEXT,
    "class_sessions_waitlist_capacity_range": "schemas refuse a capacity outside it",
    "client_contacts_activated_with_account": "one statement gives the account and says when; one takes back both",
    "client_contacts_client_fkey": "the client has just been locked",
    "client_contacts_id_client_key": "holds the primary key",
    "client_contacts_name_present": NO_EMPTY_TEXT,
    "client_contacts_primary_key": "whoever was it before is not any more, under the lock of the client",
    "client_contacts_user_fkey": USERS_STAY,
    "client_contacts_user_key": "an account has the e-mail of its contact, which is one contact's and stays",
    "clients_erased_is_archived": "one statement erases and archives, and no request changes whoever is erased",
    "clients_name_present": NO_EMPTY_TEXT,
    "clients_total_revenue_not_negative": DERIVED,
    "clients_total_sessions_not_negative": DERIVED,
    "communication_logs_attempts_not_negative": "a message begins with none, and no request changes that",
    "communication_logs_body_while_pending": "written with its words, a message waits again only if it has them",
    "communication_logs_client_fkey": "the client has just been locked with the invoice or contact it is about",
    "communication_logs_recipient_present": "schemas refuse an empty e-mail address or phone number",
    "communication_logs_sent_at_with_status": "one statement notes both",
    "contact_invites_contact_fkey": "the contact is locked",
    "contact_invites_token_digest": DIGEST,
    "contact_invites_token_key": RANDOM,
    "credit_lot_movements_delta_not_zero": MOVED,
    "credit_lot_movements_lot_fkey": "lots are never deleted, and this one has just been read",
    "credit_lot_movements_transaction_fkey": "the transaction has just been inserted",
    "credit_lots_amount_positive": MOVED,
    "credit_lots_remaining_within_amount": DERIVED,
    "credit_lots_transaction_fkey": "the transaction has just been inserted",
    "credit_lots_transaction_key": "a transaction makes one lot, as it is inserted",
    "credit_lots_user_fkey": USERS_STAY,
    "credit_transactions_balance_not_negative": "nothing is taken that the locked balance does not have",
    "credit_transactions_for_something": MOVED,
    "credit_transactions_photo_job_fkey": "jobs are never deleted, and this one has just been inserted or locked",
    "credit_transactions_photo_job_key": "a job is paid for as it is inserted, and given back once under its lock",
    "credit_transactions_purchase_fkey": "the purchase is locked",
    "credit_transactions_purchase_key": "a purchase is credited once, under its lock",
    "credit_transactions_session_booking_fkey": "the booking has just been inserted, or its session is locked",
    "credit_transactions_session_booking_key": "a place is paid for and given back once, under its lock",
    "credit_transactions_sign_of_kind": MOVED,
    "credit_transactions_subscription_grant_fkey": "the grant has just been inserted",
    "credit_transactions_subscription_grant_key": "credits are given as the grant is inserted",
    "credit_transactions_user_fkey": USERS_STAY,
    "database_backups_file_name_present": OF_THE_COMMAND,
    "database_backups_sha256_digest": OF_THE_COMMAND,
    "database_backups_size_positive": OF_THE_COMMAND,
    "editing_jobs_booking_key": "a job is opened and taken back under the booking's lock",
    "editing_jobs_delivered_at_with_status": DERIVED,
    "editing_jobs_editor_fkey": "whoever is given a job is locked, and whoever has edited one stays on record",
    "editing_jobs_revision_count_not_negative": DERIVED,
    "editing_revisions_editing_job_fkey": "the job is locked",
    "editing_revisions_note_present": NO_EMPTY_TEXT,
    "editing_stages_id_status_key": "holds the primary key",
    "editing_stages_name_present": NO_EMPTY_TEXT,
    "editing_stages_position_key": "positions are given under the lock of the board",
    "editing_stages_status_on_board": "schemas refuse what is not on the board",
    "editing_status_logs_editing_job_fkey": "the job has just been inserted or locked",
    "editing_status_logs_stage_fkey": "the stages are locked, and one that goes sets it null",
    "expenses_amount_positive": "schemas refuse an amount that is not above zero",
    "facilities_name_present": NO_EMPTY_TEXT,
    "features_name_present": NO_EMPTY_TEXT,
    "gym_equipment_category_present": NO_EMPTY_TEXT,
    "gym_equipment_gym_fkey": "the gym is locked",
    "gym_equipment_name_present": NO_EMPTY_TEXT,
    "gym_equipment_quantity_range": "schemas refuse a quantity outside it",
    "gym_opening_hours_closes_after_opening": "schemas refuse hours that end before they begin",
    "gym_opening_hours_gym_fkey": "the gym is locked",
    "gym_trainers_gym_fkey": "the gym is locked",
    "gym_trainers_rating_within_stars": DERIVED,
    "gym_trainers_trainer_fkey": USERS_STAY,
    "gyms_address_keys": "schemas take these keys and no others, each as text",
    "gyms_cancel_hours_range": "schemas refuse hours outside it",
    "gyms_name_present": NO_EMPTY_TEXT,
    "gyms_rating_within_stars": DERIVED,
    "gyms_time_zone_known": "asked before, by exists_time_zone",
    "inductions_confirmed_with_trainer": "an induction is confirmed with a trainer, who stays",
    "inductions_user_fkey": USERS_STAY,
    "invoice_counter_one_row": ONE_ROW,
    "invoice_items_invoice_fkey": "the invoice has just been inserted or locked",
    "invoice_items_invoice_position_key": "positions are given under the invoice's lock",
    "invoice_items_name_present": NO_EMPTY_TEXT,
    "invoice_items_quantity_positive": "schemas refuse a quantity that is not above zero",
    "invoice_items_unit_price_not_negative": NO_NEGATIVE_MONEY,
    "invoice_milestones_id_invoice_key": "holds the primary key",
    "invoice_milestones_invoice_fkey": "the invoice is locked",
    "invoice_milestones_invoice_position_key": "what stands at a position is replaced, under the invoice's lock",
    "invoice_milestones_label_present": NO_EMPTY_TEXT,
    "invoice_milestones_paid_within_expected": DERIVED,
    "invoice_milestones_status_fits_paid": DERIVED,
    "invoices_balance_not_negative": DERIVED,
    "invoices_currency_code": "schemas refuse what is not three capital letters",
    "invoices_id_currency_key": "holds the primary key",
    "invoices_invoice_sequence_key": "given by the counter, under its lock",
    "invoices_numbered_once_issued": "a draft is locked, numbered and issued by one statement",
    "invoices_paid_by_contact_fkey": DERIVED,
    "invoices_parts_add_up": DERIVED,
    "invoices_status_fits_balance": DERIVED,
    "invoices_stripe_checkout_session_id_key": DERIVED,
    "invoices_stripe_payment_intent_id_key": DERIVED,
    "invoices_tax_rate_range": "schemas refuse a rate outside it",
    "invoices_tax_rounded_once": DERIVED,
    "notification_inboxes_last_number_positive": "it counts up from one",
    "notification_inboxes_user_fkey": USERS_STAY,
    "notification_preferences_user_fkey": USERS_STAY,
    "notifications_subject_type_upper_snake": "subject types are words in the code",
    "notifications_subject_whole": "notices name both of a subject, or neither",
    "notifications_title_present": "titles are sentences of the code",
    "notifications_user_fkey": "one statement counts in the inbox, and inserts",
    "notifications_user_number_key": "the inbox that counts is locked",
    "otp_sessions_attempts_range": "a try is counted under the code's lock, which a burnt code is not given",
    "otp_sessions_otp_code_digest": DIGEST,
    "otp_sessions_waiting_key": ARBITER,
    "parqs_answers_to_each_question": "schemas take these answers and no others, each yes or no",
    "parqs_clearance_where_needed": "the statement that inserts follows the answers; only what is PENDING is decided",
    "parqs_decided_at_with_clearance": "one statement decides, and notes when",
    "parqs_decided_by_fkey": USERS_STAY,
    "parqs_user_fkey": USERS_STAY,
    "payment_accounts_name_present": NO_EMPTY_TEXT,
    "payment_allocations_milestone_fkey": "milestones of the invoice have just been read, under its lock",
    "payment_allocations_payment_fkey": "payments are never deleted, and this one has just been read or inserted",
    "payment_allocations_refund_fkey": "the refund has just been inserted",
    "payment_allocations_refund_takes": "of a payment a part above zero is allocated, of a refund one below",
    "payments_amount_positive": "schemas refuse an amount that is not above zero",
    "payments_id_invoice_key": "holds the primary key",
    "payments_paid_by_contact_fkey": "the contact is their checkout's, and stays on record",
    "payments_stripe_payment_intent_id_key": "a payment of the provider's is of one session, which is booked once",
    "payments_stripe_session_id_key": "a session is booked once, under its checkout's lock",
    "photo_job_photos_edits_when_done": "one statement notes both",
    "photo_job_photos_job_fkey": "the job has just been inserted",
    "photo_job_photos_position_key": "photos are counted as the job is inserted with them",
    "photo_job_photos_position_range": "schemas refuse more than thirty photos",
    "photo_jobs_booking_fkey": "the booking has just been locked, and one that goes sets it null",
    "photo_jobs_cost_of_photos": "the cost is computed so, and a demo's is nothing",
    "photo_jobs_failure_when_failed": "one statement fails a job and says why",
    "photo_jobs_finished_at_with_status": "one statement ends a job and notes when",
    "photo_jobs_free_photos_within_count": "of so many photos, at most so many are free",
    "photo_jobs_group_name_length": "schemas refuse a longer name, and an empty one",
    "photo_jobs_hidden_when_finished": "a job is hidden under its lock, once it is finished",
    "photo_jobs_idempotency_key": "looked for under the lock of the user's balance",
    "photo_jobs_photo_count_range": "schemas refuse none, and more than thirty",
    "photo_jobs_prompt_length": "schemas refuse a longer prompt, and an empty one",
    "photo_jobs_result_when_completed": "one statement completes a job and notes its result",
    "photo_jobs_storage_folder_key": "a random uuid does not come twice",
    "photo_jobs_tries_range": "a worker that has had three tries fails the job",
    "photo_jobs_user_fkey": USERS_STAY,
    "photo_selections_booking_fkey": "the booking is locked",
    "photo_selections_booking_position_key": "positions are given under the booking's lock",
    "photo_selections_name_present": NO_EMPTY_TEXT,
    "purchases_amount_positive": "a price and a quantity are above zero",
    "purchases_completed_at_with_status": "one statement notes both",
    "purchases_credits_of_product": "computed from the two, which are above zero",
    "purchases_idempotency_key": ARBITER,
    "purchases_quantity_range": "schemas refuse a quantity outside it",
    "purchases_reference_key": RANDOM,
    "purchases_stripe_session_id_key": "a session is noted at the one purchase that it was made for",
    "purchases_user_fkey": USERS_STAY,
    "refunds_amount_positive": "schemas refuse an amount that is not above zero",
    "refunds_payment_fkey": "payments are never deleted, and this one has just been read",
    "refunds_stripe_refund_id_key": "a refund of the provider is looked for and booked under its invoice's lock",
    "rooms_name_present": NO_EMPTY_TEXT,
    "schema_migrations_id_numbered": OF_THE_COMMAND,
    "studio_hosts_host_plain": OF_THE_COMMAND,
    "studio_hosts_studio_fkey": OF_THE_COMMAND,
    "studios_name_plain": OF_THE_COMMAND,
    "schema_migrations_sha256_digest": OF_THE_COMMAND,
    "service_features_vendor_service_fkey": "the offering is locked, and takes its features along",
    "services_name_key": "the kinds are those of the schema, and no request adds one",
    "session_bookings_cancel_hours_not_negative": "they are the gym's",
    "session_bookings_cancelled_at_with_status": "one statement changes the status, and notes when",
    "session_bookings_checked_in_at_with_status": "one statement changes the status, and notes when",
    "session_bookings_credit_cost_not_negative": "it is the session's",
    "session_bookings_id_session_key": "it holds the id",
    "session_bookings_session_fkey": "the session is locked, and its time is copied",
    "session_bookings_user_fkey": USERS_STAY,
    "session_categories_name_present": NO_EMPTY_TEXT,
    "session_packages_duration_range": "schemas refuse a duration outside it",
    "session_packages_name_present": NO_EMPTY_TEXT,
    "session_packages_price_not_negative": NO_NEGATIVE_MONEY,
    "session_reviews_booking_fkey": "the booking is locked, and stays on record",
    "session_reviews_rating_range": "schemas refuse a rating outside it",
    "session_reviews_session_fkey": "the session is the booking's",
    "session_waitlist_offer_expires": "one statement offers, and notes until when",
    "session_waitlist_session_fkey": "the session is locked",
    "session_waitlist_user_fkey": USERS_STAY,
    "space_bookings_booking_number_key": "sixty random bits do not come twice",
    "space_bookings_booking_number_length": "a number has fifteen letters and digits",
    "space_bookings_cancelled_at_with_status": "one statement notes both",
    "space_bookings_customer_fkey": USERS_STAY,
    "space_bookings_dates_in_order": "the end that is asked for is after the start, and a duration is one at least",
    "space_bookings_hold_of_pending": "whatever takes a booking on ends its hold",
    "space_bookings_quantity_positive": "schemas refuse a number below one",
    "space_bookings_refund_amount_not_negative": DERIVED,
    "space_bookings_total_price_positive": "prices are above zero, and the least duration is one",
    "space_bookings_vendor_service_fkey": "the offering is locked",
    "space_payments_amount_positive": "a price is above zero, and schemas refuse an event of nothing",
    "space_payments_booking_fkey": "the booking has just been inserted or locked",
    "space_payments_paid_at_with_status": "one statement notes both, and nothing takes a payment back",
    "space_payments_refund_due_range": "all of what came is due at most, or of the price a part",
    "space_payments_refunded_amount_range": "what has gone back is cut to what came, or was refused before",
    "space_payments_transaction_id_key": "they are random, or looked for under the lock of their booking",
    "staff_assignments_booking_fkey": "the booking has just been inserted or locked",
    "staff_members_name_present": NO_EMPTY_TEXT,
    "staff_members_user_fkey": "an account takes the role of its member first, and the cascade keeps the two equal",
    "stripe_events_attempts_not_negative": "an event begins with none, and each attempt adds one",
    "stripe_events_processed_at_with_outcome": "one statement notes both",
    "studio_settings_high_value_threshold_not_negative": NO_NEGATIVE_MONEY,
    "studio_settings_one_row": ONE_ROW,
    "studio_settings_time_zone_known": "asked before, by exists_time_zone",
    "subscription_grants_credits_positive": "they are the subscription's",
    "subscription_grants_ends_after_start": "a period that does not is refused before it is kept",
    "subscription_grants_paid_whole": "an invoice has an amount and a currency",
    "subscription_grants_period_key": ARBITER,
    "subscription_grants_stripe_invoice_id_key": ARBITER,
    "subscription_grants_subscription_fkey": "the subscription is locked",
    "subscription_plans_credits_range": "schemas refuse a number outside it",
    "subscription_plans_currency_code": "it is the studio's",
    "subscription_plans_name_present": NO_EMPTY_TEXT,
    "subscription_plans_price_positive": NO_NEGATIVE_MONEY,
    "subscriptions_anchored_once_live": "one statement makes it live, and anchors it",
    "subscriptions_credits_range": "they are the plan's",
    "subscriptions_ended_at_with_status": "one statement ends it, and notes when",
    "subscriptions_idempotency_key": "asked before, and of each user one at a time",
    "subscriptions_period_whole": DERIVED,
    "subscriptions_price_not_negative": "it is the plan's",
    "subscriptions_reference_key": RANDOM,
    "subscriptions_stripe_session_id_key": "the provider gives each session an id of its own",
    "subscriptions_stripe_subscription_id_key": "the provider gives each subscription an id of its own",
    "subscriptions_user_fkey": USERS_STAY,
    "support_comments_author_fkey": USERS_STAY,
    "support_comments_body_present": NO_EMPTY_TEXT,
    "support_comments_problem_fkey": "the problem is locked, and stays on record",
    "support_problems_assigned_to_somebody": "rules refuse it",
    "support_problems_assignee_fkey": USERS_STAY,
    "support_problems_closed_at_with_status": "one statement changes the status, and notes when",
    "support_problems_description_present": NO_EMPTY_TEXT,
    "support_problems_number_key": "it follows from the id",
    "support_problems_resolved_at_with_status": "one statement changes the status, and notes when",
    "support_problems_title_present": NO_EMPTY_TEXT,
    "support_problems_user_fkey": USERS_STAY,
    "trainer_engagements_for_one": "each trigger writes of one",
    "trainer_engagements_induction_fkey": "the trigger is the induction's",
    "trainer_engagements_induction_key": ARBITER,
    "trainer_engagements_session_fkey": "the trigger is the session's",
    "trainer_engagements_session_key": ARBITER,
    "trainer_engagements_trainer_fkey": USERS_STAY,
    "user_access_changes_changed_by_fkey": USERS_STAY,
    "user_access_changes_user_fkey": USERS_STAY,
    "user_credits_credits_not_negative": DERIVED,
    "user_credits_free_used_not_negative": DERIVED,
    "user_credits_user_fkey": USERS_STAY,
    "user_profiles_user_fkey": USERS_STAY,
    "vendor_services_branch_fkey": "the branch is locked, and stays on record",
    "vendor_services_free_cancel_hours_range": "schemas refuse hours outside it",
    "vendor_services_label_present": NO_EMPTY_TEXT,
    "vendor_services_late_refund_percent_range": "schemas refuse a percentage outside it",
    "vendor_services_max_capacity_positive": "schemas refuse a capacity below one",
    "vendor_services_price_positive": "schemas refuse a price that is not above zero",
    "webhook_attempts_delivery_fkey": "one statement reads the delivery, and notes a try of it",
    "webhook_attempts_milliseconds_not_negative": "a clock measures them that only goes on",
    "webhook_deliveries_change_key": "the endpoint is locked, and goes through the trail once",
    "webhook_deliveries_delivered_at_with_status": "one statement changes the status, and notes when",
    "webhook_deliveries_endpoint_fkey": "the endpoint is locked",
    "webhook_deliveries_in_line_of_an_object": "what is told of a change stands in line, a ping in none",
    "webhook_deliveries_next_attempt_while_pending": "one statement changes the status, and says when it is tried",
    "webhook_endpoints_event_types_present": "schemas want one",
    "webhook_endpoints_former_secret_has_an_end": "one statement gives another secret, and says until when",
    "webhook_progress_endpoint_fkey": "one statement adds an endpoint and where it is",
    "webhook_progress_failing_since_a_failure": "one statement counts failures, and says since when",
    "work_packages_id_client_key": "holds the primary key",
    "work_packages_name_present": NO_EMPTY_TEXT,
    "working_hours_closes_after_opening": "schemas refuse hours that end before they begin",
}

# By the clock on the studio's wall, on no day in particular.
TIMES_OF_DAY = {
    "availability.end_time",
    "availability.start_time",
    "booking_series.starts_at",
    "gym_opening_hours.closes_at",
    "gym_opening_hours.opens_at",
    "space_bookings.end_time",
    "space_bookings.start_time",
    "working_hours.closes_at",
    "working_hours.opens_at",
}

NOT_MONEY = {
    "branches.latitude": "numeric(10,8)",
    "branches.longitude": "numeric(11,8)",
    "space_bookings.duration": "numeric(8,4)",
    "invoice_items.quantity": "numeric(12,3)",
    "invoices.tax_rate": "numeric(6,3)",
    # Credits, as large as their seed document makes a balance.
    "credit_lot_movements.delta": "numeric(10,2)",
    "credit_lots.amount": "numeric(10,2)",
    "credit_lots.remaining": "numeric(10,2)",
    "credit_transactions.balance_after": "numeric(10,2)",
    "credit_transactions.delta": "numeric(10,2)",
    "purchases.credits_purchased": "numeric(10,2)",
    "user_credits.credits": "numeric(10,2)",
    # Credits that a job takes.
    "photo_jobs.cost": "numeric(10,2)",
    "photo_jobs.unit_price": "numeric(10,2)",
}


def _constraints(conn: Connection) -> dict[str, str]:
    """The table of every check, unique, exclusion and foreign key constraint, and of every other unique index; of
    the triggers that raise under a name of their own; and the one primary key whose parts a request gives."""
    rows = conn.execute(
        r"""
        select conname as name, conrelid::regclass::text as table_name
        from pg_constraint
        where connamespace = current_schema()::regnamespace
            and (contype in ('c', 'u', 'x', 'f', 't') or conname = 'gym_trainers_pkey')
            and conname not in ('invoices_milestones_add_up', 'audit_logs_move_head')
            and conname not like '%\_audit'
        union
        select relname, indrelid::regclass::text
        from pg_index
        inner join pg_class on pg_index.indexrelid = pg_class.oid
        where relnamespace = current_schema()::regnamespace and indisunique and not indisprimary
        """
    )
    return {row["name"]: row["table_name"] for row in rows if not _is_of_the_queue(row["table_name"])}


def _is_of_the_queue(table: str) -> bool:
    """Whether a table is one that the queue's package brings, as it is."""
    return table.startswith("procrastinate_")


def test_every_constraint_means_something_to_a_caller_or_is_out_of_reach(conn: Connection) -> None:
    assert {*CONSTRAINTS, *UNREACHABLE} == set(_constraints(conn))


def test_no_constraint_is_both_answered_and_out_of_reach() -> None:
    assert CONSTRAINTS.keys() & UNREACHABLE.keys() == set()


def test_every_constraint_is_given_a_name_that_begins_with_its_table(conn: Connection) -> None:
    schema = "\n".join(file.read_text() for file in (ROOT / "schema").glob("*.sql"))
    given = set(re.findall(r"\b(?:constraint(?: trigger)?|unique index)\s+(\w+)", schema))

    assert [n for n, table in _constraints(conn).items() if n not in given or not n.startswith(f"{table}_")] == []


def test_every_foreign_key_is_indexed(conn: Connection) -> None:
    slow = conn.execute(
        """
        select conname, conrelid::regclass::text as table_name
        from pg_constraint
        where connamespace = current_schema()::regnamespace and contype = 'f' and not exists (
            select
            from pg_index
            where indrelid = conrelid and indpred is null
                and (indkey::int2[])[0:cardinality(conkey) - 1] @> conkey
                and (indkey::int2[])[0:cardinality(conkey) - 1] <@ conkey
        )
        """
    )

    assert [row["conname"] for row in slow if not _is_of_the_queue(row["table_name"])] == []


def _column_types(conn: Connection) -> dict[str, str]:
    rows = conn.execute(
        """
        select attrelid::regclass || '.' || attname as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        inner join pg_class on attrelid = pg_class.oid
        where relnamespace = current_schema()::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
        """
    )
    return {row["name"]: row["type"] for row in rows}


def test_every_instant_is_kept_with_its_zone(conn: Connection) -> None:
    zoneless = ("timestamp without", "tsrange", "tsmultirange", "time ")

    assert {column for column, type_ in _column_types(conn).items() if type_.startswith(zoneless)} == TIMES_OF_DAY


def test_money_is_numeric_with_two_decimals_and_no_other_number_has_a_fraction(conn: Connection) -> None:
    money = re.compile(r"\.(\w+_)?(amount|price|price_per_unit|revenue|due|subtotal|threshold)$")
    fractional = ("numeric", "money", "real", "double precision")
    types = _column_types(conn)

    named = {column: "numeric(12,2)" for column in types if money.search(column)}
    assert {column: type_ for column, type_ in types.items() if type_.startswith(fractional)} == named | NOT_MONEY
