export const id = 514;
export const ids = [514];
export const modules = {

/***/ 6514:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   recallImage: () => (/* binding */ recallImage)
/* harmony export */ });
/* harmony import */ var _blob_pool_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9387);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3113);
/* harmony import */ var _image_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3802);
/* harmony import */ var _patience_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4148);
// An image whose digest is known, from what is kept alone: nobody is asked.
// A registry that has nothing stands in for the real ones, so that the way through an image is the same.




const nothingThere = () => Promise.reject(new _failure_js__WEBPACK_IMPORTED_MODULE_1__/* .VerifiedImageError */ .wL({ kind: 'not-found', status: 404, detail: '' }));
const NOBODY = { openManifest: nothingThere, openBlob: nothingThere, close: () => undefined };
/** Undefined when something is missing; what is there is verified by then, and not read again. */
const recallImage = async (pin, recall) => {
    const { candidate, platforms, level, keeper, clock, random, signal } = recall;
    const attempting = {
        ...{ clock, random, signal, patience: (0,_patience_js__WEBPACK_IMPORTED_MODULE_3__/* .createPatience */ .s)(), backoff: { attempts: 1, firstMs: 1, maxMs: 1 } },
        record: () => undefined,
        arrived: () => undefined
    };
    try {
        const top = await keeper.recallManifest({ digest: pin.digest });
        if (top === undefined)
            return undefined;
        const source = { candidate, registry: NOBODY, blobs: (0,_blob_pool_js__WEBPACK_IMPORTED_MODULE_0__/* .createBlobPool */ .M)(NOBODY, keeper), attempting, keeper };
        return await (0,_image_js__WEBPACK_IMPORTED_MODULE_2__/* .fetchImage */ .aK)(source, top, platforms, level);
    }
    catch (error) {
        // Whatever it is, a registry is asked next, and its answer is the one to report.
        if (!(error instanceof _failure_js__WEBPACK_IMPORTED_MODULE_1__/* .VerifiedImageError */ .wL) && !signal.aborted)
            throw error;
        return undefined;
    }
};


/***/ })

};
