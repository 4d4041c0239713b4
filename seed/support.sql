-- What members have asked of the studio, what they were told, and what the team said of it among itself.

create temporary table demo_problems on commit drop as
select
    demo.*,
    member.id::uuid as user_id,
    assignee.id::uuid as assignee_id,
    demo_calendar.opening - demo.ago as asked_at
from (
    values
    (
        'ada', 'BOOKING', 'NORMAL', 'OPEN', null, 'I was checked in, and it says I was not there',
        'I came to Spin last week. Could somebody look?', interval '20 hours'
    ),
    (
        'ines', 'PAYMENT', 'HIGH', 'WAITING_CUSTOMER', 'finance', 'My card was refused',
        'The bank says that there is nothing wrong with it.', interval '2 days'
    ),
    (
        'luca', 'TECHNICAL', 'LOW', 'RESOLVED', 'admin', 'The timetable shows the wrong hour',
        'I am in Lisbon this week, and all classes are five hours off.', interval '6 days'
    )
) as demo (login, type, priority, status, assignee, title, description, ago)
inner join demo_users as member on demo.login = member.login
left join demo_users as assignee on demo.assignee = assignee.login
cross join demo_calendar;

insert into support_problems (
    user_id, type, priority, status, title, description, assignee_id, resolved_at, created_at, updated_at
)
select
    user_id,
    type::support_type,
    priority::support_priority,
    status::support_status,
    title,
    description,
    assignee_id,
    case status when 'RESOLVED' then asked_at + interval '1 day' end,
    asked_at,
    asked_at + case status when 'OPEN' then interval '0' when 'RESOLVED' then interval '1 day' else interval '3 hours' end
from demo_problems
order by asked_at;

insert into support_comments (problem_id, author_id, is_internal, body, created_at)
select
    support_problems.id,
    coalesce(author.id::uuid, support_problems.user_id),
    demo.is_internal,
    demo.body,
    support_problems.created_at + demo.later
from (
    values
    ('ada', 'admin', true, 'Marcus was there that evening: ask him before anything is changed.', interval '2 hours'),
    ('ines', 'finance', true, 'Declined twice by the issuer; nothing to be done on our side.', interval '1 hour'),
    ('ines', 'finance', false, 'Could you try another card? Your credits stay until then.', interval '3 hours'),
    ('luca', 'admin', false, 'Classes are shown by the clock of their gym. We have written that above the list.', interval '1 day'),
    ('luca', null, false, 'That explains it. Thank you!', interval '26 hours')
) as demo (login, author, is_internal, body, later)
inner join demo_problems on demo.login = demo_problems.login
inner join support_problems
    on demo_problems.user_id = support_problems.user_id and demo_problems.title = support_problems.title
left join demo_users as author on demo.author = author.login
where demo.author is null or author.id is not null
order by support_problems.created_at + demo.later;
