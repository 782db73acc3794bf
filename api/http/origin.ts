/** Which web pages may open sockets here: a browser sends its cookies along whatever page asks. */

/** Programs send no origin. `allowed` are further origins such as `https://app.example.com`. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}
