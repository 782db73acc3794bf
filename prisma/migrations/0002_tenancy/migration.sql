-- Tenancy: what the roles may do, row-level security, constraints, and the few paths before a tenant is known.
-- Roles (made by prisma/roles.ts before this runs):
--   semblance_app      the API. Sees the rows of the tenant named by the setting app.tenant_id, and no others.
--   semblance_worker   the workers. No right on any table; calls the queue's functions.
--   semblance_definer  nobody logs in as it. Owns the functions below and sees the rows they need, across tenants.

create function current_tenant() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

-- Constraints that Prisma's schema can't say.
alter table users add constraint users_email_lower check (email = lower(email));
alter table invitations add constraint invitations_email_lower check (email = lower(email));
alter table api_keys add constraint api_keys_env check (env in ('live', 'test'));
alter table tenants add constraint tenants_event_number check (event_number >= 0);
alter table photo_sets add constraint photo_sets_complete check ((hash is null) = (completed_at is null));
alter table photos
  add constraint photos_position check (position >= 0),
  add constraint photos_rejected check ((state = 'REJECTED') = (verdict is not null)),
  add constraint photos_accepted check (state <> 'ACCEPTED' or num_nulls(sha256, source_sha256, width, height, bytes) = 0);
alter table jobs
  add constraint jobs_lease check ((state in ('PREPARING', 'RUNNING')) = (lease_until is not null)),
  add constraint jobs_finished check ((state in ('SUCCEEDED', 'FAILED', 'CANCELED')) = (finished_at is not null)),
  add constraint jobs_result check (state <> 'SUCCEEDED' or result is not null),
  add constraint jobs_attempt check (attempt >= 0 and max_attempts >= 1),
  add constraint jobs_steps check (step >= 0 and steps >= 1),
  add constraint jobs_cost check (cost_units >= 0);
alter table adapter_versions add constraint adapter_versions_number check (number >= 1);
alter table images add constraint images_position check (position >= 0 and width > 0 and height > 0 and seed >= 0);
alter table job_events add constraint job_events_number check (number >= 1);
alter table idempotency_keys add constraint idempotency_keys_length check (char_length(key) between 1 and 255);
do $$
declare t text;
begin
  foreach t in array array['photos', 'checkpoints', 'adapter_versions', 'images'] loop
    execute format('alter table %I add constraint %I check (sha256 ~ ''^[0-9a-f]{64}$''), add constraint %I check (bytes >= 0)',
      t, t || '_sha256', t || '_bytes');
  end loop;
end $$;

-- A complete photo set is what was consented to and trained on: it never changes again.
create function photo_set_immutable() returns trigger language plpgsql as $$
begin
  if old.hash is not null and (new.hash, new.completed_at, new.subject_id) is distinct from (old.hash, old.completed_at, old.subject_id)
  then raise exception 'photo set % is complete and can''t change', old.id using errcode = 'check_violation'; end if;
  return new;
end $$;
create trigger photo_sets_immutable before update on photo_sets for each row execute function photo_set_immutable();

-- Row-level security: forced, so that it holds for the owner too.
do $$
declare t text;
begin
  for t in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
  loop
    execute format('alter table %I enable row level security, force row level security', t);
    execute format('create policy tenant_rows on %I using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to semblance_app', t);
  end loop;
end $$;
alter table tenants enable row level security, force row level security;
create policy tenant_rows on tenants using (id = current_tenant()) with check (id = current_tenant());
grant select, update on tenants to semblance_app;
-- The members of the tenant: the policy of memberships holds inside the subquery.
alter table users enable row level security, force row level security;
create policy member_rows on users using (exists (select 1 from memberships m where m.user_id = users.id)) with check (false);
grant select on users to semblance_app;
alter table passwords enable row level security, force row level security;
alter table sessions enable row level security, force row level security;
alter table base_models enable row level security, force row level security;
create policy everybody_reads on base_models for select using (true);
grant select on base_models to semblance_app;
-- What is written once stays as it was written.
revoke update, delete on audit_entries, deletion_receipts from semblance_app;
revoke update on adapter_versions from semblance_app;
revoke insert, update on images, job_attempts, checkpoints from semblance_app;
-- The event log is written by the database; deleting a subject empties entries and keeps their numbers.
revoke insert, update, delete on job_events from semblance_app;
grant update (type, payload, job_id, seq) on job_events to semblance_app;

do $$
declare t text;
begin
  foreach t in array array['users', 'passwords', 'sessions', 'base_models', 'tenants', 'memberships', 'invitations', 'api_keys',
    'subjects', 'jobs', 'job_attempts', 'job_events', 'checkpoints', 'adapters', 'adapter_versions', 'aliases', 'images'] loop
    execute format('create policy named_paths on %I to semblance_definer using (true) with check (true)', t);
    execute format('grant select, insert, update on %I to semblance_definer', t);
  end loop;
end $$;

-- Sign-up, log-in, sessions.
create function login_create_user(p_email text, p_name text, p_password_hash text) returns uuid language sql as $$
  with made as (insert into users (email, name) values (lower(p_email), p_name) on conflict (email) do nothing returning id),
  kept as (insert into passwords (user_id, hash) select id, p_password_hash from made)
  select id from made
$$;

create function login_find_password(p_email text) returns table (user_id uuid, hash text) language sql stable as $$
  select u.id, p.hash from users u join passwords p on p.user_id = u.id where u.email = lower(p_email)
$$;

create function login_find_user(p_user uuid) returns table (id uuid, email text, name text, created_at timestamptz) language sql stable as $$
  select u.id, u.email, u.name, u.created_at from users u where u.id = p_user
$$;

create function login_create_session(p_user uuid, p_token_hash text, p_seconds integer) returns table (id uuid, expires_at timestamptz) language sql as $$
  insert into sessions (user_id, token_hash, expires_at) values (p_user, p_token_hash, now() + make_interval(secs => p_seconds))
  returning sessions.id, sessions.expires_at
$$;

-- A session that is used lives on: within a minute of use its end moves to p_seconds from now.
create function login_find_session(p_token_hash text, p_seconds integer) returns table (id uuid, user_id uuid, expires_at timestamptz) language plpgsql as $$
begin
  update sessions s set last_used_at = now(), expires_at = greatest(s.expires_at, now() + make_interval(secs => p_seconds))
  where s.token_hash = p_token_hash and s.revoked_at is null and s.expires_at > now() and s.last_used_at < now() - interval '1 minute';
  return query select s.id, s.user_id, s.expires_at from sessions s
  where s.token_hash = p_token_hash and s.revoked_at is null and s.expires_at > now();
end $$;

create function login_list_sessions(p_user uuid)
returns table (id uuid, created_at timestamptz, last_used_at timestamptz, expires_at timestamptz) language sql stable as $$
  select s.id, s.created_at, s.last_used_at, s.expires_at from sessions s
  where s.user_id = p_user and s.revoked_at is null and s.expires_at > now() order by s.created_at
$$;

-- Without a session: all of the user's.
create function login_revoke_sessions(p_user uuid, p_session uuid) returns integer language plpgsql as $$
declare done integer;
begin
  update sessions set revoked_at = now() where user_id = p_user and revoked_at is null and id = coalesce(p_session, id);
  get diagnostics done = row_count;
  return done;
end $$;

-- Tenants of a user, and new ones.
create function login_list_memberships(p_user uuid)
returns table (id uuid, tenant_id uuid, tenant_name text, tenant_created_at timestamptz, role role, created_at timestamptz) language sql stable as $$
  select m.id, m.tenant_id, t.name, t.created_at, m.role, m.created_at from memberships m join tenants t on t.id = m.tenant_id
  where m.user_id = p_user order by m.created_at, m.id
$$;

create function login_create_tenant(p_user uuid, p_name text) returns table (tenant_id uuid, membership_id uuid) language sql as $$
  with made as (insert into tenants (name) values (p_name) returning id)
  insert into memberships (tenant_id, user_id, role) select made.id, p_user, 'OWNER' from made returning memberships.tenant_id, memberships.id
$$;

create function login_find_invitation(p_token_hash text)
returns table (id uuid, tenant_id uuid, tenant_name text, email text, role role, expires_at timestamptz, accepted_at timestamptz, created_at timestamptz)
language sql stable as $$
  select i.id, i.tenant_id, t.name, i.email, i.role, i.expires_at, i.accepted_at, i.created_at
  from invitations i join tenants t on t.id = i.tenant_id where i.token_hash = p_token_hash
$$;

-- Once, in time, by the invited address. No row when the invitation doesn't hold; an existing membership keeps its role.
create function login_accept_invitation(p_token_hash text, p_user uuid) returns table (tenant_id uuid, membership_id uuid) language plpgsql as $$
#variable_conflict use_column
declare found_one invitations;
begin
  update invitations i set accepted_at = now()
  where i.token_hash = p_token_hash and i.accepted_at is null and i.expires_at > now()
    and i.email = (select u.email from users u where u.id = p_user)
  returning i.* into found_one;
  if not found then return; end if;
  insert into memberships (tenant_id, user_id, role) values (found_one.tenant_id, p_user, found_one.role)
  on conflict (tenant_id, user_id) do nothing;
  return query select m.tenant_id, m.id from memberships m where m.tenant_id = found_one.tenant_id and m.user_id = p_user;
end $$;

-- API keys by their public id. The caller compares the secret's hash and the dates.
create function login_find_key(p_public_id text)
returns table (id uuid, tenant_id uuid, env text, secret_hash text, scopes text[], expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz)
language sql stable as $$
  select k.id, k.tenant_id, k.env, k.secret_hash, k.scopes, k.expires_at, k.last_used_at, k.revoked_at from api_keys k where k.public_id = p_public_id
$$;

create function login_touch_key(p_tenant uuid, p_key uuid) returns void language sql as $$
  update api_keys set last_used_at = now()
  where tenant_id = p_tenant and id = p_key and (last_used_at is null or last_used_at < now() - interval '1 minute')
$$;

-- Base models belong to the installation, not to a tenant: the process that starts it registers what its models folder holds.
create function register_base_model(p_name text, p_fingerprint text, p_folder text, p_size integer, p_family text, p_parameters bigint)
returns uuid language sql as $$
  insert into base_models (name, fingerprint, folder, size, family, parameters)
  values (p_name, p_fingerprint, p_folder, p_size, p_family, p_parameters)
  on conflict (name) do update set fingerprint = excluded.fingerprint, folder = excluded.folder, size = excluded.size,
    family = excluded.family, parameters = excluded.parameters
  returning id
$$;

-- Gives a function to semblance_definer and to whoever may call it; every later migration with such functions uses it.
create procedure grant_named_path(p_function regprocedure, p_caller text) language plpgsql as $$
begin
  execute format('alter function %s security definer set search_path = pg_catalog, public, pg_temp', p_function);
  execute format('revoke all on function %s from public', p_function);
  if p_caller is not null then execute format('grant execute on function %s to %I', p_function, p_caller); end if;
  grant create on schema public to semblance_definer;
  execute format('alter function %s owner to semblance_definer', p_function);
  revoke create on schema public from semblance_definer;
end $$;
revoke all on procedure grant_named_path from public;

do $$
declare f regprocedure;
begin
  for f in select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'public'::regnamespace and (p.proname like 'login\_%' or p.proname = 'register_base_model')
  loop call grant_named_path(f, 'semblance_app'); end loop;
end $$;
