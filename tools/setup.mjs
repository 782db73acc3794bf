// Makes a fresh checkout runnable: installs what package-lock.json pins when it is not there yet, then runs the target
// with the Node that the package brings. Needs nothing but the Node (>= 20) and npm that start it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.semblance-lock')
const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The optional CUDA libraries are a download of their own; a GPU node installs them on purpose. */
const installEnv = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' }

function fail(message, next) {
  console.error(`${message}\n${next}`)
  process.exit(1)
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('Installing pinned packages (once, about a minute) ...')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: installEnv,
    stdio: ['ignore', 2, 2],
  })
  if (done.error) fail(`npm did not start: ${done.error.message}`, 'Install Node.js 20 or newer with npm.')
  if (done.status !== 0)
    fail(
      `npm ci ended with code ${done.status}.`,
      'Check the connection to the npm registry and the free disk space, then try again.',
    )
  writeFileSync(stamp, lock)
}

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`This is Node ${process.versions.node}.`, 'Semblance needs Node.js 20 or newer.')
install()
const [target, ...rest] = process.argv.slice(2)
const script =
  target === '--test'
    ? ['node_modules/vitest/vitest.mjs', 'run', ...rest]
    : ['--disable-warning=ExperimentalWarning', target, ...rest]
const env = { ...process.env, PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}` }
const run = spawnSync(node, script, { cwd: root, env, stdio: 'inherit' })
process.exit(run.status ?? 1)
