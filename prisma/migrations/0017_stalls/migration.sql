-- A job that stands still says why: a worker that cannot store what it has, because the disk is full, waits and goes on from where it can.
-- As in 0003_jobs, with the event `stalled`: its reason becomes the job's, its step is where the job goes on from.
grant create on schema public to semblance_definer;
set local role semblance_definer;
create or replace function queue_report(p_tenant uuid, p_job uuid, p_attempt integer, p_seq integer, p_type text, p_payload jsonb)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare answer text := queue_admit(p_tenant, p_job, p_attempt, p_seq);
begin
  if answer <> 'held' then return answer; end if;
  if p_type = 'running' then
    update jobs set state = 'RUNNING' where tenant_id = p_tenant and id = p_job and state = 'PREPARING';
  elsif p_type = 'progress' then
    update jobs set step = (p_payload ->> 'step')::integer, steps = (p_payload ->> 'steps')::integer where tenant_id = p_tenant and id = p_job;
  elsif p_type = 'stalled' then
    update jobs set reason = p_payload ->> 'reason', step = coalesce((p_payload ->> 'step')::integer, step) where tenant_id = p_tenant and id = p_job;
  end if;
  perform queue_event(p_tenant, p_job, p_attempt, p_seq, p_type, p_payload);
  return 'stored';
end $$;
reset role;
revoke create on schema public from semblance_definer;
