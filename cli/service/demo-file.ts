/** What `npm start` keeps of its demo: where it serves, the credentials, the progress of the main job. Only the owner can read it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'

const demoProgress = z.object({
  subjectId: z.string().optional(),
  photoSetId: z.string().optional(),
  captions: z.array(z.strictObject({ photoId: z.string(), text: z.string() })).optional(),
  consented: z.boolean().optional(),
  trainingId: z.string().optional(),
  generationId: z.string().optional(),
  /** Trainings and drawings that failed before: each try has an idempotency key of its own. */
  tries: z.int().default(0),
  /** The pictures; set when the main job is done. */
  images: z.array(z.string()).optional(),
})
export type DemoProgress = Readonly<z.output<typeof demoProgress>>

const demoState = z.strictObject({
  email: z.string(),
  password: z.string(),
  apiKey: z.string().optional(),
  /** Where it serves, or has served last. */
  address: z.string().optional(),
  /** Signs a browser in as the demo user, as long as this start runs; not in production. */
  signInLink: z.string().optional(),
  ...demoProgress.shape,
})
export type DemoState = Readonly<z.output<typeof demoState>>

export interface DemoFile {
  readonly path: string
  /** Undefined before the first run. @throws AppError FILE_INVALID */
  read(): Promise<DemoState | undefined>
  /** Whole or not at all; what is not named stays as it is on the disk. */
  save(changes: Partial<DemoState>): Promise<void>
}

/** Of a state, that which the main job goes on from. */
export const progressOf = (state: DemoState): DemoProgress => demoProgress.parse(state)

export function demoFileIn(dataDir: string): DemoFile {
  const path = join(dataDir, 'demo.json')
  const read = async (): Promise<DemoState | undefined> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw damaged(path, error.message)
    })
    return text === undefined ? undefined : parse(path, text)
  }
  return {
    path,
    read,
    save: async changes => {
      const state = { ...(await read()), ...changes }
      await writeFileAtomically(path, `${JSON.stringify(state, undefined, 2)}\n`, 0o600)
    },
  }
}

/** Puts a new key in the place of the one that begins with `prefix`, if that is the demo's. */
export async function replaceDemoKey(prefix: string, secret: string, file: DemoFile): Promise<boolean> {
  const isKept = (await file.read())?.apiKey?.startsWith(prefix) ?? false
  if (isKept) await file.save({ apiKey: secret })
  return isKept
}

function parse(path: string, text: string): DemoState {
  try {
    return demoState.parse(JSON.parse(text))
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error))
  }
}

const damaged = (path: string, why: string) =>
  new AppError('FILE_INVALID', `${path} can't be read: ${why}`, 'Restore it, or start over with another DATA_DIR.')
