-- Jobs: the event log, the transitions, and the functions of the queue. Locks are always taken in this order: job, adapter,
-- tenant. That is why events of transitions are written at the end of a transaction: a tenant's number is its last lock.

create index jobs_waiting on jobs (kind, created_at) where state = 'QUEUED';
create index jobs_leased on jobs (lease_until) where lease_until is not null;

-- The tenant's next number and the entry, in one transaction: numbers have no gap and commit in order.
create function queue_event(p_tenant uuid, p_job uuid, p_attempt integer, p_seq integer, p_type text, p_payload jsonb)
returns void language plpgsql as $$
declare n bigint;
begin
  update tenants set event_number = event_number + 1 where id = p_tenant returning event_number into n;
  insert into job_events (tenant_id, number, job_id, attempt, seq, type, payload)
  values (p_tenant, n, p_job, p_attempt, p_seq, p_type, p_payload);
  perform pg_notify('semblance_events', p_tenant || ':' || n);
end $$;

create function job_transition() returns trigger language plpgsql as $$
begin
  if new.state <> old.state and not (
    case old.state
      when 'QUEUED' then new.state in ('PREPARING', 'FAILED', 'CANCELED')
      when 'PREPARING' then true
      when 'RUNNING' then new.state <> 'PREPARING'
      when 'SUCCEEDED' then false
      else new.state = 'QUEUED'
    end)
  then raise exception 'job % can''t go from % to %', old.id, old.state, new.state using errcode = 'check_violation'; end if;
  if new.cancel_requested_at is not null and old.cancel_requested_at is null then perform pg_notify('semblance_cancel', new.id::text); end if;
  return new;
end $$;
create trigger jobs_transition before update of state, cancel_requested_at on jobs for each row execute function job_transition();

create function queue_state_event() returns trigger language plpgsql as $$
begin
  perform from jobs where tenant_id = new.tenant_id and id = new.id;
  if not found then return null; end if;
  perform queue_event(new.tenant_id, new.id, new.attempt, null, 'state', jsonb_build_object(
    'from', case when tg_op = 'UPDATE' then to_jsonb(old.state) else 'null' end, 'to', new.state, 'reason', new.reason, 'attempt', new.attempt));
  if new.state = 'QUEUED' then perform pg_notify('semblance_jobs', new.kind::text); end if;
  return null;
end $$;
create constraint trigger jobs_created after insert on jobs deferrable initially deferred
  for each row execute function queue_state_event();
create constraint trigger jobs_changed after update of state on jobs deferrable initially deferred
  for each row when (old.state <> new.state) execute function queue_state_event();

create function queue_claim(p_worker text, p_kinds text[], p_limit integer, p_lease_seconds integer)
returns table (tenant_id uuid, job_id uuid, kind text, attempt integer, input jsonb, checkpoint jsonb) language sql as $$
  with picked as (
    select j.tenant_id, j.id from jobs j
    where j.state = 'QUEUED' and j.kind = any (p_kinds::job_kind[]) and j.run_after <= now() and j.attempt < j.max_attempts
    -- People wait for generations; a preview is a glance at a training.
    order by j.kind = 'PREVIEW', j.created_at
    limit p_limit for no key update skip locked
  ), taken as (
    update jobs j set state = 'PREPARING', attempt = j.attempt + 1, worker = p_worker, reason = null, code = null,
      lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds), started_at = coalesce(j.started_at, now())
    from picked p where j.tenant_id = p.tenant_id and j.id = p.id
    returning j.*
  ), noted as (
    insert into job_attempts (tenant_id, job_id, attempt, worker) select t.tenant_id, t.id, t.attempt, p_worker from taken t
  )
  select t.tenant_id, t.id, t.kind::text, t.attempt, t.input,
    (select jsonb_build_object('step', c.step, 'sha256', c.sha256, 'bytes', c.bytes) from checkpoints c
     where c.tenant_id = t.tenant_id and c.job_id = t.id order by c.step desc, c.attempt desc limit 1)
  from taken t order by t.created_at
$$;

create function queue_heartbeat(p_tenant uuid, p_job uuid, p_attempt integer, p_lease_seconds integer) returns text language plpgsql as $$
declare canceled boolean;
begin
  update jobs set lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
  where tenant_id = p_tenant and id = p_job and attempt = p_attempt and state in ('PREPARING', 'RUNNING')
  returning cancel_requested_at is not null into canceled;
  return case when canceled is null then 'lost' when canceled then 'canceled' else 'held' end;
end $$;

-- Locks the job and says whether this attempt may write: `held`, `known` (that seq is stored), `stale`.
create function queue_admit(p_tenant uuid, p_job uuid, p_attempt integer, p_seq integer) returns text language plpgsql as $$
declare held boolean;
begin
  select attempt = p_attempt and state in ('PREPARING', 'RUNNING') into held
  from jobs where tenant_id = p_tenant and id = p_job for no key update;
  perform from job_events where tenant_id = p_tenant and job_id = p_job and attempt = p_attempt and seq = p_seq;
  return case when found then 'known' when held then 'held' else 'stale' end;
end $$;

create function queue_report(p_tenant uuid, p_job uuid, p_attempt integer, p_seq integer, p_type text, p_payload jsonb)
returns text language plpgsql as $$
declare answer text := queue_admit(p_tenant, p_job, p_attempt, p_seq);
begin
  if answer <> 'held' then return answer; end if;
  if p_type = 'running' then
    update jobs set state = 'RUNNING' where tenant_id = p_tenant and id = p_job and state = 'PREPARING';
  elsif p_type = 'progress' then
    update jobs set step = (p_payload ->> 'step')::integer, steps = (p_payload ->> 'steps')::integer where tenant_id = p_tenant and id = p_job;
  end if;
  perform queue_event(p_tenant, p_job, p_attempt, p_seq, p_type, p_payload);
  return 'stored';
end $$;

-- The first checkpoint of an attempt that goes beyond all earlier ones earns the job another attempt: a long training may be
-- interrupted as often as it makes headway.
create function queue_checkpoint(p_tenant uuid, p_job uuid, p_attempt integer, p_seq integer, p_checkpoint jsonb)
returns text language plpgsql as $$
declare
  answer text := queue_admit(p_tenant, p_job, p_attempt, p_seq);
  this_step integer := (p_checkpoint ->> 'step')::integer;
  earns boolean;
begin
  if answer <> 'held' then return answer; end if;
  select coalesce(max(step), -1) < this_step and coalesce(max(attempt), 0) < p_attempt into earns
  from checkpoints where tenant_id = p_tenant and job_id = p_job;
  insert into checkpoints (tenant_id, job_id, attempt, step, sha256, bytes)
  values (p_tenant, p_job, p_attempt, this_step, p_checkpoint ->> 'sha256', (p_checkpoint ->> 'bytes')::bigint)
  on conflict (tenant_id, job_id, attempt, step) do update set sha256 = excluded.sha256, bytes = excluded.bytes;
  if earns then update jobs set max_attempts = max_attempts + 1 where tenant_id = p_tenant and id = p_job; end if;
  perform queue_event(p_tenant, p_job, p_attempt, p_seq, 'checkpoint', p_checkpoint);
  return 'stored';
end $$;

create function queue_preview(p_tenant uuid, p_job uuid, p_attempt integer, p_input jsonb) returns uuid language plpgsql as $$
declare preview uuid; parent jobs;
begin
  select * into parent from jobs where tenant_id = p_tenant and id = p_job and attempt = p_attempt
    and state in ('PREPARING', 'RUNNING') and kind = 'TRAINING' for no key update;
  if not found then return null; end if;
  select id into preview from jobs where tenant_id = p_tenant and parent_job_id = p_job and input -> 'step' = p_input -> 'step';
  if found then return preview; end if;
  insert into jobs (tenant_id, kind, input, base_model_id, parent_job_id, max_attempts, steps, created_by)
  values (p_tenant, 'PREVIEW', p_input, parent.base_model_id, p_job, 2,
    (select max((image ->> 'steps')::integer) from jsonb_array_elements(p_input -> 'images') image), parent.created_by)
  returning id into preview;
  return preview;
end $$;

-- The version that a training made; without an adapter of its own the job gets a new one.
create function queue_add_version(p_job jobs, p_result jsonb) returns void language plpgsql as $$
declare target uuid := p_job.adapter_id; version uuid; file jsonb := p_result -> 'adapter';
begin
  if target is null then
    insert into adapters (tenant_id, subject_id, name, base_model_id, method)
    values (p_job.tenant_id, p_job.subject_id, p_job.input ->> 'adapterName', p_job.base_model_id, p_job.input ->> 'method')
    returning id into target;
    update jobs set adapter_id = target where tenant_id = p_job.tenant_id and id = p_job.id;
  else
    perform from adapters where tenant_id = p_job.tenant_id and id = target for no key update;
  end if;
  insert into adapter_versions (tenant_id, adapter_id, number, sha256, bytes, manifest, job_id, format)
  select p_job.tenant_id, target, coalesce(max(v.number), 0) + 1, file ->> 'sha256', (file ->> 'bytes')::bigint, file -> 'manifest', p_job.id, 'semblance'
  from adapter_versions v where v.tenant_id = p_job.tenant_id and v.adapter_id = target
  returning id into version;
  insert into aliases (tenant_id, adapter_id, name, version_id) values (p_job.tenant_id, target, 'latest', version)
  on conflict (tenant_id, adapter_id, name) do update set version_id = excluded.version_id, moved_at = now();
end $$;

create function queue_add_images(p_job jobs, p_result jsonb) returns void language plpgsql as $$
declare parent jobs;
begin
  insert into images (tenant_id, job_id, position, sha256, bytes, width, height, seed, prompt)
  select p_job.tenant_id, p_job.id, i.position, i.sha256, i.bytes, i.width, i.height,
    (p_job.input #>> array['images', i.position::text, 'seed'])::bigint, p_job.input #>> array['images', i.position::text, 'prompt']
  from jsonb_to_recordset(p_result -> 'images') as i (position integer, sha256 text, bytes bigint, width integer, height integer);
  if p_job.kind <> 'PREVIEW' then return; end if;
  select * into parent from jobs where tenant_id = p_job.tenant_id and id = p_job.parent_job_id;
  perform queue_event(p_job.tenant_id, parent.id, parent.attempt, null, 'preview',
    jsonb_build_object('step', p_job.input -> 'step', 'jobId', p_job.id, 'images', p_result -> 'images'));
end $$;

-- Ends an attempt. A cancel that was asked for before wins: nothing that was canceled is ever served.
create function queue_finish(p_tenant uuid, p_job uuid, p_attempt integer, p_outcome jsonb) returns text language plpgsql as $$
declare
  job jobs;
  ends attempt_outcome := (p_outcome ->> 'state')::attempt_outcome;
  said text := p_outcome ->> 'message';
  again boolean;
begin
  select * into job from jobs where tenant_id = p_tenant and id = p_job for no key update;
  perform from job_attempts where tenant_id = p_tenant and job_id = p_job and attempt = p_attempt and outcome <> 'EXPIRED';
  if found then return 'known'; end if;
  if job.id is null or job.attempt <> p_attempt or job.state not in ('PREPARING', 'RUNNING') then return 'stale'; end if;
  if job.cancel_requested_at is not null then
    ends := 'CANCELED';
    said := coalesce(job.reason, said);
  end if;
  if ends = 'SUCCEEDED' then
    if job.kind = 'TRAINING' then perform queue_add_version(job, p_outcome -> 'result');
    else perform queue_add_images(job, p_outcome -> 'result'); end if;
  end if;
  again := ends = 'RELEASED' or (ends = 'FAILED' and (p_outcome ->> 'retry')::boolean and job.attempt < job.max_attempts);
  update job_attempts set ended_at = now(), outcome = ends, reason = said where tenant_id = p_tenant and job_id = p_job and attempt = p_attempt;
  update jobs set
    state = case when again then 'QUEUED' else ends::text::job_state end,
    reason = said,
    code = case ends when 'FAILED' then p_outcome ->> 'code' when 'CANCELED' then 'CANCELED' end,
    result = case when ends = 'SUCCEEDED' then p_outcome -> 'result' end,
    step = case when ends = 'SUCCEEDED' then steps else step end,
    max_attempts = case when ends = 'RELEASED' then max_attempts + 1 else max_attempts end,
    run_after = case when again and ends = 'FAILED' then now() + make_interval(secs => least(60, 2 ^ least(job.attempt, 6) - 1)) else run_after end,
    finished_at = case when not again then now() end,
    lease_until = null,
    worker = null
  where tenant_id = p_tenant and id = p_job;
  return 'stored';
end $$;

-- Leases that ran out, at most 100 in a call; tenants in one order, so that two reconcilers can't block each other.
create function queue_reconcile() returns table (requeued integer, failed integer, canceled integer) language plpgsql as $$
declare job jobs; ends job_state; said text;
begin
  requeued := 0; failed := 0; canceled := 0;
  for job in
    select * from jobs where lease_until < clock_timestamp() order by tenant_id, id limit 100 for no key update skip locked
  loop
    said := format('worker %s stopped answering in attempt %s of at most %s', job.worker, job.attempt, job.max_attempts);
    ends := case when job.cancel_requested_at is not null then 'CANCELED' when job.attempt < job.max_attempts then 'QUEUED' else 'FAILED' end;
    update job_attempts set ended_at = now(), outcome = 'EXPIRED', reason = said
    where tenant_id = job.tenant_id and job_id = job.id and attempt = job.attempt;
    update jobs set state = ends, lease_until = null, worker = null,
      reason = case when ends = 'CANCELED' then coalesce(job.reason, said) else said end,
      code = case ends when 'FAILED' then 'WORKER_LOST' when 'CANCELED' then 'CANCELED' end,
      finished_at = case when ends <> 'QUEUED' then now() end
    where tenant_id = job.tenant_id and id = job.id;
    requeued := requeued + (ends = 'QUEUED')::integer;
    failed := failed + (ends = 'FAILED')::integer;
    canceled := canceled + (ends = 'CANCELED')::integer;
  end loop;
  return next;
end $$;

do $$
declare f regprocedure; name text; callers jsonb := '{
  "queue_claim": "semblance_worker", "queue_heartbeat": "semblance_worker", "queue_report": "semblance_worker",
  "queue_checkpoint": "semblance_worker", "queue_preview": "semblance_worker", "queue_finish": "semblance_worker",
  "queue_reconcile": "semblance_app"}';
begin
  for f, name in select p.oid::regprocedure, p.proname from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname like 'queue\_%'
  loop call grant_named_path(f, callers ->> name); end loop;
end $$;
