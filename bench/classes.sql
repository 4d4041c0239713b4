-- 500 gyms with a trainer each, 100,000 classes in the half year before and after today, 2 million places in them, and a
-- class of 1,000 places that is full. For a database of its own, which has the schema and nothing else.

begin;
set local session_replication_role = replica;  -- what is loaded fits together

insert into auth_users (name, email, email_verified, role, status)
select
    'Member ' || n,
    'member' || n || '@bench.example',
    now(),
    case when n <= 500 then 'TRAINER' else 'CUSTOMER' end::user_role,
    'ACTIVE'
from generate_series(1, 20500) as n;

create temporary table people on commit drop as
select
    id,
    row_number() over (order by length(email), email) as n
from auth_users;
create unique index on people (n);

insert into user_credits (user_id) select id from people;

insert into gyms (name, address, time_zone)
select
    'Gym ' || n,
    '{"line1": "1 Canal", "city": "Amsterdam", "country": "NL"}',
    'Europe/Amsterdam'
from generate_series(1, 500) as n;

insert into gym_trainers (gym_id, trainer_id)
select
    n,
    id
from people
where n <= 500;

-- At each of 200 times, 43 hours apart, a class at every gym; 20 people in each, other ones at the same time.
insert into class_sessions (
    gym_id, trainer_id, title, start_time, end_time, capacity, status, places_taken, waiting, created_at
)
select
    gym.n,
    gym.id,
    (array['Yoga', 'Boxing', 'Spinning', 'Portraits', 'Studio light'])[1 + (gym.n + slot) % 5] || ' ' || slot,
    begins.at,
    begins.at + interval '1 hour',
    case when gym.n % 3 = 0 then 20 else 25 end,
    case when begins.at < now() then 'COMPLETED' else 'SCHEDULED' end::class_session_status,
    20,
    case when gym.n % 3 = 0 and begins.at > now() then 3 else 0 end,
    begins.at - interval '30 days'
from generate_series(0, 199) as slot
cross join people as gym
cross join lateral (select date_trunc('hour', now()) + (slot - 100) * interval '43 hours' as at) as begins
where gym.n <= 500
order by begins.at, gym.n;

insert into session_bookings (
    session_id, user_id, start_time, end_time, credit_cost, cancel_hours, status, checked_in_at, created_at
)
select
    class_sessions.id,
    people.id,
    class_sessions.start_time,
    class_sessions.end_time,
    0,
    12,
    case when class_sessions.status = 'COMPLETED' then 'ATTENDED' else 'BOOKED' end::session_booking_status,
    case when class_sessions.status = 'COMPLETED' then class_sessions.start_time end,
    class_sessions.start_time - interval '20 days'
from class_sessions
cross join generate_series(0, 19) as seat
inner join people
    on people.n = 501 + ((class_sessions.gym_id - 1) * 20 + seat + (class_sessions.id / 500) * 7) % 20000;

insert into session_waitlist (session_id, user_id)
select
    class_sessions.id,
    people.id
from class_sessions
cross join generate_series(0, 2) as place
inner join people on people.n = 501 + (class_sessions.id * 3 + place) % 20000
where class_sessions.waiting > 0;

commit;

vacuum analyze;
