const { basename } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * The first file that needs `dev` deploys it, and the others share it, as a deployment takes five minutes. So the file
 * that interrupts its creation runs first, and the one that destroys it last. Even before them runs the file with
 * manual additions, because an emulator still lists what was deleted. The others may run in any order.
 */
const places = { "interrupted.test.ts": -1, "drift.test.ts": 1, "destroy.test.ts": 2 };

const placeOf = ({ path }) => places[basename(path)] ?? 0;

module.exports = class extends Sequencer {
    sort(tests) {
        return [...tests].sort((a, b) => placeOf(a) - placeOf(b) || (a.path < b.path ? -1 : 1));
    }

    // Jest would run the slowest of the run before first.
    cacheResults() {}
};
