// What workflows name, on loopback, for act: Docker Hub, ghcr.io, a proxy, a registry of one's own, and GitHub's API.

import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {type ActOptions, type ActRun, runAct} from './act.ts'
import {type FaultRegistry, startFaultRegistry} from './fault-registry.ts'
import {GITHUB_TOKEN, type GitHubServer, startGitHubServer} from './github-server.ts'
import {makePublished, type PublishedSpec} from './images.ts'
import {startInternet} from './internet.ts'
import {publish} from './registry-content.ts'

/** `php:8.3.8-cli`. A container of it can run if busybox is installed. */
export const PHP = makePublished({seed: 51, ...runnable()})
export const OTHER = makePublished({seed: 52})

export type ActWorld = {
  readonly registries: Readonly<Record<'hub' | 'ghcr' | 'proxy' | 'own' | 'empty', FaultRegistry>>
  readonly github: GitHubServer
  readonly act: (options: WorkflowRun) => Promise<ActRun>
  readonly close: () => Promise<unknown>
}

export type WorkflowRun = Omit<ActOptions, 'event'> & {readonly event?: string}

function runnable(): Pick<PublishedSpec, 'layers'> {
  const path = execFileSync('sh', ['-c', 'command -v busybox || true'], {encoding: 'utf8'}).trim()
  if (path === '') return {}
  const busybox = readFileSync(path)
  const applets = ['cat', 'chmod', 'cp', 'env', 'id', 'ls', 'mkdir', 'tail', 'test', 'true']
  const files = {
    'bin/busybox': busybox,
    'bin/sh': busybox,
    'bin/php': '#!/bin/sh\necho "PHP 8.3.8 (cli)"\n',
    ...Object.fromEntries(applets.map(name => [`bin/${name}`, `#!/bin/sh\nexec /bin/busybox ${name} "$@"\n`]))
  }
  return {layers: [{content: {files}}]}
}

export async function startActWorld(): Promise<ActWorld> {
  const [hub, ghcr, proxy, own, empty] = await Promise.all([
    startFaultRegistry({
      content: [
        publish('library/php', '8.3.8-cli', PHP),
        publish('library/node', '22.11.0', OTHER),
        publish('mlocati/php-extension-installer', '2.7.35', OTHER),
        publish('acme/app', '1.2.2', OTHER)
      ]
    }),
    startFaultRegistry({
      content: [publish('acme/base', '4.2.0', OTHER), publish('acme/app', ['1.2.3', '1.4.2'], OTHER)],
      push: {}
    }),
    startFaultRegistry({
      content: [publish('hub/library/php', '8.3.8-cli', PHP), publish('hub/acme/app', '1.2.2', OTHER)]
    }),
    startFaultRegistry({content: [publish('acme/tool', '1.9.3', OTHER), publish('hub/library/php', '8.3.8-cli', PHP)]}),
    startFaultRegistry()
  ])
  const registries = {hub, ghcr, proxy, own, empty}
  const github = await startGitHubServer()
  const internet = await startInternet({
    'registry-1.docker.io': hub.ports.registry,
    'ghcr.io': ghcr.ports.registry,
    'proxy.example.com': proxy.ports.registry,
    'registry.example.com': own.ports.registry,
    'mirror.gcr.io': empty.ports.registry,
    'public.ecr.aws': empty.ports.registry
  })
  return {
    ...{registries, github},
    act: options =>
      runAct({
        event: 'push',
        secrets: {GITHUB_TOKEN},
        ...options,
        files: {Dockerfile: 'FROM php:8.3.8-cli\n', ...options.files},
        environment: {
          ...internet.environment,
          GITHUB_API_URL: github.url,
          no_proxy: '127.0.0.1',
          ...options.environment
        }
      }),
    close: () => Promise.all([...Object.values(registries), github, internet].map(server => server.close()))
  }
}
