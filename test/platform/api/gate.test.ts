import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../../../log.ts'
import { newSubject } from '../../../measures/stage/journey.ts'
import { ask, type Identity, keyFor, mutate, PASSWORD, type Service, signUp } from '../../../measures/stage/service.ts'
import { openSocket, subscribe } from '../../../measures/stage/subscriber.ts'
import { METRICS_TOKEN, openService } from '../../stage/open-service.ts'

let service: Service
let closed: Service
let owner: Identity

beforeAll(async () => {
  service = await openService({ allowedOrigins: ['https://app.example.org'] })
  closed = await openService({ production: true })
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(async () => {
  await service?.close()
  await closed?.close()
})

const codes = async (query: string, variables = {}) =>
  (await ask(service, query, variables, owner)).errors?.map(({ extensions }) => extensions.code)

test('deep, costly, much aliased and long operations are refused before anything is read', async () => {
  const nested = (levels: number): string =>
    levels === 0 ? 'id' : `photoSets(first: 1) { nodes { subject { ${nested(levels - 1)} } } }`
  expect(await codes(`{ subjects(first: 1) { nodes { ${nested(3)} } } }`)).toBeUndefined()
  expect(await codes(`{ subjects(first: 1) { nodes { ${nested(4)} } } }`)).toEqual(['LIMIT_EXCEEDED'])
  const wide = (size: string) =>
    `subjects(first: ${size}) { nodes { photoSets(first: ${size}) { nodes { subject { id } } } } }`
  expect(await codes(`{ ${wide('100')} }`)).toEqual(['LIMIT_EXCEEDED'])
  expect(await codes(`query ($n: Int = 100) { ${wide('$n')} }`)).toEqual(['LIMIT_EXCEEDED'])
  expect(await codes(`query ($n: Int) { ${wide('$n')} }`, { n: 100 })).toEqual(['LIMIT_EXCEEDED'])
  expect(await codes(`query ($n: Int) { ${wide('$n')} }`, { n: 5 })).toBeUndefined()
  const many = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: service { version }`).join(' ')
  expect(await codes(`{ ${many(31)} }`)).toEqual(['LIMIT_EXCEEDED'])
  expect(await codes(`{ ${many(30)} }`)).toBeUndefined()
  expect((await ask(service, `{ ${many(2000)} }`, {}, owner)).status).toBe(400)
  const bomb = Array.from({ length: 20 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')
  expect(await codes(`{ ...F0 } ${bomb} fragment F20 on Query { service { version } }`)).toEqual(['LIMIT_EXCEEDED'])
})

test('an operation over a limit is the mistake of its sender: 4xx, and no time after which it goes through', async () => {
  const answer = await ask(service, '{ trainingJobs(first: 100) { nodes { metrics { step } } } }', {}, owner)
  expect(answer.status).toBe(400)
  expect(answer.errors?.[0]?.extensions).toEqual({ code: 'LIMIT_EXCEEDED', retryAfter: null })
  expect(answer.headers.get('retry-after')).toBeNull()
})

test('pages have at most 100 entries, and cursors are those that a page gave', async () => {
  expect(await codes('{ subjects(first: 101) { nodes { id } } }')).toEqual(['LIMIT_EXCEEDED'])
  expect(await codes('{ subjects(first: 0) { nodes { id } } }')).toEqual(['LIMIT_EXCEEDED'])
  expect(await codes('{ subjects(after: "nonsense") { nodes { id } } }')).toEqual(['BAD_USER_INPUT'])
  const names: string[] = []
  for (let i = 0; i < 5; i++) names.unshift(await newSubject(service, owner))
  const query =
    'query ($after: String) { subjects(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }'
  const seen: string[] = []
  for (let after: string | null = null, more = true; more; ) {
    const page: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } = (
      await ask(service, query, { after }, owner)
    ).data.subjects
    seen.push(...page.nodes.map(({ id }) => id))
    more = page.pageInfo.hasNextPage
    after = page.pageInfo.endCursor
  }
  expect(seen).toEqual(names)
})

test('too large and malformed bodies are answered in JSON, without a stack trace', async () => {
  const post = async (body: string, type = 'application/json') => {
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers: { 'content-type': type }, body })
    const text = await response.text()
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(text).not.toMatch(/node_modules|\.ts:| at /)
    return response.status
  }
  expect(await post('{ "query": ')).toBe(400)
  expect(await post(JSON.stringify({ query: `{ service { version } } # ${'x'.repeat(2 ** 20)}` }))).toBe(413)
  const nowhere = await fetch(`${service.url}/nowhere`)
  expect([nowhere.status, nowhere.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8'])
})

test('a page of another site can send no operation with the cookie', async () => {
  const query = '{ me { name } }'
  const simple = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', cookie: owner.cookie ?? '' },
    body: JSON.stringify({ query }),
  })
  expect(simple.status).toBe(400)
  const get = await fetch(`${service.url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { cookie: owner.cookie ?? '' },
  })
  expect(get.status).toBe(400)
  const preflight = await fetch(`${service.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  })
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
})

test('a page of an allowed origin may', async () => {
  const origin = 'https://app.example.org'
  const preflight = await fetch(`${service.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'semblance-tenant' },
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-headers')).toContain('semblance-tenant')
  const answer = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', cookie: owner.cookie ?? '' },
    body: JSON.stringify({ query: '{ me { name } }' }),
  })
  expect(await answer.json()).toEqual({ data: { me: { name: 'Olga Owner' } } })
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
})

test('a page of another site changes nothing with the cookie of its reader, and signs nobody in', async () => {
  const send = (origin: string | undefined, query: string, identity: Record<string, string>) =>
    fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(origin ? { origin } : {}), ...identity },
      body: JSON.stringify({ query }),
    })
  const cookie = { cookie: owner.cookie ?? '' }
  const { key = '' } = await keyFor(service, owner, 'SUBJECTS_WRITE')
  const create = 'mutation { createSubject(input: { name: "x", classNoun: "cat", isPerson: false }) { __typename } }'
  const signIn = `mutation { signIn(input: { email: "${'olga.owner@example.org'}", password: "${PASSWORD}" }) { __typename } }`
  for (const query of [create, signIn])
    for (const origin of ['https://evil.example', 'null', `${service.url}0`]) {
      const refused = await send(origin, query, cookie)
      expect(refused.status).toBe(403)
      expect(refused.headers.getSetCookie()).toEqual([])
      expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    }
  for (const origin of [undefined, service.url, 'https://app.example.org'])
    expect(await (await send(origin, create, cookie)).json()).toEqual({
      data: { createSubject: { __typename: 'CreateSubjectSuccess' } },
    })
  const byKey = await send('https://evil.example', create, { authorization: `Bearer ${key}` })
  expect(byKey.status).toBe(200)
})

test('the log says who asked for what, and holds no secret', async () => {
  const lines: string[] = []
  const logged = await openService({
    log: createLog('test', 'debug', { write: (line: string) => void lines.push(line) }),
  })
  try {
    const user = await signUp(logged, 'Olga Owner', 'Studio')
    const key = await keyFor(logged, user, 'SUBJECTS_READ')
    await ask(logged, 'query Listing { subjects { nodes { id } } }', {}, key)
    const socket = await subscribe(logged, user, EVENTS)
    socket.close()
    await ask(logged, '{ me { name } }', {}, { key: 'smb_live_wrong' })
    const text = lines.join('')
    expect(text).toMatch(/"operation":"Listing".*"actor":"key:/)
    for (const secret of [key.key, user.cookie?.split('=')[1], PASSWORD, 'smb_live_wrong'])
      expect(text).not.toContain(secret)
  } finally {
    await logged.close()
  }
})

const EVENTS = 'subscription { tenantEvents { number } }'

test('sockets are for our own pages and allowed ones', async () => {
  const foreign = await openSocket(service, { ...owner, origin: 'https://evil.example' })
  expect((await foreign.closed).code).toBe(1006)
  for (const origin of [service.url, 'https://app.example.org']) {
    const socket = await openSocket(service, { ...owner, origin })
    expect((await socket.until(() => true)).type).toBe('connection_ack')
    socket.close()
  }
})

test('a socket with a wrong key is closed, and carries nothing but subscriptions', async () => {
  const wrong = await openSocket(service, { key: 'smb_live_nonsense' })
  expect((await wrong.closed).code).toBe(4403)
  const socket = await subscribe(service, owner, '{ me { name } }')
  const { payload } = await socket.until(({ type }) => type === 'error')
  expect(payload[0].extensions.code).toBe('BAD_USER_INPUT')
  socket.close()
  const aliases = Array.from({ length: 31 }, (_, i) => `a${i}: number`).join(' ')
  const limited = await subscribe(service, owner, `subscription { tenantEvents { ${aliases} } }`)
  expect((await limited.until(({ type }) => type === 'error')).payload[0].extensions.code).toBe('LIMIT_EXCEEDED')
  limited.close()
})

test('a revoked key ends its subscriptions within a second or so, even when nothing happens', async () => {
  const key = await keyFor(service, owner, 'EVENTS_READ')
  const socket = await subscribe(service, key, EVENTS)
  const { currentKey } = (await ask(service, '{ currentKey { id } }', {}, key)).data
  await mutate(service, owner, 'revokeApiKey', { apiKeyId: currentKey.id }, 'apiKey { id }')
  const { payload } = await socket.until(({ type }) => type === 'error')
  expect(payload[0].extensions.code).toBe('UNAUTHENTICATED')
  socket.close()
})

test('in production there is no introspection, no hint at names, and cookies are secure', async () => {
  const introspection = await ask(closed, '{ __schema { types { name } } }')
  expect(introspection.data).toBeUndefined()
  const hint = await ask(closed, '{ servise { version } }')
  expect(hint.errors?.[0]?.message).not.toContain('service')
  const query = 'mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }'
  const input = { email: 'a@example.org', password: 'correct horse battery', name: 'A' }
  const answer = await ask(closed, query, { input })
  expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-semblance_session=.*; Secure$/)
  expect((await ask(service, '{ __schema { queryType { name } } }')).data.__schema.queryType.name).toBe('Query')
})

test('a fault of ours is masked and can be found by its number', async () => {
  const original = service.database.login.findUser
  Object.assign(service.database.login, {
    findUser: async () => {
      throw new Error('secret detail of the database')
    },
  })
  const { errors } = await ask(service, '{ me { name } }', {}, owner)
  Object.assign(service.database.login, { findUser: original })
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR', faultId: expect.any(String) } })
  expect(JSON.stringify(errors)).not.toContain('secret detail')
})

test('alive, ready and figures', async () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(service.url + path, { headers })
    return [response.status, await response.text()] as const
  }
  expect(await get('/livez')).toEqual([200, '{"alive":true}'])
  expect(await get('/readyz')).toEqual([200, '{"checks":{"database":"ok","store":"ok"}}'])
  const [status, figures] = await get('/metrics', { authorization: `Bearer ${METRICS_TOKEN}` })
  expect(status).toBe(200)
  expect(figures).toMatch(/semblance_graphql_seconds_count\{type="query",outcome="ok"\} \d+/)
  expect(figures).not.toMatch(/Studio|example\.org/)
})

test('figures are read with the token alone, on this machine too: a proxy there need not say that it is one', async () => {
  const read = async ({ url }: { url: string }, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/metrics`, { headers })
    const text = await answer.text()
    return [answer.status, text.includes('semblance_http_requests_total'), /METRICS_TOKEN/.test(text)]
  }
  const [no, yes] = [
    [401, false, true],
    [200, true, false],
  ]
  const authorization = `Bearer ${METRICS_TOKEN}`
  expect(await read(service)).toEqual(no)
  expect(await read(service, { 'x-forwarded-for': '127.0.0.1' })).toEqual(no)
  expect(await read(service, { authorization: 'Bearer undefined' })).toEqual(no)
  expect(await read(service, { authorization })).toEqual(yes)
  const without = await openService({ metricsToken: undefined })
  try {
    expect(await read(without, { authorization: 'Bearer undefined' })).toEqual(no)
    expect(await read(without)).toEqual(no)
  } finally {
    await without.close()
  }
})

test('a port that is taken is told of, and nothing stays open', async () => {
  const port = Number(new URL(service.url).port)
  await expect(openService({ port })).rejects.toThrow('EADDRINUSE')
})
