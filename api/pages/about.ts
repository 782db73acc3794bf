/** The page for people who open the address in a browser: what this is, and where to go. */
import type { Response } from 'express'
import { ENGINE_VERSION } from '../../engine/descriptors.ts'
import { escapeHtml, framed, hashSource, sendPage } from './html.ts'

const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #222; background: #fff }
h1 { font-size: 1.6rem; margin-bottom: .5rem } code { background: #f1edf0; padding: .1em .3em; border-radius: 3px }
dt { margin-top: 1rem } dd { margin: 0; color: #555 } a { color: #7a3b69 }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1b171a } dd { color: #bbb } code { background: #33292f } a { color: #d9a3c9 } }`

/** Where to go, in the order of the page: an address, its name and one sentence. The others show only while developing. */
const PLACES: readonly { path: string; name: string; text: string; developing?: boolean }[] = [
  {
    path: '/graphql',
    name: 'Try queries here',
    text: 'GraphiQL, with all fields and their sentences',
    developing: true,
  },
  { path: '/docs/api.md', name: 'The API', text: 'how a program signs in, sends photos, trains and draws' },
  {
    path: '/docs/examples/session.sh',
    name: 'A whole session',
    text: 'in bash and zsh; also session.mjs for Node, session.py for Python',
  },
  { path: '/docs/cli.md', name: 'The command line', text: 'the same from a terminal' },
  { path: '/docs/methods.md', name: 'Methods', text: 'what can be learned, and with which options' },
  { path: '/schema.graphql', name: 'The schema', text: 'every type and field' },
  {
    path: '/readyz',
    name: 'Health',
    text: 'whether the database and the store work; /livez says that the process runs',
  },
]

function aboutPage(production: boolean): string {
  const places = PLACES.filter(({ developing }) => !(developing && production)).map(
    ({ path, name, text }) => `<dt><a href="${path}">${escapeHtml(name)}</a></dt><dd>${escapeHtml(text)}</dd>`,
  )
  const closed = production ? ' The schema is shown to holders of a key or a session.' : ''
  return framed({
    title: 'Semblance',
    head: `<style>${STYLE}</style>`,
    body: `<h1>Semblance</h1>
<p>This service learns a person, an animal or a thing from a few photos and draws it in any scene. Programs talk to it in GraphQL:
<code>POST /graphql</code> with <code>Authorization: Bearer KEY</code>.${closed}</p>
<dl>${places.join('\n')}</dl>
<p><small>Version ${escapeHtml(ENGINE_VERSION)}</small></p>`,
  })
}

const POLICY = `style-src ${hashSource(STYLE)}`

export const sendAbout = (response: Response, production: boolean): void =>
  sendPage(response, aboutPage(production), POLICY)

/** The same for programs. */
export const aboutFacts = {
  name: 'Semblance',
  version: ENGINE_VERSION,
  graphql: '/graphql',
  schema: '/schema.graphql',
  health: '/readyz',
}
