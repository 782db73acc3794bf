/**
 * `npm start`: the one-machine default. Starts everything, does the main job on the first run as a partner's program would (learns the
 * sample person from four photos and has new scenes drawn, over the public API), and goes on serving.
 */
import { join, resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { count } from './cli/commands/options.ts'
import { createOutput, duration, type Output, reportError } from './cli/output.ts'
import { openClient } from './client/client.ts'
import { type Config, readConfig } from './config.ts'
import { AppError, ERROR_CODES } from './errors.ts'
import { createLog } from './log.ts'
import { demoFileIn } from './start/demo-file.ts'
import { ensureDemoAccount } from './start/demo-workspace.ts'
import { runMainJob } from './start/main-job.ts'
import { openPlatform, type Platform } from './start/platform.ts'
import { listenForStop, type StopSignals } from './start/stop-signals.ts'

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
    return command.parse(args, { from: 'user' }).opts<StartOptions>()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) process.exit(0)
    throw new AppError('INPUT_INVALID', error.message.replace(/^error: /, ''), 'See npm start -- --help.')
  }
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
  platform = await openPlatform(config, environment, createLog('semblance', config.logLevel))
  try {
    const failed = options.demo ? await runDemo(platform.address, config, options, output, stop) : undefined
    if (failed !== undefined && options.once) return failed
    if (!options.once) await serve(platform.address, config, output, stop)
    return stop.signal.aborted && options.once ? stop.exitCode() : 0
  } finally {
    output.note('stopping: the API, the workers, the database ...')
    await platform.close()
  }
}

/** A failure of the demo is printed and the service keeps running; returns its exit code. */
async function runDemo(
  address: string,
  { dataDir }: Config,
  { steps, photos, out }: StartOptions,
  output: Output,
  { signal }: StopSignals,
): Promise<number | undefined> {
  const file = demoFileIn(dataDir)
  const start = performance.now()
  try {
    const { apiKey } = await ensureDemoAccount(address, file)
    const client = openClient(address, { key: apiKey }, { signal })
    const job = { client, file, output, signal, photos: resolve(photos), out: resolve(out) }
    const { images, known } = await runMainJob({ ...job, steps })
    const when = known ? 'was done by an earlier start' : `is done in ${duration((performance.now() - start) / 1000)}`
    output.note(`the demo ${when}; its pictures:`)
    for (const image of images) output.result(image)
    return undefined
  } catch (error) {
    return signal.aborted ? ERROR_CODES.CANCELED : reportError(error, false)
  }
}

/** Until Ctrl-C. */
async function serve(address: string, { dataDir }: Config, output: Output, { signal }: StopSignals): Promise<void> {
  if (signal.aborted) return
  const demo = await demoFileIn(dataDir).read()
  const lines = [
    `Semblance serves at ${address} (GraphQL: ${address}/graphql)`,
    ...(demo ? [`  demo login  ${demo.email}  ${demo.password}`] : []),
    ...(demo?.apiKey ? [`  API key     ${demo.apiKey}`] : []),
    `  data        ${dataDir}`,
    'Ctrl-C stops it. docs/api.md has a session to paste; node bin/semblance.mjs --help lists the commands.',
  ]
  output.result(lines.join('\n'))
  await new Promise(done => signal.addEventListener('abort', done, { once: true }))
}

process.exitCode = await main().catch(error => reportError(error, false))
