// Runs in the browser, on the page of GraphiQL: starts it, and signs in and out.
{
  const root = document.getElementById('root')
  self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_, label) => `/graphiql/${label}.js` }
  const socket = new URL('/graphql', location.href)
  socket.protocol = socket.protocol.replace('http', 'ws')
  // The editor opens an empty tab beside those that it kept, unless it is asked for the contents of one of them.
  const kept = JSON.parse(localStorage.getItem('graphiql:tabState'))
  const active = kept?.tabs?.[kept.activeTabIndex]
  self.YogaGraphiQL.renderYogaGraphiQL(root, {
    endpoint: '/graphql',
    credentials: 'same-origin',
    subscriptionsProtocol: 'WS',
    subscriptionsEndpoint: socket.href,
    title: 'Semblance',
    logo: ' ',
    initialQuery: active?.query ?? undefined,
    initialVariables: active?.variables ?? undefined,
    defaultTabs: JSON.parse(root.dataset.tabs),
    // Keys that were typed as headers are not kept.
    shouldPersistHeaders: false,
    // What is typed does not become part of the address.
    onEditQuery: () => undefined,
  })

  const ask = async (query, input) => {
    const body = JSON.stringify({ query, variables: { input } })
    const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const { data, errors } = await response.json()
    const problem = errors?.[0]?.message ?? Object.values(data)[0].message
    if (problem) throw new Error(problem)
    location.reload()
  }
  const signIn = document.getElementById('sign-in')
  signIn?.addEventListener('submit', event => {
    event.preventDefault()
    const input = Object.fromEntries(new FormData(signIn))
    const query =
      'mutation ($input: SignInInput!) { signIn(input: $input) { ... on UserError { message } } }'
    ask(query, input).catch(({ message }) => {
      signIn.querySelector('output').textContent = message
    })
  })
  document.getElementById('sign-out')?.addEventListener('click', () => {
    ask('mutation ($input: SignOutInput!) { signOut(input: $input) { ... on UserError { message } } }', {})
  })
}
