/** Kills the API while clients start jobs, each asking again with its key until it has an answer. For the tests and the bench. */
import { setTimeout as sleep } from 'node:timers/promises'
import { keyOf } from '../../api/graphql/global-id.ts'
import { uniforms } from '../../engine/noise.ts'
import { startApiChild } from '../stage/api-child.ts'
import { consent, newSubject, photoSet } from '../stage/journey.ts'
import { type OwnEnvironment, openOwnEnvironment } from '../stage/own-environment.ts'
import { openAccount } from '../stage/running-service.ts'
import type { Identity, Service } from '../stage/service.ts'
import { mutate } from '../stage/service.ts'

interface StartCounts {
  readonly keys: number
  readonly kills: number
  /** Requests that had no answer and were sent again. */
  readonly repeated: number
  /** Keys without exactly one job, and jobs without a key. */
  readonly different: number
  readonly wrong: readonly string[]
}

interface KillableApi {
  readonly url: string
  /** Resolves when it is up again, on the same port. */
  kill(): Promise<void>
  stop(): Promise<void>
}

async function startApi(environment: OwnEnvironment): Promise<KillableApi> {
  let child = await startApiChild(environment)
  const { url } = child
  return {
    url,
    kill: async () => {
      await child.kill()
      child = await startApiChild(environment, { PORT: new URL(url).port })
    },
    stop: () => child.kill(),
  }
}

/** The answer, however often it takes to get one. */
async function insist<T>(ask: () => Promise<T>, onRepeat: () => void): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      // What the server said is an answer; a connection that broke is none.
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
      onRepeat()
      await sleep(20)
    }
  }
}

const CLIENTS = 4

export async function countKilledStarts(keys: number, kills: number, seed = 1): Promise<StartCounts> {
  const environment = await openOwnEnvironment()
  const api = await startApi(environment)
  try {
    const service = { url: api.url } as Service
    const { who, tenantId } = await openAccount(service)
    const subjectId = await newSubject(service, who)
    const set = await photoSet(service, who, subjectId)
    await consent(service, who, set)
    const answers = new Map<string, string>()
    const todo = Array.from({ length: keys }, (_, i) => `start-${i}`).values()
    let repeated = 0
    const client = async (): Promise<void> => {
      for (const key of todo)
        answers.set(
          key,
          await insist(
            () => start(service, who, set, key),
            () => repeated++,
          ),
        )
    }
    const killing = killWhile(api, () => answers.size, { keys, kills, seed })
    await Promise.all([...Array.from({ length: CLIENTS }, client), killing])
    const wrong = await faults(environment, tenantId, answers, key => start(service, who, set, key))
    return { keys, kills: await killing, repeated, different: wrong.length, wrong }
  } finally {
    await api.stop()
    await environment.close()
  }
}

async function start(service: Service, who: Identity, photoSetId: string, idempotencyKey: string): Promise<string> {
  const answer = await mutate(service, who, 'startTraining', { photoSetId, idempotencyKey, steps: 3 }, 'job { id }')
  if (!answer.job) throw new Error(`${idempotencyKey}: ${answer.code} ${answer.message}`)
  return keyOf(answer.job.id, 'TrainingJob') ?? ''
}

/** Each kill a random moment after so many more starts were answered: requests take about that long. */
async function killWhile(
  api: KillableApi,
  answered: () => number,
  { keys, kills, seed }: { keys: number; kills: number; seed: number },
): Promise<number> {
  const draws = uniforms(seed, 1, kills)
  for (let i = 0; i < kills; i++) {
    while (answered() < (i * keys) / kills) await sleep(1)
    await sleep(60 * (draws[i] ?? 0))
    await api.kill()
  }
  return kills
}

/** Every key is asked for once more: a key that has forgotten its job would start another. */
async function faults(
  { database }: OwnEnvironment,
  tenantId: string,
  answers: ReadonlyMap<string, string>,
  ask: (key: string) => Promise<string>,
): Promise<string[]> {
  const wrong: string[] = []
  for (const [key, id] of answers) if ((await ask(key)) !== id) wrong.push(`${key} is answered with another job`)
  const jobs = await database.withTenant(tenantId, tx =>
    tx.job.findMany({ select: { id: true, events: { where: { type: 'state' } } } }),
  )
  const known = new Map([...answers].map(([key, id]) => [id, key]))
  if (known.size !== answers.size) wrong.push(`${answers.size - known.size} keys share a job with another key`)
  const found = new Set(jobs.map(({ id }) => id))
  for (const [key, id] of answers) if (!found.has(id)) wrong.push(`the job of ${key} is gone`)
  for (const { id, events } of jobs) {
    if (!known.has(id)) wrong.push(`job ${id} belongs to no key`)
    if (events.length !== 1) wrong.push(`job ${id} was queued ${events.length} times`)
  }
  return wrong
}
