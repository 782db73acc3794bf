/** Health endpoints: whether the process is alive and ready, and its metrics. */
import { type RequestHandler, Router } from 'express'
import type { Services } from '../context.ts'
import { figures } from './figures.ts'

/** A check that takes longer counts as failed. */
const STOP_MILLISECONDS = 2000
/** Answers are kept this long, so that asking often costs nothing. */
const KEEP_MILLISECONDS = 1000

async function outcome(check: () => Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(resolve, STOP_MILLISECONDS, 'no answer')
  })
  const asked = check().then(
    () => 'ok',
    () => 'failed',
  )
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}

type Checks = Readonly<Record<string, string>>

export function healthRoutes(
  { database, store, metrics }: Services,
  { isStopping, metricsToken }: { isStopping(): boolean; readonly metricsToken: string | undefined },
): Router {
  let kept: { at: number; checks: Promise<Checks> } | undefined
  const ask = async (): Promise<Checks> => {
    const [db, files] = await Promise.all([outcome(() => database.check()), outcome(() => store.check())])
    return { database: db, store: files }
  }
  const ready: RequestHandler = async (_request, response) => {
    if (!kept || performance.now() - kept.at > KEEP_MILLISECONDS) kept = { at: performance.now(), checks: ask() }
    const checks = { ...(await kept.checks), ...(isStopping() ? { process: 'stopping' } : {}) }
    response.status(Object.values(checks).every(one => one === 'ok') ? 200 : 503).json({ checks })
  }
  return Router()
    .get('/livez', (_request, response) => void response.json({ alive: true }))
    .get('/readyz', ready)
    .get('/metrics', figures(metrics, metricsToken))
}
