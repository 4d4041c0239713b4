"""The platform's constraints, and what breaking them means to a caller."""

from photolens.problems import CONSTRAINTS, InvalidField, ProblemKind

CHANGES_DEPARTED = ProblemKind(409, "changes_departed", "What was changed then has left the database")

CONSTRAINTS |= {
    "studio_settings_currency_code": InvalidField("/currency", "is not a currency code such as USD"),
    "studio_settings_invoice_prefix_length": InvalidField("/invoicePrefix", "is longer than 20 characters"),
    "studio_settings_due_days_range": InvalidField("/defaultDueDays", "is not from 0 to 365"),
    "studio_settings_reminder_interval_range": InvalidField("/reminderIntervalDays", "is not from 1 to 365"),
}
