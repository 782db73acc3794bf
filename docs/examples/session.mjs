// A whole session over the API, for Node 20 or newer without any package: a subject with consent, photos, a training that is followed,
// a drawing that is saved. While npm start serves:   node docs/examples/session.mjs
// Another folder of photos, person or number of steps: PHOTOS=..., NAME=..., STEPS=... and OUT=... for the picture. On another service:
// SEMBLANCE_SERVER=https://... SEMBLANCE_API_KEY=smb_...
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

process.on('uncaughtException', ({ message }) => {
  console.error(message)
  process.exit(1)
})

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const { PHOTOS, NAME = 'Ada of session.mjs', STEPS = '100', OUT = join(ROOT, 'out/session-node.png') } = process.env
const photos = PHOTOS ?? join(ROOT, 'models/portraits/samples/ada')
const TYPES = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.webp': 'image/webp' }

/** Address and key: of another service where both are set, else of the demo that npm start serves here. */
function readService() {
  const { SEMBLANCE_SERVER: server, SEMBLANCE_API_KEY: apiKey } = process.env
  if (server && apiKey) return { graphql: `${server}/graphql`, apiKey }
  try {
    const command = [join(ROOT, 'bin/semblance.mjs'), 'demo', '--json']
    return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }))
  } catch ({ status, stdout }) {
    const { message, next } = JSON.parse(stdout).error
    console.error(`${message}\n${next}`)
    process.exit(status)
  }
}
const { graphql, apiKey } = readService()

/** One operation. When the service asks to wait (429, 503), it is sent again after that time; other errors are thrown. */
async function ask(query, variables = {}) {
  for (let tries = 1; ; tries++) {
    const response = await fetch(graphql, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    const wait = Number(response.headers.get('retry-after'))
    if (wait > 0 && tries < 5) {
      console.log(`the service asks to wait ${wait} s`)
      await sleep(1000 * wait)
      continue
    }
    const { data, errors } = await response.json()
    if (errors) throw new Error(errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join('\n'))
    return data
  }
}

/** A mutation's success, or its typed error: code, path and message. */
class UserError extends Error {
  constructor({ code, path, message }) {
    super(`${code} at ${path.join('.')}: ${message}`)
    this.code = code
  }
}
async function mutate(name, input, selection) {
  const type = name[0].toUpperCase() + name.slice(1)
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) {
    ... on ${type}Success { ${selection} } ... on UserError { code path message } } }`
  const answer = (await ask(query, { input }))[name]
  if (answer.code) throw new UserError(answer)
  return answer
}

/** Looks until the job has ended; a program with a WebSocket subscribes to jobEvents instead. */
async function follow(id) {
  for (let shown; ; await sleep(500)) {
    const { node } = await ask(
      `query ($id: ID!) { node(id: $id) { ... on Job { state reason progress { step steps } }
        ... on TrainingJob { settings { phrase } version { id } } ... on Generation { images { url } } } }`,
      { id },
    )
    const { state, reason, progress } = node
    const line = `${state}${progress ? `, step ${progress.step} of ${progress.steps}` : ''}`
    if (line !== shown) console.log(line)
    shown = line
    if (state === 'SUCCEEDED') return node
    if (state === 'FAILED' || state === 'CANCELED') throw new Error(`the job ${id} ${state}: ${reason}`)
  }
}

// A subject, and its photos: one signed form for each; every field of it and then the file.
const { subject } = await mutate('createSubject', { name: NAME, classNoun: 'person', isPerson: true }, 'subject { id }')
const names = (await readdir(photos)).filter(name => extname(name).toLowerCase() in TYPES).sort()
const contents = await Promise.all(names.map(name => readFile(join(photos, name))))
const files = names.map((fileName, i) => ({
  fileName,
  contentType: TYPES[extname(fileName).toLowerCase()],
  bytes: contents[i].length,
}))
const { photoSet, uploads } = await mutate(
  'requestPhotoUploads',
  { subjectId: subject.id, files },
  'photoSet { id } uploads { form { url fields { name value } } }',
)
for (const [i, { form }] of uploads.entries()) {
  const body = new FormData()
  for (const { name, value } of form.fields) body.append(name, value)
  body.append('file', new Blob([contents[i]]), names[i])
  const { ok, status } = await fetch(form.url, { method: 'POST', body })
  if (!ok) throw new Error(`${names[i]} was not taken: status ${status}`)
}
const checked = await mutate(
  'completePhotoUploads',
  { photoSetId: photoSet.id },
  'accepted photoSet { photos { fileName verdict } }',
)
console.log(`${checked.accepted} of ${names.length} photos accepted`)
for (const { fileName, verdict } of checked.photoSet.photos)
  if (verdict) console.log(`left out: ${fileName}, ${verdict}`)

// Nobody is learned without consent: the service says so by a typed error, and this is how to handle one.
const training = { idempotencyKey: randomUUID(), photoSetId: photoSet.id, steps: Number(STEPS) }
const { job } = await mutate('startTraining', training, 'job { id }').catch(async error => {
  if (error.code !== 'CONSENT_MISSING') throw error
  console.log(`${error.message}\nrecording the consent of ${NAME}`)
  const statement = 'You may learn my face from these photos and draw me.'
  await mutate('recordConsent', { photoSetId: photoSet.id, grantedBy: NAME, statement }, 'consent { id }')
  return mutate('startTraining', training, 'job { id }')
})
const { version, settings } = await follow(job.id)

// Draw with what was learned, and fetch the picture by its signed link.
const image = {
  prompt: `a photo of ${settings.phrase} in the snow`,
  seed: 1,
  guidance: 3,
  adapter: { versionId: version.id },
}
const { generation } = await mutate('generate', { idempotencyKey: randomUUID(), images: [image] }, 'generation { id }')
const [{ url }] = (await follow(generation.id)).images
await mkdir(dirname(OUT), { recursive: true })
await writeFile(OUT, Buffer.from(await (await fetch(url)).arrayBuffer()))
console.log(OUT)
