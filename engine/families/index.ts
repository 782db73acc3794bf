/** The registry of families: a new family is one file and one line here. */
import { AppError } from '../../errors.ts'
import type { Family } from './family.ts'
import { stableDiffusion } from './stable-diffusion.ts'
import { stableDiffusionXl } from './stable-diffusion-xl.ts'

export {
  type ConditioningShapes,
  conditioningInputs,
  type Family,
  type FamilyConfigs,
  type Frame,
  promptInputs,
  type TextEncoder,
  tokenNames,
  wholeFrame,
} from './family.ts'

export const FAMILIES: readonly Family[] = [stableDiffusion, stableDiffusionXl]

/** @throws AppError MODEL_UNSUPPORTED naming the class found and the supported ones. */
export function findFamily(className: string, folder: string): Family {
  const family = FAMILIES.find(({ pipelines }) => pipelines.includes(className))
  if (family) return family
  const known = FAMILIES.flatMap(({ pipelines }) => pipelines).join(', ')
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `${folder} holds a ${className}, which is not supported`,
    `Use one of: ${known}.`,
  )
}
