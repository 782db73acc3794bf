/** The layers that LoRA may change, by set: the ends of their checkpoint keys. A new set is one line here. */
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { AdaptableLayer, Base } from '../base/base.ts'

interface TargetSet {
  readonly component: RegExp
  readonly key: RegExp
}

const UNET = /^unet$/
const TEXT = /^text_encoder/

export const TARGETS: Readonly<Record<string, TargetSet>> = {
  attention: { component: UNET, key: /\.attn[12]\.(to_q|to_k|to_v|to_out\.0)$/ },
  'cross-attention': { component: UNET, key: /\.attn2\.(to_q|to_k|to_v|to_out\.0)$/ },
  projections: { component: UNET, key: /\.attentions\.\d+\.proj_(in|out)$/ },
  'feed-forward': { component: UNET, key: /\.ff\.net\.(0\.proj|2)$/ },
  convolutions: { component: UNET, key: /\.(resnets\.\d+\.conv(1|2|_shortcut)|(down|up)samplers\.0\.conv)$/ },
  'text-encoder': { component: TEXT, key: /\.self_attn\.(q_proj|k_proj|v_proj|out_proj)$/ },
  'text-feed-forward': { component: TEXT, key: /\.mlp\.fc[12]$/ },
}

const NAMES = Object.keys(TARGETS)
const namesOf = (text: string): string[] => text.split(',').map(name => name.trim())

/** One set, or several with commas between them. */
export const targetsOption = z.string().refine(text => namesOf(text).every(name => NAMES.includes(name)), {
  error: `one of ${NAMES.join(', ')}, or several with commas between them`,
})

/** @throws AppError MODEL_UNSUPPORTED when the base has no such layers. */
export function targetLayers({ layers }: Base, targets: string): AdaptableLayer[] {
  const sets = namesOf(targets).map(name => TARGETS[name])
  const chosen = layers.adaptable.filter(
    ({ component, key, idle }) => !idle && sets.some(set => set?.component.test(component) && set.key.test(key)),
  )
  if (chosen.length > 0) return chosen
  throw new AppError('MODEL_UNSUPPORTED', `the base has no ${targets} layers`, 'Choose another target set.')
}
