-- name: insert_message(user_id, content, request_key)$
-- Keep what somebody has written to the assistant; gives its id, and nothing where it is kept under its key already.
insert into ai_chat_messages (user_id, role, content, request_key)
values (:user_id, 'USER', :content, :request_key)
on conflict on constraint ai_chat_messages_request_key_key do nothing
returning id;

-- name: insert_reply(message_id, content, suggestions)!
-- Keep what the assistant replies to a message, unless it has replied meanwhile.
insert into ai_chat_messages (user_id, role, content, reply_to, suggestions)
select
    ai_chat_messages.user_id,
    'ASSISTANT',
    :content,
    ai_chat_messages.id,
    coalesce(:suggestions::jsonb -> 'offerings', '[]')
from ai_chat_messages
where ai_chat_messages.id = :message_id
on conflict on constraint ai_chat_messages_reply_to_key do nothing;

-- name: get_message(message_id)^
-- One message, of a user's or of the assistant's.
select
    id,
    role,
    content,
    suggestions,
    created_at
from ai_chat_messages
where id = :message_id;

-- name: get_message_by_request_key(user_id, request_key)^
-- What somebody has sent under a key.
select
    id,
    content
from ai_chat_messages
where user_id = :user_id and request_key = :request_key;

-- name: get_reply(message_id)^
-- What the assistant has replied to a message.
select
    id,
    role,
    content,
    suggestions,
    created_at
from ai_chat_messages
where reply_to = :message_id;

-- name: list_messages_by_created_at_desc(after_key, after_id, limit, user_id)
-- What somebody and the assistant have said, newest first.
select
    id,
    role,
    content,
    suggestions,
    created_at
from ai_chat_messages
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and user_id = :user_id
order by created_at desc, id desc
limit :limit;

-- name: count_messages(user_id)$
-- How many rows that list has in all.
select count(*)
from ai_chat_messages
where user_id = :user_id;

-- name: delete_messages_of_users(user_ids)!
-- Forget what these users, who are locked, and the assistant have said.
delete from ai_chat_messages
where user_id = any(:user_ids::uuid []);

-- name: list_cities_named(text)
-- The cities of branches that the public sees whose names stand in a text, the longest name first.
select
    lower(branches.city) as id,
    min(branches.city) as city,
    min(branches.time_zone) as time_zone
from branches_open(null, null, null, null, null, null, null) as open
inner join branches on open.id = branches.id
where position(lower(branches.city) in lower(:text)) > 0
group by lower(branches.city)
order by length(lower(branches.city)) desc, id
limit 20;

-- name: list_suggestions(city, service, first_date, last_date, start_time, end_time, quantity, price_max, price_unit, words, is_cheapest_first)
-- Offerings that are really free, with when: all that time of one day, or otherwise a slot of these days, the first to come.
-- Those first that have most of the words in the names and descriptions of what they are and have; or the cheapest.
with wanted as (
    select
        asked.words,
        array(select facilities.id from facilities where to_tsvector('english', facilities.name) @@ asked.words)
            as facility_ids,
        array(select features.id from features where to_tsvector('english', features.name) @@ asked.words)
            as feature_ids
    from (select to_tsquery('english', :words) as words) as asked
), candidates as (
    select
        found.id,
        found.price_per_unit,
        case
            when :is_cheapest_first then 0
            else
                ts_rank(branches.words || vendor_services.words, wanted.words)
                + (
                    select count(*)
                    from branch_facilities
                    where
                        branch_facilities.branch_id = branches.id
                        and branch_facilities.facility_id = any(wanted.facility_ids)
                )
                + (
                    select count(*)
                    from service_features
                    where
                        service_features.vendor_service_id = vendor_services.id
                        and service_features.feature_id = any(wanted.feature_ids)
                )
        end as relevance
    from offerings_found(
        :city::text,
        :service::service_name,
        case when :start_time::time is not null then :first_date::date end,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        null,
        null,
        null,
        :price_max::numeric,
        :price_unit::price_unit,
        null,
        null,
        null,
        null,
        null
    ) as found
    inner join vendor_services on found.id = vendor_services.id
    inner join branches on vendor_services.branch_id = branches.id
    cross join wanted
    order by relevance desc, found.price_per_unit, found.id
    offset 0
)

select
    candidates.id,
    services.name as service_name,
    vendor_services.label,
    branches.id as branch_id,
    branches.name as branch_name,
    branches.city,
    candidates.price_per_unit::text as price_per_unit,
    vendor_services.price_unit,
    slot.date::text as date,
    to_char(coalesce(:start_time::time, slot.start_time), 'HH24:MI') as start_time,
    to_char(coalesce(:end_time::time, slot.end_time), 'HH24:MI') as end_time
from candidates
inner join vendor_services on candidates.id = vendor_services.id
inner join branches on vendor_services.branch_id = branches.id
inner join services on vendor_services.service_id = services.id
cross join lateral (
    select
        availability.date,
        availability.start_time,
        availability.end_time
    from availability
    where
        availability.vendor_service_id = candidates.id
        and availability.date between :first_date and :last_date
        and (:start_time::time is not null or availability.starts_at > now())
        and (:start_time::time is null or availability.end_time > :start_time)
        and not availability.is_blocked
        and availability.available_units >= coalesce(:quantity::integer, 1)
    order by availability.date, availability.start_time
    limit 1
) as slot
order by candidates.relevance desc, candidates.price_per_unit, candidates.id
limit 5;
