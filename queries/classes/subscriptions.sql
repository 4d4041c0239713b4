-- name: lock_subscribing(user_id)^
-- Locks: the user's advisory lock, in a transaction of its own (database.holding), before any row; it is not waited for.
-- Whoever opens or ends a page on which to subscribe asks the provider meanwhile, and one at a time.
select pg_try_advisory_xact_lock(
    hashtextextended(current_schema() || ' subscription of ' || :user_id::uuid, 0)
) as is_locked;

-- name: mark_subscription_key_free(user_id, idempotency_key)!
-- Take a key off the subscription whose 24 hours are over, for the one that comes next.
update subscriptions
set idempotency_key = null
where user_id = :user_id and idempotency_key = :idempotency_key and created_at <= now() - interval '24 hours';

-- name: get_subscription_of_key(user_id, idempotency_key)^
-- The subscription that a user has begun under this key, and what the provider is to know of it.
select
    subscriptions.*,
    subscription_plans.name as plan_name,
    auth_users.email
from subscriptions
inner join subscription_plans on subscriptions.plan_id = subscription_plans.id
inner join auth_users on subscriptions.user_id = auth_users.id
where subscriptions.user_id = :user_id and subscriptions.idempotency_key = :idempotency_key;

-- name: get_live_subscription(user_id)^
-- The subscription that a user has, or is about to have; whether its page is over; and what the provider is to know of it.
select
    subscriptions.*,
    coalesce(subscriptions.expires_at <= now(), false) as is_over,
    subscription_plans.name as plan_name,
    auth_users.email
from subscriptions
inner join subscription_plans on subscriptions.plan_id = subscription_plans.id
inner join auth_users on subscriptions.user_id = auth_users.id
where subscriptions.user_id = :user_id and subscriptions.status in ('INCOMPLETE', 'ACTIVE', 'PAST_DUE');

-- name: insert_stripe_subscription(user_id, plan_id, idempotency_key)$
-- Keep what the provider is about to be asked for, as the plan has it now; gives the subscription's id.
insert into subscriptions (
    user_id, plan_id, source, status, price, currency, interval, credits_per_period, idempotency_key
)
select
    :user_id,
    subscription_plans.id,
    'STRIPE',
    'INCOMPLETE',
    subscription_plans.price,
    subscription_plans.currency,
    subscription_plans.interval,
    subscription_plans.credits_per_period,
    :idempotency_key
from subscription_plans
where subscription_plans.id = :plan_id
returning id;

-- name: insert_granted_subscription(user_id, plan_id)^
-- Give a user a subscription that costs nothing, from now on; gives it and its first period, or nothing where there is no such
-- user.
insert into subscriptions (user_id, plan_id, source, status, price, currency, interval, credits_per_period, anchored_at)
select
    user_credits.user_id,
    subscription_plans.id,
    'ADMIN',
    'ACTIVE',
    0,
    subscription_plans.currency,
    subscription_plans.interval,
    subscription_plans.credits_per_period,
    now()
from subscription_plans
cross join user_credits
where subscription_plans.id = :plan_id and user_credits.user_id = :user_id
returning
    *,
    anchored_at as period_start,
    subscription_period_start(anchored_at, interval, 1) as period_end;

-- name: get_subscription_of_stripe(stripe_session_id, stripe_subscription_id, reference)^
-- The subscription that the provider tells of: by its ids there, or where those are not known yet, by the reference it bears.
select
    id,
    user_id
from subscriptions
where
    stripe_subscription_id = :stripe_subscription_id::text
    or stripe_session_id = :stripe_session_id::text
    or (
        reference = :reference::uuid
        and (stripe_subscription_id is null or :stripe_subscription_id::text is null)
    )
order by stripe_subscription_id nulls last, id
limit 1;

-- name: lock_subscriptions_of_user(user_id)
-- Locks: all subscriptions of a user, by id, before their balance: so that one at a time decides which of them is live.
select
    subscriptions.*,
    (
        select subscription_plans.name
        from subscription_plans
        where subscription_plans.id = subscriptions.plan_id
    ) as plan_name
from subscriptions
where subscriptions.user_id = :user_id
order by subscriptions.id
limit 1000
for no key update;

-- name: update_subscription(subscription_id, status, anchored_at, unpaid_from, ends_with_period, told_at, needs_review, stripe_session_id, stripe_subscription_id, url, expires_at)!
-- Note what the provider says of a subscription, and what it comes to. It is locked.
update subscriptions
set
    status = :status::subscription_status,
    anchored_at = :anchored_at,
    unpaid_from = :unpaid_from,
    ends_with_period = :ends_with_period,
    told_at = :told_at,
    needs_review = :needs_review,
    stripe_session_id = coalesce(:stripe_session_id, stripe_session_id),
    stripe_subscription_id = coalesce(:stripe_subscription_id, stripe_subscription_id),
    url = coalesce(:url, url),
    expires_at = coalesce(:expires_at, expires_at),
    ended_at = case
        when :status::subscription_status in ('CANCELLED', 'EXPIRED') then coalesce(ended_at, now())
    end,
    updated_at = now()
where id = :subscription_id;

-- name: mark_subscription_refused(subscription_id)!
-- Note that the provider will not have it; its key serves for the next try.
update subscriptions
set
    status = 'EXPIRED',
    ended_at = now(),
    idempotency_key = null,
    updated_at = now()
where id = :subscription_id and status = 'INCOMPLETE' and stripe_session_id is null;

-- name: mark_subscriptions_ended(subscription_ids, status)!
-- End subscriptions: CANCELLED, or EXPIRED where nobody has paid.
update subscriptions
set
    status = :status::subscription_status,
    ended_at = now(),
    updated_at = now()
where id = any(:subscription_ids::bigint []) and status not in ('CANCELLED', 'EXPIRED');

-- name: mark_subscription_ending(subscription_id)!
-- Let a subscription end with its period.
update subscriptions
set
    ends_with_period = true,
    updated_at = now()
where id = :subscription_id;

-- name: refresh_subscription_period(subscription_id)!
-- Recompute which period a subscription is in: the newest that it has brought something for. It is locked.
update subscriptions
set
    current_period_start = newest.period_start,
    current_period_end = newest.period_end,
    updated_at = now()
from (
    select
        subscription_grants.period_start,
        subscription_grants.period_end
    from subscription_grants
    where subscription_grants.subscription_id = :subscription_id
    order by subscription_grants.period_start desc
    limit 1
) as newest
where subscriptions.id = :subscription_id;

-- name: lock_due_subscriptions(after_id, limit)
-- Locks: what was granted by an administrator and whose period is over, by id, those that nobody else has locked, before the
-- balances of their users. With it, the present period, as it is counted from the first day. That ends a good while after
-- the last one did: where the studio has moved to another time zone, hours make no period.
select
    subscriptions.*,
    subscription_plans.name as plan_name,
    present.period_start,
    present.period_end
from subscriptions
inner join subscription_plans on subscriptions.plan_id = subscription_plans.id
cross join lateral (
    select
        max(subscription_period_start(subscriptions.anchored_at, subscriptions.interval, number)) as period_start,
        max(subscription_period_start(subscriptions.anchored_at, subscriptions.interval, number + 1)) as period_end
    from
        generate_series(
            0,
            extract(day from now() - subscriptions.anchored_at)::integer
            / case subscriptions.interval when 'WEEK' then 7 when 'MONTH' then 28 else 365 end
            + 1
        ) as number
    where subscription_period_start(subscriptions.anchored_at, subscriptions.interval, number) <= now()
) as present
where
    subscriptions.source = 'ADMIN'
    and subscriptions.status = 'ACTIVE'
    and subscriptions.current_period_end <= now()
    and subscriptions.id > :after_id
    and (subscriptions.ends_with_period or present.period_end > subscriptions.current_period_end + interval '2 days')
order by subscriptions.id
limit :limit
for no key update of subscriptions skip locked;

-- name: mark_subscriptions_erased(user_ids)!
-- Remove what could name these users from what they have subscribed to: the keys that they chose, and the pages they paid on.
update subscriptions
set
    idempotency_key = null,
    url = null
where user_id = any(:user_ids::uuid []);

-- name: get_own_subscription(user_id, subscription_id)^
-- A subscription of a user, with the page on which it is paid: the one that is named, or the one they have, or had last.
select
    subscription_details.*,
    case
        when subscriptions.status = 'INCOMPLETE' and subscriptions.expires_at > now() then subscriptions.url
    end as url,
    subscriptions.expires_at
from subscription_details
inner join subscriptions on subscription_details.id = subscriptions.id
where
    subscriptions.user_id = :user_id
    and (:subscription_id::bigint is null or subscriptions.id = :subscription_id)
order by subscriptions.status in ('INCOMPLETE', 'ACTIVE', 'PAST_DUE') desc, subscriptions.id desc
limit 1;

-- name: get_subscription(viewing_user_id, subscription_id)^
-- One subscription, of the user who looks, or where that is nobody, of anybody.
select *
from subscription_details
where id = :subscription_id and (:viewing_user_id::uuid is null or user_id = :viewing_user_id);

-- name: list_subscriptions_by_created_at_desc(after_key, after_id, limit, status, plan_id, user_id)
-- Subscriptions, newest first.
select *
from subscription_details
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:status::text is null or status = :status::subscription_status)
    and (:plan_id::bigint is null or plan_id = :plan_id)
    and (:user_id::uuid is null or user_id = :user_id)
order by created_at desc, id desc
limit :limit;

-- name: count_subscriptions(status, plan_id, user_id)$
-- How many rows this list has in all.
select count(*)
from subscriptions
where
    (:status::text is null or status = :status::subscription_status)
    and (:plan_id::bigint is null or plan_id = :plan_id)
    and (:user_id::uuid is null or user_id = :user_id);

-- name: list_broken_subscriptions()
-- Subscriptions whose period is not that of their newest grant.
select
    'subscriptions' as table_name,
    subscriptions.id,
    'current_period_start, current_period_end' as column_name,
    tstzrange(subscriptions.current_period_start, subscriptions.current_period_end)::text as stored,
    tstzrange(newest.period_start, newest.period_end)::text as expected
from subscriptions
left join lateral (
    select
        subscription_grants.period_start,
        subscription_grants.period_end
    from subscription_grants
    where subscription_grants.subscription_id = subscriptions.id
    order by subscription_grants.period_start desc
    limit 1
) as newest on true
where
    (subscriptions.current_period_start, subscriptions.current_period_end)
    is distinct from (newest.period_start, newest.period_end)
order by subscriptions.id
limit 1000;

-- name: get_subscription_to_end(user_id, subscription_id)^
-- A subscription of a user, with how the provider knows it.
select
    id,
    status,
    ends_with_period,
    stripe_session_id,
    stripe_subscription_id
from subscriptions
where user_id = :user_id and id = :subscription_id;
