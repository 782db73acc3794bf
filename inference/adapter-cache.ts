/**
 * Adapters in memory over the blob store: the least recently used go when their bytes exceed the budget. The store decides
 * what exists: before each use the blob is looked up, and `sweep` drops whatever was deleted meanwhile. Nothing is written
 * to this machine's disk.
 */
import { type BlobStore, readBlob } from '../adapters-store/index.ts'
import { type Adapter, type Base, parseAdapter } from '../engine/index.ts'
import { AppError } from '../errors.ts'

export interface AdapterCache {
  /**
   * @throws AppError BLOB_NOT_FOUND for a deleted adapter, BLOB_CORRUPT; ADAPTER_MISMATCH, ADAPTER_INVALID, FILE_INVALID for
   * one that does not fit the base.
   */
  get(tenantId: string, sha256: string, base: Base): Promise<Adapter>
  /** Forgets one adapter of a tenant, or all. What is being drawn with it ends. */
  drop(tenantId: string, sha256?: string): void
  /** Forgets every adapter whose blob is gone. @throws AppError STORAGE_FAILED */
  sweep(): Promise<void>
  /** What is held, the least recently used first. */
  entries(): readonly CachedAdapter[]
}

export interface CachedAdapter {
  readonly tenantId: string
  readonly sha256: string
  /** Of its tensors; 0 while it is being loaded. */
  readonly bytes: number
}

interface Entry extends CachedAdapter {
  readonly adapter: Promise<Adapter>
  bytes: number
}

const bytesOf = ({ tensors }: Adapter): number => [...tensors.values()].reduce((sum, data) => sum + data.byteLength, 0)

export function openAdapterCache(store: BlobStore, budgetBytes: number): AdapterCache {
  const entries = new Map<string, Entry>()
  const drop = (tenantId: string, sha256?: string): void => {
    for (const [key, entry] of entries)
      if (entry.tenantId === tenantId && (sha256 === undefined || entry.sha256 === sha256)) entries.delete(key)
  }
  const load = (key: string, tenantId: string, sha256: string, base: Base): Entry => {
    const entry: Entry = { tenantId, sha256, bytes: 0, adapter: fetchAdapter(store, tenantId, sha256, base) }
    entry.adapter.then(
      adapter => {
        entry.bytes = bytesOf(adapter)
        trim(entries, budgetBytes)
      },
      () => entries.get(key) === entry && entries.delete(key),
    )
    return entry
  }
  return {
    async get(tenantId, sha256, base) {
      const key = `${tenantId} ${sha256} ${await base.fingerprint()}`
      if (!(await store.stat(tenantId, sha256))) {
        drop(tenantId, sha256)
        throw deleted(sha256)
      }
      const entry = entries.get(key) ?? load(key, tenantId, sha256, base)
      entries.delete(key)
      entries.set(key, entry)
      return entry.adapter
    },
    drop,
    async sweep() {
      for (const { tenantId, sha256 } of [...entries.values()])
        if (!(await store.stat(tenantId, sha256))) drop(tenantId, sha256)
    },
    entries: () => [...entries.values()].map(({ tenantId, sha256, bytes }) => ({ tenantId, sha256, bytes })),
  }
}

/** One that is larger than the whole budget is used once and not kept. */
function trim(entries: Map<string, Entry>, budgetBytes: number): void {
  let total = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  for (const [key, { bytes }] of entries) {
    if (total <= budgetBytes) return
    if (bytes === 0) continue
    entries.delete(key)
    total -= bytes
  }
}

async function fetchAdapter(store: BlobStore, tenantId: string, sha256: string, base: Base): Promise<Adapter> {
  const bytes = await readBlob(await store.open(tenantId, sha256))
  return parseAdapter(`adapter ${sha256.slice(0, 12)}`, bytes, base)
}

const deleted = (sha256: string): AppError =>
  new AppError('BLOB_NOT_FOUND', `the adapter ${sha256.slice(0, 12)} does not exist`, 'It was deleted; train it again.')
