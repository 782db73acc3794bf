/** Trainings through queue and store that are cut off at random steps: their adapters must be the undisturbed one, to the byte. */
import { setTimeout as sleep } from 'node:timers/promises'
import { uniforms } from '../../engine/noise.ts'
import { FINAL_STATES } from '../../queue/index.ts'
import { startWorkers } from '../stage/killable-workers.ts'
import { type Job, type OwnEnvironment, openOwnEnvironment } from '../stage/own-environment.ts'

interface CutCounts {
  readonly cuts: number
  /** Trainings that needed more than one attempt. */
  readonly resumed: number
  /** Of those the ones that went on from a checkpoint. */
  readonly fromCheckpoint: number
  readonly different: number
  readonly wrong: readonly string[]
}

const STEPS = 12
const LIMIT_MS = 120_000

/** One cut in each of `cuts` trainings, at a moment in as many equal parts of the steps. */
export async function countCutTrainings(cuts: number, seed = 1): Promise<CutCounts> {
  const environment = await openOwnEnvironment()
  const workers = startWorkers(environment, ['trainer'])
  try {
    await workers.ready
    const train = () => environment.train({ steps: STEPS, checkpointEvery: 2 })
    const expected = adapterOf(await ended(environment, await train()))
    if (!expected) throw new Error('the undisturbed training failed')
    const moments = Array.from(uniforms(seed, 3, cuts), (u, i) => ((i + u) / cuts) * STEPS)
    const jobs: Job[] = []
    for (const moment of moments) {
      const id = await train()
      await reach(environment, id, moment)
      workers.kill(0)
      jobs.push(await ended(environment, id))
    }
    const resumed = jobs.filter(({ attempt }) => attempt > 1)
    const wrong = jobs.flatMap(({ state, code, result }, i) =>
      adapterOf({ result }) === expected ? [] : [`cut at step ${moments[i]?.toFixed(1)}: ${state} ${code ?? ''}`],
    )
    const fromCheckpoint = resumed.filter(goesOn).length
    return { cuts, resumed: resumed.length, fromCheckpoint, different: wrong.length, wrong }
  } finally {
    await workers.stop()
    await environment.close()
  }
}

const adapterOf = ({ result }: Pick<Job, 'result'>): string | undefined =>
  (result as { adapter?: { sha256: string } } | null)?.adapter?.sha256

/** The last attempt's first step is not the first of the training. */
function goesOn({ attempt, events }: Job): boolean {
  const steps = events.filter(event => event.attempt === attempt && event.type === 'progress')
  return Math.min(...steps.map(({ payload }) => (payload as { step: number }).step)) > 1
}

const find = async (environment: OwnEnvironment, id: string): Promise<Job> => {
  const job = (await environment.jobs()).find(one => one.id === id)
  if (!job) throw new Error(`job ${id} is gone`)
  return job
}

async function reach(environment: OwnEnvironment, id: string, moment: number): Promise<void> {
  const whole = Math.floor(moment)
  const end = performance.now() + LIMIT_MS
  for (;;) {
    const { step, state } = await find(environment, id)
    if (FINAL_STATES.includes(state) || (state !== 'QUEUED' && step >= whole) || performance.now() > end) break
    await sleep(5)
  }
  await sleep((moment % 1) * (whole === 0 ? 1000 : 50))
}

async function ended(environment: OwnEnvironment, id: string): Promise<Job> {
  for (const end = performance.now() + LIMIT_MS; ; ) {
    const job = await find(environment, id)
    if (FINAL_STATES.includes(job.state) || performance.now() > end) return job
    await sleep(50)
  }
}
