/** The registry of adapter file dialects: a new one is one file and one line here. */
import { AppError } from '../../errors.ts'
import { type AdapterSource, type Format, invalid, listed, namesOf } from './format.ts'
import { diffusers } from './pairs/diffusers.ts'
import { diffusersOld } from './pairs/diffusers-old.ts'
import { kohya, kohyaOriginal } from './pairs/kohya.ts'
import { peft } from './pairs/peft.ts'
import { semblance } from './pairs/semblance.ts'
import { embeddingDiffusers } from './tokens/diffusers.ts'
import { embeddingSdxl } from './tokens/sdxl.ts'
import { embeddingSemblance } from './tokens/semblance.ts'
import { embeddingWebui } from './tokens/webui.ts'
import { refuseUnsupported } from './unsupported.ts'

/** In the order in which files are tried. */
export const FORMATS: Readonly<Record<string, Format>> = {
  'embedding-semblance': embeddingSemblance,
  semblance,
  peft,
  kohya,
  'kohya-original': kohyaOriginal,
  'diffusers-old': diffusersOld,
  diffusers,
  'embedding-webui': embeddingWebui,
  'embedding-sdxl': embeddingSdxl,
  'embedding-diffusers': embeddingDiffusers,
}

export const TOKEN_FORMATS = Object.values(FORMATS).filter(format => format.kind === 'tokens')

/** @throws AppError INPUT_INVALID naming the known formats. */
export function findFormat(name: string): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (format) return format
  const known = Object.keys(FORMATS).join(', ')
  throw new AppError('INPUT_INVALID', `unknown adapter format "${name}"`, `Choose one of ${known}.`)
}

export const NO_DIALECT = 'has no dialect that is read'

/** @throws AppError ADAPTER_INVALID naming the kind of file, or its first tensors. */
export function detectFormat(source: AdapterSource): Format {
  for (const { weights } of source.parts) refuseUnsupported(weights)
  const format = Object.values(FORMATS).find(one => one.matches(source))
  if (format) return format
  const known = Object.values(FORMATS).map(({ title }) => title)
  throw invalid(`${NO_DIALECT}; it has ${listed(namesOf(source))}`, `Use ${known.join(', ')}.`)
}
