/** Makes everything a subject can have, deletes it or its tenant through the API, and looks for what is left anywhere. For the tests and the bench. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keyOf, toGlobalId } from '../../api/graphql/global-id.ts'
import { type Inference, openInference } from '../../inference/index.ts'
import { withConnection } from '../../prisma/connection.ts'
import { openPostgresWorkerQueue } from '../../queue/index.ts'
import { openTrainer } from '../../trainer/index.ts'
import { generate, startTraining, trainable } from '../stage/journey.ts'
import { openRunningService, type RunningService } from '../stage/running-service.ts'
import { ask, mutate } from '../stage/service.ts'

export interface Left {
  /** What there was before: proves that the search finds something. */
  readonly before: { readonly rows: number; readonly blobs: number; readonly cached: number }
  readonly rows: readonly string[]
  readonly blobs: readonly string[]
  readonly cached: readonly string[]
}

const SWEEP_MS = 200
const LIMIT_MS = 120_000

interface Deletion {
  /** Tables that are meant to keep something: receipts name hashes and ids, the audit trail who did what to which id. */
  readonly keep: ReadonlySet<string>
  /** The receipt. */
  run(service: RunningService, subjectId: string): Promise<unknown>
}

const DELETIONS = {
  subject: {
    keep: new Set(['deletion_receipts', 'audit_entries']),
    run: async (service, subjectId) =>
      (await mutate(service, service.who, 'deleteSubject', { subjectId }, 'receipt { id }')).receipt,
  },
  tenant: {
    keep: new Set(['tenant_deletions']),
    run: async (service, _subjectId) => {
      const input = { tenantId: toGlobalId('Tenant', service.tenantId), name: 'Studio' }
      return (await mutate(service, service.owner, 'deleteTenant', input, 'deletion { receipt }')).deletion
    },
  },
} as const satisfies Record<string, Deletion>

export async function findLeftAfterDeletion(what: keyof typeof DELETIONS = 'subject'): Promise<Left> {
  const { keep, run }: Deletion = DELETIONS[what]
  const service = await openRunningService()
  const stops: (() => Promise<void>)[] = []
  try {
    const inference = await openWorkers(service, stops)
    const subject = await fill(service)
    const own = await tracesOf(service, subject.subjectId)
    const traces = what === 'tenant' ? [...own, service.tenantId] : own
    const [rows, blobs] = [await searchRows(service, traces), await listFiles(service)]
    const before = { rows: rows.length, blobs: blobs.length, cached: inference.cached().length }
    if (!(await run(service, subject.subjectId))) throw new Error(`the ${what} was not deleted`)
    await sleep(3 * SWEEP_MS)
    return {
      before,
      rows: (await searchRows(service, traces)).filter(row => !keep.has(row.split(' ')[0] ?? '')),
      blobs: await listFiles(service),
      cached: inference.cached().map(({ sha256 }) => sha256),
    }
  } finally {
    for (const stop of stops.reverse()) await stop()
    await service.close()
  }
}

async function openWorkers(service: RunningService, stops: (() => Promise<void>)[]): Promise<Inference> {
  const { database, store, environment } = service
  const { log, folder, modelsDir } = environment
  const open = (worker: string) => {
    const queue = openPostgresWorkerQueue({ url: database.workerUrl, worker, leaseSeconds: 10, log })
    stops.push(() => queue.close())
    return { queue, store, bases: { tiny: join(modelsDir, 'tiny') }, device: { threads: 1 }, log }
  }
  const trainer = await openTrainer({ ...open('trainer'), folder: join(folder, 'work') })
  stops.push(() => trainer.stop())
  const inference = await openInference({ ...open('inference'), maxRows: 4, cacheBytes: 1e8, sweepMs: SWEEP_MS })
  stops.push(() => inference.stop())
  return inference
}

/** Photos, consent, a training with checkpoints and previews, drawings with its version, a file of the version. */
async function fill(service: RunningService) {
  const { who } = service
  const subject = await trainable(service, who)
  const more = { steps: 6, checkpointEvery: 2, previewPrompts: ['sks person'], previewEvery: 3, options: { rank: 2 } }
  const { job } = await startTraining(service, who, subject.photoSetId, more)
  await ended(service)
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { state version { id } } } }'
  const { data } = await ask(service, query, { id: job.id }, who)
  if (data.node.state !== 'SUCCEEDED') throw new Error(`the training is ${data.node.state}`)
  const versionId = data.node.version.id
  const exported = await mutate(service, who, 'exportAdapter', { versionId, format: 'PEFT' }, '__typename')
  if (exported.code) throw new Error(`the version was not exported: ${exported.message}`)
  await generate(service, who, [{ prompt: 'sks person here', steps: 3, adapter: { versionId } }])
  await ended(service)
  return subject
}

/** Until no job waits or runs. */
async function ended({ database, tenantId }: RunningService): Promise<void> {
  const where = { state: { in: ['QUEUED' as const, 'PREPARING' as const, 'RUNNING' as const] } }
  const end = performance.now() + LIMIT_MS
  while ((await database.withTenant(tenantId, tx => tx.job.count({ where }))) > 0) {
    if (performance.now() > end) throw new Error(`jobs of the subject did not end within ${LIMIT_MS / 1000} s`)
    await sleep(100)
  }
}

/** Ids and hashes of everything that belongs to the subject, and words that only it has. */
async function tracesOf({ database, tenantId }: RunningService, subjectId: string): Promise<string[]> {
  return database.withTenant(tenantId, async tx => {
    const id = keyOf(subjectId, 'Subject') ?? ''
    const subject = await tx.subject.findFirstOrThrow({ where: { id } })
    const rows = [
      ...(await tx.photo.findMany()),
      ...(await tx.photoSet.findMany()),
      ...(await tx.consent.findMany()),
      ...(await tx.adapter.findMany()),
      ...(await tx.adapterVersion.findMany()),
      ...(await tx.job.findMany()),
      ...(await tx.image.findMany()),
      ...(await tx.checkpoint.findMany()),
    ]
    const named = rows.flatMap(row => [
      ...('id' in row ? [row.id] : []),
      ...('sha256' in row && row.sha256 ? [row.sha256] : []),
    ])
    return [...new Set([id, subject.name, 'sks person', ...named.map(String)])]
  })
}

/** `<table> <trace>` for each row, in any table and column, that has one of the words in it. */
async function searchRows({ ownerUrl }: RunningService, traces: readonly string[]): Promise<string[]> {
  return withConnection(ownerUrl, async client => {
    const tables = await client.query(`select relname from pg_class where relkind = 'r'
      and relnamespace = 'public'::regnamespace order by relname`)
    const found: string[] = []
    for (const { relname } of tables.rows) {
      const { rows } = await client.query(`select row_to_json(r)::text as text from ${relname} r`)
      for (const { text } of rows) {
        const trace = traces.find(one => text.includes(one))
        if (trace) found.push(`${relname} ${trace}`)
      }
    }
    return found
  })
}

/** Everything in the folders of blobs, uploads and scratch files that belongs to this tenant or to no one. */
async function listFiles({ environment, tenantId }: RunningService): Promise<string[]> {
  const folders = [join('blobs', tenantId), join('staging', tenantId), 'work']
  const lists = folders.map(async folder => {
    const names = await readdir(join(environment.folder, folder), { recursive: true }).catch(() => [])
    return names.map(name => join(folder, name))
  })
  return (await Promise.all(lists)).flat()
}
