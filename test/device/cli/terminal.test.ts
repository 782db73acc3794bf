/** The command line as a process among others: pipes, terminals, signals. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { runCli, startCli } from '../../../measures/stage/cli-process.ts'
import { writePhotos, writeTinyBase } from '../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

vi.setConfig({ testTimeout: 120_000 })

const folder = await temporaryFolder()
const base = await writeTinyBase(join(folder, 'base'))
const photos = await writePhotos(join(folder, 'photos'))
const at = (name: string) => join(folder, name)
const MAIN = join(import.meta.dirname, '../../../cli/main.ts')
const quoted = (word: string) => `'${word}'`
const command = (...args: string[]) =>
  [process.execPath, '--disable-warning=ExperimentalWarning', MAIN, ...args].map(quoted).join(' ')

const draw = (out: string, ...more: string[]) => [
  ...['generate', '--base', base, '--prompt', 'sks', '--steps', '4', '--threads', '1', '--out', at(out), ...more],
]
const ESCAPE = String.fromCharCode(27)

describe('into a pipe', () => {
  test('nothing is printed that is for terminals alone', async () => {
    const { code, stdout, stderr } = await runCli(draw('plain.png'))
    expect(code).toBe(0)
    expect(stdout).toBe(`wrote ${at('plain.png')}\n`)
    expect(stderr).toMatch(/^step 1\/4 {2}\d+ s left$/m)
    expect(stdout + stderr).not.toContain(ESCAPE)
  })

  test('a reader that leaves ends no work', () => {
    const train = [
      'train',
      '--base',
      base,
      '--images',
      photos,
      '--steps',
      '4',
      '--batch',
      '1',
      '--threads',
      '1',
      '--json',
    ]
    const line = `${command(...train, '--out', at('left.safetensors'))} | head -n 1; exit \${PIPESTATUS[0]}`
    const { status, stdout } = spawnSync('bash', ['-c', line], { encoding: 'utf8' })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ event: 'step', step: 1 })
    expect(existsSync(at('left.safetensors'))).toBe(true)
  })
})

describe('on a terminal', () => {
  /** What a terminal of 60 columns gets; `script` makes one. */
  const onTerminal = (line: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync('script', ['-qec', `stty cols 60 2>/dev/null; ${line}`, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm', ...env },
    })
  const missing = spawnSync('script', ['--version']).error !== undefined

  test('the bar stays in its line, and there are no colours', context => {
    if (missing) context.skip('script (util-linux) is not installed')
    const { status, stdout } = onTerminal(command(...draw('bar.png')))
    expect(status).toBe(0)
    expect(stdout).toContain(`\r${ESCAPE}[K█`)
    const lines = stdout.split(/\r?\n/).filter(line => line.includes('█'))
    expect(lines).toHaveLength(1)
    for (const shown of stdout.split(`\r${ESCAPE}[K`))
      expect(shown.split('\r')[0]?.length).toBeLessThan(60 + folder.length)
    expect(stdout).not.toMatch(new RegExp(`${ESCAPE}\\[[0-9;]*m`))
  })

  test('that can not move its cursor gets lines', context => {
    if (missing) context.skip('script (util-linux) is not installed')
    const { status, stdout } = onTerminal(command(...draw('dumb.png')), { TERM: 'dumb' })
    expect(status).toBe(0)
    expect(stdout).not.toContain(ESCAPE)
    expect(stdout).toContain('step 1/4')
  })
})

describe('stopped by a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a drawing with its code, and nothing is written', async (signal, exit) => {
    const out = `${signal}.png`
    const running = startCli(draw(out, '--steps', '900', '--count', '64', '--json'))
    await vi.waitFor(() => expect(running.stdout()).toContain('"step"'), 60_000)
    running.child.kill(signal)
    const { code, stdout } = await running.ended
    expect(code).toBe(exit)
    expect(stdout.trim().split('\n').at(-1)).toContain('"code":"CANCELED"')
    expect(existsSync(at(out))).toBe(false)
  })
})
