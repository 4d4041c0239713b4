-- Who comes to the classes: twelve people, with questionnaires and inductions, who were given credits or bought them, and
-- book every fourth class of their gym. What they pay is put into the books event by event, in the order of time.

create temporary table demo_members on commit drop as
select
    demo.gym,
    demo.login,
    demo.position,
    demo_users.id::uuid as user_id,
    gyms.id as gym_id
from (
    values
    ('NY', 'test', 0),
    ('NY', 'ada', 1),
    ('NY', 'priya', 2),
    ('NY', 'luca', 3),
    ('NY', 'sam', 4),
    ('NY', 'mei', 5),
    ('NY', 'kofi', 6),
    ('AM', 'noor', 0),
    ('AM', 'felix', 1),
    ('AM', 'ines', 2),
    ('AM', 'jonas', 3),
    ('AM', 'zoe', 4)
) as demo (gym, login, position)
inner join demo_users on demo.login = demo_users.login
inner join demo_gyms on demo.gym = demo_gyms.code
inner join gyms on demo_gyms.name = gyms.name;


-- One of them has asthma and was let in, one is still looked at.
insert into parqs (user_id, answers, clearance, clearance_note, decided_by, decided_at, valid_until, created_at)
select
    demo_members.user_id,
    '{
        "heartCondition": false, "chestPainActive": false, "chestPainResting": false, "dizziness": false,
        "jointProblem": false, "medication": false
    }'::jsonb || jsonb_build_object('otherReason', demo_members.login in ('mei', 'zoe')),
    case demo_members.login when 'mei' then 'ACCEPTED' when 'zoe' then 'PENDING' else 'NOT_NEEDED' end::clearance_status,
    case demo_members.login when 'mei' then 'With an inhaler at hand.' end,
    case demo_members.login when 'mei' then admin.id end,
    case demo_members.login when 'mei' then given.at + interval '1 day' end,
    given.at + interval '12 months',
    given.at
from demo_members
cross join demo_calendar
cross join lateral (
    select demo_calendar.opening - make_interval(days => 30 - demo_members.position) as at
) as given
left join demo_users as admin on admin.login = 'admin'
order by given.at;


-- Mercer Street takes an induction: its members had theirs, two from Amsterdam are to have one.
insert into inductions (gym_id, user_id, trainer_id, start_time, end_time, status, created_at, updated_at)
select
    gyms.id,
    demo.user_id,
    gym_trainers.trainer_id,
    demo.starts_at,
    demo.starts_at + interval '30 minutes',
    case
        when demo.starts_at < now() then 'COMPLETED'
        when gym_trainers.trainer_id is not null then 'CONFIRMED'
        else 'PENDING'
    end::induction_status,
    least(demo.starts_at, now()) - interval '2 days',
    least(demo.starts_at, now()) - interval '1 day'
from (
    select
        members.user_id,
        case when members.login = 'zoe' then null else 'trainer-marcus' end as trainer,
        (
            clock.today + case members.gym when 'NY' then -20 else 4 end
            + time '09:00' + members.position * interval '30 minutes'
        ) at time zone demo_gyms.time_zone as starts_at
    from demo_members as members
    inner join demo_gyms on demo_gyms.code = 'NY'
    cross join lateral (select (now() at time zone demo_gyms.time_zone)::date as today) as clock
    where members.gym = 'NY' or members.login in ('felix', 'zoe')
) as demo
inner join demo_gyms on demo_gyms.code = 'NY'
inner join gyms on demo_gyms.name = gyms.name
left join demo_users on demo.trainer = demo_users.login
left join gym_trainers on gyms.id = gym_trainers.gym_id and demo_users.id = gym_trainers.trainer_id
order by demo.starts_at;


-- The classes of each gym, by number: somebody comes to every fourth of them. Everybody wanted to come to the one that is
-- full, and some to the one that was called off, where the demo's customer had a place as well.
create temporary table demo_places on commit drop as
select
    places.session_id,
    places.user_id,
    places.position,
    places.starts_at,
    places.ends_at,
    places.credit_cost,
    case
        when places.code = 'OFF' then 'CANCELLED'
        when places.fate = 1 and places.starts_at < now() then 'LATE_CANCELLED'
        when places.fate = 2 and places.code = 'W' then 'CANCELLED'
        when places.starts_at >= now() then 'BOOKED'
        when places.fate = 3 and places.ends_at < now() then 'NO_SHOW'
        else 'ATTENDED'
    end as status,
    least(places.starts_at - interval '2 days', now() - interval '3 hours')
    - make_interval(hours => places.position) as booked_at,
    case
        when places.code = 'OFF' then now() - interval '1 hour'
        when places.fate = 1 then places.starts_at - interval '2 hours'
        else least(places.starts_at - interval '1 day', now() - interval '10 minutes')
    end as cancelled_at
from (
    select
        sessions.id as session_id,
        sessions.start_time as starts_at,
        sessions.end_time as ends_at,
        sessions.credit_cost,
        sessions.code,
        members.user_id,
        members.position,
        (sessions.number + 2 * members.position) % 9 as fate,
        case sessions.code
            when 'W' then (sessions.number + members.position) % 4 = 0
            when 'FULL' then members.position < sessions.capacity
            else members.position < 2
        end as is_taken
    from (
        select
            class_sessions.*,
            demo_sessions.code,
            row_number() over (partition by class_sessions.gym_id order by class_sessions.start_time) as number
        from class_sessions
        inner join gyms on class_sessions.gym_id = gyms.id
        inner join demo_sessions
            on
                gyms.name = demo_sessions.gym_name
                and class_sessions.title = demo_sessions.title
                and class_sessions.start_time = demo_sessions.starts_at
    ) as sessions
    inner join (
        select
            gym_id,
            user_id,
            position
        from demo_members
        union all
        select
            gyms.id as gym_id,
            demo_users.id as user_id,
            -1 as position
        from demo_users
        inner join demo_gyms on demo_gyms.code = 'NY'
        inner join gyms on demo_gyms.name = gyms.name
        where demo_users.login = 'customer'
    ) as members on sessions.gym_id = members.gym_id and (members.position >= 0 or sessions.code = 'OFF')
) as places
where places.is_taken;

insert into session_bookings (
    session_id,
    user_id,
    start_time,
    end_time,
    credit_cost,
    cancel_hours,
    status,
    checked_in_at,
    cancelled_at,
    day_reminder_at,
    hour_reminder_at,
    created_at,
    updated_at
)
select
    demo.session_id,
    demo.user_id,
    demo.starts_at,
    demo.ends_at,
    demo.credit_cost,
    case when subscriptions.id is null then gyms.cancel_hours else gyms.subscriber_cancel_hours end,
    demo.status::session_booking_status,
    case demo.status when 'ATTENDED' then demo.starts_at - interval '5 minutes' end,
    case when demo.status in ('CANCELLED', 'LATE_CANCELLED') then demo.cancelled_at end,
    case when demo.starts_at < now() + interval '1 day' then greatest(demo.starts_at - interval '1 day', demo.booked_at) end,
    case when demo.starts_at < now() + interval '1 hour' then greatest(demo.starts_at - interval '1 hour', demo.booked_at) end,
    demo.booked_at,
    case when demo.status in ('CANCELLED', 'LATE_CANCELLED') then demo.cancelled_at else demo.booked_at end
from demo_places as demo
inner join class_sessions on demo.session_id = class_sessions.id
inner join gyms on class_sessions.gym_id = gyms.id
left join subscriptions on demo.user_id = subscriptions.user_id and subscriptions.status in ('ACTIVE', 'PAST_DUE')
order by demo.booked_at, demo.session_id;

insert into session_waitlist (session_id, user_id, created_at, updated_at)
select
    class_sessions.id,
    demo_members.user_id,
    now() - make_interval(hours => 9 - demo_members.position),
    now() - make_interval(hours => 9 - demo_members.position)
from demo_sessions
inner join gyms on demo_sessions.gym_name = gyms.name
inner join class_sessions
    on
        gyms.id = class_sessions.gym_id
        and demo_sessions.starts_at = class_sessions.start_time
        and demo_sessions.title = class_sessions.title
inner join demo_members on gyms.id = demo_members.gym_id and demo_members.position >= class_sessions.capacity
where demo_sessions.code = 'FULL'
order by demo_members.position;

update class_sessions
set
    places_taken = (
        select count(*)
        from session_bookings
        where
            session_bookings.session_id = class_sessions.id
            and session_bookings.status in ('BOOKED', 'ATTENDED', 'NO_SHOW')
    ),
    waiting = (
        select count(*)
        from session_waitlist
        where session_waitlist.session_id = class_sessions.id
    );


-- What their credits come from: most have bought some, the newest were given theirs, and some subscribe.
insert into purchases (
    user_id, product_credits, quantity, amount, currency, credits_purchased, status, stripe_session_id,
    completed_at, created_at, updated_at
)
select
    demo_members.user_id,
    50,
    1,
    40.00,
    demo_calendar.currency,
    50,
    'COMPLETED',
    'cs_demo_' || demo_members.login,
    begun.at + interval '3 minutes',
    begun.at,
    begun.at + interval '3 minutes'
from demo_members
cross join demo_calendar
cross join lateral (
    select demo_calendar.opening - make_interval(days => 19, hours => demo_members.position) as at
) as begun
where demo_members.login not in ('kofi', 'zoe')
order by begun.at;

create temporary table demo_deposits on commit drop as
select
    purchases.user_id,
    'PURCHASE' as kind,
    purchases.credits_purchased as amount,
    purchases.completed_at as at,
    purchases.completed_at + interval '365 days' as expires_at,
    purchases.id as purchase_id,
    null::bigint as grant_id,
    null as reason
from demo_members
inner join purchases on purchases.stripe_session_id = 'cs_demo_' || demo_members.login

union all

select
    subscriptions.user_id,
    'GRANT' as kind,
    subscription_grants.credits as amount,
    subscription_grants.period_start as at,
    subscription_grants.period_end as expires_at,
    null as purchase_id,
    subscription_grants.id as grant_id,
    null as reason
from demo_members
inner join subscriptions on demo_members.user_id = subscriptions.user_id
inner join subscription_grants on subscriptions.id = subscription_grants.subscription_id

union all

select
    demo_members.user_id,
    'GRANT' as kind,
    30 as amount,
    demo_calendar.opening - interval '20 days' as at,
    demo_calendar.opening + interval '100 days' as expires_at,
    null as purchase_id,
    null as grant_id,
    'Welcome to the gym.' as reason
from demo_members
cross join demo_calendar
where demo_members.login in ('kofi', 'zoe');

-- Everything that moves their credits. What has expired is written off before anything else is done with a balance, and
-- what comes back to a lot that has expired, at once.
create temporary table demo_movements on commit drop as
select
    user_id,
    kind,
    amount,
    at,
    1 as turn,
    expires_at,
    purchase_id,
    grant_id,
    reason,
    null::bigint as booking_id
from demo_deposits

union all

select
    user_id,
    'EXPIRY' as kind,
    null as amount,
    expires_at as at,
    0 as turn,
    null as expires_at,
    null as purchase_id,
    null as grant_id,
    null as reason,
    null as booking_id
from demo_deposits
where expires_at <= now()

union all

select
    bookings.user_id,
    paid.kind,
    bookings.credit_cost as amount,
    paid.at,
    paid.turn,
    null as expires_at,
    null as purchase_id,
    null as grant_id,
    null as reason,
    case when paid.kind <> 'EXPIRY' then bookings.id end as booking_id
from demo_places
inner join session_bookings as bookings
    on demo_places.session_id = bookings.session_id and demo_places.user_id = bookings.user_id
cross join lateral (
    values
    ('DEBIT', bookings.created_at, 2),
    ('REFUND', case bookings.status when 'CANCELLED' then bookings.cancelled_at end, 2),
    ('EXPIRY', case bookings.status when 'CANCELLED' then bookings.cancelled_at end, 3)
) as paid (kind, at, turn)
where paid.at is not null;

-- As the application does it, one after the other: the ledger, the lots, and what is left of both.
do $$
declare
    movement record;
    moved_id bigint;
    moved numeric;
begin
    for movement in
        select *
        from demo_movements
        order by at, turn, booking_id, grant_id, purchase_id
    loop
        moved := case movement.kind
            when 'DEBIT' then -movement.amount
            when 'EXPIRY' then (
                select -coalesce(sum(credit_lots.remaining), 0)
                from credit_lots
                where credit_lots.user_id = movement.user_id and credit_lots.expires_at <= movement.at
            )
            else movement.amount
        end;
        continue when moved = 0;

        update user_credits
        set
            credits = user_credits.credits + moved,
            updated_at = movement.at
        where user_credits.user_id = movement.user_id;

        insert into credit_transactions (
            user_id,
            kind,
            delta,
            balance_after,
            purchase_id,
            session_booking_id,
            subscription_grant_id,
            reason,
            recorded_by,
            created_at
        )
        select
            user_credits.user_id,
            movement.kind::credit_transaction_kind,
            moved,
            user_credits.credits,
            movement.purchase_id,
            movement.booking_id,
            movement.grant_id,
            movement.reason,
            case when movement.reason is not null then 'Theo Marchetti' end,
            movement.at
        from user_credits
        where user_credits.user_id = movement.user_id
        returning id into moved_id;

        if movement.kind in ('PURCHASE', 'GRANT') then
            insert into credit_lots (user_id, transaction_id, amount, remaining, expires_at)
            values (movement.user_id, moved_id, movement.amount, movement.amount, movement.expires_at);
        elsif movement.kind = 'REFUND' then
            insert into credit_lot_movements (transaction_id, lot_id, delta)
            select
                moved_id,
                debited.lot_id,
                -debited.delta
            from credit_transactions
            inner join credit_lot_movements as debited on credit_transactions.id = debited.transaction_id
            where credit_transactions.session_booking_id = movement.booking_id and credit_transactions.kind = 'DEBIT';
        else
            insert into credit_lot_movements (transaction_id, lot_id, delta)
            select
                moved_id,
                queue.id,
                -least(queue.remaining, -moved - queue.before)
            from (
                select
                    credit_lots.id,
                    credit_lots.remaining,
                    sum(credit_lots.remaining) over (
                        order by credit_lots.expires_at, credit_lots.id
                    ) - credit_lots.remaining as before
                from credit_lots
                where credit_lots.user_id = movement.user_id and credit_lots.remaining > 0
            ) as queue
            where queue.before < -moved;
        end if;

        update credit_lots
        set remaining = credit_lots.remaining + credit_lot_movements.delta
        from credit_lot_movements
        where credit_lot_movements.transaction_id = moved_id and credit_lot_movements.lot_id = credit_lots.id;
    end loop;
end;
$$;


-- Every second of those who were there has said something of it.
insert into session_reviews (booking_id, session_id, rating, comment, created_at, updated_at)
select
    bookings.id,
    bookings.session_id,
    opinions.rating,
    opinions.comment,
    least(bookings.end_time + interval '2 hours', now()),
    least(bookings.end_time + interval '2 hours', now())
from (
    select
        session_bookings.*,
        row_number() over (order by session_bookings.start_time, session_bookings.id) as number
    from demo_places
    inner join session_bookings
        on demo_places.session_id = session_bookings.session_id and demo_places.user_id = session_bookings.user_id
    where session_bookings.status = 'ATTENDED' and session_bookings.end_time <= now()
) as bookings
inner join (
    values
    (0, 5, 'Hard work, well led.'),
    (1, 4, null),
    (2, 5, null),
    (3, 3, 'Good, but the room was too warm.'),
    (4, 5, 'I could walk down the stairs again the next day.'),
    (5, 2, 'It began ten minutes late.'),
    (6, 4, 'Friendly, and not too crowded.')
) as opinions (turn, rating, comment) on (bookings.number / 2) % 7 = opinions.turn
where bookings.number % 2 = 0
order by bookings.end_time, bookings.id;

update class_sessions
set
    rating_count = reviewed.rating_count,
    rating_sum = reviewed.rating_sum
from (
    select
        session_id,
        count(*) as rating_count,
        sum(rating) as rating_sum
    from session_reviews
    group by session_id
) as reviewed
where class_sessions.id = reviewed.session_id;

update gyms
set
    rating_count = rated.rating_count,
    rating_sum = rated.rating_sum
from (
    select
        gym_id,
        sum(rating_count) as rating_count,
        sum(rating_sum) as rating_sum
    from class_sessions
    group by gym_id
) as rated
where gyms.id = rated.gym_id;

update gym_trainers
set
    rating_count = rated.rating_count,
    rating_sum = rated.rating_sum
from (
    select
        gym_id,
        trainer_id,
        sum(rating_count) as rating_count,
        sum(rating_sum) as rating_sum
    from class_sessions
    group by gym_id, trainer_id
) as rated
where gym_trainers.gym_id = rated.gym_id and gym_trainers.trainer_id = rated.trainer_id;


-- What they were told of it: of the class that was called off, of a place, and of credits.
create temporary table demo_notices on commit drop as
select
    demo_places.user_id,
    'CLASS_CANCELLED' as type,
    'Breathwork is cancelled' as title,
    'What your place cost is yours again.' as body,
    'CLASS_SESSION' as subject_type,
    demo_places.session_id as subject_id,
    null::timestamptz as read_at,
    demo_places.cancelled_at as at
from demo_places
inner join demo_sessions on demo_places.starts_at = demo_sessions.starts_at and demo_sessions.code = 'OFF'

union all

select
    demo_places.user_id,
    'CLASS_BOOKED' as type,
    'You have a place' as title,
    'In ' || class_sessions.title || '.' as body,
    'CLASS_SESSION' as subject_type,
    class_sessions.id as subject_id,
    demo_places.booked_at + interval '20 minutes' as read_at,
    demo_places.booked_at as at
from demo_places
inner join class_sessions on demo_places.session_id = class_sessions.id
where demo_places.status = 'BOOKED'

union all

select
    user_id,
    'CREDITS_GRANTED' as type,
    'Credits for you' as title,
    amount || ' credits of your subscription are yours to spend.' as body,
    null as subject_type,
    null as subject_id,
    at + interval '1 hour' as read_at,
    at
from demo_deposits
where grant_id is not null;

insert into notification_inboxes (user_id, last_number)
select
    user_id,
    count(*)
from demo_notices
group by user_id;

insert into notifications (
    user_id, number, type, title, body, subject_type, subject_id, read_at, delivered_at, created_at
)
select
    user_id,
    row_number() over (partition by user_id order by at, type, subject_id),
    type::notification_type,
    title,
    body,
    subject_type,
    subject_id,
    least(read_at, now()),
    at,
    at
from demo_notices
order by at;
