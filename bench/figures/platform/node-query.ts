/** What `node(id)` of a subject costs a caller with a key: against a server that answers a constant, and against its own SQL. */
import { Agent, request } from 'node:http'
import { PrismaPg } from '@prisma/adapter-pg'
import { keyOf } from '../../../api/graphql/global-id.ts'
import type { Claim, Figure } from '../../../measures/figure.ts'
import { ratioFigure } from '../../../measures/ratios.ts'
import { startApiChild } from '../../../measures/stage/api-child.ts'
import { newSubject } from '../../../measures/stage/journey.ts'
import { type OwnEnvironment, openOwnEnvironment } from '../../../measures/stage/own-environment.ts'
import { openAccount } from '../../../measures/stage/running-service.ts'
import type { Service } from '../../../measures/stage/service.ts'
import { interleavedPairs, type Measure, median } from '../../../measures/statistics.ts'
import { PrismaClient } from '../../../prisma/generated/client.ts'
import type { BenchContext, FigureSource } from '../../source.ts'
import { watchServiceLoad } from './service-load.ts'

const EMPTY: Claim = { name: 'api.node_p50', unit: 'x an empty server', better: 'lower', floor: 8, goal: null }
const DATABASE: Claim = { name: 'api.node_p50.database', unit: 'x its SQL', better: 'lower', floor: 2, goal: null }
const BUDGET = { pairs: 60, maxSeconds: 300, warmup: 5 }
/** One measurement is the median of so many requests, one after the other. */
const REQUESTS = 15

const QUERY = 'query ($id: ID!) { node(id: $id) { id ... on Subject { name classNoun } } }'

const medianOf =
  (once: () => Promise<void>): Measure =>
  async () => {
    const times: number[] = []
    for (let i = 0; i < REQUESTS; i++) {
      const start = performance.now()
      await once()
      times.push(performance.now() - start)
    }
    return median(times)
  }

/** Over one connection that is kept. @throws when the answer is not the subject */
function asker(url: string, id: string, key: string | undefined, agent: Agent): () => Promise<void> {
  const body = JSON.stringify({ query: QUERY, variables: { id } })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const options = { method: 'POST', agent, headers: { ...headers, ...(key ? { authorization: `Bearer ${key}` } : {}) } }
  return () =>
    new Promise((resolve, reject) => {
      const sent = request(`${url}/graphql`, options, response => {
        let text = ''
        response.setEncoding('utf8').on('data', piece => (text += piece))
        response.on('end', () => (text.includes('"classNoun"') ? resolve() : reject(new Error(text))))
      })
      sent.once('error', reject)
      sent.end(body)
    })
}

/** BEGIN, set_config, SELECT, COMMIT through a client of Prisma with nothing of ours around it. */
function openSql({ database }: OwnEnvironment, tenantId: string, id: string) {
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.appUrl, max: 2 }) })
  const run = async (): Promise<void> => {
    await client.$transaction(async tx => {
      await tx.$queryRaw`select set_config('app.tenant_id', ${tenantId}, true)`
      await tx.subject.findFirstOrThrow({ where: { id } })
    })
  }
  return { run, close: () => client.$disconnect() }
}

async function measureOn(environment: OwnEnvironment, context: BenchContext): Promise<Figure[]> {
  const api = await startApiChild(environment, { EMPTY: '1' })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { who, tenantId } = await openAccount(api)
  const id = await newSubject(api as unknown as Service, who)
  const sql = openSql(environment, tenantId, keyOf(id, 'Subject') ?? '')
  const node = medianOf(asker(api.url, id, who.key, agent))
  const others: [Claim, Measure][] = [
    [EMPTY, medianOf(asker(api.emptyUrl ?? '', id, undefined, agent))],
    [DATABASE, medianOf(sql.run)],
  ]
  const figures: Figure[] = []
  try {
    for (const [claim, other] of others) {
      if (!context.wants(claim.name)) continue
      await Promise.all([node(), other()])
      const load = watchServiceLoad(environment, [api.pid])
      const pairs = await interleavedPairs(node, other, context.budget(BUDGET))
      figures.push(ratioFigure(claim, pairs, 'ms', { note: `medians of ${REQUESTS} requests`, foreignLoad: load() }))
    }
    return figures
  } finally {
    agent.destroy()
    await sql.close()
    await api.kill()
  }
}

export const nodeQuery: FigureSource = {
  names: [EMPTY.name, DATABASE.name],
  minutes: 3,
  run: async context => {
    const environment = await openOwnEnvironment()
    try {
      return await measureOn(environment, context)
    } finally {
      await environment.close()
    }
  },
}
