-- A photo job of the demo's customer, who thought better of it: what is completed has a file, which no seed can bring.
with job as (
    insert into photo_jobs (
        user_id, prompt, group_name, photo_count, free_photos, unit_price, cost, status, failure, finished_at, created_at,
        updated_at
    )
    select
        auth_users.id,
        'Brighten the garden shots and make them warmer',
        'Garden party',
        2,
        2,
        1.00,
        0.00,
        'FAILED',
        'Cancelled.',
        now() - interval '2 days' + interval '5 minutes',
        now() - interval '2 days',
        now() - interval '2 days' + interval '5 minutes'
    from auth_users
    where auth_users.email = 'customer@demo.photolens.test'
    returning id
)

insert into photo_job_photos (job_id, position, name)
select
    job.id,
    photos.position,
    photos.name
from job
cross join (values (1, 'IMG_2041.jpg'), (2, 'IMG_2044.jpg')) as photos (position, name);
