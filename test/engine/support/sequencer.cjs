const { basename } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * `dev` is deployed by the first file that needs it and shared by the others, as a deployment takes five minutes. These
 * come last: one destroys it, the other needs an account without it.
 */
const last = ["destroy.test.ts", "upgrade.test.ts"];

/** Interrupts the first creation of `dev`, on which the others wait. */
const first = ["interrupted.test.ts"];

const rank = (name) => (first.includes(name) ? -1 : last.indexOf(name) + 1);

module.exports = class extends Sequencer {
    sort(tests) {
        const place = ({ path }) => [rank(basename(path)), basename(path)];
        return [...tests].sort((a, b) => {
            const [lastA, nameA] = place(a);
            const [lastB, nameB] = place(b);
            return lastA - lastB || (nameA < nameB ? -1 : 1);
        });
    }

    // Jest would run the slowest of the run before first.
    cacheResults() {}
};
