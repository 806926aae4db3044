// The progress of a run's layer downloads, which the log prints.
// A layer that fails leaves the totals: the next registry starts it again.

/** Layers and bytes of the run: how many there are, and how many are done. */
export type Progress = {
  readonly layers: number
  readonly layersDone: number
  readonly bytes: number
  readonly bytesDone: number
}

/** The part of one layer. */
export type LayerProgress = {
  readonly addBytes: (bytes: number) => void
  /** Takes back the bytes of a download that starts again. */
  readonly reset: () => void
  readonly finish: () => void
  /** Takes the layer out of the totals. */
  readonly cancel: () => void
}

export type ProgressCounter = {
  readonly startLayer: (size: number) => LayerProgress
  readonly read: () => Progress
}

export function createProgressCounter(): ProgressCounter {
  const totals = {layers: 0, layersDone: 0, bytes: 0, bytesDone: 0}

  function startLayer(size: number): LayerProgress {
    let received = 0
    function addBytes(bytes: number): void {
      received += bytes
      totals.bytesDone += bytes
    }
    function reset(): void {
      addBytes(-received)
    }
    totals.layers++
    totals.bytes += size
    return {
      addBytes,
      reset,
      finish: () => {
        addBytes(size - received)
        totals.layersDone++
      },
      cancel: () => {
        reset()
        totals.layers--
        totals.bytes -= size
      }
    }
  }

  return {startLayer, read: () => ({...totals})}
}
