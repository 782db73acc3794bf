/** The only reader of the environment in the service: one schema, one frozen Config, every wrong variable in one message. */
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from './errors.ts'

const ROOT = import.meta.dirname

const whole = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine(value => value >= min && value <= max, `must be a whole number from ${min} to ${max}`)
    .default(fallback)

const folder = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform(path => resolve(path))

const choice = <const T extends readonly string[]>(names: T, fallback: T[number]) =>
  z.enum(names, `must be one of ${names.join(', ')}`).default(fallback)

const originOf = (text: string): string | undefined =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? new URL(text).origin : undefined

const postgresUrl = z
  .string()
  .refine(text => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol), {
    error: 'must be a connection string like postgresql://user:password@host:5432/database',
  })
  .optional()

const SCHEMA = z.object({
  NODE_ENV: choice(['development', 'production', 'test'], 'development'),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  DATA_DIR: folder(join(ROOT, 'data')),
  MODELS_DIR: folder(join(ROOT, 'models')),
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535, 4000),
  PUBLIC_URL: z
    .string()
    .refine(text => originOf(text) !== undefined && new URL(text).pathname === '/', {
      error: 'must be an address without path, like https://images.example.com',
    })
    .transform(text => originOf(text))
    .optional(),
  SIGN_UP: z.enum(['open', 'closed']).optional(),
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform(text => text.split(/[\s,]+/).filter(Boolean))
    .refine(origins => origins.every(origin => originOf(origin) === origin), {
      error: 'must be origins like https://app.example.com, separated by commas',
    }),
  METRICS_TOKEN: z
    .string()
    .regex(/^\S{16,}$/, 'must have at least 16 characters and no space')
    .optional(),
  DATABASE_URL: postgresUrl,
  DATABASE_APP_URL: postgresUrl,
  DATABASE_WORKER_URL: postgresUrl,
  DATABASE_CONNECTIONS: whole(1, 200, 10),
  TRAINERS: whole(0, 64, 1),
  INFERENCE_WORKERS: whole(0, 64, 1),
  LEASE_SECONDS: whole(2, 600, 30),
  RECONCILE_SECONDS: whole(1, 600, 5),
  STOP_SECONDS: whole(1, 600, 30),
  DEVICE: choice(['cpu', 'cuda', 'webgpu'], 'cpu'),
  THREADS: whole(0, 1024, 0),
  BATCH_ROWS: whole(1, 256, 4),
  ADAPTER_CACHE_MB: whole(1, 1_000_000, 256),
})

type Variables = z.output<typeof SCHEMA>

export type Config = Readonly<ReturnType<typeof toConfig>>

const toConfig = (env: Variables) => ({
  /** Production turns introspection off and wants cookies to be secure. */
  production: env.NODE_ENV === 'production',
  logLevel: env.LOG_LEVEL,
  /** Database files, blobs, scratch files, secrets. */
  dataDir: env.DATA_DIR,
  /** One base model in each folder of it. */
  modelsDir: env.MODELS_DIR,
  host: env.HOST,
  /** 0 takes any free port. */
  port: env.PORT,
  /** The address that clients use, where it differs from host and port. */
  publicUrl: env.PUBLIC_URL,
  /** Further web origins whose pages may use the API with a session. */
  allowedOrigins: env.ALLOWED_ORIGINS,
  /** Closed: only whoever is invited gets an account. */
  signUp: env.SIGN_UP ?? (env.NODE_ENV === 'production' ? 'closed' : 'open'),
  /** What is sent as `Authorization: Bearer` to read `/metrics`; without it nobody may. */
  metricsToken: env.METRICS_TOKEN,
  /** The owner of an external database; without it the embedded one is used. */
  databaseUrl: env.DATABASE_URL,
  databaseAppUrl: env.DATABASE_APP_URL,
  databaseWorkerUrl: env.DATABASE_WORKER_URL,
  databaseConnections: env.DATABASE_CONNECTIONS,
  /** Processes that `npm start` runs beside the API. */
  trainers: env.TRAINERS,
  inferenceWorkers: env.INFERENCE_WORKERS,
  /** A worker that is silent for so long loses its job. */
  leaseSeconds: env.LEASE_SECONDS,
  reconcileSeconds: env.RECONCILE_SECONDS,
  /** What a stop waits for before it cuts off. */
  stopSeconds: env.STOP_SECONDS,
  device: { provider: env.DEVICE, ...(env.THREADS > 0 ? { threads: env.THREADS } : {}) },
  /** Images in one denoising call. */
  batchRows: env.BATCH_ROWS,
  adapterCacheBytes: env.ADAPTER_CACHE_MB * 2 ** 20,
})

/** Values that are passwords or hold one. */
const SECRET = /_(URL|TOKEN)$/

/**
 * An empty variable counts as absent.
 * @throws AppError CONFIG_INVALID that names every wrong variable.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const parsed = SCHEMA.safeParse(given)
  if (parsed.success) return Object.freeze(toConfig(parsed.data))
  const wrong = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    return `${name}${SECRET.test(name) ? '' : ` is "${given[name]}" and`} ${message}`
  })
  throw new AppError(
    'CONFIG_INVALID',
    `${wrong.length} environment ${wrong.length === 1 ? 'variable is' : 'variables are'} wrong: ${wrong.join('; ')}`,
    'Set them right or leave them out, then start again.',
  )
}
