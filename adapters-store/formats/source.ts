/** Opens what a path holds as an adapter: a file, or a folder of one; checks what can be checked before anything is read. */
import { open, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openSafetensors } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import { type JsonObject, readJsonIfPresent } from '../../files/json.ts'
import { type AdapterPart, type AdapterSource, invalid, listed } from './format.ts'
import { withKnownNames } from './known-names.ts'

/** Headers of adapters have some hundred kilobytes; a stranger's larger one would hold up everyone while it is parsed. */
const MAX_HEADER_BYTES = 16 * 2 ** 20

/** Opens one file. @param config adapter_config.json, where it is not beside the file. */
export async function openPart(path: string, config?: JsonObject): Promise<AdapterPart> {
  await assertReadable(path)
  return { weights: withKnownNames(await openSafetensors(path)), config }
}

/** A file that is not safetensors at all is left to its reader, which says why. @throws AppError ADAPTER_INVALID for a pickle */
export async function assertReadable(path: string): Promise<void> {
  const { start, size } = await readStart(path)
  const length = start.length === 8 ? start.readBigUInt64LE() : 0n
  if (PICKLED.test(path) || (length > BigInt(size) && isPickle(start))) throw pickled(path)
  if (length > BigInt(MAX_HEADER_BYTES) && length <= BigInt(size))
    throw invalid(`has a header of ${length} bytes; at most ${MAX_HEADER_BYTES} are read`, 'Check the file.')
}

async function readStart(path: string): Promise<{ start: Buffer; size: number }> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return { start: Buffer.alloc(0), size: 0 }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return { start: buffer.subarray(0, bytesRead), size: (await file.stat()).size }
  } finally {
    await file.close()
  }
}

const PICKLED = /\.(bin|ckpt|pt|pth|pkl)$/i

/** PyTorch's archives begin as zip files, bare pickles with their protocol: as lengths of a header these are huge. */
const isPickle = (start: Buffer): boolean =>
  start.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1')) || (start[0] === 0x80 && (start[1] ?? 9) <= 5)

/** The command takes embeddings of the web UI (`string_to_param`), of the old diffusers (`{word: rows}`), and LoRA files. */
function pickled(path: string): AppError {
  const code = [
    `import sys, torch, safetensors.torch as s`,
    `torch.serialization.add_safe_globals([torch.nn.ParameterDict])`,
    `d = torch.load(sys.argv[1], weights_only=True)`,
    `p = d.get('string_to_param')`,
    `d = {'emb_params': next(iter(p.values()))} if p else d.get('state_dict', d)`,
    `s.save_file({k: v.detach().contiguous() for k, v in d.items() if torch.is_tensor(v)}, sys.argv[2])`,
  ].join('; ')
  const target = path.replace(PICKLED, '')
  return invalid(
    `${path} is a pickle, which can run code when it is opened; it is not read`,
    `Convert a file that you trust: python -c "${code}" '${path}' '${target}.safetensors'`,
  )
}

/** The names that programs save under, and the folders of a model's parts that PEFT has. */
const FILES = /^(adapter_model|pytorch_lora_weights|learned_embeds(_2)?|.+_emb)\.safetensors$/
const FOLDERS = ['unet', 'text_encoder', 'text_encoder_2']

/** The files of the adapter at a path: the file itself, or what a folder has. @throws AppError FILE_INVALID */
export async function findAdapterFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) return [path]
  const paths = [path, ...FOLDERS.map(name => join(path, name))]
  const files = (await Promise.all(paths.map(weightsIn))).flat()
  if (files.length > 0) return files
  throw new AppError('FILE_INVALID', `${path} has no known adapter file`, 'Name the file itself.')
}

/** @throws AppError FILE_INVALID, or ADAPTER_INVALID for a pickle. */
export async function openSource(path: string): Promise<AdapterSource> {
  const files = await findAdapterFiles(path)
  return { parts: await Promise.all(files.map(openBeside)) }
}

/** The files of known names; where there is none, the only one. */
async function weightsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.safetensors')).sort()
  const known = names.filter(name => FILES.test(name))
  if (known.length === 0 && names.length > 1)
    throw new AppError('FILE_INVALID', `${folder} has several files: ${listed(names)}`, 'Name the one you mean.')
  return (known.length > 0 ? known : names).map(name => join(folder, name))
}

const openBeside = async (path: string): Promise<AdapterPart> =>
  openPart(path, await readJsonIfPresent(join(dirname(path), 'adapter_config.json'), 'FILE_INVALID'))
