/** A shared case: input of an outsider, and what is wrong with what we make of it. */
import { isDeepStrictEqual } from 'node:util'
import type { Device } from '../../engine/runtime/device.ts'

/** What checks work with. */
export interface CaseStage {
  /** A folder for files of one check. */
  newFolder(): Promise<string>
  readonly device: Device
}

export interface Case {
  /** Its folder in `test/fixtures/cases`, with `expect.txt` in words. */
  readonly name: string
  /** Names everything that is not the right value; empty when all is right. */
  check(stage: CaseStage): Promise<string[]>
}

/** A fault unless the value is the expected one. */
export const differs = (what: string, value: unknown, expected: unknown): string[] =>
  isDeepStrictEqual(value, expected) ? [] : [`${what} is ${JSON.stringify(value)}, not ${JSON.stringify(expected)}`]

export const isWrong = (what: string, wrong: boolean): string[] => (wrong ? [what] : [])

/** A fault unless the work is refused with a message that matches. */
export async function notRefused(what: string, work: () => Promise<unknown>, message: RegExp): Promise<string[]> {
  try {
    await work()
    return [`${what} is not refused`]
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return isWrong(`${what} is refused as "${text}"`, !message.test(text))
  }
}
