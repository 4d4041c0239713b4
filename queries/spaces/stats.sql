-- name: list_bookings_by_status(vendor_id, first_date, last_date)
-- How many bookings that begin on these dates are of each status; of a vendor's, or of everybody's.
select
    statuses.status,
    count(space_bookings.id) as booking_count
from unnest(enum_range(null::space_booking_status)) as statuses (status)
left join (
    space_bookings
    inner join vendor_services on space_bookings.vendor_service_id = vendor_services.id
    inner join branches on vendor_services.branch_id = branches.id
)
    on
        statuses.status = space_bookings.status
        and space_bookings.booking_date between :first_date and :last_date
        and (:vendor_id::uuid is null or branches.vendor_id = :vendor_id)
group by statuses.status
order by statuses.status
limit 10;

-- name: list_figures_of_offerings(vendor_id, first_date, last_date)
-- What offerings came to on these dates, the most earned first; of a vendor's, or of everybody's.
select
    vendor_service_details.id as vendor_service_id,
    vendor_service_details.label,
    vendor_service_details.service_name,
    vendor_service_details.branch_id,
    vendor_service_details.branch_name,
    figures.booking_count,
    figures.revenue,
    figures.published_hours,
    figures.sold_hours,
    figures.occupancy_percent
from space_figures(:vendor_id, :first_date, :last_date) as figures
inner join vendor_service_details on figures.vendor_service_id = vendor_service_details.id
order by figures.revenue desc, vendor_service_details.id
limit 1000;

-- name: get_figures_of_spaces(vendor_id, first_date, last_date)^
-- What all offerings came to on these dates, in the studio's currency; of a vendor's, or of everybody's.
select
    studio_settings.currency,
    coalesce(sum(figures.revenue), 0.00) as revenue,
    coalesce(sum(figures.published_hours), 0) as published_hours,
    coalesce(sum(figures.sold_hours), 0) as sold_hours,
    round((100 * sum(figures.sold_hours) / nullif(sum(figures.published_hours), 0))::numeric, 1)::float8
        as occupancy_percent
from studio_settings
left join space_figures(:vendor_id, :first_date, :last_date) as figures on true
group by studio_settings.currency;
