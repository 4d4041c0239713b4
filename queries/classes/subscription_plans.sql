-- name: get_plan(plan_id, sees_all)^
-- One plan: one that is offered, or for who sees all, any.
select *
from subscription_plans
where id = :plan_id and (:sees_all::boolean or is_active);

-- name: lock_plan(plan_id)^
-- Locks: the plan's row, alone.
select *
from subscription_plans
where id = :plan_id
for no key update;

-- name: insert_plan(name, description, price, interval, credits_per_period, is_active)^
-- Add a plan, in the studio's currency as it is now.
insert into subscription_plans (name, description, price, currency, interval, credits_per_period, is_active)
select
    :name,
    :description,
    :price,
    studio_settings.currency,
    :interval::plan_interval,
    :credits_per_period,
    :is_active
from studio_settings
returning *;

-- name: update_plan(id, name, description, price, interval, credits_per_period, is_active)!
-- Change a plan: what was agreed by it before stays.
update subscription_plans
set
    name = :name,
    description = :description,
    price = :price,
    interval = :interval::plan_interval,
    credits_per_period = :credits_per_period,
    is_active = :is_active,
    updated_at = now()
where id = :id;

-- name: delete_plan(plan_id)!
-- Remove a plan that nobody has subscribed to.
delete from subscription_plans
where id = :plan_id;

-- name: list_plans_by_name(after_key, after_id, limit, is_active, sees_all)
-- Plans, by name: those that are offered, or for who sees all, all.
select *
from subscription_plans
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:is_active::boolean is null or is_active = :is_active)
    and (:sees_all::boolean or is_active)
order by lower(name), id
limit :limit;

-- name: list_plans_by_price(after_key, after_id, limit, is_active, sees_all)
-- Plans, cheapest first, as above.
select *
from subscription_plans
where
    (price, id) > (coalesce(:after_key::numeric, 0), coalesce(:after_id::bigint, 0))
    and (:is_active::boolean is null or is_active = :is_active)
    and (:sees_all::boolean or is_active)
order by price, id
limit :limit;

-- name: count_plans(is_active, sees_all)$
-- How many rows these lists have in all.
select count(*)
from subscription_plans
where
    (:is_active::boolean is null or is_active = :is_active)
    and (:sees_all::boolean or is_active);
