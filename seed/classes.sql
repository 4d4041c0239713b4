-- Classes: two gyms, what is there, who gives classes, and a month of them around today, by the clock of each gym; plans,
-- and who has subscribed to them. Nobody has booked anything here: that is what comes after this file.

create temporary table demo_gyms on commit drop as
select demo.*
from (
    values
    (
        'NY', 'Mercer Street Gym', 'America/New_York', true, 'A gym in a cellar, with a good coffee above it.',
        '{"line1": "220 Mercer Street", "city": "New York", "region": "NY", "postalCode": "10012", "country": "US"}',
        '{Lockers,Showers,Towels}'
    ),
    (
        'AM', 'Canal Studio', 'Europe/Amsterdam', false, 'Two floors on the water.',
        '{"line1": "1 Keizersgracht", "line2": "In the courtyard", "city": "Amsterdam", "postalCode": "1015 CC", "country": "NL"}',
        '{"Bicycle shed",Showers}'
    )
) as demo (code, name, time_zone, requires_induction, description, address, amenities);

insert into gyms (
    name, description, address, amenities, time_zone, requires_induction, created_at, updated_at
)
select
    demo_gyms.name,
    demo_gyms.description,
    demo_gyms.address::jsonb,
    demo_gyms.amenities::text [],
    demo_gyms.time_zone,
    demo_gyms.requires_induction,
    demo_calendar.opening - interval '180 days',
    demo_calendar.opening - interval '180 days'
from demo_gyms
cross join demo_calendar
order by demo_gyms.code desc;

insert into gym_opening_hours (gym_id, weekday, opens_at, closes_at)
select
    gyms.id,
    days.weekday,
    hours.opens_at::time,
    hours.closes_at::time
from demo_gyms
inner join gyms on demo_gyms.name = gyms.name
cross join unnest(enum_range(null::weekday)) as days (weekday)
inner join (
    values
    ('NY', false, '06:00', '22:00'),
    ('NY', true, '08:00', '18:00'),
    ('AM', false, '07:00', '22:30'),
    ('AM', true, '09:00', '17:00')
) as hours (code, is_weekend, opens_at, closes_at)
    on demo_gyms.code = hours.code and (days.weekday in ('SATURDAY', 'SUNDAY')) = hours.is_weekend;

insert into gym_equipment (gym_id, name, category, quantity, status, created_at, updated_at)
select
    gyms.id,
    demo.name,
    demo.category,
    demo.quantity,
    demo.status::equipment_status,
    gyms.created_at,
    gyms.created_at
from (
    values
    ('NY', 'Rowing machine', 'Cardio', 6, 'AVAILABLE'),
    ('NY', 'Spin bike', 'Cardio', 14, 'AVAILABLE'),
    ('NY', 'Treadmill', 'Cardio', 4, 'MAINTENANCE'),
    ('NY', 'Heavy bag', 'Boxing', 5, 'AVAILABLE'),
    ('NY', 'Squat rack', 'Weights', 3, 'AVAILABLE'),
    ('NY', 'Leg press', 'Weights', 1, 'RETIRED'),
    ('AM', 'Reformer', 'Pilates', 8, 'AVAILABLE'),
    ('AM', 'Yoga mat', 'Mats', 24, 'AVAILABLE'),
    ('AM', 'Kettlebell', 'Weights', 30, 'AVAILABLE'),
    ('AM', 'Ergometer', 'Cardio', 2, 'OUT_OF_ORDER')
) as demo (code, name, category, quantity, status)
inner join demo_gyms on demo.code = demo_gyms.code
inner join gyms on demo_gyms.name = gyms.name;

insert into gym_trainers (gym_id, trainer_id, created_at, updated_at)
select
    gyms.id,
    auth_users.id,
    gyms.created_at + interval '1 day',
    gyms.created_at + interval '1 day'
from (
    values
    ('NY', 'trainer-marcus'),
    ('NY', 'trainer-sofia'),
    ('AM', 'trainer'),
    ('AM', 'trainer-lea')
) as demo (code, login)
inner join demo_gyms on demo.code = demo_gyms.code
inner join gyms on demo_gyms.name = gyms.name
inner join demo_users on demo.login = demo_users.login
inner join auth_users on demo_users.id = auth_users.id;


-- What is given each week, and two more: one that is full, and one that was called off.
create temporary table demo_sessions on commit drop as
select
    demo.*,
    demo_gyms.name as gym_name,
    (days.date::date + demo.start_time::time) at time zone demo_gyms.time_zone as starts_at,
    (days.date::date + demo.start_time::time) at time zone demo_gyms.time_zone
    + make_interval(mins => demo.minutes) as ends_at
from (
    values
    ('NY', 'W', '{1,3,5}', null, '07:00', 60, 'Morning strength', 'trainer-marcus', 12, 1, true),
    ('NY', 'W', '{2,4}', null, '07:00', 60, 'Sunrise yoga', 'trainer-sofia', 16, 1, false),
    ('NY', 'W', '{1,2,3,4}', null, '18:30', 45, 'Spin', 'trainer-marcus', 14, 1, false),
    ('NY', 'W', '{5}', null, '17:30', 60, 'Boxing basics', 'trainer-marcus', 10, 2, true),
    ('NY', 'W', '{6,7}', null, '10:00', 75, 'Weekend yoga', 'trainer-sofia', 16, 1, false),
    ('NY', 'W', '{6,7}', null, '12:00', 45, 'Mobility', 'trainer-sofia', 12, 1, false),
    ('AM', 'W', '{1,2,3,4,5}', null, '12:15', 45, 'Lunch pilates', 'trainer-lea', 10, 1, false),
    ('AM', 'W', '{1,3,5}', null, '19:00', 60, 'Kettlebells', 'trainer', 12, 1, false),
    ('AM', 'W', '{2,4}', null, '19:00', 60, 'Evening yoga', 'trainer-lea', 16, 1, false),
    ('AM', 'W', '{6,7}', null, '09:30', 90, 'Long run club', 'trainer', 20, 1, false),
    ('AM', 'W', '{6,7}', null, '11:30', 60, 'Pilates on the water', 'trainer-lea', 8, 2, false),
    ('NY', 'FULL', null, 3, '14:00', 60, 'Reformer lab', 'trainer-sofia', 4, 1, false),
    ('NY', 'OFF', null, 2, '15:00', 60, 'Breathwork', 'trainer-sofia', 12, 1, false)
) as demo (
    gym, code, weekdays, days_ahead, start_time, minutes, title, trainer, capacity, credit_cost, requires_parq
)
inner join demo_gyms on demo.gym = demo_gyms.code
cross join lateral (select (now() at time zone demo_gyms.time_zone)::date as today) as clock
inner join generate_series(clock.today - 14, clock.today + 14, interval '1 day') as days (date)
    on
        extract(isodow from days.date)::integer = any(demo.weekdays::integer [])
        or days.date::date = clock.today + demo.days_ahead;

insert into class_sessions (
    gym_id,
    trainer_id,
    title,
    start_time,
    end_time,
    capacity,
    credit_cost,
    requires_parq,
    status,
    created_at,
    updated_at
)
select
    gyms.id,
    gym_trainers.trainer_id,
    demo.title,
    demo.starts_at,
    demo.ends_at,
    demo.capacity,
    demo.credit_cost,
    demo.requires_parq,
    case
        when demo.code = 'OFF' then 'CANCELLED'
        when demo.ends_at <= now() then 'COMPLETED'
        when demo.starts_at <= now() then 'IN_PROGRESS'
        else 'SCHEDULED'
    end::class_session_status,
    demo_calendar.opening - interval '30 days',
    least(demo.ends_at, now() - interval '1 hour')
from demo_sessions as demo
inner join gyms on demo.gym_name = gyms.name
left join demo_users on demo.trainer = demo_users.login
left join gym_trainers on gyms.id = gym_trainers.gym_id and demo_users.id = gym_trainers.trainer_id
cross join demo_calendar
order by demo.starts_at, demo.title;


insert into subscription_plans (name, description, price, currency, interval, credits_per_period, created_at, updated_at)
select
    demo.name,
    demo.description,
    demo.price,
    demo_calendar.currency,
    demo.interval::plan_interval,
    demo.credits_per_period,
    demo_calendar.opening - interval '120 days',
    demo_calendar.opening - interval '120 days'
from (
    values
    ('Taster', 'Three classes, week by week.', 12.00, 'WEEK', 3),
    ('Regular', 'Twice a week.', 49.00, 'MONTH', 8),
    ('Devoted', 'Nearly every day.', 99.00, 'MONTH', 20)
) as demo (name, description, price, interval, credits_per_period)
cross join demo_calendar;

-- Periods that have begun, each with what it brought; the one whose last invoice is not paid has no grant for it.
create temporary table demo_periods on commit drop as
select
    demo.*,
    demo_users.id as user_id,
    subscription_plans.id as plan_id,
    begun.at as anchored_at,
    periods.number,
    subscription_period_start(begun.at, subscription_plans.interval, periods.number) as period_start,
    subscription_period_start(begun.at, subscription_plans.interval, periods.number + 1) as period_end
from (
    values
    ('noor', 'Regular', 'ADMIN', 'ACTIVE', 40, 1),
    ('felix', 'Taster', 'ADMIN', 'ACTIVE', 16, 2),
    ('ines', 'Devoted', 'STRIPE', 'PAST_DUE', 33, 0),
    ('jonas', 'Regular', 'ADMIN', 'CANCELLED', 70, 1)
) as demo (login, plan, source, status, days_ago, last_period)
inner join demo_users on demo.login = demo_users.login
inner join subscription_plans on demo.plan = subscription_plans.name
cross join demo_calendar
cross join lateral (select demo_calendar.opening - make_interval(days => demo.days_ago)) as begun (at)
cross join lateral generate_series(0, demo.last_period) as periods (number);

insert into subscriptions (
    user_id,
    plan_id,
    source,
    status,
    price,
    currency,
    interval,
    credits_per_period,
    anchored_at,
    current_period_start,
    current_period_end,
    stripe_session_id,
    stripe_subscription_id,
    ended_at,
    created_at,
    updated_at
)
select
    demo.user_id,
    demo.plan_id,
    demo.source::subscription_source,
    demo.status::subscription_status,
    subscription_plans.price,
    subscription_plans.currency,
    subscription_plans.interval,
    subscription_plans.credits_per_period,
    demo.anchored_at,
    demo.period_start,
    demo.period_end,
    case demo.source when 'STRIPE' then 'cs_demo_subscription' end,
    case demo.source when 'STRIPE' then 'sub_demo' end,
    case demo.status when 'CANCELLED' then demo.period_end end,
    demo.anchored_at,
    least(demo.period_end, now())
from demo_periods as demo
inner join subscription_plans on demo.plan_id = subscription_plans.id
where demo.number = demo.last_period
order by demo.anchored_at;

insert into subscription_grants (
    subscription_id, period_start, period_end, credits, amount, currency, stripe_invoice_id, created_at
)
select
    subscriptions.id,
    demo.period_start,
    demo.period_end,
    subscriptions.credits_per_period,
    case demo.source when 'STRIPE' then subscriptions.price end,
    case demo.source when 'STRIPE' then subscriptions.currency end,
    case demo.source when 'STRIPE' then 'in_demo_' || demo.number end,
    demo.period_start
from demo_periods as demo
inner join subscriptions on demo.user_id = subscriptions.user_id
order by demo.period_start;
