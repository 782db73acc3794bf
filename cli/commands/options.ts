/** Options that several commands share, and the parsers of their values. */
import { join } from 'node:path'
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { didYouMean } from '../../similar.ts'
import { reads } from '../paths.ts'

export function integer(text: string): number {
  const value = Number(text || Number.NaN)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('give a whole number, 0 or more')
  return value
}

export function count(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('give a whole number, 1 or more')
  return value
}

/** `96x128`, width first; `128` is a square. */
export function pictureSize(text: string): { readonly width: number; readonly height: number } {
  const [, width, height = width] = /^([1-9]\d{0,5})(?:[x\u00d7]([1-9]\d{0,5}))?$/i.exec(text) ?? []
  if (width === undefined) throw new InvalidArgumentError('give width x height in pixels, e.g. 96x128')
  return { width: Number(width), height: Number(height) }
}

export function positive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('give a number above 0')
  return value
}

export function real(text: string): number {
  const value = Number(text || Number.NaN)
  if (!Number.isFinite(value)) throw new InvalidArgumentError('give a number')
  return value
}

/** `--set rank=4`: numbers and words, gathered into one object for the method's own schema. */
function setting(text: string, known: Record<string, unknown>): Record<string, unknown> {
  const [key, ...rest] = text.split('=')
  const value = rest.join('=')
  if (!key || value === '') throw new InvalidArgumentError('write it as name=value')
  return { ...known, [key]: value !== '' && Number.isFinite(Number(value)) ? Number(value) : value }
}

/** A repeatable option. */
export const gather = (text: string, known: readonly string[]): string[] => [...known, text]

/** One of `names`; another word is told with the closest of them. */
export function oneOf(flags: string, description: string, names: readonly string[]): Option {
  const option = new Option(flags, description).choices(names)
  return option.argParser(word => known(word, names))
}

function known(word: string, names: readonly string[]): string {
  if (names.includes(word)) return word
  throw new InvalidArgumentError(`${didYouMean(word, names)}Choose one of ${names.join(', ')}.`)
}

/** The same of an argument. */
export function oneOfArgument(name: string, description: string, names: readonly string[]): Argument {
  const argument = new Argument(name, description).choices(names)
  return argument.argParser(word => known(word, names))
}

/** Of this installation, wherever the command is called from. */
const DEMO_BASE = join(import.meta.dirname, '../../models/portraits')

const baseOption = (): Option =>
  reads(new Option('--base <folder>', 'base model in diffusers layout').default(DEMO_BASE, 'the demo base'))

export const DEVICES = ['cpu', 'cuda', 'webgpu']

/** For every command that computes on this machine. */
export const addHere = (command: Command): Command =>
  command
    .addOption(baseOption())
    .addOption(oneOf('--device <name>', 'where to compute', DEVICES).default('cpu'))
    .option('--threads <n>', 'threads of the device', count)

export const addShared = (command: Command): Command =>
  command.option('--json', 'one JSON object a line on standard output')

export const addCommon = (command: Command): Command => addShared(addHere(command))

export const addSettings = (command: Command): Command =>
  command.option('--set <name=value>', 'an option of the method, e.g. rank=8 (repeatable)', setting, {})
