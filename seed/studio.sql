-- The demo studio: clients, catalogue, team, accounts, shoots, editing and expenses.

-- No "on conflict" here: a client that is there already is somebody's, and must not be given invented bookings.
insert into clients (name, email, phone, notes, avatar_url, created_at, updated_at)
select
    client.name,
    client.email,
    client.phone,
    client.notes,
    'https://images.example/clients/' || client.avatar,
    demo_calendar.opening - make_interval(days => client.days_ago),
    demo_calendar.opening - make_interval(days => client.days_ago)
from (
    values
    ('Amara Okafor', 'amara@okafor.example', '+1 212 555 0142', 'Prefers mornings.', 'amara.jpg', 430),
    ('Hiroshi Abe', 'hiroshi@abe.example', '+1 646 555 0117', 'Two children; plan a break.', 'hiroshi.jpg', 418),
    ('Juniper & Rye Bakery', 'hi@juniper.example', '+1 718 555 0163', 'White backgrounds only.', null, 402),
    ('Elena Vásquez', 'elena@vasquez.example', '+1 917 555 0128', null, 'elena.jpg', 396),
    ('Northgate Robotics', 'hi@northgate.example', '+1 332 555 0190', 'Needs a purchase order number.', null, 366),
    ('Priya Raman', 'priya@raman.example', '+1 347 555 0155', 'Vegetarian catering on long days.', 'priya.jpg', 326),
    ('Noah Berg', 'noah@berg.example', '+1 929 555 0131', null, 'noah.jpg', 301),
    ('Fatima Al-Rashid', 'fatima@rashid.example', '+1 212 555 0176', 'No pictures on social media.', 'fatima.jpg', 263),
    ('Chloé Dubois', 'chloe@dubois.example', '+1 646 555 0109', 'Found us through the wedding fair.', 'chloe.jpg', 201),
    ('João Gomes', 'joao@gomes.example', '+1 718 555 0184', null, 'joao.jpg', 172),
    ('Grace Liu', 'grace@liu.example', '+1 917 555 0147', 'Referred by Noah Berg.', 'grace.jpg', 134),
    ('Salt & Cedar Ceramics', 'hi@saltcedar.example', '+1 347 555 0122', 'Bring the turntable.', null, 100),
    ('Kwame Mensah', 'kwame@mensah.example', '+1 929 555 0168', null, 'kwame.jpg', 79),
    ('Ingrid Moen', 'ingrid@moen.example', null, 'Lives abroad; write rather than call.', 'ingrid.jpg', 74),
    ('Leila Haddad', 'leila@haddad.example', '+1 332 555 0113', 'Garden ceremony, tent if it rains.', 'leila.jpg', 18),
    ('Mateo Ruiz', 'mateo@ruiz.example', '+1 347 555 0198', 'Moved to Lisbon.', null, 250),
    ('Dev Patel', 'dev@patel.example', '+1 212 555 0139', 'Asked for prices; call back next week.', null, 5)
) as client (name, email, phone, notes, avatar, days_ago)
cross join demo_calendar
order by client.days_ago desc;

-- Who has not been heard of is out of the way.
update clients
set archived_at = demo_calendar.opening - interval '30 days'
from demo_calendar
where clients.email = 'mateo@ruiz.example';

-- The people there. Emma Chen signs in by her account of the demo; nobody else has been invited.
insert into client_contacts (
    client_id, user_id, name, title, email, phone, is_primary, is_active, activated_at, created_at, updated_at
)
select
    clients.id,
    auth_users.id,
    contact.name,
    contact.title,
    contact.email,
    contact.phone,
    contact.is_primary,
    contact.is_active,
    auth_users.created_at + interval '1 hour',
    coalesce(auth_users.created_at, clients.created_at),
    coalesce(auth_users.created_at + interval '1 hour', clients.created_at)
from (
    values
    ('northgate', 'Emma Chen', 'Events manager', 'customer@demo.photolens.test', '+1 212 555 0171', true, true),
    ('northgate', 'Owen Brandt', 'Accounts payable', 'owen@northgate.example', '+1 332 555 0191', false, true),
    ('juniper', 'Rye Nakamura', 'Owner', 'rye@juniper.example', '+1 718 555 0164', true, true),
    ('juniper', 'Tom Aldous', 'Shop manager, until last year', 'tom@juniper.example', null, false, false),
    ('saltcedar', 'Cedar Holm', 'Potter', 'cedar@saltcedar.example', '+1 347 555 0123', true, true)
) as contact (company, name, title, email, phone, is_primary, is_active)
inner join clients on clients.email = 'hi@' || contact.company || '.example'
left join demo_users on contact.email = demo_users.email
left join auth_users on demo_users.id = auth_users.id
order by clients.id, contact.name
on conflict do nothing;


-- The catalogue, the team and the accounts may meet rows of the same name: those are used as they are.
insert into session_categories (name, created_at, updated_at)
select
    category.name,
    demo_calendar.opening - interval '500 days',
    demo_calendar.opening - interval '500 days'
from (values ('Weddings'), ('Portraits'), ('Events'), ('Commercial')) as category (name)
cross join demo_calendar
on conflict do nothing;

insert into session_packages (
    category_id, name, description, price, duration_minutes, inclusions, created_at, updated_at
)
select
    session_categories.id,
    package.name,
    package.description,
    package.price,
    package.minutes,
    string_to_array(package.inclusions, ', '),
    demo_calendar.opening - interval '500 days',
    demo_calendar.opening - interval '500 days'
from (
    values
    ('Weddings', 'Full Day Wedding', 3200.00, 600, 'Preparations to last dance.', '600 images, Two photographers'),
    ('Weddings', 'Half Day Wedding', 1900.00, 300, 'Ceremony, portraits, first toast.', '300 images, Gallery'),
    ('Weddings', 'Elopement', 950.00, 150, 'The two of you and a place you love.', '100 images, Gallery'),
    ('Portraits', 'Family Portrait', 380.00, 90, 'Up to six people, out or in.', '25 images, Gallery, Print'),
    ('Portraits', 'Newborn Session', 420.00, 150, 'Unhurried, in the first weeks.', '20 images, Gallery, Birth card'),
    ('Portraits', 'Studio Headshot', 180.00, 45, 'For profiles, press and casting.', '3 retouched images'),
    ('Events', 'Corporate Event', 1200.00, 240, 'Conferences, launches, awards.', '200 images, Ten the same night'),
    ('Events', 'Birthday Party', 540.00, 180, 'Guests, games and the cake.', '120 images, Gallery'),
    ('Commercial', 'Product Shoot', 850.00, 240, 'Up to fifteen products on white.', '15 images, Licence for a year'),
    ('Commercial', 'Brand Story', 1500.00, 300, 'People, place and product in one day.', '40 images, Licence for a year')
) as package (category, name, price, minutes, description, inclusions)
inner join session_categories on lower(package.category) = lower(session_categories.name)
cross join demo_calendar
on conflict do nothing;

insert into staff_members (name, role, email, phone, avatar_url, status, created_at, updated_at)
select
    member.name,
    member.role::user_role,
    member.login || '@lumenhall.example',
    member.phone,
    'https://images.example/staff/' || member.login || '.jpg',
    member.status::staff_status,
    demo_calendar.opening - make_interval(days => member.days_ago),
    demo_calendar.opening - make_interval(days => member.days_ago)
from (
    values
    ('Rosa Delgado', 'OWNER', 'rosa', '+1 212 555 0101', 'ACTIVE', 500),
    ('Maya Osei', 'PHOTOGRAPHER', 'maya', '+1 212 555 0102', 'ACTIVE', 490),
    ('Jonas Weber', 'PHOTOGRAPHER', 'jonas', '+1 212 555 0103', 'ACTIVE', 455),
    ('Yuki Sato', 'EDITOR', 'yuki', '+1 212 555 0104', 'ACTIVE', 450),
    ('Dana Kowalski', 'FINANCE', 'dana', '+1 212 555 0105', 'ACTIVE', 440),
    ('Theo Marchetti', 'ADMIN', 'theo', null, 'ACTIVE', 310),
    ('Iris Lindqvist', 'EDITOR', 'iris', null, 'INVITED', 3)
) as member (name, role, login, phone, status, days_ago)
cross join demo_calendar
on conflict do nothing;

-- Those of the team who have an account of the demo: the others have not been invited, or have not come yet.
update staff_members
set user_id = auth_users.id
from demo_users
inner join auth_users on demo_users.id = auth_users.id
where
    staff_members.user_id is null
    and staff_members.name = auth_users.name
    and staff_members.role = auth_users.role
    and lower(staff_members.email) like '%@lumenhall.example';

insert into payment_accounts (name, kind, details, created_at, updated_at)
select
    account.name,
    account.kind::payment_account_kind,
    account.details,
    demo_calendar.opening - interval '500 days',
    demo_calendar.opening - interval '500 days'
from (
    values
    ('Business checking', 'BANK', 'Hudson Community Bank, account ending in 4471'),
    ('Cash box', 'CASH', 'Top drawer of the front desk'),
    ('PayPal', 'DIGITAL_WALLET', 'billing@lumenhall.example')
) as account (name, kind, details)
cross join demo_calendar
on conflict do nothing;


insert into rooms (name, notes, created_at, updated_at)
select
    room.name,
    room.notes,
    demo_calendar.opening - interval '500 days',
    demo_calendar.opening - interval '500 days'
from (
    values
    ('Daylight studio', 'North windows, white cyclorama; the blackout curtains are in the left cupboard.'),
    ('Cellar studio', 'No daylight. Mind the step.')
) as room (name, notes)
cross join demo_calendar
on conflict do nothing;


-- Shoots. Weeks count from this one, weekdays from Monday = 1. This week has none, so that what is past and what is to
-- come does not depend on the day; and four weeks never pass without one, so that every calendar month has some.
create temporary table demo_booking_plan on commit drop as
select
    plan.*,
    shoot.day as shoot_day,
    (shoot.day + plan.starts_at::time) at time zone demo_calendar.time_zone as session_date,
    (shoot.day - plan.lead_days + time '08:45' + plan.lead_days * interval '11 minutes')
    at time zone demo_calendar.time_zone as booked_at
from (
    values
    ('B01', 'amara@okafor.example', 'Half Day Wedding', -55, 6, '13:00', 40, 'COMPLETED', 'maya', 'jonas', 'Old Barn'),
    ('B02', 'hiroshi@abe.example', 'Studio Headshot', -54, 3, '10:00', 21, 'COMPLETED', 'jonas', null, 'Studio'),
    ('B03', 'hi@juniper.example', 'Product Shoot', -52, 4, '09:30', 28, 'COMPLETED', 'jonas', null, 'Bakery'),
    ('B04', 'elena@vasquez.example', 'Full Day Wedding', -50, 6, '11:00', 42, 'COMPLETED', 'maya', 'jonas', 'Manor'),
    ('B05', 'hi@northgate.example', 'Corporate Event', -47, 5, '18:00', 30, 'COMPLETED', 'jonas', null, 'Pier 60'),
    ('B06', 'hi@juniper.example', 'Brand Story', -45, 2, '10:00', 24, 'COMPLETED', 'maya', null, 'Bakery'),
    ('B07', 'amara@okafor.example', 'Family Portrait', -44, 6, '14:00', 20, 'COMPLETED', 'maya', null, 'Prospect Park'),
    ('B08', 'priya@raman.example', 'Newborn Session', -42, 3, '11:00', 25, 'COMPLETED', 'maya', null, 'Their home'),
    ('B09', 'elena@vasquez.example', 'Birthday Party', -41, 6, '15:00', 22, 'CANCELLED', 'jonas', null, 'Loft'),
    ('B10', 'hi@northgate.example', 'Studio Headshot', -39, 4, '09:00', 16, 'COMPLETED', 'jonas', null, 'Studio'),
    ('B11', 'noah@berg.example', 'Half Day Wedding', -37, 6, '12:00', 38, 'COMPLETED', 'maya', 'jonas', 'City Hall'),
    ('B12', 'hi@juniper.example', 'Product Shoot', -34, 3, '09:00', 19, 'COMPLETED', 'jonas', null, 'Studio'),
    ('B13', 'hiroshi@abe.example', 'Birthday Party', -33, 6, '16:00', 27, 'COMPLETED', 'jonas', null, 'Their home'),
    ('B14', 'fatima@rashid.example', 'Full Day Wedding', -31, 6, '11:00', 42, 'COMPLETED', 'maya', 'jonas', 'Astoria'),
    ('B15', 'hi@northgate.example', 'Brand Story', -30, 5, '10:00', 33, 'COMPLETED', 'maya', 'jonas', 'Their plant'),
    ('B16', 'amara@okafor.example', 'Newborn Session', -28, 7, '09:30', 14, 'COMPLETED', 'maya', null, 'Their home'),
    ('B17', 'priya@raman.example', 'Elopement', -27, 6, '15:00', 36, 'CANCELLED', 'maya', null, 'Montauk Point'),
    ('B18', 'elena@vasquez.example', 'Studio Headshot', -26, 2, '13:00', 15, 'COMPLETED', 'jonas', null, 'Studio'),
    ('B19', 'chloe@dubois.example', 'Elopement', -24, 6, '15:00', 29, 'COMPLETED', 'maya', null, 'Bear Mountain'),
    ('B20', 'hi@northgate.example', 'Corporate Event', -22, 4, '17:30', 35, 'COMPLETED', 'jonas', null, 'Javits'),
    ('B21', 'hi@juniper.example', 'Product Shoot', -19, 3, '10:00', 17, 'COMPLETED', 'jonas', null, 'Studio'),
    ('B22', 'joao@gomes.example', 'Full Day Wedding', -18, 6, '11:00', 42, 'COMPLETED', 'maya', 'jonas', 'Vineyard'),
    ('B23', 'fatima@rashid.example', 'Studio Headshot', -16, 5, '12:00', 14, 'COMPLETED', 'maya', null, 'Studio'),
    ('B24', 'chloe@dubois.example', 'Family Portrait', -15, 6, '13:00', 21, 'CANCELLED', 'jonas', null, 'Central Park'),
    ('B25', 'grace@liu.example', 'Half Day Wedding', -13, 6, '12:30', 39, 'COMPLETED', 'jonas', 'maya', 'St Mark''s'),
    ('B26', 'hi@northgate.example', 'Corporate Event', -11, 4, '18:00', 28, 'COMPLETED', 'jonas', null, 'Pier 60'),
    ('B27', 'hi@saltcedar.example', 'Product Shoot', -10, 2, '09:00', 22, 'COMPLETED', 'jonas', null, 'Studio'),
    ('B28', 'joao@gomes.example', 'Family Portrait', -9, 7, '11:00', 19, 'COMPLETED', 'maya', null, 'Fort Tryon Park'),
    ('B29', 'priya@raman.example', 'Birthday Party', -8, 6, '14:00', 26, 'COMPLETED', 'jonas', null, 'Community hall'),
    ('B30', 'hi@saltcedar.example', 'Brand Story', -7, 3, '10:00', 30, 'COMPLETED', 'maya', 'jonas', 'Pottery'),
    ('B31', 'kwame@mensah.example', 'Elopement', -6, 6, '15:30', 33, 'COMPLETED', 'maya', null, 'Dumbo'),
    ('B32', 'ingrid@moen.example', 'Full Day Wedding', -4, 6, '11:00', 42, 'COMPLETED', 'maya', 'jonas', 'Hill Farm'),
    ('B33', 'hi@juniper.example', 'Product Shoot', -3, 4, '09:30', 16, 'COMPLETED', 'jonas', null, 'Studio'),
    ('B34', 'noah@berg.example', 'Family Portrait', -3, 7, '13:00', 17, 'CANCELLED', 'maya', null, 'Central Park'),
    ('B35', 'fatima@rashid.example', 'Newborn Session', -2, 2, '10:00', 23, 'COMPLETED', 'maya', null, 'Their home'),
    ('B36', 'kwame@mensah.example', 'Family Portrait', -2, 6, '12:00', 20, 'COMPLETED', 'jonas', null, 'Prospect Park'),
    ('B37', 'hi@northgate.example', 'Corporate Event', -1, 2, '17:00', 31, 'COMPLETED', 'jonas', 'maya', 'Javits'),
    ('B38', 'grace@liu.example', 'Studio Headshot', -1, 4, '14:00', 15, 'COMPLETED', 'maya', null, 'Studio'),
    ('B39', 'hiroshi@abe.example', 'Birthday Party', -1, 6, '16:00', 28, 'COMPLETED', 'jonas', null, 'Their home'),
    ('B40', 'hi@saltcedar.example', 'Product Shoot', 1, 2, '10:00', 24, 'SCHEDULED', 'jonas', null, 'Studio'),
    ('B41', 'joao@gomes.example', 'Family Portrait', 1, 6, '13:00', 21, 'SCHEDULED', 'maya', null, 'Studio'),
    ('B42', 'hi@northgate.example', 'Corporate Event', 2, 5, '18:00', 35, 'SCHEDULED', 'jonas', 'maya', 'Pier 60'),
    ('B43', 'amara@okafor.example', 'Family Portrait', 2, 7, '10:00', 27, 'PENDING', 'maya', null, 'Prospect Park'),
    ('B44', 'hi@juniper.example', 'Brand Story', 3, 3, '09:30', 30, 'SCHEDULED', 'maya', 'jonas', 'Bakery'),
    ('B45', 'priya@raman.example', 'Elopement', 3, 6, '15:00', 28, 'PENDING', 'maya', null, 'Montauk Point'),
    ('B46', 'leila@haddad.example', 'Full Day Wedding', 4, 6, '12:00', 42, 'SCHEDULED', 'maya', 'jonas', 'Wave Hill'),
    ('B47', 'elena@vasquez.example', 'Studio Headshot', 5, 5, '11:00', 42, 'CANCELLED', 'jonas', null, 'Studio'),
    ('B48', 'chloe@dubois.example', 'Family Portrait', 5, 6, '11:00', 42, 'PENDING', 'jonas', null, 'Central Park'),
    ('B49', 'hi@northgate.example', 'Studio Headshot', 6, 3, '10:00', 49, 'SCHEDULED', 'jonas', null, 'Studio'),
    ('B50', 'hi@northgate.example', 'Studio Headshot', 7, 3, '10:00', 56, 'SCHEDULED', 'jonas', null, 'Studio'),
    ('B51', 'hi@northgate.example', 'Studio Headshot', 8, 3, '10:00', 63, 'SCHEDULED', 'jonas', null, 'Studio')
) as plan (code, client_email, package, week, weekday, starts_at, lead_days, status, lead, second_shooter, location)
cross join demo_calendar
cross join lateral (select demo_calendar.monday + 7 * plan.week + plan.weekday - 1 as day) as shoot;

insert into bookings (
    client_id, session_type_id, session_date, ends_at, room_id, location, price, status, notes, created_at, updated_at
)
select
    clients.id,
    session_packages.id,
    plan.session_date,
    plan.session_date + make_interval(mins => session_packages.duration_minutes),
    rooms.id,
    plan.location,
    coalesce(agreed.price, session_packages.price),
    plan.status::booking_status,
    agreed.notes,
    plan.booked_at,
    case plan.status
        when 'COMPLETED' then plan.session_date + make_interval(mins => session_packages.duration_minutes)
        when 'CANCELLED' then plan.booked_at + make_interval(days => agreed.cancelled_after_days)
        else plan.booked_at
    end
from demo_booking_plan as plan
inner join clients on plan.client_email = lower(clients.email)
inner join session_packages on lower(plan.package) = lower(session_packages.name)
-- Products are photographed without daylight.
left join rooms
    on
        plan.location = 'Studio'
        and lower(rooms.name) = case plan.package when 'Product Shoot' then 'cellar studio' else 'daylight studio' end
-- What was agreed beyond the package, and how long after booking some cancelled.
left join (
    values
    ('B07', 300.00, null, 'Thank-you price for a returning couple.'),
    ('B09', null, 9, 'Cancelled: moved to another city.'),
    ('B10', 540.00, null, 'Three engineers, one after the other.'),
    ('B14', null, null, 'Two ceremonies; the hall allows no flash.'),
    ('B17', null, 7, 'Cancelled: storm warning on the coast.'),
    ('B22', 3600.00, null, 'Includes a second location.'),
    ('B24', null, 8, 'Cancelled: illness in the family.'),
    ('B28', 0.00, null, 'A gift, to go with the wedding.'),
    ('B34', null, 6, 'Cancelled: asked for a date next season.'),
    ('B43', null, null, 'Waiting for the grandparents to confirm.'),
    ('B46', null, null, 'Rain plan: the conservatory.'),
    ('B47', null, 1, 'Cancelled: booked twice by mistake.')
) as agreed (code, price, cancelled_after_days, notes) on plan.code = agreed.code
order by plan.booked_at, plan.code;

-- From here on, each code with the booking it became: a client has no two shoots at one time.
create temporary table demo_bookings on commit drop as
select
    plan.code,
    plan.package,
    plan.shoot_day,
    plan.lead,
    plan.second_shooter,
    bookings.*
from demo_booking_plan as plan
inner join clients on plan.client_email = lower(clients.email)
inner join bookings on clients.id = bookings.client_id and plan.session_date = bookings.session_date;

-- Three Wednesdays with new engineers were booked at once, as one series.
with series as (
    insert into booking_series (client_id, frequency, weekdays, starts_on, starts_at, occurrences, created_at)
    select
        demo_bookings.client_id,
        'WEEKLY',
        '{WEDNESDAY}',
        demo_bookings.shoot_day,
        '10:00',
        3,
        demo_bookings.created_at
    from demo_bookings
    where demo_bookings.code = 'B49'
    returning id
)

update bookings
set series_id = series.id
from series
cross join demo_bookings
where bookings.id = demo_bookings.id and demo_bookings.code in ('B49', 'B50', 'B51');

-- What was agreed on as one: since the first of its bookings was made.
create temporary table demo_work_packages on commit drop as
select
    plan.*,
    agreed.client_id,
    agreed.starts_on,
    agreed.ends_on,
    agreed.created_at
from (
    values
    ('Robot launch', 'The fair, and the evenings around it.', 'OPEN', array['B20', 'B37', 'B42']),
    ('Seasonal menus', 'One day for each season.', 'CLOSED', array['B03', 'B12', 'B21'])
) as plan (name, description, status, codes)
cross join lateral (
    select
        demo_bookings.client_id,
        min(demo_bookings.shoot_day) as starts_on,
        max(demo_bookings.shoot_day) as ends_on,
        min(demo_bookings.created_at) as created_at
    from demo_bookings
    where demo_bookings.code = any(plan.codes)
    group by demo_bookings.client_id
) as agreed;

insert into work_packages (client_id, name, description, status, starts_on, ends_on, created_at, updated_at)
select
    client_id,
    name,
    description,
    status::work_package_status,
    starts_on,
    ends_on,
    created_at,
    created_at
from demo_work_packages
order by created_at;

update bookings
set work_package_id = work_packages.id
from demo_work_packages
inner join work_packages
    on demo_work_packages.client_id = work_packages.client_id and demo_work_packages.name = work_packages.name
inner join demo_bookings on demo_bookings.code = any(demo_work_packages.codes)
where bookings.id = demo_bookings.id;

insert into staff_assignments (booking_id, staff_id, role, occupied, created_at)
select
    demo_bookings.id,
    staff_members.id,
    assigned.role,
    demo_bookings.occupied,
    demo_bookings.created_at
from demo_bookings
cross join lateral (
    values (demo_bookings.lead, 'Lead'), (demo_bookings.second_shooter, 'Second shooter')
) as assigned (login, role)
inner join staff_members on assigned.login || '@lumenhall.example' = lower(staff_members.email)
order by demo_bookings.id, assigned.role;


-- Editing: the courses that jobs take, as moves and the days after the shoot on which they were made. A stage that goes
-- by another name meanwhile is the first on the board that stands for the same.
create temporary table demo_stages on commit drop as
select
    step.word,
    step.job_status::editing_status as job_status,
    coalesce(named.id, usual.id) as id,
    coalesce(named.name, usual.name) as name
from (
    values
    ('WAIT', 'Awaiting Selection', 'PENDING', 'PENDING'),
    ('READY', 'Ready for Edit', 'PENDING', 'PENDING'),
    ('WORK', 'In Progress', 'IN_PROGRESS', 'IN_PROGRESS'),
    ('REVIEW', 'Client Review', 'IN_PROGRESS', 'IN_PROGRESS'),
    ('DONE', 'Completed', 'DELIVERED', 'DELIVERED'),
    ('AGAIN', 'Revision', 'REVISION', 'REVISION'),
    -- It stays in the stage that it was delivered in.
    ('ARCHIVE', 'Completed', 'DELIVERED', 'ARCHIVED')
) as step (word, stage_name, stage_status, job_status)
left join editing_stages as named
    on lower(step.stage_name) = lower(named.name) and step.stage_status = named.status::text
cross join lateral (
    select
        editing_stages.id,
        editing_stages.name
    from editing_stages
    where editing_stages.status = step.stage_status::editing_status
    order by editing_stages.position
    limit 1
) as usual;

create temporary table demo_editing_moves on commit drop as
select
    demo_bookings.id as booking_id,
    demo_bookings.code,
    demo_bookings.shoot_day,
    demo_bookings.ends_at,
    move.step,
    stages.id as stage_id,
    stages.name as stage_name,
    stages.job_status as status,
    -- The first row is written as the shoot is marked completed, by whoever led it.
    case
        when move.step = 1 then demo_bookings.ends_at
        else
            (demo_bookings.shoot_day + move.days + time '09:30' + move.step * interval '40 minutes')
            at time zone demo_calendar.time_zone
    end as changed_at,
    case when move.step = 1 then staff_members.name else 'Yuki Sato' end as changed_by,
    case move.word
        when 'READY' then 'The client has chosen.'
        when 'AGAIN' then 'The client asks for warmer tones.'
        when 'ARCHIVE' then 'Files moved to cold storage.'
    end as notes
from (
    values
    ('{WAIT,READY,WORK,DONE,ARCHIVE}', '{0,1,2,9,40}', '{B01,B02,B03,B05,B07,B08,B10,B12,B13,B15,B16,B18}'),
    ('{WAIT,READY,WORK,DONE,AGAIN,DONE,ARCHIVE}', '{0,1,3,11,14,18,50}', '{B04,B06,B11,B14,B19}'),
    ('{WAIT,READY,WORK,REVIEW,DONE,AGAIN,WORK,DONE}', '{0,1,2,6,8,11,12,15}', '{B22,B30}'),
    ('{WAIT,READY,WORK,DONE}', '{0,1,1,7}', '{B21,B23,B26,B27,B28,B31}'),
    ('{WAIT,READY,WORK,REVIEW,DONE}', '{0,2,6,12,17}', '{B20,B25,B29}'),
    ('{WAIT,READY,WORK,DONE,AGAIN}', '{0,1,2,7,10}', '{B32,B35}'),
    ('{WAIT,READY,WORK,REVIEW}', '{0,1,2,6}', '{B33}'),
    ('{WAIT,READY,WORK,REVIEW}', '{0,1,2,3}', '{B37}'),
    ('{WAIT,READY,WORK}', '{0,1,2}', '{B36}'),
    ('{WAIT,READY}', '{0,1}', '{B38}'),
    ('{WAIT}', '{0}', '{B39}')
) as course (words, days, codes)
cross join unnest(course.words::text[], course.days::int[]) with ordinality as move (word, days, step)
inner join demo_stages as stages on move.word = stages.word
inner join demo_bookings on demo_bookings.code = any(course.codes::text[])
inner join staff_members on demo_bookings.lead || '@lumenhall.example' = lower(staff_members.email)
cross join demo_calendar;

insert into editing_jobs (
    booking_id, editor_id, stage_id, status, priority, due_date, notes,
    drive_folder_url, photographer_notes, uploaded_at, revision_count, delivered_at, created_at, updated_at
)
select
    latest.booking_id,
    -- What nobody has begun is nobody's yet.
    case when latest.status <> 'PENDING' then editors.id end,
    latest.stage_id,
    latest.status,
    coalesce(handed_on.priority, 'NORMAL')::editing_priority,
    latest.shoot_day + 14,
    case when latest.status = 'REVISION' then latest.notes end,
    'https://drive.example/lumenhall/' || lower(latest.code),
    handed_on.notes,
    uploads.at,
    (
        select count(*)
        from demo_editing_moves as revisions
        where revisions.booking_id = latest.booking_id and revisions.status = 'REVISION'
    ),
    case when latest.status in ('DELIVERED', 'ARCHIVED') then (
        select max(deliveries.changed_at)
        from demo_editing_moves as deliveries
        where deliveries.booking_id = latest.booking_id and deliveries.status = 'DELIVERED'
    ) end,
    latest.ends_at,
    greatest(latest.changed_at, uploads.at)
from (select distinct on (booking_id) * from demo_editing_moves order by booking_id, step desc) as latest
left join staff_members as editors on lower(editors.email) = 'yuki@lumenhall.example'
-- The photos are uploaded for the client to choose from.
cross join lateral (
    select coalesce(min(moves.changed_at) - interval '2 hours', latest.ends_at + interval '90 minutes') as at
    from demo_editing_moves as moves
    where moves.booking_id = latest.booking_id and moves.step = 2
) as uploads
left join (
    values
    ('B14', 'HIGH', 'No flash in the hall: expect grain, keep it.'),
    ('B22', 'HIGH', 'Second location is in the folder "Vineyard".'),
    ('B32', 'URGENT', 'The album goes to print on Friday. Skin tones first.'),
    ('B33', 'NORMAL', 'White must be white: the grey card is frame 3.'),
    ('B35', 'HIGH', 'Nothing of the elder brother, please.'),
    ('B37', 'URGENT', 'Ten for the press, before anything else.'),
    ('B38', 'HIGH', null),
    ('B39', 'NORMAL', 'The cake is in the last twenty.')
) as handed_on (code, priority, notes) on latest.code = handed_on.code
order by latest.ends_at;

insert into editing_status_logs (editing_job_id, stage_id, status, changed_at, changed_by, notes)
select
    editing_jobs.id,
    moves.stage_id,
    moves.status,
    moves.changed_at,
    moves.changed_by,
    moves.notes
from demo_editing_moves as moves
inner join editing_jobs on moves.booking_id = editing_jobs.booking_id
order by moves.changed_at, moves.booking_id;

insert into editing_revisions (editing_job_id, note, requested_by, requested_at)
select
    editing_jobs.id,
    moves.notes,
    moves.changed_by,
    moves.changed_at
from demo_editing_moves as moves
inner join editing_jobs on moves.booking_id = editing_jobs.booking_id
where moves.status = 'REVISION'
order by moves.changed_at, moves.booking_id;

-- What clients have chosen so far: all of it is edited where the job is done, and of what is being edited, a part.
insert into photo_selections (booking_id, name, is_edited, position, created_at, updated_at)
select
    jobs.booking_id,
    'LH' || to_char(demo_bookings.shoot_day, 'YYMMDD') || '_' || lpad((photo.number * 37)::text, 4, '0') || '.jpg',
    photo.number <= case jobs.status
        when 'PENDING' then 0
        when 'IN_PROGRESS' then 5
        when 'REVISION' then 6
        else 8
    end,
    photo.number,
    chosen.at,
    greatest(chosen.at, jobs.updated_at)
from editing_jobs as jobs
inner join demo_bookings on jobs.booking_id = demo_bookings.id
cross join generate_series(1, 8) as photo (number)
cross join lateral (select jobs.uploaded_at + interval '1 hour' + photo.number * interval '1 minute' as at) as chosen
where
    photo.number <= 3
    or exists (select from demo_editing_moves as moves where moves.booking_id = jobs.booking_id and moves.step = 2)
order by jobs.booking_id, photo.number;


-- Expenses: the day counts from the shoot, or from today where there is none.
insert into expenses (
    booking_id, category, description, amount, incurred_at, payment_account_id, created_at, updated_at
)
select
    demo_bookings.id,
    plan.category::expense_category,
    plan.description,
    plan.amount,
    incurred.at,
    payment_accounts.id,
    incurred.at,
    incurred.at
from (
    values
    ('SOFTWARE', null, 'Editing suite, yearly plan', -374, 599.88, 'Business checking'),
    ('STUDIO', null, 'Studio rent, quarter', -358, 2400.00, 'Business checking'),
    ('TRAVEL', 'B04', 'Hotel near the venue', -1, 189.00, 'Business checking'),
    ('SOFTWARE', null, 'Gallery hosting, quarter', -330, 87.00, 'PayPal'),
    ('STUDIO', 'B06', 'Prop rental', -1, 145.00, 'Cash box'),
    ('OTHER', null, 'Liability insurance, yearly', -300, 780.00, 'Business checking'),
    ('MARKETING', null, 'Wedding fair booth', -285, 650.00, 'Business checking'),
    ('STUDIO', null, 'Studio rent, quarter', -267, 2400.00, 'Business checking'),
    ('SOFTWARE', null, 'Gallery hosting, quarter', -239, 87.00, 'PayPal'),
    ('GEAR', null, '85 mm lens', -226, 1799.00, 'Business checking'),
    ('TRAVEL', 'B14', 'Train tickets for two', 0, 96.40, 'PayPal'),
    ('TRAVEL', 'B15', 'Van rental', 0, 128.75, 'Business checking'),
    ('STUDIO', null, 'Backdrop paper rolls', -201, 164.50, 'Cash box'),
    ('STUDIO', null, 'Studio rent, quarter', -176, 2400.00, 'Business checking'),
    ('OTHER', 'B20', 'Venue parking', 0, 36.00, 'Cash box'),
    ('SOFTWARE', null, 'Gallery hosting, quarter', -148, 87.00, 'PayPal'),
    ('TRAVEL', 'B22', 'Ferry and lodging', -1, 312.00, 'Business checking'),
    ('MARKETING', null, 'Instagram campaign', -118, 320.00, 'PayPal'),
    ('GEAR', null, 'Softbox and light stands', -98, 412.30, 'Business checking'),
    ('STUDIO', null, 'Studio rent, quarter', -85, 2400.00, 'Business checking'),
    ('GEAR', 'B26', 'Rented telephoto lens', 0, 85.00, 'Business checking'),
    ('SOFTWARE', null, 'Gallery hosting, quarter', -57, 87.00, 'PayPal'),
    ('STUDIO', 'B30', 'Styling and props', -2, 210.00, 'Cash box'),
    ('OTHER', null, 'Bookkeeping', -40, 260.00, 'Business checking'),
    ('TRAVEL', 'B32', 'Mileage and tolls', 0, 64.20, 'Cash box'),
    ('GEAR', 'B37', 'Rented flash kit', 0, 75.00, 'Business checking'),
    ('GEAR', null, 'Memory cards', -4, 138.90, 'PayPal')
) as plan (category, code, description, days, amount, account)
left join demo_bookings on plan.code = demo_bookings.code
inner join payment_accounts on lower(plan.account) = lower(payment_accounts.name)
cross join demo_calendar
cross join lateral (
    select
        (coalesce(demo_bookings.shoot_day, demo_calendar.today) + plan.days + time '08:20')
        at time zone demo_calendar.time_zone as at
) as incurred
order by incurred.at;
