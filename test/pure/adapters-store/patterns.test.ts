/** PEFT's patterns of layers, as Python's `re.match(rf"(.*\.)?({pattern})$", name)` finds them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPattern } from '../../../adapters-store/formats/pairs/patterns.ts'

const NAME = 'down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0'

test.each([
  ['to_out.0', true],
  ['attn2.to_out.0', true],
  ['out.0', false],
  ['attn1.to_out.0', false],
  [NAME, true],
  ['^attn2.to_out.0', false],
  [`^${NAME}`, true],
  ['attn[12]\\.to_out\\.0', true],
  ['attn[^12]\\.to_out\\.0', false],
  ['.*attn2.*', true],
  ['down_blocks\\.\\d+\\..*to_out\\.0', true],
  ['down_blocks\\.[2-9]\\..*', false],
  ['.*\\.(to_q|to_out\\.0)', true],
  ['(?:to_q|to_k)', false],
  ['\\w+\\.\\d{1,2}', true],
  ['\\w+\\.\\d{2}', false],
  ['(a+)+$', false],
])('%s is found in a name: %s', (pattern, is) => {
  expect(readPattern(pattern)?.(NAME)).toBe(is)
})

test.each(['(a)\\1', '(?=a)b', '(?i)a', 'a{1000}', '((((a))))', '(a', 'a)', '[a', '*a', 'a\\b', `${'x'.repeat(501)}*`])(
  '%s has a syntax that is not read',
  pattern => {
    expect(readPattern(pattern)).toBeUndefined()
  },
)

test('every pattern of simple parts is found as the engine’s own expressions find it', () => {
  const atom = fc.constantFrom('a', 'b', '\\.', '.', '[ab]', '[^a]', '\\w', '(?:a|b)', '(a.|b)', '')
  const part = fc
    .tuple(atom, fc.constantFrom('', '*', '+', '?', '{1,2}', '{2}', '{0,}'))
    .map(([own, count]) => own && own + count)
  const pattern = fc.array(part, { maxLength: 5 }).map(parts => parts.join(''))
  const names = fc.array(fc.constantFrom('a', 'b', '.', '1'), { maxLength: 8 }).map(letters => letters.join(''))
  fc.assert(
    fc.property(pattern, names, (one, name) => {
      fc.pre(!/^\w+(\.\w+)*$/.test(one))
      expect(readPattern(one)?.(name)).toBe(new RegExp(`^(?:.*\\.)?(?:${one})$`).test(name))
    }),
    { numRuns: 2000 },
  )
})

describe('a pattern that would take an engine that tries every way for ever', () => {
  test.each(['(a+)+b', '(a|a)*b', '(.*)*b', '((a*)*)*b', '.*.*.*.*.*.*b'])('%s is answered at once', pattern => {
    const start = performance.now()
    expect(readPattern(pattern)?.('a'.repeat(200))).toBe(false)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
