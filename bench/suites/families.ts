/** Figures of the engine's breadth: model families, samplers, file formats. A new figure is a file and a line here. */

import { checkpointing } from '../figures/checkpointing.ts'
import { dreambooth } from '../figures/dreambooth.ts'
import { dreamboothStep } from '../figures/dreambooth-step.ts'
import { familyParity } from '../figures/family-parity.ts'
import { formatsRoundtrip } from '../figures/formats.ts'
import { formatsImages } from '../figures/formats-images.ts'
import { fullSizeCounts } from '../figures/full-size-counts.ts'
import { methodQuality } from '../figures/method-quality.ts'
import { samplerParity } from '../figures/sampler-parity.ts'
import { textualInversion } from '../figures/textual-inversion.ts'
import type { Suite } from '../source.ts'

export const families: Suite = {
  name: 'families',
  sources: [
    familyParity('sd2'),
    familyParity('sdxl'),
    samplerParity,
    textualInversion,
    dreambooth,
    fullSizeCounts,
    checkpointing,
    dreamboothStep,
    formatsRoundtrip,
    formatsImages,
    methodQuality,
  ],
}
