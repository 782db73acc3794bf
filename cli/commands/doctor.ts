/** `semblance doctor`: checks everything that a command needs, from this machine to the service, and says what to fix. */
import { Command } from 'commander'
import { openClient } from '../../client/client.ts'
import { AppError } from '../../errors.ts'
import { createOutput } from '../output.ts'
import { CHECKS, type CheckTarget, type Finding } from '../service/checks.ts'
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

const SIGNS = { good: 'ok', warning: 'note', bad: 'BAD' } as const

async function runDoctor(options: DoctorOptions): Promise<void> {
  const output = createOutput(options.json ?? false)
  const { address, credentials } = await chooseService(options.server)
  const target: CheckTarget = {
    address,
    credentials,
    client: openClient(address, credentials, { retry: false }),
    device: options.device,
  }
  const bad: Finding[] = []
  for (const [name, check] of Object.entries(CHECKS)) {
    const finding = await check(target)
    const { state, text, next, code } = finding
    const mend = next && state !== 'good' ? `\n${' '.repeat(6)}${next}` : ''
    output.result(`${SIGNS[state].padEnd(6)}${name}: ${text}${mend}`, {
      event: 'check',
      name,
      state,
      text,
      next,
      code,
    })
    if (state === 'bad') bad.push(finding)
  }
  const [first] = bad
  if (!first) return
  throw new AppError(
    first.code ?? 'SERVICE_UNAVAILABLE',
    `${bad.length} of ${Object.keys(CHECKS).length} checks failed`,
    first.next ?? 'See the lines above.',
  )
}
