// undici's index pulls in fetch, WebSocket, caches and mocks; its dispatchers alone start in half the time.
// These are the types of the two files that are imported by path instead.

declare module 'undici/lib/dispatcher/agent.js' {
  import type {Agent} from 'undici'
  const agent: typeof Agent
  export default agent
}

declare module 'undici/lib/dispatcher/env-http-proxy-agent.js' {
  import type {EnvHttpProxyAgent} from 'undici'
  const agent: typeof EnvHttpProxyAgent
  export default agent
}
