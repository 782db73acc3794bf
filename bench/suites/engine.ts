/** The engine's figures (issue "learn a person from four photos"). A new figure is a file and a line here. */
import type { Suite } from '../figure.ts'
import { accuracy } from '../figures/accuracy.ts'
import { baseQuality } from '../figures/base-quality.ts'
import { loraQuality } from '../figures/lora-quality.ts'
import { speedForward } from '../figures/speed-forward.ts'

export const engine: Suite = {
  name: 'engine',
  sources: [accuracy, speedForward, baseQuality, loraQuality],
}
