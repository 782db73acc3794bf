/** Where `train` and `generate` work: on this machine, or on a service as soon as an option names one. */
import type { Command } from 'commander'
import { AppError } from '../../errors.ts'

/** Headings of the help, and by them what belongs where; other options serve both. */
export const HERE = 'On this machine:'
export const SERVICE = 'On a service (one of these chooses it):'

type RunTarget = 'here' | 'service'

/** @throws AppError INPUT_INVALID when options of both places are given */
export function chooseTarget(command: Command): RunTarget {
  const given = (heading: string) =>
    command.options
      .filter(option => option.helpGroupHeading === heading)
      .filter(option => command.getOptionValueSource(option.attributeName()) === 'cli')
      .map(option => option.long ?? '')
  const [here, service] = [given(HERE), given(SERVICE)]
  if (here.length > 0 && service.length > 0) {
    const next = `Leave out ${here.join(', ')} to use the service, or ${service.join(', ')} to work on this machine.`
    throw new AppError('INPUT_INVALID', `${here[0]} is for work on this machine and ${service[0]} for a service`, next)
  }
  return service.length > 0 ? 'service' : 'here'
}

/** @throws AppError INPUT_INVALID: an option that only one of the two places needs is missing */
export function assertGiven(value: string | undefined, option: string, next: string): string {
  if (value !== undefined) return value
  throw new AppError('INPUT_INVALID', `the option ${option} is missing`, next)
}
