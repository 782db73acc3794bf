/** One row of every table for a tenant: what the tests of row-level security try to reach from another one. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'

const hash = 'a'.repeat(64)
const token = (): string => randomUUID()

export interface TenantIds {
  readonly tenant: string
  readonly user: string
  readonly base: string
  readonly subject: string
  readonly set: string
  readonly job: string
  readonly adapter: string
  readonly version: string
}

export const newIds = (base: string): TenantIds => ({
  base,
  tenant: randomUUID(),
  user: randomUUID(),
  subject: randomUUID(),
  set: randomUUID(),
  job: randomUUID(),
  adapter: randomUUID(),
  version: randomUUID(),
})

type Row = Readonly<Record<string, unknown>>

/** In an order that the foreign keys allow. A new table fails the tests until it has a line here. */
export const TENANT_ROWS: Readonly<Record<string, (ids: TenantIds) => Row>> = {
  users: ({ user }) => ({ id: user, email: `${user}@example.org`, name: 'A user' }),
  passwords: ({ user }) => ({ user_id: user, hash: 'a hash' }),
  password_resets: ({ user }) => ({ user_id: user, token_hash: token(), expires_at: '2100-01-01' }),
  sessions: ({ user }) => ({ user_id: user, token_hash: token(), expires_at: '2100-01-01' }),
  known_devices: ({ user }) => ({ user_id: user, token_hash: token() }),
  tenants: ({ tenant }) => ({ id: tenant, name: 'A tenant' }),
  memberships: ({ tenant, user }) => ({ tenant_id: tenant, user_id: user, role: 'OWNER' }),
  invitations: ({ tenant }) => ({
    ...{ tenant_id: tenant, email: 'guest@example.org', role: 'MEMBER', token_hash: token() },
    ...{ expires_at: '2100-01-01', created_by: 'test' },
  }),
  api_keys: ({ tenant }) => ({
    ...{
      tenant_id: tenant,
      public_id: token(),
      name: 'A key',
      env: 'live',
      secret_hash: hash,
      scopes: '{}',
      created_by: 'test',
    },
  }),
  subjects: ({ tenant, subject }) => ({
    tenant_id: tenant,
    id: subject,
    name: 'Ada',
    class_noun: 'person',
    is_person: true,
  }),
  photo_sets: ({ tenant, set, subject }) => ({ tenant_id: tenant, id: set, subject_id: subject }),
  photos: ({ tenant, set }) => ({
    ...{ tenant_id: tenant, photo_set_id: set, position: 0, file_name: 'a.png', declared_type: 'image/png' },
    ...{ declared_bytes: 1, staging_key: token() },
  }),
  consents: ({ tenant, set, subject }) => ({
    ...{
      tenant_id: tenant,
      photo_set_id: set,
      subject_id: subject,
      statement: 'yes',
      granted_by: 'Ada',
      recorded_by: 'test',
    },
  }),
  adapters: ({ tenant, adapter, subject, base }) => ({
    ...{ tenant_id: tenant, id: adapter, subject_id: subject, name: 'Ada', base_model_id: base, method: 'lora' },
  }),
  jobs: ({ tenant, job, base }) => ({
    ...{ tenant_id: tenant, id: job, kind: 'TRAINING', input: '{}', base_model_id: base, steps: 1, created_by: 'test' },
  }),
  job_attempts: ({ tenant, job }) => ({ tenant_id: tenant, job_id: job, attempt: 1, worker: 'w' }),
  checkpoints: ({ tenant, job }) => ({ tenant_id: tenant, job_id: job, attempt: 1, step: 1, sha256: hash, bytes: 1 }),
  adapter_versions: ({ tenant, version, adapter, job }) => ({
    ...{ tenant_id: tenant, id: version, adapter_id: adapter, number: 1, sha256: hash, bytes: 1, manifest: '{}' },
    ...{ job_id: job, format: 'semblance' },
  }),
  generation_adapters: ({ tenant, job, version }) => ({
    tenant_id: tenant,
    job_id: job,
    version_id: version,
    weight: 1,
  }),
  aliases: ({ tenant, adapter, version }) => ({
    tenant_id: tenant,
    adapter_id: adapter,
    name: 'latest',
    version_id: version,
  }),
  images: ({ tenant, job }) => ({
    ...{
      tenant_id: tenant,
      job_id: job,
      position: 0,
      sha256: hash,
      bytes: 1,
      width: 8,
      height: 8,
      seed: 1,
      prompt: 'p',
    },
  }),
  job_events: ({ tenant, job }) => ({ tenant_id: tenant, number: 1000, job_id: job, type: 'message', payload: '{}' }),
  audit_entries: ({ tenant }) => ({ tenant_id: tenant, actor: 'test', action: 'test', detail: '{}' }),
  idempotency_keys: ({ tenant }) => ({
    tenant_id: tenant,
    key: token(),
    operation: 'o',
    fingerprint: hash,
    result: '{}',
  }),
  queue_turns: ({ tenant }) => ({ tenant_id: tenant, lane: 'TRAINING', started: 0, served: 1 }),
  tenant_deletions: ({ tenant }) => ({ id: tenant }),
  deletion_receipts: ({ tenant, subject }) => ({ tenant_id: tenant, subject_id: subject, receipt: '{}' }),
}

/** How a row is known to be the other tenant's, where it has no tenant_id. */
const KEYS: Record<string, { column: string; id: keyof TenantIds }> = {
  users: { column: 'id', id: 'user' },
  passwords: { column: 'user_id', id: 'user' },
  password_resets: { column: 'user_id', id: 'user' },
  sessions: { column: 'user_id', id: 'user' },
  known_devices: { column: 'user_id', id: 'user' },
  tenants: { column: 'id', id: 'tenant' },
  tenant_deletions: { column: 'id', id: 'tenant' },
}
export const keyOf = (table: string) => KEYS[table] ?? { column: 'tenant_id', id: 'tenant' as const }

export async function insertRow(client: pg.Client, table: string, row: Row): Promise<void> {
  const names = Object.keys(row)
  const places = names.map((_, i) => `$${i + 1}`)
  await client.query(`insert into ${table} (${names}) values (${places})`, Object.values(row))
}
