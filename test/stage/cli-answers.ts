/** What a command with `--json` answers, and a command line that sees nothing of the machine's own logins. */
import { expect, vi } from 'vitest'
import { type CliResult, callCli, jsonLines } from '../../measures/stage/cli-process.ts'

/** Logins and settings of whoever runs the tests must not decide which service a command finds. */
export function isolateCli(configFolder: string): void {
  vi.stubEnv('XDG_CONFIG_HOME', configFolder)
  vi.stubEnv('SEMBLANCE_API_KEY', undefined)
  vi.stubEnv('SEMBLANCE_SERVER', undefined)
}

/** The objects that a command printed; it must have gone well. */
export async function run(...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await callCli([...args, '--json'])
  expect({ code, stderr, error: jsonLines(stdout).find(line => line.error) }).toEqual({ code: 0, stderr: '' })
  return jsonLines(stdout)
}

export const last = async (...args: string[]) => (await run(...args)).at(-1) ?? {}

export const errorOf = ({ code, stdout }: CliResult) => ({
  exit: code,
  ...(jsonLines(stdout).at(-1)?.error as object),
})

export const fail = async (...args: string[]) => errorOf(await callCli([...args, '--json']))
