-- Whose turn it is: tenants are served in the order of the work that they were given so far, so that one with much work waiting keeps
-- nobody waiting for more than the job in hand (start-time fair queueing: Goyal, Vin and Cheng, SIGCOMM 1996). Each lane, which is what one
-- kind of workers takes, has a line of work units. A job stands where its tenant's earlier work ends, and not before the job that was
-- taken last; the one that stands first is next. Claims, places in the queue and estimates all read queue_order.
-- CreateTable
CREATE TABLE "queue_turns" (
    "tenant_id" UUID NOT NULL,
    "lane" TEXT NOT NULL,
    "started" BIGINT NOT NULL,
    "served" BIGINT NOT NULL,

    CONSTRAINT "queue_turns_pkey" PRIMARY KEY ("tenant_id","lane")
);

-- CreateTable
CREATE TABLE "queue_workers" (
    "worker" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "queue_workers_pkey" PRIMARY KEY ("worker","lane")
);

-- CreateIndex
CREATE INDEX "queue_turns_lane_started_idx" ON "queue_turns"("lane", "started" DESC);

-- AddForeignKey
ALTER TABLE "queue_turns" ADD CONSTRAINT "queue_turns_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

alter table queue_turns enable row level security, force row level security;
create policy tenant_rows on queue_turns using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
create policy named_paths on queue_turns to semblance_definer using (true) with check (true);
alter table queue_workers enable row level security, force row level security;
create policy named_paths on queue_workers to semblance_definer using (true) with check (true);
grant select, insert, update on queue_turns to semblance_definer;
grant select, insert, update, delete on queue_workers to semblance_definer;

create index jobs_in_turn on jobs (tenant_id, created_at) where state = 'QUEUED';

create function queue_lane(p_kind job_kind) returns text language sql immutable as
  $$ select case p_kind when 'TRAINING' then 'TRAINING' else 'DRAWING' end $$;

-- Work units of what is left of a job. Previews are paid for by their training, and are work all the same.
create function queue_work(p_kind job_kind, p_cost bigint, p_step integer, p_steps integer, p_input jsonb) returns bigint language sql immutable as $$
  select greatest(1, ceil(greatest(0, p_steps - p_step)::numeric / p_steps * case
    when p_kind = 'PREVIEW' then 2 * p_steps * jsonb_array_length(p_input -> 'images')
    else greatest(p_cost, p_steps) end))::bigint
$$;

-- The first p_each waiting jobs of every tenant (all, when null). `later`: not before a pause after a failure is over. The next is the first
-- by (later, preview, stands, created_at, job_id): people wait for generations, a preview is a glance at a training.
create function queue_order(p_lane text, p_each integer)
returns table (tenant_id uuid, job_id uuid, base_model_id uuid, kind job_kind, later boolean, preview boolean, created_at timestamptz, work bigint, stands bigint)
language sql stable as $$
  with line as (select coalesce(max(started), 0) as last from queue_turns where lane = p_lane)
  select t.tenant_id, j.id, j.base_model_id, j.kind, j.later, j.preview, j.created_at, j.work,
    greatest(coalesce(q.served, 0), line.last) + j.before
  from (select distinct tenant_id from jobs where state = 'QUEUED') t
  cross join line
  left join queue_turns q on q.tenant_id = t.tenant_id and q.lane = p_lane
  cross join lateral (
    select w.*, (sum(w.work) over (order by w.later, w.preview, w.created_at, w.id) - w.work)::bigint as before
    from (
      select j.id, j.base_model_id, j.kind, j.run_after > now() as later, j.kind = 'PREVIEW' as preview, j.created_at,
        queue_work(j.kind, j.cost_units, j.step, j.steps, case when j.kind = 'PREVIEW' then j.input end) as work
      from jobs j
      where j.tenant_id = t.tenant_id and j.state = 'QUEUED' and queue_lane(j.kind) = p_lane and j.attempt < j.max_attempts
      order by later, preview, j.created_at, j.id limit p_each
    ) w
  ) j
$$;

-- Workers of a lane that are there: they asked for work within a minute, or hold a job.
create function queue_workers_there(p_lane text) returns integer language sql stable as $$
  select count(*)::integer from (
    select worker from queue_workers where lane = p_lane and seen_at > now() - interval '1 minute'
    union select worker from jobs where lease_until > clock_timestamp() and queue_lane(kind) = p_lane) w
$$;

-- The tenant's waiting jobs: the place of each in the whole queue, from 1, and why it waits.
create function queue_places() returns table (job_id uuid, place integer, waits text) language sql stable as $$
  select o.job_id, o.place, case when o.later then 'RETRY' when lanes.workers = 0 then 'NO_WORKER' when o.place = 1 then 'WORKER' else 'TURN' end
  from (select lane, queue_workers_there(lane) as workers from unnest(array['TRAINING', 'DRAWING']) lane) lanes
  cross join lateral (
    select q.*, (row_number() over (order by q.later, q.preview, q.stands, q.created_at, q.job_id))::integer as place from queue_order(lanes.lane, null) q
  ) o
  where o.tenant_id = current_tenant()
$$;

-- What is done before a job that the tenant would queue now: by base, jobs that wait and work units, what is in hand included.
create function queue_ahead(p_lane text) returns table (base_model_id uuid, waiting integer, units bigint) language sql stable as $$
  with waiting as (select * from queue_order(p_lane, null)),
  own as (
    select greatest(
      coalesce((select served from queue_turns where tenant_id = current_tenant() and lane = p_lane), 0),
      coalesce((select max(started) from queue_turns where lane = p_lane), 0)
    ) + coalesce((select sum(work) from waiting where tenant_id = current_tenant()), 0) as stands
  )
  select base_model_id, count(*) filter (where waits)::integer, sum(work)::bigint from (
    select w.base_model_id, w.work, true as waits from waiting w, own where not w.later and not w.preview and w.stands <= own.stands
    union all
    select j.base_model_id, queue_work(j.kind, j.cost_units, j.step, j.steps, case when j.kind = 'PREVIEW' then j.input end), false
    from jobs j where j.state in ('PREPARING', 'RUNNING') and queue_lane(j.kind) = p_lane
  ) ahead group by base_model_id
$$;

create function queue_forget_workers() returns void language sql as
  $$ delete from queue_workers where seen_at < now() - interval '1 day' $$;

-- These read nothing, and are part of the queries that call them.
revoke all on function queue_lane, queue_work from public;
grant execute on function queue_lane, queue_work to semblance_definer;
call grant_named_path('queue_order(text, integer)'::regprocedure, null);
call grant_named_path('queue_workers_there(text)'::regprocedure, 'semblance_app');
call grant_named_path('queue_places()'::regprocedure, 'semblance_app');
call grant_named_path('queue_ahead(text)'::regprocedure, 'semblance_app');
call grant_named_path('queue_forget_workers()'::regprocedure, 'semblance_app');

-- As in 0003_jobs, but in turn.
grant create on schema public to semblance_definer;
set local role semblance_definer;
create or replace function queue_claim(p_worker text, p_kinds text[], p_limit integer, p_lease_seconds integer)
returns table (tenant_id uuid, job_id uuid, kind text, attempt integer, input jsonb, checkpoint jsonb) language sql
security definer set search_path = pg_catalog, public, pg_temp as $$
  with lanes as (select distinct queue_lane(k) as lane from unnest(p_kinds::job_kind[]) k),
  seen as (
    insert into queue_workers (worker, lane, seen_at) select p_worker, lane, now() from lanes
    on conflict (worker, lane) do update set seen_at = now() where queue_workers.seen_at < now() - interval '10 seconds'
  ), next as materialized (
    -- More of each tenant than are taken: other claims may hold the first.
    select lanes.lane, o.* from lanes cross join lateral queue_order(lanes.lane, p_limit + 100) o
    where o.kind = any (p_kinds::job_kind[]) and not o.later
    order by o.preview, o.stands, o.created_at, o.job_id limit p_limit + 100
  ), picked as (
    select j.tenant_id, j.id, o.lane, o.stands, o.work, o.preview, o.created_at
    from next o join jobs j on (j.tenant_id, j.id) = (o.tenant_id, o.job_id)
    where j.state = 'QUEUED'
    order by o.preview, o.stands, o.created_at, o.job_id
    limit p_limit for no key update of j skip locked
  ), taken as (
    update jobs j set state = 'PREPARING', attempt = j.attempt + 1, worker = p_worker, reason = null, code = null,
      lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds), started_at = coalesce(j.started_at, now())
    from picked p where j.tenant_id = p.tenant_id and j.id = p.id
    returning j.*, p.preview, p.stands
  ), given as (
    insert into queue_turns (tenant_id, lane, started, served)
    select tenant_id, lane, max(stands), max(stands + work) from picked group by tenant_id, lane order by tenant_id, lane
    on conflict (tenant_id, lane) do update
      set started = greatest(queue_turns.started, excluded.started), served = greatest(queue_turns.served, excluded.served)
  ), noted as (
    insert into job_attempts (tenant_id, job_id, attempt, worker) select t.tenant_id, t.id, t.attempt, p_worker from taken t
  )
  select t.tenant_id, t.id, t.kind::text, t.attempt, t.input,
    (select jsonb_build_object('step', c.step, 'sha256', c.sha256, 'bytes', c.bytes) from checkpoints c
     where c.tenant_id = t.tenant_id and c.job_id = t.id order by c.step desc, c.attempt desc limit 1)
  from taken t order by t.preview, t.stands, t.created_at, t.id
$$;
reset role;
revoke create on schema public from semblance_definer;
