/** `semblance demo`: what `npm start` of this machine serves, for scripts and for people: address, login, key, workspace. */
import { Command, Option } from 'commander'
import { openClient } from '../../client/client.ts'
import { Workspace } from '../../client/generated/operations.ts'
import { AppError } from '../../errors.ts'
import { createOutput } from '../output.ts'
import { reads } from '../paths.ts'
import { currentDemoKey } from '../service/demo-account.ts'
import { type DemoFile, type DemoState, demoFileIn } from '../service/demo-file.ts'
import { readEnvironment } from '../service/environment.ts'
import { saveLogin } from '../service/logins.ts'
import { addShared } from './options.ts'

interface DemoOptions {
  readonly data?: string
  readonly login?: boolean
  readonly json?: boolean
}

export const demoCommand = (): Command =>
  addShared(
    new Command('demo')
      .description(
        'tell where npm start serves on this machine, and the key of its demo; a key that has ended is replaced',
      )
      .addOption(
        reads(
          new Option('--data <folder>', 'data folder of that start; default: $DATA_DIR, or data in the repository'),
        ),
      )
      .option('--login', 'log in there, so that all other commands use it'),
  ).action(runDemo)

async function runDemo({ data, login, json }: DemoOptions): Promise<void> {
  const output = createOutput(json ?? false)
  const file = demoFileIn(data ?? readEnvironment().dataFolder)
  const state = await file.read()
  if (!state?.address)
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `no demo was started with ${file.path}`,
      'Run npm start, or name the data folder of a start with DATA_DIR or --data.',
    )
  const { address, email, password, signInLink } = state
  const apiKey = await keyOf(address, state, file)
  const { tenant } = await openClient(address, { key: apiKey }).run(Workspace, {})
  if (login) await saveLogin(address, { key: apiKey })
  const facts = { address, graphql: `${address}/graphql`, apiKey, tenant, email, password, signInLink, file: file.path }
  const lines = [
    ['address', address],
    ['browser', signInLink ?? address],
    ['demo login', `${email}  ${password}`],
    ['API key', apiKey],
    ['workspace', tenant?.name ?? ''],
    ['from', file.path],
  ]
  output.result(lines.map(([name = '', value = '']) => `${name.padEnd(12)}${value}`).join('\n'), {
    event: 'demo',
    ...facts,
  })
  if (login) output.note(`logged in at ${address} with the demo's key`)
}

/** @throws AppError SERVICE_UNAVAILABLE when nothing, or another service, is at the address */
async function keyOf(address: string, state: DemoState, file: DemoFile): Promise<string> {
  try {
    return await currentDemoKey(address, state, file)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'STORAGE_FAILED') throw error
    const next = 'Run npm start, or name the data folder of the start that runs with DATA_DIR or --data.'
    throw new AppError('SERVICE_UNAVAILABLE', `the demo of ${file.path} is not served: ${error.message}`, next, error)
  }
}
