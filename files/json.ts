/** Reads the small JSON files of a model folder, with errors that name the file. */

import { readFile } from 'node:fs/promises'
import { AppError, type ErrorCode } from '../errors.ts'
import { decodeText } from './text.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** True for a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The file system's error code (`ENOENT`, `ENOSPC`, ...), or '' when `error` is not one of its errors. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The text of a file, or undefined when there is none. Throws `code` when it cannot be read or is not text. */
export async function readTextIfPresent(path: string, code: ErrorCode = 'FILE_INVALID'): Promise<string | undefined> {
  try {
    return decodeText(await readFile(path), path, code)
  } catch (error) {
    if (error instanceof AppError) throw error
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined
    throw new AppError(
      code,
      `${path} cannot be read (${systemCode(error)})`,
      'Check the path and its permissions.',
      error,
    )
  }
}

/** The JSON object in a file, or undefined when there is no such file. Throws `code` when it is anything else. */
export async function readJsonIfPresent(
  path: string,
  code: ErrorCode = 'FILE_INVALID',
): Promise<JsonObject | undefined> {
  const text = await readTextIfPresent(path, code)
  return text === undefined ? undefined : parseJsonObject(text, path, code)
}

/** Python writes infinities and NaN as bare words, which is no JSON: they become strings. */
const PYTHON_NUMBERS = /(:\s*)(-?Infinity|NaN)(?=\s*[,}])/g

function parse(text: string, fail: (error: unknown) => never): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const readable = text.replace(PYTHON_NUMBERS, '$1"$2"')
    return readable === text ? fail(error) : parse(readable, fail)
  }
}

/** Parses `text` as a JSON object; `path` names it in the error. */
export function parseJsonObject(text: string, path: string, code: ErrorCode = 'FILE_INVALID'): JsonObject {
  const next = 'Download the file again: it is damaged or not what its name says.'
  const value = parse(text, error => {
    throw new AppError(code, `${path} is not valid JSON`, next, error)
  })
  if (!isObject(value)) throw new AppError(code, `${path} does not hold a JSON object`, next)
  return value
}
