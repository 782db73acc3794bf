/** CLIP (arXiv 2103.00020) against photos (CLIP-I) and against prompts (CLIP-T). Folder: a CLIPModel of transformers. */
import { elements } from '../graph/graph.ts'
import { loadTokenizer } from '../io/index.ts'
import { clipText, projectText, readClipTextConfig } from '../nets/clip-text.ts'
import { clipVision, readClipVisionConfig } from '../nets/clip-vision.ts'
import type { Device } from '../runtime/device.ts'
import { cosine, type EvaluatorKind, unit } from './evaluator.ts'
import { openNetwork, readJson } from './network.ts'
import { assertSome, meanCosine, openImageEncoder } from './pictures.ts'

/** The parts' settings; transformers writes `projection_dim` of the whole model beside them. */
async function readParts(folder: string) {
  const { text_config, vision_config, projection_dim } = await readJson(folder, 'config.json')
  const part = (json: unknown) => ({ ...(json as object), ...(projection_dim === undefined ? {} : { projection_dim }) })
  return { text: readClipTextConfig(part(text_config)), vision: readClipVisionConfig(part(vision_config)) }
}

async function openVision(device: Device, folder: string) {
  const { vision } = await readParts(folder)
  return openImageEncoder(device, {
    ...{ folder, prefixes: [], size: vision.image_size },
    build: (net, pixels) => clipVision(net, vision, pixels),
  })
}

/** Unit vectors of texts; a text beyond the encoder's length is cut, as the published score does. */
async function openText(device: Device, folder: string) {
  const { text } = await readParts(folder)
  const tokenizer = await loadTokenizer(folder)
  const shape = [1, tokenizer.maxLength]
  const network = await openNetwork(device, {
    ...{ folder, weights: 'model', prefixes: [] },
    inputs: { ids: { dtype: 'int64', shape }, end: { dtype: 'int64', shape: [1] } },
    build: (net, { ids, end }) => {
      const { last } = clipText(net, text, ids as never)
      return projectText(net, text, last, end as never)
    },
  })
  return {
    async encode(prompt: string): Promise<Float32Array> {
      const ids = tokenizer.encode(prompt)
      const data = BigInt64Array.from({ length: elements(shape) }, (_, i) => BigInt(ids[i] ?? 0))
      const end = BigInt64Array.of(BigInt(ids.indexOf(tokenizer.eosId)))
      return unit(
        await network.run({ ids: { data, dtype: 'int64', shape }, end: { data: end, dtype: 'int64', shape: [1] } }),
      )
    },
    close: network.close,
  }
}

export const clipImage: EvaluatorKind = {
  measures: 'mean cosine of CLIP embeddings, drawn pictures against photos of the subject (CLIP-I)',
  against: 'photos',
  async open(device, folder) {
    const encoder = await openVision(device, folder)
    return { score: judged => meanCosine(judged, encoder.encode), close: encoder.close }
  },
}

export const clipPrompt: EvaluatorKind = {
  measures: 'mean cosine of CLIP embeddings, drawn pictures against their prompts (CLIP-T)',
  against: 'prompts',
  async open(device, folder) {
    const [vision, text] = [await openVision(device, folder), await openText(device, folder)]
    return {
      async score({ drawn }) {
        assertSome(drawn.length, 'pictures to judge')
        const codes = await vision.encode(drawn)
        let sum = 0
        for (const [i, { prompt }] of drawn.entries())
          sum += cosine(codes[i] as Float32Array, await text.encode(prompt))
        return sum / drawn.length
      },
      async close() {
        await vision.close()
        await text.close()
      },
    }
  },
}
