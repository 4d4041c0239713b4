-- A user for each role, two more vendors of spaces, three more trainers and who comes to classes, with passwords that
-- everybody knows: `photolens-demo`, and `test123` for test@example.com, which the seed document names. Marked as the
-- demo's, so that none of them gets in where PHOTOLENS_ENV is production. An account that is there already is somebody's,
-- and stays as it is.

create temporary table demo_users on commit drop as
select
    demo.*,
    demo.login || '@' || case demo.login when 'test' then 'example.com' else 'demo.photolens.test' end as email
from (
    values
    (gen_random_uuid(), 'owner', 'Rosa Delgado', 'OWNER', '+12125550101', 500),
    (gen_random_uuid(), 'admin', 'Theo Marchetti', 'ADMIN', null, 310),
    (gen_random_uuid(), 'photographer', 'Maya Osei', 'PHOTOGRAPHER', '+12125550102', 490),
    (gen_random_uuid(), 'editor', 'Yuki Sato', 'EDITOR', '+12125550104', 450),
    (gen_random_uuid(), 'finance', 'Dana Kowalski', 'FINANCE', '+12125550105', 440),
    (gen_random_uuid(), 'trainer', 'Ben Achterberg', 'TRAINER', null, 200),
    (gen_random_uuid(), 'trainer-lea', 'Lea Fontaine', 'TRAINER', null, 190),
    (gen_random_uuid(), 'trainer-marcus', 'Marcus Reid', 'TRAINER', null, 195),
    (gen_random_uuid(), 'trainer-sofia', 'Sofia Lindqvist', 'TRAINER', null, 185),
    (gen_random_uuid(), 'vendor', 'Salma Nasser', 'VENDOR', null, 150),
    (gen_random_uuid(), 'vendor-amman', 'Omar Haddadin', 'VENDOR', null, 140),
    (gen_random_uuid(), 'vendor-lisbon', 'Rui Almeida', 'VENDOR', null, 130),
    (gen_random_uuid(), 'customer', 'Emma Chen', 'CUSTOMER', '+12125550171', 90),
    (gen_random_uuid(), 'ada', 'Ada Obi', 'CUSTOMER', null, 88),
    (gen_random_uuid(), 'priya', 'Priya Raman', 'CUSTOMER', null, 86),
    (gen_random_uuid(), 'luca', 'Luca Moretti', 'CUSTOMER', null, 84),
    (gen_random_uuid(), 'sam', 'Sam Whitfield', 'CUSTOMER', null, 83),
    (gen_random_uuid(), 'mei', 'Mei Tanaka', 'CUSTOMER', null, 82),
    (gen_random_uuid(), 'kofi', 'Kofi Mensah', 'CUSTOMER', null, 81),
    (gen_random_uuid(), 'noor', 'Noor van Dijk', 'CUSTOMER', null, 80),
    (gen_random_uuid(), 'felix', 'Felix Brandt', 'CUSTOMER', null, 79),
    (gen_random_uuid(), 'ines', 'Ines Carvalho', 'CUSTOMER', null, 78),
    (gen_random_uuid(), 'jonas', 'Jonas Weber', 'CUSTOMER', null, 77),
    (gen_random_uuid(), 'zoe', 'Zoe Laurent', 'CUSTOMER', null, 76),
    ('550e8400-e29b-41d4-a716-446655440000', 'test', 'Test User', 'CUSTOMER', null, 60)
) as demo (id, login, name, role, phone_number, days_ago);

-- Only those whose e-mail and phone nobody has yet.
delete from demo_users
where exists (
    select
    from auth_users
    where
        lower(auth_users.email) = demo_users.email
        or auth_users.phone_number = demo_users.phone_number
        or auth_users.id = demo_users.id
);

insert into auth_users (
    id, name, email, email_verified, phone_number, phone_verified, role, status, is_demo, created_at, updated_at
)
select
    demo_users.id,
    demo_users.name,
    demo_users.email,
    joined.at,
    demo_users.phone_number,
    case when demo_users.phone_number is not null then joined.at end,
    demo_users.role::user_role,
    'ACTIVE',
    true,
    joined.at,
    joined.at
from demo_users
cross join demo_calendar
cross join lateral (select demo_calendar.opening - make_interval(days => demo_users.days_ago)) as joined (at)
order by demo_users.days_ago desc;

insert into auth_accounts (user_id, provider, type, provider_account_id, password, created_at)
select
    auth_users.id,
    'credentials',
    'credentials',
    auth_users.id::text,
    case demo_users.login
        when 'test'
            then '$argon2id$v=19$m=65536,t=3,p=4$/kRttaBWd69kfc8wEJ4kdg$MFBZg57Yj4sZ4ieSihJ8bwCO13qr40ejGcdMvPsJm6I'
        else '$argon2id$v=19$m=65536,t=3,p=4$ul8lkFQAXproo1W2nnH9EA$XOzODUlAqmyEIgGJUrf/Qh+lZwpMJ6CEgUVuXsOM71Y'
    end,
    auth_users.created_at
from demo_users
inner join auth_users on demo_users.id = auth_users.id;

insert into user_profiles (user_id, phone, bio, created_at, updated_at)
select
    auth_users.id,
    auth_users.phone_number,
    case demo_users.login
        when 'customer' then 'Getting married next summer.'
        when 'trainer' then 'Kettlebells, long runs, and patience.'
        when 'trainer-lea' then 'Danced for twelve years; teaches Pilates since.'
        when 'trainer-marcus' then 'Boxed for the city. Nobody is too late to begin.'
        when 'trainer-sofia' then 'Yoga, and how to sit at a desk.'
    end,
    auth_users.created_at,
    auth_users.created_at
from demo_users
inner join auth_users on demo_users.id = auth_users.id;

insert into addresses (user_id, label, line1, city, region, postal_code, country, created_at, updated_at)
select
    auth_users.id,
    'Home',
    '48 Orchard Street',
    'New York',
    'NY',
    '10002',
    'US',
    auth_users.created_at,
    auth_users.created_at
from demo_users
inner join auth_users on demo_users.id = auth_users.id
where demo_users.login = 'customer';
