import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEnvironment } from '../../../cli/service/environment.ts'
import { chooseService } from '../../../cli/service/logins.ts'

const environment = (env: NodeJS.ProcessEnv = {}) =>
  readEnvironment({ XDG_CONFIG_HOME: join(import.meta.dirname, 'no such folder'), ...env })

test.each(['127.0.0.1:4000', 'localhost:4000', 'semblance.example.com', 'ftp://semblance.example.com', 'https://'])(
  '%s is told to be no address, before any login is looked for',
  async address => {
    const wrong = { code: 'INPUT_INVALID', message: `"${address}" is not the address of a service` }
    await expect(chooseService(address, environment())).rejects.toMatchObject(wrong)
    await expect(chooseService(undefined, environment({ SEMBLANCE_SERVER: address }))).rejects.toMatchObject(wrong)
  },
)

test('an address is the same with and without a slash at its end', async () => {
  expect((await chooseService('http://127.0.0.1:4000/', environment())).address).toBe('http://127.0.0.1:4000')
})
