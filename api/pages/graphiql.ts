/** GraphiQL for developers: the page, and the files it needs, all from this server. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Response } from 'express'
import { escapeHtml, framed, sendPage } from './html.ts'

/** Who reads the page: as much as its bar shows. */
export interface Reader {
  readonly email: string
  /** Of the workspace that requests work in. */
  readonly tenant?: string | undefined
}

/** What a tab holds at the first visit; later the browser brings back what was in it. */
const TABS: readonly { query: string; variables?: string }[] = [
  {
    query: `# Ctrl-Enter runs this, Ctrl-Space shows what fits, the book
# on the left has every type. The other tabs follow and draw.
query Overview {
  service { version }
  me { email memberships { role tenant { name } } }
  subjects(first: 5) { nodes { id name classNoun } }
  adapters(first: 5) {
    nodes { name versions(first: 1) { nodes { id number } } }
  }
  images(first: 4) { nodes { prompt url } }
}
`,
  },
  {
    query: `# What happens from now on: run it, and then draw in the
# other tab. jobEvents(jobId: "...") has all of one job.
subscription Events {
  tenantEvents {
    number at type state step steps job { id kind }
  }
}
`,
  },
  {
    query: `# The version: an id from the first tab. The same key returns
# the same drawing; nothing is drawn twice.
mutation Draw($version: ID!) {
  generate(input: {
    idempotencyKey: "my first drawing"
    images: [{
      prompt: "a photo of sks person in the snow"
      guidance: 3
      adapter: { versionId: $version }
    }]
  }) {
    ... on GenerateSuccess { generation { id state } }
    ... on UserError { code path message }
  }
}
`,
    variables: '{ "version": "" }\n',
  },
]

const FOLDER = '/graphiql'

/** Sends the page; the bar of an anonymous reader is a form to sign in with. */
export function sendGraphiql(response: Response, reader: Reader | undefined): void {
  const who = reader
    ? `<span>Signed in as <b>${escapeHtml(reader.email)}</b>${reader.tenant ? `, workspace ${escapeHtml(reader.tenant)}` : ''}</span>
<button id="sign-out" type="button">Sign out</button>`
    : `<form id="sign-in"><span>Not signed in:</span>
<input name="email" type="email" placeholder="e-mail address" aria-label="e-mail address" autocomplete="username" required>
<input name="password" type="password" placeholder="password" aria-label="password" autocomplete="current-password" required>
<button>Sign in</button> <output></output></form>`
  const page = framed({
    title: 'Semblance: GraphiQL',
    head: `<link rel="stylesheet" href="${FOLDER}/graphiql.css">\n<link rel="stylesheet" href="${FOLDER}/page.css">`,
    body: `<nav><a href="/">Semblance</a> ${who}</nav>
<main id="root" data-tabs="${escapeHtml(JSON.stringify(TABS))}"><noscript>GraphiQL needs JavaScript.</noscript></main>
<script src="${FOLDER}/graphiql.js"></script>
<script src="${FOLDER}/page.js"></script>`,
  })
  // Monaco, the editor inside, writes style elements and keeps its fonts in its style sheet.
  const inside =
    "script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:"
  sendPage(response, page, inside)
}

type Read = () => Promise<string>

/** 9 MB that only a browser needs: loaded when the first one comes. */
const bundle = () => import('@graphql-yoga/render-graphiql/graphiql')
const own =
  (name: string): Read =>
  () =>
    readFile(join(import.meta.dirname, 'browser', name), 'utf8')

/** The files by name. Workers are named as the editor names them. */
const FILES: Readonly<Record<string, Read>> = {
  'graphiql.js': async () => (await bundle()).js,
  'graphiql.css': async () => (await bundle()).css,
  'editorWorkerService.js': async () => (await bundle()).editorWorkerService,
  'json.js': async () => (await bundle()).jsonWorker,
  'graphql.js': async () => (await bundle()).graphqlWorker,
  'page.js': own('graphiql.js'),
  'page.css': own('graphiql.css'),
}

/** Sends one of the page's files; false where there is none of that name. */
export async function sendGraphiqlFile(response: Response, name: string): Promise<boolean> {
  const read = Object.hasOwn(FILES, name) ? FILES[name] : undefined
  if (!read) return false
  const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
  response
    .set('cache-control', 'no-cache')
    .type(type)
    .send(await read())
  return true
}
