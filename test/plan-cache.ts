import { globSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Secret, type Plan, type Value, type Values } from "../plan/plan.ts";
import { writeCacheFile } from "../validator/bundle.ts";
import { hash, readIfFile, sourceHash } from "./source-hash.ts";

/** Plans of older states of the sources are removed beyond this number: those of one state take some 50 MB. */
const statesKept = 3;

/**
 * A plan that is made once for each state of the sources and for each of these inputs, and read from a file afterwards.
 * With `PLAN_CACHE=off` it is made each time: StrykerJS breaks the program without a change of its files.
 *
 * @param inputs all that decides the plan besides the sources and the day, as JSON
 * @param root folder of the sources; the files are under its `node_modules/.cache/plans`
 */
export async function cachedPlan(inputs: unknown, make: () => Promise<Plan>, root = process.cwd()): Promise<Plan> {
    if (process.env.PLAN_CACHE === "off") {
        return make();
    }
    const states = join(root, "node_modules", ".cache", "plans");
    const folder = join(states, root === checkout ? (checkoutHash ??= sourceHash(root)) : sourceHash(root));
    const file = join(folder, `${hash([today(), inputs])}.json`);
    const kept = readIfFile(file);
    if (kept !== undefined) {
        return parsePlan(kept);
    }
    const made = formatPlan(await make());
    removeOldest(states);
    writeCacheFile(folder, file, made);
    // Not the plan itself: the first run of a test must see what later ones see.
    return parsePlan(made);
}

/** Read once a run (`jest/hash-sources.ts`): no test changes the sources of the checkout itself. */
const checkout = process.cwd();
let checkoutHash = process.env.PLAN_SOURCES_HASH;

/** The program refuses waivers that have expired, so a plan is good for a day. */
const today = (): string => new Date().toISOString().slice(0, 10);

function removeOldest(states: string): void {
    const folders = globSync("*", { cwd: states })
        .map((name) => join(states, name))
        .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
    for (const folder of folders.slice(statesKept)) {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Marks a secret in the file. No property of AWS or of the SDK has this name. */
const secretKey = "$secret";

const formatPlan = (plan: Plan): string =>
    JSON.stringify(plan, (_, value: unknown) => (value instanceof Secret ? { [secretKey]: value.value } : value));

const parsePlan = (text: string): Plan => withSecrets(JSON.parse(text) as Value) as unknown as Plan;

/** Puts the secrets back in their places: a function that `JSON.parse` calls for each value takes five times as long. */
function withSecrets(value: Value): Value {
    if (typeof value !== "object" || value === null || value instanceof Secret) {
        return value;
    }
    if (secretKey in value) {
        return new Secret(withSecrets(value[secretKey] ?? null));
    }
    const members = value as Values;
    for (const key of Object.keys(members)) {
        const member = members[key];
        if (typeof member === "object" && member !== null) {
            members[key] = withSecrets(member);
        }
    }
    return value;
}
