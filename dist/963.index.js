export const id = 963;
export const ids = [963];
export const modules = {

/***/ 6963:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   findInFiles: () => (/* binding */ findInFiles)
/* harmony export */ });
/* harmony import */ var node_worker_threads__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5919);
/* harmony import */ var _acquire_failure_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3113);
/* harmony import */ var _local_io_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1115);
// Starts the thread that reads files, and ends it when time is up: whatever a file makes of it, the action is not held up.
// What a file needs of memory is bounded too; the action itself never runs out of it.



// Two thousand Dockerfiles take less than 100 MB.
const MAX_MEMORY_MB = 512;
/** Rejects with the signal's reason, or with 'invalid-input' when the files take more memory than they get. */
async function findInFiles(options, { signal, entry }) {
    signal.throwIfAborted();
    const worker = new node_worker_threads__WEBPACK_IMPORTED_MODULE_0__.Worker(entry ?? __webpack_require__.ab + "files-worker.js", {
        workerData: options,
        // Nothing of the environment is there to be read.
        ...{ env: {}, argv: [], execArgv: [], stdin: false, stdout: true, stderr: true },
        resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB, maxYoungGenerationSizeMb: 64 }
    });
    let stop;
    try {
        const answer = await new Promise((resolve, reject) => {
            stop = () => {
                reject(signal.reason);
            };
            signal.addEventListener('abort', stop, { once: true });
            worker.once('message', resolve);
            worker.once('error', (error) => {
                const isFull = (0,_local_io_js__WEBPACK_IMPORTED_MODULE_2__/* .isErrno */ .r)(error, 'ERR_WORKER_OUT_OF_MEMORY');
                reject(isFull ? outOfMemory(options) : new Error('the thread that reads files failed', { cause: error }));
            });
            worker.once('exit', () => {
                reject(new Error('the thread that reads files ended without an answer'));
            });
        });
        return 'found' in answer ? answer.found : (0,_acquire_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .fail */ .fJ)(answer.failure);
    }
    finally {
        if (stop !== undefined)
            signal.removeEventListener('abort', stop);
        // Not waited for: it may be within a call of the file system.
        void worker.terminate();
    }
}
function outOfMemory({ patterns }) {
    return new _acquire_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .VerifiedImageError */ .wL({
        kind: 'invalid-input',
        faults: [
            {
                input: 'files',
                written: patterns.join(', '),
                rule: `reading these files takes more than ${String(MAX_MEMORY_MB)} MB of memory`,
                example: 'docker/**/Dockerfile'
            }
        ]
    });
}


/***/ })

};
