/** `semblance doctor`: checks everything that a command needs, from this machine to the service, and says what to fix. */
import { Command } from 'commander'
import { openClient } from '../../client/client.ts'
import { AppError } from '../../errors.ts'
import { createOutput } from '../output.ts'
import { type CheckTarget, examine, type Finding } from '../service/checks.ts'
import { chooseService } from '../service/logins.ts'
import type { ServiceOptions } from '../service/session.ts'
import { addService } from '../service/session.ts'
import { DEVICES, oneOf } from './options.ts'

interface DoctorOptions extends ServiceOptions {
  readonly device: 'cpu' | 'cuda' | 'webgpu'
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check this machine, the service and the login; the exit code is that of the first failed check')
    .addOption(oneOf('--device <name>', 'device to check', DEVICES).default('cpu'))
  return addService(command).action(runDoctor)
}

const SIGNS = { good: 'ok', warning: 'note', bad: 'BAD', skipped: '-' } as const

async function runDoctor(options: DoctorOptions): Promise<void> {
  const output = createOutput(options.json ?? false)
  const { address, credentials } = await chooseService(options.server)
  const target: CheckTarget = {
    address,
    credentials,
    client: openClient(address, credentials, { retry: false }),
    device: options.device,
  }
  const findings: Finding[] = []
  for await (const { name, ...finding } of examine(target)) {
    const { state, text, next, code } = finding
    const mend = next && state !== 'good' ? `\n${' '.repeat(6)}${next}` : ''
    output.result(`${SIGNS[state].padEnd(6)}${name}: ${text}${mend}`, { event: 'check', name, state, text, next, code })
    findings.push(finding)
  }
  const bad = findings.filter(({ state }) => state === 'bad')
  const [first] = bad
  if (!first) return
  // The lines above say what is wrong and what to do, each once.
  throw new AppError(
    first.code ?? 'SERVICE_UNAVAILABLE',
    `${bad.length} of ${findings.length} checks failed`,
    'Mend what is marked BAD, then run semblance doctor again.',
  )
}
