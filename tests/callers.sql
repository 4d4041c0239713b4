-- A user of each role, who is signed in: their session token is `test-` and the role in lower case. In every test database.
insert into auth_users (id, name, email, email_verified, role, status)
select
    ('00000000-0000-4000-8000-00000000000' || position)::uuid,
    initcap(role::text) || ' Test',
    lower(role::text) || '@callers.example',
    now(),
    role,
    'ACTIVE'
from unnest(enum_range(null::user_role)) with ordinality as roles (role, position);

insert into user_profiles (user_id)
select id
from auth_users
where email like '%@callers.example';

insert into auth_sessions (user_id, session_token)
select
    id,
    sha256(('test-' || lower(role::text))::bytea)
from auth_users
where email like '%@callers.example';

-- Every test begins with an empty trail.
set constraints all immediate;
delete from audit_logs;
update audit_heads set last_id = 0, hash = decode(repeat('00', 32), 'hex');
