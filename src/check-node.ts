// Ends the process with one sentence on a Node that is too old, before a module loads that such a Node cannot run.
// It imports nothing, and every entry imports it first: modules run in the order of their imports.

// What `using: node24` in action.yml promises. undici needs 22.19, and zstd needs 22.15 or 23.8; tests run on 24 only.
const MIN_MAJOR = 24

/** GitHub's runner starts the right Node. act and some other runners start the first one on the PATH. */
function exitOnOldNode(): void {
  const {node} = process.versions
  if (Number.parseInt(node, 10) >= MIN_MAJOR) return
  process.stdout.write(
    `::error title=Node is too old::verified-image needs Node ${String(MIN_MAJOR)}, and this runner started Node ${node}. Update the runner, or put Node ${String(MIN_MAJOR)} first on its PATH.\n`
  )
  process.exit(1)
}

exitOnOldNode()
