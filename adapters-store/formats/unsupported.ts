/** Known kinds of adapter files that are not supported, recognised by tensor names: each is refused by its name. */
import type { SafetensorsFile } from '../../engine/descriptors.ts'
import { invalid, listed } from './format.ts'

const AS_LORA = 'Train or convert it as plain LoRA.'
const AS_ROWS = 'Train rows of the token table.'
const AS_KOHYA = "Convert it to the layout of PEFT, diffusers or kohya's sd-scripts."
const OTHER_BASE = 'Use an adapter of a Stable Diffusion model.'

/** Transformers instead of a UNet, and the text encoders that go with them. */
const OTHER =
  /^(transformer\.|diffusion_model\.|lora_(transformer|prior|te3)_|text_encoder_3\.|lora_unet_(double_blocks|single_blocks|joint_blocks|blocks)_)/

/** The first that matches any tensor names the file. */
const KINDS: readonly (readonly [kind: string, names: RegExp, next: string])[] = [
  ['is a DoRA, which has magnitudes beside its pairs', /\.(lora_magnitude_vector|dora_scale)(\.|$)/, AS_LORA],
  ['is a LoHa (Hadamard products)', /\.hada_(w|t)\d/, AS_LORA],
  ['is a LoKr (Kronecker products)', /\.lokr_(w|t)\d/, AS_LORA],
  ['is an OFT or BOFT (orthogonal transforms)', /(\.|_)b?oft_/, AS_LORA],
  ['is a VeRA (shared random pairs)', /\.vera_lambda_/, AS_LORA],
  ['is an IA3 (rescaled activations)', /\.(ia3_l|on_input)(\.|$)/, AS_LORA],
  ['is a GLoRA', /\.[ab][12]\.weight$/, AS_LORA],
  ['is a LoCon with a Tucker core', /\.lora_mid\.weight$/, AS_LORA],
  ['holds whole weight differences', /\.diff(_b)?$/, AS_LORA],
  ['changes normalisations', /\.[wb]_norm$/, AS_LORA],
  ['holds pairs of an embedding table', /\.lora_embedding_[AB]/, AS_LORA],
  ['holds output embeddings, which stand after the text encoder', /(^|[._])(clip_[lg]|emb_params)_out$/, AS_ROWS],
  ['is of LyCORIS with its own names', /^lycoris_/, AS_KOHYA],
  ['belongs to another architecture', OTHER, OTHER_BASE],
  ['is of lora_diffusion, whose dialect is not read', /^(unet|text_encoder):\d+:/, AS_KOHYA],
]

/** @throws AppError ADAPTER_INVALID naming the kind. */
export function refuseUnsupported({ tensors }: SafetensorsFile): void {
  const names = [...tensors.keys()]
  for (const [kind, pattern, next] of KINDS) {
    const found = names.filter(name => pattern.test(name))
    if (found.length > 0) throw invalid(`${kind}; it has ${listed(found.slice(0, 3))}`, next)
  }
}
