import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildSchema, parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Identity, keyFor, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** As browsers send it when somebody opens an address. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

let service: Service
let closed: Service
let owner: Identity & { email: string }

beforeAll(async () => {
  service = await openService()
  closed = await openService({ production: true })
  owner = await signUp(service, 'Olga Owner', 'Studio & <i>Sons</i>')
})
afterAll(async () => {
  await service?.close()
  await closed?.close()
})

const open = async (path: string, { url }: Service = service, headers: Record<string, string> = BROWSER) => {
  const response = await fetch(`${url}${path}`, { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const policyOf = ({ headers }: { headers: Headers }): Record<string, string> =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split('; ').map(line => line.split(/ (.*)/).slice(0, 2)),
  )
/** All addresses that a page names. */
const addressesOf = (html: string): string[] =>
  [...html.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, address = '']) => address)

describe('in a browser', () => {
  test.each(['/', '/graphql'])('%s is a page, and every link of it leads somewhere', async path => {
    for (const place of [service, closed]) {
      const page = await open(path, place)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      const links = addressesOf(page.text).filter(link => !link.startsWith('data:'))
      expect(links.length).toBeGreaterThan(2)
      const statusOf = (link: string) => (link === '/schema.graphql' && place === closed ? 401 : 200)
      for (const link of links) expect([link, (await open(link, place)).status]).toEqual([link, statusOf(link)])
    }
  })

  test.each(['/', '/graphql'])('%s names no other host, and its policy lets none in', async path => {
    for (const place of [service, closed]) {
      const page = await open(path, place)
      expect(addressesOf(page.text).filter(link => !/^(\/(?!\/)|data:)/.test(link))).toEqual([])
      const policy = policyOf(page)
      expect(policy).toMatchObject({ 'default-src': "'none'", 'frame-ancestors': "'none'", 'form-action': "'none'" })
      const sources = Object.values(policy).flatMap(line => line.split(' '))
      const own = /^('none'|'self'|data:|'unsafe-inline'|'sha256-[\w+/=]+')$/
      expect(sources.filter(source => !own.test(source))).toEqual([])
      expect(policy['script-src'] ?? "'none'").not.toContain('unsafe')
      expect(page.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('while developing /graphql is GraphiQL, and says who is signed in', async () => {
    const anonymous = await open('/graphql')
    expect(anonymous.text).toContain('id="sign-in"')
    const signedIn = await open('/graphql', service, { ...BROWSER, cookie: owner.cookie ?? '' })
    expect(signedIn.text).toContain(owner.email)
    expect(signedIn.text).toContain('Studio &amp; &lt;i&gt;Sons&lt;/i&gt;')
    expect(signedIn.text).not.toContain('id="sign-in"')
    expect((await open('/graphql', service, { ...BROWSER, cookie: 'semblance_session=stale' })).text).toContain(
      'id="sign-in"',
    )
  })

  test('the operations in the tabs of GraphiQL are valid, and the first one answers', async () => {
    const { text } = await open('/graphql')
    const [, attribute = ''] = /data-tabs="([^"]*)"/.exec(text) ?? []
    const decoded = attribute.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
    const tabs: { query: string; variables?: string }[] = JSON.parse(decoded)
    const [first, ...others] = tabs
    const answer = await ask(service, first?.query ?? '', {}, owner)
    expect(answer.errors).toBeUndefined()
    expect(answer.data.me.email).toBe(owner.email)
    expect(others.length).toBeGreaterThan(0)
    const schema = buildSchema(await readFile(join(ROOT, 'schema.graphql'), 'utf8'))
    for (const { query, variables = '{}' } of tabs) {
      expect(validate(schema, parse(query))).toEqual([])
      JSON.parse(variables)
    }
  })

  test('in production there is no GraphiQL, and no file of it', async () => {
    expect((await open('/graphql', closed)).text).not.toContain('graphiql')
    expect((await open('/graphiql/graphiql.js', closed)).status).toBe(404)
    expect((await open('/graphiql/graphiql.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect((await open('/graphiql/..%2findex.ts')).status).toBe(404)
    expect((await open('/graphiql/toString')).status).toBe(404)
  })
})

describe('for programs', () => {
  test.each([{}, { accept: '*/*' }, { accept: 'application/json' }])('%j gets no page', async headers => {
    const root = await open('/', service, headers)
    expect([root.status, JSON.parse(root.text)]).toEqual([200, expect.objectContaining({ graphql: '/graphql' })])
    const query = await open('/graphql?query={service{version}}', service, {
      ...headers,
      'apollo-require-preflight': '1',
    })
    expect(JSON.parse(query.text).data.service.version).toMatch(/^\d/)
  })
})

describe('the schema', () => {
  test('is open while developing; in production it is for keys and sessions, word for word', async () => {
    const text = await readFile(join(ROOT, 'schema.graphql'), 'utf8')
    expect((await open('/schema.graphql')).text).toBe(text)
    const stranger = await open('/schema.graphql', closed)
    expect([stranger.status, JSON.parse(stranger.text).error.code]).toEqual([401, 'UNAUTHENTICATED'])
    const wrong = await open('/schema.graphql', closed, { authorization: 'Bearer smb_live_nonsense' })
    expect([wrong.status, JSON.parse(wrong.text).error.message]).toEqual([401, expect.stringContaining('malformed')])
    const member = await signUp(closed, 'Mia Member', 'Shop')
    const { key = '' } = await keyFor(closed, member, 'SUBJECTS_READ')
    expect((await open('/schema.graphql', closed, { authorization: `Bearer ${key}` })).text).toBe(text)
  })
})

test('the documents are those of this version', async () => {
  expect(await open('/docs/api.md')).toMatchObject({ text: await readFile(join(ROOT, 'docs/api.md'), 'utf8') })
  expect((await open('/docs/%2e%2e/package.json')).status).toBe(404)
})
