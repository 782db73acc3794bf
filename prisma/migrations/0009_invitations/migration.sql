-- One open invitation for an address: a new one takes the place of an older one.
alter table invitations no force row level security;
delete from invitations i where accepted_at is null and exists (
  select from invitations newer where newer.tenant_id = i.tenant_id and newer.email = i.email and newer.accepted_at is null
    and (newer.created_at, newer.id) > (i.created_at, i.id));
alter table invitations force row level security;
create unique index invitations_open on invitations (tenant_id, email) where accepted_at is null;
