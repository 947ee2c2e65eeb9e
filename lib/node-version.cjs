"use strict";

// JavaScript, for a Node that cannot read TypeScript: Pulumi.yaml and the npm scripts let Node load this file first.
const { engines } = require("../package.json");

const parts = (version) => version.split(".").map(Number);

/** The one line that says why this Node cannot run the program; undefined where it can. */
function nodeVersionProblem(version) {
    const [major, minor] = parts(version);
    const [leastMajor, leastMinor] = parts(engines.node.replace(">=", ""));
    if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
        return undefined;
    }
    return (
        `Node ${version} is too old: the program needs Node ${engines.node}. Install the one of .nvmrc. On Linux (x64) \`npm ci\` does it for npm scripts, such as ` +
        '`npm run deploy -- <stack> up`; for Pulumi\'s own commands put it first: export PATH="$PWD/node_modules/.bin:$PATH"'
    );
}

module.exports = { nodeVersionProblem };

const isNpmScript = String(process.argv[1]).endsWith(".ts");
const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    // A command ends as at any failure (tools/frame/exit.ts). Pulumi's language host adds no message of its own to 32: "the
    // program has said what its user can do".
    process.exit(isNpmScript ? 1 : 32);
}
