/** Holds our safetensors reader against the reference library on mutated files: crashes, wrongly accepted, stricter by rule. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openSafetensors } from '../../engine/io/safetensors/file.ts'
import { HeaderFault } from '../../engine/io/safetensors/json.ts'
import { AppError } from '../../errors.ts'
import { encodeCorpus, type FuzzCase, mutatedHeaders } from './safetensors-fuzz.ts'

export type FuzzReport = {
  readonly count: number
  /** Labels of cases where our reader threw anything but an AppError. Must be empty. */
  readonly crashes: readonly string[]
  /** Labels of cases that we accept and the reference refuses. Must be empty. */
  readonly looser: readonly string[]
  /** Labels of cases that the reference accepts and we refuse without a listed rule. Must be empty. */
  readonly unlisted: readonly string[]
  /** Cases that the reference accepts and we refuse, by rule of STRICTER_THAN_REFERENCE. */
  readonly stricter: Readonly<Record<string, number>>
  readonly bothAccept: number
  readonly bothRefuse: number
  readonly referenceVersion: string
}

type Verdict = { readonly outcome: 'accept' | 'refuse' | 'crash'; readonly rule?: string; readonly message?: string }

/** Our reader on one file at `path`. */
export async function judge(path: string, bytes: Uint8Array): Promise<Verdict> {
  await writeFile(path, bytes)
  try {
    const file = await openSafetensors(path)
    for (const name of file.tensors.keys()) await file.read(name)
    return { outcome: 'accept' }
  } catch (error) {
    if (!(error instanceof AppError)) return { outcome: 'crash', message: String(error) }
    const rule = error.cause instanceof HeaderFault ? error.cause.stricter : undefined
    return { outcome: 'refuse', message: error.message, ...(rule && { rule }) }
  }
}

/** Runs `count` cases through both. `python` has safetensors and torch (bench/peers). */
export async function compareReaders(python: string, seed: number, count: number): Promise<FuzzReport> {
  const folder = await mkdtemp(join(tmpdir(), 'safetensors-'))
  try {
    const cases = [...mutatedHeaders(seed, count)]
    const corpus = join(folder, 'corpus.bin')
    await writeFile(corpus, encodeCorpus(cases))
    const script = join(import.meta.dirname, '../../bench/peers/safetensors_verdicts.py')
    const run = await promisify(execFile)(python, [script, corpus], { maxBuffer: 2 ** 28 })
    const reference: { version: string; deserialize: string; open: string; load: string } = JSON.parse(run.stdout)
    const ours: Verdict[] = []
    for (const { bytes } of cases) ours.push(await judge(join(folder, 'case.safetensors'), bytes))
    const refused = cases.map((_, i) => [reference.deserialize, reference.open, reference.load].some(v => v[i] === '0'))
    return report(cases, ours, refused, reference.version)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function report(cases: readonly FuzzCase[], ours: readonly Verdict[], refused: readonly boolean[], version: string) {
  const where = (test: (verdict: Verdict, refused: boolean) => boolean) =>
    cases.flatMap(({ label }, i) =>
      test(ours[i]!, refused[i]!) ? [`${i} ${label}: ${ours[i]!.message ?? 'accepted'}`] : [],
    )
  const stricter = new Map<string, number>()
  for (const [i, { outcome, rule }] of ours.entries()) {
    if (outcome === 'refuse' && !refused[i] && rule) stricter.set(rule, (stricter.get(rule) ?? 0) + 1)
  }
  return {
    count: cases.length,
    crashes: where(({ outcome }) => outcome === 'crash'),
    looser: where(({ outcome }, no) => outcome === 'accept' && no),
    unlisted: where(({ outcome, rule }, no) => outcome === 'refuse' && !no && !rule),
    stricter: Object.fromEntries(stricter),
    bothAccept: where(({ outcome }, no) => outcome === 'accept' && !no).length,
    bothRefuse: where(({ outcome }, no) => outcome === 'refuse' && no).length,
    referenceVersion: version,
  }
}
