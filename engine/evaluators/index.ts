/** The evaluators by name. A new one is a file and a line here. */
import { AppError } from '../../errors.ts'
import { clipImage, clipPrompt } from './clip.ts'
import { dino } from './dino.ts'
import type { EvaluatorKind } from './evaluator.ts'
import { attributes, identity } from './portraits.ts'

export type { Drawn, EvaluatorKind, Picture } from './evaluator.ts'

export const EVALUATORS = {
  attributes,
  identity,
  'clip-i': clipImage,
  'clip-t': clipPrompt,
  dino,
} as const satisfies Record<string, EvaluatorKind>

/** @throws AppError INPUT_INVALID naming the known ones */
export function findEvaluator(name: string): EvaluatorKind {
  if (Object.hasOwn(EVALUATORS, name)) return EVALUATORS[name as keyof typeof EVALUATORS]
  const known = Object.keys(EVALUATORS).join(', ')
  throw new AppError('INPUT_INVALID', `there is no evaluator "${name}"`, `Choose one of ${known}.`)
}
