"""What a test starts from, made over HTTP with sensible defaults; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.client import ApiClient, token_of


def instant(day: int = 0, hour: int = 10, minute: int = 0) -> str:
    """An instant `day` days after a fixed Monday in 2027, as the API writes it."""
    moment = datetime(2027, 3, 1, tzinfo=UTC) + timedelta(days=day, hours=hour, minutes=minute)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Factory:
    """`make.booking(status="PENDING")`: the created resource, as its 201 answered it."""

    def __init__(self, api: ApiClient, vendor: str = token_of("VENDOR")) -> None:
        self._api = api
        self._vendor = api.by_token(vendor)
        self._count = 0

    def _create(self, path: str, body: dict[str, Any], api: ApiClient | None = None) -> dict[str, Any]:
        response = (api or self._api).post(path, body)
        assert response.status == 201, response.body
        created: dict[str, Any] = response.body
        return created

    def _next(self) -> int:
        self._count += 1
        return self._count

    def client(self, **fields: Any) -> dict[str, Any]:
        n = self._next()
        return self._create("/clients", {"name": f"Client {n}", "email": f"client{n}@example.com", **fields})

    def webhook_endpoint(self, **fields: Any) -> dict[str, Any]:
        """Somebody who is told of every client."""
        wish = {"url": "https://hooks.example/photolens", "eventTypes": ["client.created"]}
        return self._create("/webhook-endpoints", wish | fields)

    def ping(self, endpoint: dict[str, Any]) -> dict[str, Any]:
        """What an endpoint is to be sent."""
        return self._create(f"/webhook-endpoints/{endpoint['id']}/test", {})

    def problem(self, **fields: Any) -> dict[str, Any]:
        """Something that the caller has reported."""
        wish = {"type": "BOOKING", "title": "No credits for Friday", "description": "It says that I have none."}
        return self._create("/support/problems", wish | fields)

    def comment(self, problem: dict[str, Any], body: str = "It works now.", **fields: Any) -> dict[str, Any]:
        """Something that the caller has said of a problem."""
        return self._create(f"/support/problems/{problem['id']}/comments", {"body": body, **fields})

    def contact(self, **fields: Any) -> dict[str, Any]:
        """Somebody at a client, who has not been invited."""
        client_id = fields.pop("clientId", None) or self.client()["id"]
        n = self._next()
        contact = {"name": f"Contact {n}", "email": f"contact{n}@example.com", **fields}
        return self._create(f"/clients/{client_id}/contacts", contact)

    def work_package(self, **fields: Any) -> dict[str, Any]:
        if "clientId" not in fields:
            fields["clientId"] = self.client()["id"]
        return self._create("/work-packages", {"name": f"Work package {self._next()}", **fields})

    def category(self, **fields: Any) -> dict[str, Any]:
        return self._create("/session-categories", {"name": f"Category {self._next()}", **fields})

    def package(self, **fields: Any) -> dict[str, Any]:
        """A package of 90 minutes for 250.00."""
        if "categoryId" not in fields:
            fields["categoryId"] = self.category()["id"]
        return self._create("/session-packages", {"name": f"Package {self._next()}", "price": "250.00", **fields})

    def staff(self, **fields: Any) -> dict[str, Any]:
        return self._create("/staff", {"name": f"Photographer {self._next()}", "role": "PHOTOGRAPHER", **fields})

    def room(self, **fields: Any) -> dict[str, Any]:
        return self._create("/rooms", {"name": f"Room {self._next()}", **fields})

    def booking(self, *staff: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """A SCHEDULED booking on 1 March 2027, 10:00 to 11:30 UTC, with these people on it."""
        if "clientId" not in fields:
            fields["clientId"] = self.client()["id"]
        if "sessionTypeId" not in fields:
            fields["sessionTypeId"] = self.package()["id"]
        people = [{"staffId": person["id"]} for person in staff]
        defaults = {"sessionDate": instant(), "location": "Studio A", "assignedStaff": people}
        return self._create("/bookings", {**defaults, **fields})

    def photo(self, booking: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """A photo that the client of this booking has chosen."""
        return self._create(f"/bookings/{booking['id']}/photo-selections", {"name": f"{self._next()}.jpg", **fields})

    def stage(self, **fields: Any) -> dict[str, Any]:
        """One more stage that stands for IN_PROGRESS."""
        return self._create("/editing-stages", {"name": f"Stage {self._next()}", "status": "IN_PROGRESS", **fields})

    def series(self, booking: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Two Mondays, from 4 January 2027 on, with the client and package of a booking."""
        rule = {"frequency": "WEEKLY", "startsOn": "2027-01-04", "startsAt": "10:00", "occurrences": 2}
        of_booking = {name: booking[name] for name in ("clientId", "sessionTypeId", "location")}
        return self._create("/booking-series", {**rule, **of_booking, **fields})

    def completed_booking(self, **fields: Any) -> dict[str, Any]:
        booking = self.booking(**fields)
        response = self._api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"})
        assert response.status == 200, response.body
        completed: dict[str, Any] = response.body
        return completed

    def invoice(self, *unit_prices: str, **fields: Any) -> dict[str, Any]:
        """A draft with an item of each price; one of 100.00 by default."""
        if "clientId" not in fields:
            fields["clientId"] = self.client()["id"]
        items = [{"name": f"Item {n}", "unitPrice": price} for n, price in enumerate(unit_prices or ("100.00",), 1)]
        return self._create("/invoices", {"items": items, **fields})

    def sent_invoice(self, *unit_prices: str, **fields: Any) -> dict[str, Any]:
        invoice = self.invoice(*unit_prices, **fields)
        response = self._api.post(f"/invoices/{invoice['id']}/send")
        assert response.status == 200, response.body
        sent: dict[str, Any] = response.body
        return sent

    def payment(self, invoice: dict[str, Any], amount: str, **fields: Any) -> dict[str, Any]:
        return self._create(f"/invoices/{invoice['id']}/payments", {"amount": amount, **fields})

    def refund(self, payment: dict[str, Any], amount: str, **fields: Any) -> dict[str, Any]:
        return self._create(f"/payments/{payment['id']}/refunds", {"amount": amount, **fields})

    def expense(self, **fields: Any) -> dict[str, Any]:
        return self._create("/expenses", {"category": "TRAVEL", "amount": "40.00", "description": "Train", **fields})

    def payment_account(self, **fields: Any) -> dict[str, Any]:
        return self._create("/payment-accounts", {"name": f"Account {self._next()}", "kind": "BANK", **fields})

    def facility(self, **fields: Any) -> dict[str, Any]:
        return self._create("/admin/facilities", {"name": f"Facility {self._next()}", **fields})

    def feature(self, **fields: Any) -> dict[str, Any]:
        return self._create("/admin/features", {"name": f"Feature {self._next()}", **fields})

    def gym(self, **fields: Any) -> dict[str, Any]:
        """A gym in Amsterdam that takes no induction."""
        address = {"line1": "1 Keizersgracht", "city": "Amsterdam", "country": "NL"}
        place = {"name": f"Hall {self._next()}", "address": address, "timeZone": "Europe/Amsterdam"}
        return self._create("/gyms", {**place, **fields})

    def equipment(self, gym: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """A rower at a gym."""
        return self._create(f"/gyms/{gym['id']}/equipment", {"name": "Rower", "category": "Cardio", **fields})

    def trainer(self, gym: dict[str, Any]) -> dict[str, Any]:
        """The test's trainer, at a gym."""
        trainer_id = self._api.by_role("TRAINER").get("/me").body["id"]
        return self._create(f"/gyms/{gym['id']}/trainers", {"trainerId": trainer_id})

    def branch(self, status: str = "ACTIVE", **fields: Any) -> dict[str, Any]:
        """A branch of the test's vendor, in UTC, which an administrator has let in."""
        place = {"name": f"Branch {self._next()}", "city": "Amman", "address": "14 Rainbow Street", "timeZone": "UTC"}
        branch = self._create("/vendor/branches", {**place, **fields}, self._vendor)
        for move in {"PENDING": [], "ACTIVE": ["ACTIVE"], "SUSPENDED": ["ACTIVE", "SUSPENDED"]}[status]:
            moved = self._api.patch(f"/admin/branches/{branch['id']}", {"status": move, "reason": "The papers."})
            assert moved.status == 200, moved.body
            branch = moved.body
        return branch

    def offering(self, branch: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """Three desks at a branch of the test's vendor, each 10.00 an hour, confirmed at once where paid in cash."""
        branch = branch or self.branch()
        terms = {"serviceId": 1, "label": f"Desk {self._next()}", "maxCapacity": 3}
        price = {"pricePerUnit": "10.00", "priceUnit": "HOUR", "autoAccept": True}
        return self._create(f"/vendor/branches/{branch['id']}/services", {**terms, **price, **fields}, self._vendor)

    def slots(self, offering: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
        """Two slots of an hour of three units, from 9 on, on Monday 2 January 2040; gives all that the offering has."""
        days = {"fromDate": "2040-01-02", "toDate": "2040-01-02", "startTime": "09:00", "endTime": "11:00"}
        path = f"/vendor/services/{offering['id']}/availability"
        published = self._vendor.post(path, {**days, "slotMinutes": 60, "totalUnits": 3, **fields})
        assert published.status == 200, published.body
        slots: list[dict[str, Any]] = self._vendor.get(f"{path}?limit=200").body["data"]
        return slots

    def approval_request(self, branch: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """What the test's vendor asks for: by default, to have a branch paused."""
        path = f"/vendor/branches/{branch['id']}/approval-requests"
        return self._create(path, {"kind": "PAUSE_BRANCH", **fields}, self._vendor)
