export const id = 738;
export const ids = [738];
export const modules = {

/***/ 5738:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runProgram: () => (/* binding */ runProgram)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1421);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8474);
// Starts another program and waits for its end, within a deadline, with a bound on what it may say.
// How it ended is data; what that means is for the caller to say.


/** A program that was asked to end has this long; after that it is killed. */
const GRACE_MS = 2000;
async function runProgram(program, args, options) {
    const { signal, environment } = options;
    signal.throwIfAborted();
    const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(program, args, { env: environment, stdio: 'pipe', windowsHide: true });
    const said = { stdout: '', stderr: '', isCut: false };
    for (const stream of ['stdout', 'stderr']) {
        child[stream].setEncoding('utf8').on('data', (text) => {
            const all = said[stream] + text;
            said.isCut ||= all.length > options.maxCharacters;
            said[stream] = all.slice(-options.maxCharacters);
        });
    }
    // A program that ends before it has read everything closes the pipe; how it ended says the rest.
    child.stdin.on('error', () => undefined);
    const ended = (0,node_events__WEBPACK_IMPORTED_MODULE_1__.once)(child, 'close').then(([code, killedBy]) => ({ kind: 'exited', code, killedBy, ...said }), (error) => endOfError(error));
    const limit = limitOf(options);
    try {
        const fed = feed(child.stdin, options.input);
        const first = await Promise.race([ended, limit.reached, fed.then(() => undefined)]);
        return first ?? (await Promise.race([ended, limit.reached]));
    }
    finally {
        limit.stop();
        if (child.exitCode === null && child.signalCode === null)
            end(child, signal.aborted ? 'SIGTERM' : 'SIGKILL');
        // Its pipes may be held open by a program that it started. Neither is waited for.
        for (const stream of [child.stdin, child.stdout, child.stderr])
            stream.destroy();
    }
}
async function feed(to, input) {
    if (typeof input === 'function')
        await input(to);
    to.end(typeof input === 'string' ? input : undefined);
}
function endOfError(error) {
    const isMissing = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
    return isMissing ? { kind: 'missing' } : { kind: 'not-started' };
}
function limitOf({ signal, deadlineMs }) {
    let stop = () => undefined;
    const reached = new Promise((resolve, reject) => {
        const abort = () => {
            reject(signal.reason);
        };
        const timer = deadlineMs === undefined ? undefined : setTimeout(resolve, deadlineMs, { kind: 'late' });
        signal.addEventListener('abort', abort, { once: true });
        stop = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', abort);
        };
    });
    return { reached, stop };
}
function end(child, how) {
    child.kill(how);
    // The timer keeps no process alive that has nothing else to do.
    if (how === 'SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
}


/***/ })

};
