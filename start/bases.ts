/** Registers the base models of a folder in the catalog, each under its folder's name. */
import { openBase, sizeRule } from '../engine/index.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { Database } from '../prisma/index.ts'
import { findBases } from '../workers/index.ts'

/**
 * A base that can't be opened is skipped and logged.
 * @throws AppError MODEL_NOT_FOUND when none can be used
 */
export async function registerBases(database: Database, modelsDir: string, log: Logger): Promise<readonly string[]> {
  const registered: string[] = []
  for (const [name, folder] of Object.entries(await findBases(modelsDir))) {
    try {
      const base = await openBase(folder)
      const { size, family, layers } = base
      const { step: sizeStep } = sizeRule(base)
      const entry = { name, folder: name, size, sizeStep, family: family.name, parameters: layers.parameters }
      await database.registerBaseModel({ ...entry, fingerprint: await base.fingerprint() })
      registered.push(name)
    } catch (error) {
      if (!(error instanceof AppError) || error.code.startsWith('DATABASE')) throw error
      log.error({ err: error, base: name }, 'the base model cannot be used and is left out')
    }
  }
  if (registered.length > 0) return registered
  const next = 'Put one in diffusers layout there, or name another folder in MODELS_DIR.'
  throw new AppError('MODEL_NOT_FOUND', `no folder in ${modelsDir} is a base model that can be used`, next)
}
