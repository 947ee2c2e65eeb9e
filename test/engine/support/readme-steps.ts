import { readFileSync } from "node:fs";

/** Commands of the steps that do not run here, with the reason. */
const leftOut: Readonly<Record<string, string>> = {
    "npm ci": "the copy of the project has a link to the packages of the checkout, which `npm ci` would delete",
    "npm run test:integration": "verification.test.ts runs it; the emulator starts no task behind its load balancer",
};

/** The shell commands of the numbered steps of the README, one text for each step. */
export function readmeSteps(page = readFileSync("README.md", "utf8")): string[] {
    return [...page.matchAll(/^\*\*\d\. [^]*?```sh\n([^]*?)```/gm)].map(([, commands = ""]) => commands);
}

/**
 * One script of all steps, as they are pasted into one shell. It ends at the first command that fails, and writes the number of
 * each step.
 *
 * @param home takes the place of `$HOME`, to which Pulumi and the AWS CLI must still have access
 */
export const scriptOfSteps = (steps: readonly string[], home: string): string =>
    ["set -euo pipefail", ...steps.flatMap((step, index) => [`echo "step ${index + 1}"`, runnablePart(step)])]
        .join("\n")
        .replaceAll("$HOME", home);

const runnablePart = (step: string): string =>
    step
        .split("\n")
        .filter((line) => !Object.keys(leftOut).some((command) => line.startsWith(command)))
        .join("\n");
