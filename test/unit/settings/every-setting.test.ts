import { expect, test } from "@jest/globals";
import { pairNodes } from "../../../analysis/difference/pairs.ts";
import { changedPairs } from "../../../analysis/difference/replacements.ts";
import { readSettings } from "../../../lib/settings.ts";
import { rules } from "../../../checks/rules.ts";
import { runRules } from "../../../checks/run-rules.ts";
import { today } from "../../../plan/stack-settings.ts";
import { settingsJsonSchema } from "../../../tools/schema/stack-schema.ts";
import { settingRows } from "../../../tools/schema/tables.ts";
import { planOfConfig, settingsFromConfig } from "../checks/config-plans.ts";
import { leftOutInputs } from "./left-out-inputs.ts";
import { secondValues, type SecondValue } from "./second-values.ts";
import { readStackConfig, withSettings, type StackConfig } from "./stack-config.ts";

type Row = readonly [setting: string, second: SecondValue];

const stackOf = ({ stack }: SecondValue): string => stack ?? "dev";

/** A stack of the tests in which all these settings have their second value. */
const configWith = (stack: string, rows: readonly Row[]): StackConfig =>
    rows.reduce((config, [, { changes }]) => withSettings(config, changes), readStackConfig(stack));

const problemsOf = (config: StackConfig): readonly string[] => readSettings(config, [], today()).problems ?? [];

/** Rules that `npm run check` would find broken, each with what breaks it. */
async function brokenRules(stack: string, rows: readonly Row[]): Promise<Map<string, string>> {
    const config = configWith(stack, rows);
    const [plan, settings] = [await planOfConfig(config, stack), settingsFromConfig(config)];
    const { results } = runRules(rules, { plan, settings }, [], today());
    return new Map(
        results
            .filter(({ outcome }) => outcome === "failed")
            .map(({ rule, violations }) => [
                rule.name,
                violations.map(({ resource, reason }) => `${resource} ${reason}`).join("; "),
            ]),
    );
}

/**
 * The settings that break a rule, each with what it breaks. All are planned at once, as each plan takes seconds; halves
 * are planned only where that fails.
 */
async function failuresOf(stack: string, rows: readonly Row[]): Promise<string[]> {
    const lines = Array.from(await brokenRules(stack, rows), ([rule, reason]) => `${rule}: ${reason}`);
    if (lines.length === 0 || rows.length === 1) {
        return lines.map((line) => `${rows.map(([setting]) => setting).join()} breaks ${line}`);
    }
    const middle = Math.ceil(rows.length / 2);
    const alone = [
        ...(await failuresOf(stack, rows.slice(0, middle))),
        ...(await failuresOf(stack, rows.slice(middle))),
    ];
    return alone.length > 0 ? alone : [`${rows.map(([setting]) => setting).join()} together break ${lines.join()}`];
}

/** Whether both change nothing that the other changes, or that lies within it. */
const areApart = (one: SecondValue, other: SecondValue): boolean =>
    Object.keys(one.changes).every((a) =>
        Object.keys(other.changes).every((b) => !`${a}.`.startsWith(`${b}.`) && !`${b}.`.startsWith(`${a}.`)),
    );

/** Settings that change the name or the place of every resource. */
const changesEveryResource = ["environmentSuffix", "aws:region", "network.cidr"];

/** As few plans as hold all rows, without two in one that exclude each other. */
function setsOf(rows: readonly Row[]): Row[][] {
    const sets: Row[][] = [];
    for (const row of rows) {
        const [setting, second] = row;
        const room = sets.find((set) => {
            const [[name, first] = row] = set;
            return (
                ![name, setting].some((each) => changesEveryResource.includes(each)) &&
                stackOf(first) === stackOf(second) &&
                set.every(([, other]) => other === second || areApart(other, second)) &&
                problemsOf(configWith(stackOf(second), [...set, row])).length === 0
            );
        });
        if (room === undefined) {
            sets.push([row]);
        } else {
            room.push(row);
        }
    }
    return sets;
}

const rows = Object.entries(secondValues);
const ordinary = rows.filter(([, { refusedBy }]) => refusedBy === undefined);
const refused = rows.filter(([, { refusedBy }]) => refusedBy !== undefined);

test("every setting of the schema has a second value", () => {
    expect(Object.keys(secondValues).toSorted()).toEqual(
        settingRows("", settingsJsonSchema(), "")
            .map(({ path }) => path)
            .toSorted(),
    );
});

test.each(rows)("the second value of %s is valid, and is not the current one", (_, second) => {
    const before = readStackConfig(stackOf(second));
    const after = withSettings(before, second.changes);
    expect(problemsOf(after)).toEqual([]);
    expect(settingsFromConfig(after)).not.toEqual(settingsFromConfig(before));
});

/** Fields of the single values in a value. */
const leavesOf = (field: string, value: unknown): string[] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([key, inner]) => leavesOf(`${field}.${key}`, inner))
        : [field];

const wrongValues = ["foo", "", "2027-02-30", -1, 0.3, 1e9, true, null, [], ["x", "x"], { x: 5 }];

test.each(rows)("no problem is printed twice where %s is set to what it cannot be", (setting, second) => {
    const config = configWith(stackOf(second), [[setting, second]]);
    for (const field of Object.entries(second.changes).flatMap(([key, value]) => leavesOf(key, value))) {
        for (const value of wrongValues) {
            const problems = problemsOf(withSettings(config, { [field]: value }));
            expect(problems).toEqual([...new Set(problems)]);
        }
    }
});

const sets = setsOf(ordinary).map((set, i) => [i + 1, stackOf(set[0]?.[1] ?? { changes: {} }), set] as const);

test.each(sets)("no rule fails for ordinary settings, set %i, of %s", async (_, stack, set) => {
    expect(await failuresOf(stack, set)).toEqual([]);
});

test.each(sets)("settings switch off, not only leave out, set %i, of %s", async (_, stack, set) => {
    const before = await planOfConfig(readStackConfig(stack), stack);
    const after = await planOfConfig(configWith(stack, set), stack);
    // In both directions: an operator may change a setting to its second value, or from it.
    const leftOut = [pairNodes(before, after), pairNodes(after, before)].flatMap((pairs) =>
        changedPairs(pairs).flatMap((pair) => leftOutInputs(pair).map((path) => `${pair.after.name} ${path}`)),
    );
    expect(leftOut).toEqual([]);
});

test.each(refused)("the second value of %s loses safety or data, and a rule fails", async (setting, second) => {
    const { refusedBy } = second;
    const broken = await brokenRules(stackOf(second), [[setting, second]]);
    expect([...broken.keys()]).toEqual([refusedBy]);
});
