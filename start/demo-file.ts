/** State of the demo workspace of `npm start`: its credentials and the progress of the main job. Only the owner can read it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'

const demoState = z.strictObject({
  email: z.string(),
  password: z.string(),
  apiKey: z.string().optional(),
  subjectId: z.string().optional(),
  photoSetId: z.string().optional(),
  captions: z.array(z.strictObject({ photoId: z.string(), text: z.string() })).optional(),
  consented: z.boolean().optional(),
  trainingId: z.string().optional(),
  generationId: z.string().optional(),
  /** Trainings and drawings that failed before: each try has an idempotency key of its own. */
  tries: z.int(),
  /** The pictures; set when the main job is done. */
  images: z.array(z.string()).optional(),
})
export type DemoState = z.output<typeof demoState>

export interface DemoFile {
  readonly path: string
  /** Undefined before the first run. @throws AppError FILE_INVALID */
  read(): Promise<DemoState | undefined>
  /** Whole or not at all. */
  save(state: DemoState): Promise<void>
}

export function demoFileIn(dataDir: string): DemoFile {
  const path = join(dataDir, 'demo.json')
  return {
    path,
    read: async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw damaged(path, error.message)
      })
      return text === undefined ? undefined : parse(path, text)
    },
    save: state => writeFileAtomically(path, `${JSON.stringify(state, undefined, 2)}\n`, 0o600),
  }
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
