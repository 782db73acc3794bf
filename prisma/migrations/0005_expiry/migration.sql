-- Sessions, invitations and idempotency keys that hold no more are removed: each kept for nothing but an address, a token's hash or an input's.
create policy named_paths on idempotency_keys to semblance_definer using (true) with check (true);
grant select, delete on idempotency_keys to semblance_definer;
grant delete on sessions, invitations to semblance_definer;
create index sessions_ended on sessions (expires_at);
create index invitations_ended on invitations (expires_at);

create function upkeep_expire(p_key_seconds double precision) returns table (sessions bigint, invitations bigint, keys bigint) language sql as $$
  with s as (delete from sessions where expires_at <= now() or revoked_at <= now() returning 1),
  i as (delete from invitations where expires_at <= now() returning 1),
  k as (delete from idempotency_keys where created_at <= now() - make_interval(secs => p_key_seconds) returning 1)
  select (select count(*) from s), (select count(*) from i), (select count(*) from k)
$$;

call grant_named_path('upkeep_expire(double precision)'::regprocedure, 'semblance_app');
