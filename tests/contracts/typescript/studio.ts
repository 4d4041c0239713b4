// A front end's tour of the API, in the types that are generated from docs/openapi.json. It is compiled, never run.

import createClient from "openapi-fetch";
import type { components, paths } from "photolens";

type Booking = components["schemas"]["Booking"];
type Client = components["schemas"]["Client"];
type Invoice = components["schemas"]["Invoice"];
type Payment = components["schemas"]["Payment"];
type Problem = components["schemas"]["Problem"];

const api = createClient<paths>({ baseUrl: "http://localhost:8000" });

/** What the API refuses, for the screen to show. */
class Refusal extends Error {
  readonly code: string;
  readonly fields: string[];

  constructor(problem: Problem) {
    super(`${problem.title} (${problem.status}): ${problem.detail}`);
    this.code = problem.code;
    this.fields = problem.errors?.map((fault) => fault.pointer) ?? [];
  }
}

async function addClient(name: string, email: string): Promise<Client> {
  const { data, error } = await api.POST("/api/v1/clients", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { name, email },
  });
  if (error) throw new Refusal(error);
  return data;
}

async function book(client: Client, sessionTypeId: number, photographers: number[]): Promise<Booking> {
  const { data, error } = await api.POST("/api/v1/bookings", {
    body: {
      clientId: client.id,
      sessionTypeId,
      sessionDate: "2027-03-01T10:00:00Z",
      location: "Studio A",
      assignedStaff: photographers.map((staffId) => ({ staffId })),
    },
  });
  if (error) throw new Refusal(error);
  return data;
}

async function* bookings(status: Booking["status"]): AsyncGenerator<Booking> {
  let cursor: string | null = null;
  do {
    const query: { status: Booking["status"]; limit: number; cursor?: string } = { status, limit: 100 };
    if (cursor !== null) query.cursor = cursor;
    const { data, error } = await api.GET("/api/v1/bookings", { params: { query } });
    if (error) throw new Refusal(error);
    yield* data.data;
    cursor = data.nextCursor;
  } while (cursor !== null);
}

async function complete(booking: Booking, etag: string): Promise<Booking | "changed meanwhile"> {
  const { data, error, response } = await api.PATCH("/api/v1/bookings/{bookingId}", {
    params: { path: { bookingId: booking.id }, header: { "If-Match": etag } },
    body: { status: "COMPLETED", notes: null },
  });
  if (response.status === 412) return "changed meanwhile";
  if (error) throw new Refusal(error);
  return data;
}

async function invoice(booking: Booking): Promise<Invoice> {
  const draft = await api.POST("/api/v1/invoices", {
    body: {
      clientId: booking.clientId,
      bookingId: booking.id,
      items: [{ name: booking.sessionTypeName, quantity: 1, unitPrice: booking.price }],
    },
  });
  if (draft.error) throw new Refusal(draft.error);
  const sent = await api.POST("/api/v1/invoices/{invoiceId}/send", {
    params: { path: { invoiceId: draft.data.id } },
  });
  if (sent.error) throw new Refusal(sent.error);
  return sent.data;
}

async function pay(invoice: Invoice, amount: string): Promise<Payment> {
  const { data, error } = await api.POST("/api/v1/invoices/{invoiceId}/payments", {
    params: { path: { invoiceId: invoice.id } },
    body: { amount },
  });
  if (error?.code === "overpayment") throw new RangeError(`Only ${invoice.balanceDue} is due.`);
  if (error) throw new Refusal(error);
  return data;
}

export async function tour(): Promise<string> {
  const client = await addClient("Emma Chen", "emma.chen@example.com");
  const booking = await book(client, 1, [1, 2]);
  for await (const { clientName, editingJobId, assignedStaff } of bookings("SCHEDULED")) {
    const job: number | null = editingJobId;
    console.log(clientName, job ?? "not begun", assignedStaff.map((person) => person.role ?? person.name));
  }
  const completed = await complete(booking, '"etag"');
  if (completed === "changed meanwhile") return completed;
  const owed = await invoice(completed);
  const payment = await pay(owed, owed.balanceDue);
  return `${owed.invoiceNumber ?? "draft"}: ${payment.amount} on ${payment.paidAt}`;
}

// What the types must refuse; if one of these compiled, they would be worth nothing.
export async function mistakes(invoice: Invoice): Promise<void> {
  const path = { invoiceId: invoice.id };
  // @ts-expect-error: money is text
  await api.POST("/api/v1/invoices/{invoiceId}/payments", { params: { path }, body: { amount: 250 } });
  // @ts-expect-error: a client needs an e-mail address
  await api.POST("/api/v1/clients", { body: { name: "Emma Chen" } });
  // @ts-expect-error: there is no such status
  await api.GET("/api/v1/bookings", { params: { query: { status: "DONE" } } });
  // @ts-expect-error: there is no such field
  const category: components["schemas"]["SessionCategoryInput"] = { name: "Weddings", colour: "red" };
  // @ts-expect-error: a draft has no number yet
  const number: string = invoice.invoiceNumber;
  console.log(category, number);
}
