import type { PlatformSettings } from "../settings.ts";
import type { SettingProblem } from "./problem.ts";
import type { ServiceSettings } from "./schema.ts";

/** A rule across fields that are each valid alone. */
export interface SettingRule {
    readonly name: string;
    /** What would fail without the rule. */
    readonly why: string;
    /** The field of the problem. With `@`, the name of an entry, the rule checks each service, queue or topic. */
    readonly field: string;
    /** The other fields that it reads; `*` is any key or list index. */
    readonly reads: readonly string[];
    /** Follows "must". */
    readonly must: string | ((settings: PlatformSettings, name: string) => string);
    /** @param today as `2027-03-31` */
    readonly isMet: (settings: PlatformSettings, name: string, today: string) => boolean;
}

export interface ServiceRule extends Omit<SettingRule, "must" | "isMet"> {
    readonly must: string | ((one: ServiceSettings, context: ServiceContext) => string);
    readonly isMet: (one: ServiceSettings, context: ServiceContext) => boolean;
}

interface ServiceContext {
    readonly name: string;
    readonly all: readonly (readonly [string, ServiceSettings])[];
    readonly settings: PlatformSettings;
}

export function forEachService({ must, isMet, ...rest }: ServiceRule): SettingRule {
    const forService =
        <T>(read: (one: ServiceSettings, context: ServiceContext) => T) =>
        (settings: PlatformSettings, name: string): T => {
            const { services } = settings;
            const one = services[name];
            if (one === undefined) {
                throw new Error(`no service "${name}" in the settings`);
            }
            return read(one, { name, all: Object.entries(services), settings });
        };
    return { ...rest, must: typeof must === "string" ? must : forService(must), isMet: forService(isMet) };
}

type Path = readonly PropertyKey[];

/** The paths at which the schema found problems. */
export type InvalidPaths = readonly Path[];

/** Whether neither a field nor its parents have a problem, so that its value has the schema's type. */
export function isValidSoFar(faults: InvalidPaths, field: Path): boolean {
    return !faults.some((fault) => fault.every((key, i) => field[i] === "*" || field[i] === String(key)));
}

interface RuleOutcome {
    readonly problems: readonly SettingProblem[];
    /** The rule reads an invalid field, so it cannot be checked. */
    readonly isUndecided: boolean;
}

/** Groups of settings by name. A rule may check their entries. */
const groups = ["services", "queues", "topics"] as const;

export function checkRule(
    rule: SettingRule,
    settings: PlatformSettings,
    faults: InvalidPaths,
    today: string,
): RuleOutcome {
    const group = groups.find((each) => rule.field.startsWith(`${each}.@`));
    if (group !== undefined && !isValidSoFar(faults, [group])) {
        return { problems: [], isUndecided: true };
    }
    const subjects = group === undefined ? [""] : Object.keys(settings[group]);
    const open = subjects.filter((name) =>
        [rule.field, ...rule.reads].some((field) => !isValidSoFar(faults, fieldPath(field, name))),
    );
    const broken = subjects.filter((name) => !open.includes(name) && !rule.isMet(settings, name, today));
    return {
        isUndecided: open.length > 0,
        problems: broken.map((name) => {
            const path = fieldPath(rule.field, name);
            const must = typeof rule.must === "string" ? rule.must : rule.must(settings, name);
            return { path, message: `must ${must}`, got: valueAt(settings, path) };
        }),
    };
}

export const fieldPath = (field: string, entry: string): string[] =>
    field.split(".").map((key) => (key === "@" ? entry : key));

/** A plain value or a list. For a group the path is enough. */
function valueAt(settings: PlatformSettings, path: readonly string[]): unknown {
    const value = path.reduce<unknown>(
        (group, key) => new Map<string, unknown>(Object.entries(group ?? {})).get(key),
        settings,
    );
    return typeof value === "object" && !Array.isArray(value) ? undefined : value;
}
