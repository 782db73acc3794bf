/** DINO (arXiv 2104.14294): tells subjects of one class apart better than CLIP does. Folder: a ViTModel of transformers. */
import { readVitConfig, vit } from '../nets/vit.ts'
import type { EvaluatorKind } from './evaluator.ts'
import { readJson } from './network.ts'
import { meanCosine, openImageEncoder } from './pictures.ts'

export const dino: EvaluatorKind = {
  measures: 'mean cosine of DINO embeddings, drawn pictures against photos of the subject',
  against: 'photos',
  async open(device, folder) {
    const config = readVitConfig(await readJson(folder, 'config.json'))
    const encoder = await openImageEncoder(device, {
      ...{ folder, prefixes: ['vit.'], size: config.image_size },
      build: (net, pixels) => vit(net, config, pixels),
    })
    return { score: judged => meanCosine(judged, encoder.encode), close: encoder.close }
  },
}
