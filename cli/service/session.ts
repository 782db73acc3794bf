/** Session of a command on a service: a client of the chosen service, the output, and Ctrl-C. */
import type { Command } from 'commander'
import { openClient, type ServiceClient } from '../../client/client.ts'
import { AppError } from '../../errors.ts'
import { createOutput, type Output, readerLeft } from '../output.ts'
import { onStop } from '../stop.ts'
import { chooseService } from './logins.ts'

export interface ServiceOptions {
  readonly server?: string
  readonly json?: boolean
}

interface ServiceSession {
  readonly client: ServiceClient
  readonly output: Output
  /** Aborted at Ctrl-C. */
  readonly signal: AbortSignal
}

export const addService = (command: Command): Command =>
  command
    .option('--server <address>', 'the service; default: $SEMBLANCE_SERVER, or that of the last login')
    .option('--json', 'one JSON object a line on standard output')

/** @throws AppError UNAUTHENTICATED at once where there is neither a login nor a key */
export async function withService<T>(
  options: ServiceOptions,
  body: (session: ServiceSession) => Promise<T>,
): Promise<T> {
  const { address, credentials } = await chooseService(options.server)
  if (credentials.key === undefined && credentials.cookie === undefined)
    throw new AppError(
      'UNAUTHENTICATED',
      `there is no login for ${address}`,
      `Run semblance login ${address}, semblance demo --login for the npm start of this machine, or set SEMBLANCE_API_KEY.`,
    )
  const controller = new AbortController()
  const release = onStop(() => controller.abort())
  try {
    const { signal } = controller
    const client = openClient(address, credentials, { signal })
    return await body({ client, output: createOutput(options.json ?? false), signal })
  } finally {
    release()
  }
}

/** What is only shown ends, and ends well, when nobody reads it any more. */
export async function untilReaderLeaves(
  signal: AbortSignal,
  show: (both: AbortSignal) => Promise<void>,
): Promise<void> {
  try {
    await show(AbortSignal.any([signal, readerLeft]))
  } catch (error) {
    if (signal.aborted || !readerLeft.aborted) throw error
  }
}
