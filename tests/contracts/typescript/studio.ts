// A front end's tour of the API, in the types that are generated from docs/openapi.json. It is compiled, never run.

import createClient from "openapi-fetch";
import type { components, paths } from "photolens";

type Booking = components["schemas"]["Booking"];
type Client = components["schemas"]["Client"];
type DryRun = components["schemas"]["DryRun"];
type EditingJob = components["schemas"]["EditingJob"];
type Invoice = components["schemas"]["Invoice"];
type Me = components["schemas"]["Me"];
type Payment = components["schemas"]["Payment"];
type Permission = Me["permissions"][number];
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

/** Sign in; every request that follows carries the token. */
async function signIn(email: string, password: string): Promise<Me> {
  const { data, error } = await api.POST("/api/v1/auth/login", { body: { email, password } });
  if (error?.code === "invalid_credentials") throw new RangeError("Check e-mail and password.");
  if (error) throw new Refusal(error);
  const { token } = data;
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
  });
  const me = await api.GET("/api/v1/auth/me");
  if (me.error) throw new Refusal(me.error);
  return me.data;
}

function may(me: Me, permission: Permission): boolean {
  return me.user.status === "ACTIVE" && me.permissions.includes(permission);
}

async function signInByCode(phoneNumber: string, code: string): Promise<string> {
  const { data, error } = await api.POST("/api/v1/auth/otp/verify", { body: { phoneNumber, code, purpose: "LOGIN" } });
  if (error) throw new Refusal(error);
  return data.token ?? "";
}

/** A token for a program, which shows it to nobody. */
async function tokenFor(name: string, permissions: Permission[]): Promise<string> {
  const { data, error } = await api.POST("/api/v1/me/tokens", { body: { name, permissions } });
  if (error) throw new Refusal(error);
  return data.token;
}

async function suspend(userId: string, reason: string): Promise<void> {
  const { error } = await api.PATCH("/api/v1/users/{userId}", {
    params: { path: { userId } },
    body: { status: "SUSPENDED", reason },
  });
  if (error?.code === "last_owner" || error?.code === "not_oneself") return;
  if (error) throw new Refusal(error);
}

async function give(job: EditingJob, editorId: number | null): Promise<string> {
  const { data, error } = await api.PATCH("/api/v1/editing-jobs/{editingJobId}", {
    params: { path: { editingJobId: job.id } },
    body: { editorId },
  });
  if (error) throw new Refusal(error);
  return data.editorName ?? "nobody's";
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

async function editingJob(editingJobId: number): Promise<EditingJob> {
  const { data, error } = await api.GET("/api/v1/editing-jobs/{editingJobId}", { params: { path: { editingJobId } } });
  if (error) throw new Refusal(error);
  return data;
}

async function board(): Promise<components["schemas"]["EditingBoardStage"][]> {
  const { data, error } = await api.GET("/api/v1/editing-board", { params: { query: { limit: 20 } } });
  if (error) throw new Refusal(error);
  return data.stages;
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

/** What would come of a write that is sent with Prefer: dry-run. */
async function tried(write: Promise<{ data?: unknown; error?: Problem }>): Promise<DryRun> {
  const { data, error } = await write;
  if (error) throw new Refusal(error);
  return data as DryRun;
}

async function afterPaying(invoice: Invoice, amount: string): Promise<string[]> {
  const { followedBy } = await tried(
    api.POST("/api/v1/invoices/{invoiceId}/payments", {
      params: { path: { invoiceId: invoice.id }, header: { Prefer: "dry-run" } },
      body: { amount },
    }),
  );
  return followedBy.statusChanges.map(({ resource, from, to }) => `${resource}: ${from} becomes ${to ?? "nothing"}`);
}

export async function tour(): Promise<string> {
  const me = await signIn("owner@example.com", "a sentence nobody says");
  if (!may(me, "MANAGE_BOOKINGS")) return `${me.user.name} looks on`;
  console.log(await signInByCode("+31612345678", "042117"), await tokenFor("Calendar", ["VIEW_BOOKINGS_SELF"]));
  const client = await addClient("Emma Chen", "emma.chen@example.com");
  const booking = await book(client, 1, [1, 2]);
  for await (const { clientName, editingJobId, assignedStaff } of bookings("SCHEDULED")) {
    const job: number | null = editingJobId;
    console.log(clientName, job ?? "not begun", assignedStaff.map((person) => person.role ?? person.name));
  }
  const completed = await complete(booking, '"etag"');
  if (completed === "changed meanwhile") return completed;
  const jobs = await api.GET("/api/v1/editing-jobs", { params: { query: { bookingId: completed.id } } });
  const job = jobs.data?.data[0];
  if (job) console.log(await give(await editingJob(job.id), me.staffId));
  for (const { name, jobCount, jobs } of await board()) console.log(name, jobCount, jobs.map((job) => job.priority));
  await suspend("550e8400-e29b-41d4-a716-446655440000", "Has left the studio.");
  const owed = await invoice(completed);
  console.log(await afterPaying(owed, owed.balanceDue));
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
  // @ts-expect-error: there is no such permission
  await api.POST("/api/v1/me/tokens", { body: { name: "Calendar", permissions: ["VIEW_EVERYTHING"] } });
  // @ts-expect-error: nobody signs up as an owner
  await api.POST("/api/v1/auth/signup", { body: { name: "E", email: "e@example.com", password: "secret", role: "OWNER" } });
  // @ts-expect-error: a change of somebody's access has a reason
  await api.PATCH("/api/v1/users/{userId}", { params: { path: { userId: "1" } }, body: { role: "ADMIN" } });
  // @ts-expect-error: of what is kept of a token, the token is no part
  const secret: string = (await api.GET("/api/v1/me/tokens")).data?.data[0]?.token;
  // @ts-expect-error: what a client has paid is not shown to everybody
  const revenue: string = ({} as Client).totalRevenue;
  // @ts-expect-error: a draft has no number yet
  const number: string = invoice.invoiceNumber;
  console.log(category, number, secret, revenue);
}
