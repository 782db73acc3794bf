/** What all pages share: escaping, the frame around them, and the policy that keeps every other host out. */
import { createHash } from 'node:crypto'
import type { Response } from 'express'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it stands in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, sign => ENTITIES[sign] ?? sign)

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#7a3b69"/><circle cx="6" cy="8" r="4" fill="#fff"/><circle cx="10" cy="8" r="4" fill="none" stroke="#fff" stroke-width="1.2"/></svg>',
)}`

interface Frame {
  readonly title: string
  /** Whole elements, escaped. */
  readonly head?: string
  readonly body: string
}

export const framed = ({ title, head = '', body }: Frame): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON}">
${head}
</head>
<body>
${body}
</body>
</html>
`

/** The source expression that lets one inline style through. */
export const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Nothing comes from another host, and no other page may frame this one. */
const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self' data:"

/** Sends a page. `allowed` are further directives, as `style-src 'self'`. It may name its reader, so no cache keeps it. */
export function sendPage(response: Response, html: string, allowed: string): void {
  response
    .set({ 'content-security-policy': `${CLOSED}; ${allowed}`, 'cache-control': 'no-store' })
    .vary('accept')
    .type('html')
    .send(html)
}
