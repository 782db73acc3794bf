/**
 * `npm start`: the one-machine default. Starts everything, does the main job on the first run as a partner's program would (learns the
 * sample person from four photos and has new scenes drawn, over the public API), and goes on serving.
 */
import { join, resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { count } from './cli/commands/options.ts'
import { createOutput, duration, type Output, reportError } from './cli/output.ts'
import { ensureDemoAccount } from './cli/service/demo-account.ts'
import { type DemoFile, demoFileIn } from './cli/service/demo-file.ts'
import { openClient } from './client/client.ts'
import { type Config, readConfig } from './config.ts'
import { AppError, ERROR_CODES } from './errors.ts'
import { createLog } from './log.ts'
import { runMainJob } from './start/main-job.ts'
import { openPlatform, type Platform } from './start/platform.ts'
import { servingText } from './start/serving-text.ts'
import { createSignInLink } from './start/sign-in-link.ts'
import { listenForStop } from './start/stop-signals.ts'

interface StartOptions {
  readonly once?: boolean
  readonly demo: boolean
  readonly steps?: number
  readonly photos: string
  readonly out: string
}

const ROOT = import.meta.dirname

function parseOptions(args: readonly string[]): StartOptions {
  const command = new Command('npm start --')
    .description(
      'Semblance on one machine: database, API, a trainer and an inference worker, and a demo on the first run',
    )
    .option('--once', 'stop after the images are written')
    .option('--no-demo', 'serve without the demo')
    .option('--steps <n>', "training steps of the demo; default: the method's own", count)
    .option('--photos <folder>', 'photos of the demo person', join(ROOT, 'models/portraits/samples/ada'))
    .option('--out <folder>', 'folder for the images', join(ROOT, 'out'))
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
  try {
    assertNotTaken(command)
    return command.parse(args, { from: 'user' }).opts<StartOptions>()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) process.exit(0)
    throw new AppError('INPUT_INVALID', error.message.replace(/^error: /, ''), 'See npm start -- --help.')
  }
}

/** Without the two dashes npm keeps options for itself, and the whole demo would run instead. @throws AppError INPUT_INVALID */
function assertNotTaken(command: Command): void {
  if (process.env.npm_lifecycle_event !== 'start') return
  const nameOf = (long = '') => long.replace(/^--(no-)?/, '')
  const taken = command.options.find(({ long }) => `npm_config_${nameOf(long)}` in process.env)
  if (!taken) return
  const problem = `npm took ${taken.long} for an option of its own`
  throw new AppError('INPUT_INVALID', problem, `Write two dashes before it: npm start -- ${taken.flags}`)
}

/** Exit code of the process. */
async function main(): Promise<number> {
  const output = createOutput(false)
  const options = parseOptions(process.argv.slice(2))
  // The terminal shows the notes below; by default the log adds only warnings and errors.
  const environment = { LOG_LEVEL: 'warn', ...process.env }
  const config = readConfig(environment)
  let platform: Platform | undefined
  const stop = listenForStop(code => {
    platform?.kill()
    process.exit(code)
  })
  output.note('starting the database, the API and the workers ...')
  const file = demoFileIn(config.dataDir)
  const link = config.production ? undefined : createSignInLink(file, () => platform?.address)
  platform = await openPlatform(config, environment, createLog('semblance', config.logLevel), link?.routes)
  const { address } = platform
  try {
    const demo: Demo = {
      setupToken: platform.setupToken,
      address,
      file,
      signInLink: link && `${address}${link.path}`,
      output,
      signal: stop.signal,
    }
    const failed = await runDemo(demo, options)
    if (failed !== undefined && options.once) return failed
    if (!options.once && !stop.signal.aborted) await serve(demo, config)
    return stop.signal.aborted && options.once ? stop.exitCode() : 0
  } finally {
    output.note('stopping: the API, the workers, the database ...')
    await platform.close()
  }
}

interface Demo {
  readonly address: string
  readonly file: DemoFile
  readonly signInLink: string | undefined
  /** Makes the first account where sign-up is closed. */
  readonly setupToken: string | undefined
  readonly output: Output
  readonly signal: AbortSignal
}

/**
 * The account, whose key is seen to, and then the main job; without the demo only an account that an earlier start has made.
 * A failure is printed and the service keeps running; returns its exit code.
 */
async function runDemo(demo: Demo, options: StartOptions): Promise<number | undefined> {
  const { address, file, signInLink, output, signal } = demo
  const start = performance.now()
  try {
    if (!options.demo && !(await file.read())) return undefined
    const { apiKey } = await ensureDemoAccount(address, file, demo.setupToken)
    await file.save({ address, signInLink })
    if (!options.demo) return undefined
    const client = openClient(address, { key: apiKey }, { signal })
    const folders = { photos: resolve(options.photos), out: resolve(options.out) }
    const { images, known } = await runMainJob({ client, file, output, signal, ...folders, steps: options.steps })
    const when = known ? 'was done by an earlier start' : `is done in ${duration((performance.now() - start) / 1000)}`
    output.note(`the demo ${when}; its pictures:`)
    for (const image of images) output.result(image)
    return undefined
  } catch (error) {
    return signal.aborted ? ERROR_CODES.CANCELED : reportError(error, false)
  }
}

/** Until Ctrl-C. */
async function serve({ address, file, output, signal }: Demo, { dataDir }: Config): Promise<void> {
  const state = await file.read()
  const isOurs = state?.address === address
  output.result(servingText(address, dataDir, isOurs ? state : undefined))
  await new Promise(done => signal.addEventListener('abort', done, { once: true }))
}

process.exitCode = await main().catch(error => reportError(error, false))
