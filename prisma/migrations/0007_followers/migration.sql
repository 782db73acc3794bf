-- What an API process asks for all who follow the event log at once, so that one who follows costs no query while nothing happens.

-- Number of the last event of each tenant.
create function upkeep_event_heads(p_tenants uuid[]) returns table (tenant_id uuid, number bigint) language sql stable as $$
  select id, event_number from tenants where id = any (p_tenants)
$$;

-- Those of the jobs (the i-th of the i-th tenant) that are finished or gone.
create function upkeep_ended_jobs(p_tenants uuid[], p_jobs uuid[]) returns setof uuid language sql stable as $$
  select f.job from unnest(p_tenants, p_jobs) as f (tenant, job)
  where not exists (select from jobs j where (j.tenant_id, j.id) = (f.tenant, f.job) and j.state in ('QUEUED', 'PREPARING', 'RUNNING'))
$$;

-- Those of the keys and sessions that hold no more in their tenant.
create function login_ended_keys(p_tenants uuid[], p_keys uuid[]) returns setof uuid language sql stable as $$
  select f.key from unnest(p_tenants, p_keys) as f (tenant, key)
  where not exists (select from api_keys k where (k.tenant_id, k.id) = (f.tenant, f.key)
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))
$$;
create function login_ended_sessions(p_tenants uuid[], p_sessions uuid[]) returns setof uuid language sql stable as $$
  select f.session from unnest(p_tenants, p_sessions) as f (tenant, session)
  where not exists (select from sessions s join memberships m on m.user_id = s.user_id and m.tenant_id = f.tenant
    where s.id = f.session and s.revoked_at is null and s.expires_at > now())
$$;

call grant_named_path('upkeep_event_heads(uuid[])'::regprocedure, 'semblance_app');
call grant_named_path('upkeep_ended_jobs(uuid[], uuid[])'::regprocedure, 'semblance_app');
call grant_named_path('login_ended_keys(uuid[], uuid[])'::regprocedure, 'semblance_app');
call grant_named_path('login_ended_sessions(uuid[], uuid[])'::regprocedure, 'semblance_app');

-- A job that is deleted has no last event of its own: event 0 of its tenant says that some are gone.
create function queue_jobs_deleted() returns trigger language plpgsql as $$
begin
  perform pg_notify('semblance_events', d.tenant_id || ':0') from (select distinct tenant_id from deleted) d;
  return null;
end $$;
create trigger jobs_deleted after delete on jobs referencing old table as deleted for each statement execute function queue_jobs_deleted();
