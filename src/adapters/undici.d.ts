// undici's index pulls in fetch, WebSocket, caches and mocks; its dispatchers alone start in half the time.
// This is the type of the one file that is imported by path instead.

declare module 'undici/lib/dispatcher/agent.js' {
  import type {Agent} from 'undici'
  const agent: typeof Agent
  export default agent
}
