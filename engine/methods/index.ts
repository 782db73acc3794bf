/** The registry of methods: a new method is one file and one line here. */
import { AppError } from '../../errors.ts'
import { combine } from './combine.ts'
import { dreambooth } from './dreambooth.ts'
import { lidb } from './lidb.ts'
import { lora } from './lora.ts'
import type { Method } from './method.ts'
import { textualInversion } from './textual-inversion.ts'
import { trainTogether } from './together.ts'

export type { AdapterPlan, Method, TrainedWeight } from './method.ts'
export type { Prior } from './prior.ts'

export const METHODS: Readonly<Record<string, Method>> = {
  lora,
  lidb,
  'textual-inversion': textualInversion,
  'pivotal-tuning': trainTogether('pivotal-tuning', textualInversion, lora),
  dreambooth,
  // Beside class images the text encoder must tell the subject's word from its class.
  'dreambooth-lora': combine('dreambooth-lora', [dreambooth, lora], {
    targets: 'attention,text-encoder,text-feed-forward',
  }),
}

/** @throws AppError INPUT_INVALID naming the known methods. */
export function findMethod(name: string): Method {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  if (method) return method
  throw new AppError('INPUT_INVALID', `unknown method "${name}"`, `Choose one of ${Object.keys(METHODS).join(', ')}.`)
}
