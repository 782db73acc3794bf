/** `semblance keys`: API keys of the workspace. A key itself is printed once, when it is made. */
import { Command } from 'commander'
import { assertSuccess } from '../../client/failures.ts'
import { findKey, listKeys } from '../../client/find.ts'
import {
  type ApiKeyScope,
  CreateApiKey,
  type KeyFactsFragment,
  RevokeApiKey,
  RotateApiKey,
} from '../../client/generated/operations.ts'
import type { Output } from '../output.ts'
import { demoFileIn, replaceDemoKey } from '../service/demo-file.ts'
import { readEnvironment } from '../service/environment.ts'
import { replaceKey } from '../service/logins.ts'
import { addService, type ServiceOptions, withService } from '../service/session.ts'
import { showList } from '../table.ts'
import { integer, positive } from './options.ts'

export function keysCommand(): Command {
  const command = new Command('keys').description('list, create, rotate and revoke the API keys of a workspace')
  command.addCommand(addService(new Command('list').description('all keys, newest first')).action(runList), {
    isDefault: true,
  })
  const create = new Command('create')
    .description('create a key and print it, this once')
    .argument('<name>', 'what it is for')
    .requiredOption('--scopes <list>', 'what it may do, with commas: SUBJECTS_WRITE,TRAINING_WRITE')
    .option('--days <n>', 'days until it expires; default: never', positive)
    .option('--test', 'for trying things out')
  const rotate = new Command('rotate')
    .description('replace a key by a new one with the same rights and print it, this once')
    .argument('<key>', 'its id, name or first part')
    .option('--grace <seconds>', 'how long the old key goes on', integer, 0)
  const revoke = new Command('revoke').description('end a key').argument('<key>', 'its id, name or first part')
  return command
    .addCommand(addService(create).action(runCreate))
    .addCommand(addService(rotate).action(runRotate))
    .addCommand(addService(revoke).action(runRevoke))
}

async function runList(options: ServiceOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const keys = await listKeys(client)
    showList(output, {
      event: 'key',
      entries: keys,
      table: [
        { head: 'NAME', of: ({ name }) => name, wide: true },
        { head: 'KEY', of: ({ prefix }) => prefix },
        { head: 'STATE', of: stateOf },
        { head: 'LAST USED', of: ({ lastUsedAt }) => lastUsedAt?.slice(0, 16).replace('T', ' ') ?? 'never' },
        { head: 'SCOPES', of: ({ scopes }) => scopes.join(','), wide: true },
      ],
      none: 'no keys; semblance keys create NAME --scopes ... makes one',
    })
  })
}

function stateOf({ revokedAt, expiresAt }: KeyFactsFragment): string {
  if (revokedAt) return `revoked ${revokedAt.slice(0, 10)}`
  if (!expiresAt) return 'good'
  return Date.parse(expiresAt) < Date.now() ? `ended ${expiresAt.slice(0, 10)}` : `until ${expiresAt.slice(0, 10)}`
}

interface CreateOptions extends ServiceOptions {
  readonly scopes: string
  readonly days?: number
  readonly test?: boolean
}

async function runCreate(name: string, options: CreateOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    // The service knows which scopes there are, and names the wrong one.
    const scopes = options.scopes.split(',').map(scope => scope.trim().toUpperCase() as ApiKeyScope)
    const expiresAt = options.days === undefined ? null : new Date(Date.now() + options.days * 86_400_000).toISOString()
    const input = { name, scopes, expiresAt, environment: options.test ? ('TEST' as const) : ('LIVE' as const) }
    showNew(output, assertSuccess((await client.run(CreateApiKey, { input })).createApiKey))
  })
}

async function runRotate(reference: string, options: ServiceOptions & { grace: number }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const { id, prefix } = await findKey(client, reference)
    const input = { apiKeyId: id, graceSeconds: options.grace }
    const made = assertSuccess((await client.run(RotateApiKey, { input })).rotateApiKey)
    // Printed before anything else can fail: it is not shown again.
    showNew(output, made)
    for (const address of await replaceKey(prefix, made.secret)) output.note(`the login at ${address} uses the new key`)
    const { key, dataFolder } = readEnvironment()
    const demo = demoFileIn(dataFolder)
    if (await replaceDemoKey(prefix, made.secret, demo)) output.note(`${demo.path} holds the new key`)
    if (key?.startsWith(prefix)) output.note('SEMBLANCE_API_KEY still holds the old key: set it to the new one')
  })
}

function showNew(output: Output, { secret, apiKey }: { secret: string; apiKey: KeyFactsFragment }): void {
  output.note(`the key "${apiKey.name}"; keep it now, it is not shown again:`)
  output.result(secret, { event: 'key', ...apiKey, secret })
}

async function runRevoke(reference: string, options: ServiceOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const input = { apiKeyId: (await findKey(client, reference)).id }
    const { apiKey } = assertSuccess((await client.run(RevokeApiKey, { input })).revokeApiKey)
    output.result(`revoked ${apiKey.prefix} (${apiKey.name})`, { event: 'key', ...apiKey })
  })
}
