/** The rooms of the house: what each is for, and what it may import. The architecture test holds them; CONTRIBUTING prints them. */

export interface Room {
  readonly job: string
  /** Path prefixes besides the room itself and the ground. */
  readonly imports: readonly string[]
  /** The imports in words, where the list is long. */
  readonly summary?: string | undefined
}

/** What anything may use. */
const GROUND = ['errors.ts', 'wording.ts', 'warnings.ts', 'similar.ts', 'files'] as const
const WORKER_DOORS = [
  ...['workers/index.ts', 'queue/index.ts', 'adapters-store/index.ts', 'engine/index.ts', 'engine/descriptors.ts'],
  ...['config.ts', 'log.ts'],
]

/** The engine's rooms, floor by floor: a room may import those of lower floors. */
const FLOORS: readonly Readonly<Record<string, string>>[] = [
  {
    graph: 'the compiler: ops, gradients, recomputation, ONNX out',
    io: 'files in, checked data out: safetensors, tokenizers, images, model folders',
  },
  {
    runtime: 'the device process, its sessions and buffers',
    nets: 'networks as graphs: text encoders, UNet, VAE',
    schedulers: 'noise processes and samplers',
  },
  { families: 'what tells Stable Diffusion 1, 2 and XL apart' },
  { base: 'a base model from its folder' },
  {
    adapters: 'what is learned: pairs, token rows, deltas',
    evaluators: 'what judges drawn images: one number for a set',
  },
  { pipeline: 'drawing: prompts, latents, the denoiser' },
  { training: 'the training loop and its optimizers', methods: 'what a method learns, and its defaults' },
  { personalize: 'learning a subject', pretrain: 'making a base' },
]

const engineRooms = (): Record<string, Room> => {
  const lower = ['engine/noise.ts', 'engine/version.ts']
  const rooms: Record<string, Room> = {}
  for (const [number, floor] of FLOORS.entries()) {
    const summary = ['nothing', 'floor 1', `floors 1 to ${number}`][Math.min(number, 2)]
    for (const [name, job] of Object.entries(floor))
      rooms[`engine/${name}`] = { job: `floor ${number + 1}: ${job}`, imports: [...lower], summary }
    lower.push(...Object.keys(floor).map(name => `engine/${name}`))
  }
  return rooms
}

export const ROOMS: Readonly<Record<string, Room>> = {
  files: { job: 'durable files: whole or not at all', imports: [] },
  client: { job: 'the public API from TypeScript', imports: [] },
  ...engineRooms(),
  engine: {
    job: 'the doors: all of the engine, and what needs no runtime (descriptors)',
    imports: [],
    summary: 'all floors',
  },
  'adapters-store': { job: 'blobs, and the file formats of adapters', imports: ['engine/descriptors.ts'] },
  queue: { job: 'jobs, and the way they go to workers', imports: ['log.ts'] },
  prisma: { job: 'the database: schema, tenants, the embedded server', imports: ['log.ts'] },
  api: {
    job: 'GraphQL, noun by noun',
    imports: ['prisma/index.ts', 'queue/index.ts', 'adapters-store/index.ts', 'engine/descriptors.ts', 'log.ts'],
  },
  'api/photos': { job: 'judging photos, in a process of its own', imports: ['engine/descriptors.ts'] },
  workers: {
    job: 'what all workers share: leases, the loop, retries',
    imports: ['queue/index.ts', 'adapters-store/index.ts', 'log.ts'],
  },
  trainer: { job: 'the worker that trains', imports: WORKER_DOORS },
  inference: { job: 'the worker that draws', imports: WORKER_DOORS },
  cli: {
    job: 'the command line, here and over a service',
    imports: ['client', 'engine/index.ts', 'adapters-store/index.ts'],
  },
  start: {
    job: '`npm start`: everything on one machine',
    imports: ['cli', 'client', 'api/index.ts', 'prisma/index.ts', ...WORKER_DOORS],
  },
  measures: {
    job: 'experiments that answer with a number, and the stage they need',
    imports: [
      ...['engine', 'adapters-store', 'queue', 'prisma', 'api', 'workers', 'trainer', 'inference', 'cli', 'client'],
      ...['start', 'config.ts', 'log.ts'],
    ],
    summary: 'everything but `bench`, `test` and `tools`',
  },
  bench: {
    job: 'figures: measures with what is asked of them, printed and written',
    imports: ['measures', 'engine', 'adapters-store', 'prisma', 'api', 'tools/portraits'],
  },
  'docs/examples': { job: 'whole sessions over the API, to read, run and copy from', imports: [] },
  tools: { job: 'what makes files of the repository: code, drawings, the base', imports: ['prisma', 'log.ts'] },
}

/** The room that a file belongs to: the one with the longest name. */
export const roomOf = (path: string): string | undefined =>
  Object.keys(ROOMS)
    .filter(room => path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0]

export const allowedIn = (room: string): readonly string[] => [room, ...GROUND, ...(ROOMS[room]?.imports ?? [])]

/** The map as CONTRIBUTING shows it: one line for each room. */
export const describeRooms = (): string =>
  Object.entries(ROOMS)
    .map(([room, { job, imports, summary = imports.map(name => `\`${name}\``).join(', ') }]) => [room, job, summary])
    .map(([room, job, imports]) => `| \`${room}\` | ${job} | ${imports || 'nothing'} |`)
    .join('\n')
