// Builds of Windows as both Docker's store on Windows and containerd take them: never a newer one than the host's; the host's own
// first; then one that both run, which containerd takes from the long-term release before the host's on.

import {describe, expect, it} from '@jest/globals'
import {chooseRunnable, type Platform} from '../../src/oci/platform.ts'

function windows(osVersion: string): Platform {
  return {os: 'windows', architecture: 'amd64', osVersion}
}
function choose(host: string, offered: readonly string[]): string | undefined {
  return chooseRunnable(
    windows(host),
    offered.map(version => ({platform: windows(version)}))
  )?.platform.osVersion
}

describe('a build of Windows', () => {
  it.each([
    {host: '10.0.20348', offered: ['10.0.26100.1'], taken: undefined},
    {host: '10.0.20348', offered: ['10.0.26100.1', '10.0.17763.1'], taken: '10.0.17763.1'},
    {host: '10.0.17763', offered: ['10.0.20348.1'], taken: undefined},
    {host: '10.0.26100', offered: ['10.0.17763.1', '10.0.20348.1'], taken: '10.0.20348.1'},
    {host: '10.0.26100', offered: ['10.0.20348.1', '10.0.17763.1'], taken: '10.0.20348.1'},
    {host: '10.0.26100', offered: ['10.0.20348.1', '10.0.26100.1'], taken: '10.0.26100.1'},
    {host: '10.0.20348', offered: ['10.0.17763.1'], taken: '10.0.17763.1'},
    {host: '10.0.20348', offered: ['10.0.14393.1', '10.0.17763.1'], taken: '10.0.14393.1'},
    {host: '10.0.22631', offered: ['10.0.17763.1', '10.0.20348.9'], taken: '10.0.20348.9'}
  ])('of $offered on a host of $host: $taken', ({host, offered, taken}) => {
    expect(choose(host, offered)).toBe(taken)
  })
})
