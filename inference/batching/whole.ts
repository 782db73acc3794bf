/**
 * Draws what waits in batches, one at a time: rows of several jobs and tenants in one engine call, as many as fit. Rows that
 * share a call have the same base, width, height, steps, guidedness and length of texts, so none rides along without being drawn.
 */
import { type ResolvedImage, resolveImage, takenSteps } from '../../engine/descriptors.ts'
import type { GeneratedImage, PictureSize } from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import type { DrawRequest, DrawRows, Scheduler } from './port.ts'

type Row = ResolvedImage & PictureSize

/** A job whose images are not all drawn. */
interface Waiting {
  readonly request: DrawRequest
  /** The request's rows with their defaults. */
  readonly rows: readonly Row[]
  /** Indexes of rows that are in no batch yet. */
  readonly pending: Set<number>
  readonly images: Map<number, GeneratedImage>
  /** Row-steps of finished batches. */
  done: number
  /** Row-steps reported so far. */
  reported: number
  ended: boolean
  resolve(images: GeneratedImage[]): void
  reject(error: unknown): void
}

/** One row of a job. */
interface RowRef {
  readonly job: Waiting
  readonly index: number
}

/** Jobs that arrive within this time of the first can share its batch. */
const GATHER_MS = 3

export function openBatching(drawRows: DrawRows, maxRows: number): Scheduler {
  /** In turn: the jobs of a batch go to the end. */
  let jobs: Waiting[] = []
  const turns = createTurns()
  let [running, closed] = [undefined as Promise<void> | undefined, false]
  const run = async (): Promise<void> => {
    await new Promise(resolve => setTimeout(resolve, GATHER_MS))
    for (;;) {
      jobs = jobs.filter(job => !job.ended && job.pending.size > 0)
      if (jobs.length === 0) break
      const refs = takeBatch(turns.order(jobs), maxRows)
      turns.give(refs)
      const served = new Set(refs.map(({ job }) => job))
      jobs = [...jobs.filter(job => !served.has(job)), ...served]
      await drawBatch(drawRows, refs)
    }
    running = undefined
  }
  return {
    draw: request =>
      new Promise((resolve, reject) => {
        const job = waitingJob(request, resolve, reject)
        if (closed || request.signal.aborted) return end(job, canceled())
        request.signal.addEventListener('abort', () => end(job, canceled()), { once: true })
        jobs.push(job)
        running ??= run()
      }),
    async close() {
      closed = true
      for (const job of jobs) if (job.pending.size > 0) end(job, canceled())
      await running
    },
  }
}

const canceled = (): AppError => new AppError('CANCELED', 'drawing was stopped', 'Start it again.')

const waitingJob = (request: DrawRequest, resolve: Waiting['resolve'], reject: Waiting['reject']): Waiting => ({
  request,
  rows: request.rows.map(row => ({ ...resolveImage(row), width: row.width, height: row.height })),
  pending: new Set(request.rows.keys()),
  images: new Map(),
  ...{ done: 0, reported: -1, ended: false, resolve, reject },
})

function end(job: Waiting, error: unknown): void {
  if (job.ended) return
  job.ended = true
  job.reject(error)
}

const rowAt = ({ job, index }: RowRef): Row => job.rows[index] as Row

/** Rows of one group cost each other nothing but time. */
function groupOf(ref: RowRef): string {
  const row = rowAt(ref)
  const { chunks = 1 } = ref.job.request.rows[ref.index] ?? {}
  return JSON.stringify([ref.job.request.base, row.width, row.height, takenSteps(row), row.guidance > 1, chunks])
}

/** How much of a batch a row takes: one of the base's own size or smaller counts as one. */
const weightOf = (ref: RowRef): number => {
  const { width, height } = rowAt(ref)
  return Math.max(1, (width * height) / ref.job.request.area)
}

/** The jobs of each tenant, the tenant first that was given the least so far; one that comes has not saved up anything. */
function createTurns() {
  /** Row-steps, of tenants that have jobs here. */
  const given = new Map<string, number>()
  /** What the tenant that was served last had been given before: where those begin that come. */
  let line = 0
  const of = (tenant: string): number => given.get(tenant) ?? 0
  return {
    order: (jobs: readonly Waiting[]): Waiting[][] => {
      const tenants = Map.groupBy(jobs, ({ request }) => request.tenant)
      for (const tenant of given.keys()) if (!tenants.has(tenant)) given.delete(tenant)
      for (const tenant of tenants.keys()) given.set(tenant, Math.max(line, of(tenant)))
      line = Math.min(...given.values())
      return [...tenants].sort(([a], [b]) => of(a) - of(b)).map(([, own]) => own)
    },
    give: (refs: readonly RowRef[]): void => {
      for (const ref of refs) {
        const { tenant } = ref.job.request
        given.set(tenant, of(tenant) + takenSteps(rowAt(ref)) * weightOf(ref))
      }
    },
  }
}

/** Rows of the first job's group, one of each tenant in turn and of its jobs in turn, as many as fit; one alone always does. */
function takeBatch(tenants: readonly Waiting[][], maxRows: number): RowRef[] {
  const first = tenants[0]?.[0] as Waiting
  const group = groupOf({ job: first, index: first.pending.values().next().value as number })
  const next = (own: readonly Waiting[]): RowRef | undefined => {
    for (const job of own) for (const index of job.pending) if (groupOf({ job, index }) === group) return { job, index }
    return undefined
  }
  const refs: RowRef[] = []
  for (let found = -1; found !== refs.length; ) {
    found = refs.length
    for (const own of tenants) {
      const ref = next(own)
      if (!ref) continue
      // All of a group weigh the same.
      if (refs.length > 0 && (refs.length + 1) * weightOf(ref) > maxRows) return refs
      ref.job.pending.delete(ref.index)
      own.push(...own.splice(own.indexOf(ref.job), 1))
      refs.push(ref)
    }
  }
  return refs
}

/** A failure of a batch that several jobs share may be any one's fault: each is then drawn alone. Never rejects. */
async function drawBatch(drawRows: DrawRows, all: readonly RowRef[]): Promise<void> {
  const refs = all.filter(({ job }) => !job.ended)
  const shares = Map.groupBy(refs, ({ job }) => job)
  const [job] = shares.keys()
  if (!job) return
  try {
    const images = await drawTogether(drawRows, job.request, refs, shares)
    refs.forEach(({ job, index }, i) => void job.images.set(index, images[i] as GeneratedImage))
    for (const [one, own] of shares) finishShare(one, own)
  } catch (error) {
    if (shares.size === 1) end(job, error)
    else for (const share of shares.values()) await drawBatch(drawRows, share)
  }
}

async function drawTogether(
  drawRows: DrawRows,
  { base }: DrawRequest,
  refs: readonly RowRef[],
  shares: ReadonlyMap<Waiting, readonly RowRef[]>,
): Promise<GeneratedImage[]> {
  const controller = new AbortController()
  const stopWhenUnwanted = () => [...shares.keys()].every(({ ended }) => ended) && controller.abort()
  for (const { request } of shares.keys()) request.signal.addEventListener('abort', stopWhenUnwanted)
  const report = (step: number): void => {
    for (const [job, own] of shares) reportSteps(job, job.done + step * own.length)
  }
  try {
    report(0)
    return await drawRows(base, refs.map(rowAt), {
      signal: controller.signal,
      onStep: ({ step }) => report(step),
    })
  } finally {
    for (const { request } of shares.keys()) request.signal.removeEventListener('abort', stopWhenUnwanted)
  }
}

/** Never less than was reported before: rows that are drawn again count once. */
function reportSteps(job: Waiting, steps: number): void {
  if (job.ended || steps <= job.reported) return
  job.reported = steps
  job.request.onSteps(steps)
}

function finishShare(job: Waiting, own: readonly RowRef[]): void {
  job.done += own.reduce((sum, ref) => sum + takenSteps(rowAt(ref)), 0)
  if (job.ended || job.images.size < job.rows.length) return
  job.ended = true
  job.resolve(job.rows.map((_, i) => job.images.get(i) as GeneratedImage))
}
