import type { PlatformSettings } from "../settings.ts";
import type { SettingProblem } from "./problem.ts";
import type { ServiceSettings } from "./schema.ts";

/** What must hold between fields that are each valid by themselves. */
export interface SettingRule {
    readonly name: string;
    /** What goes wrong without it. */
    readonly why: string;
    /** The field to blame. With `@` in it the rule is about each service, queue or topic; `@` stands for its name. */
    readonly field: string;
    /** The other fields it looks at; `*` stands for any name or place in a list. */
    readonly reads: readonly string[];
    /** Follows "must". */
    readonly must: string | ((settings: PlatformSettings, name: string) => string);
    readonly isMet: (settings: PlatformSettings, name: string) => boolean;
}

/** A rule about one service at a time, which sees it and those that stand before it in the stack file. */
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
    const about =
        <T>(look: (one: ServiceSettings, context: ServiceContext) => T) =>
        (settings: PlatformSettings, name: string): T => {
            const { services } = settings;
            const one = services[name];
            if (one === undefined) {
                throw new Error(`no service "${name}" in the settings`);
            }
            return look(one, { name, all: Object.entries(services), settings });
        };
    return { ...rest, must: typeof must === "string" ? must : about(must), isMet: about(isMet) };
}

type Path = readonly PropertyKey[];

/** The paths at which the schema found fault. */
export type InvalidPaths = readonly Path[];

/** No fault at a field or at what holds it, so that its value has the type that the schema says. */
export function isValidSoFar(faults: InvalidPaths, field: Path): boolean {
    return !faults.some((fault) => fault.every((key, i) => field[i] === "*" || field[i] === String(key)));
}

interface RuleOutcome {
    readonly problems: readonly SettingProblem[];
    /** Some field that the rule reads is not valid, so it may or may not hold. */
    readonly isUndecided: boolean;
}

/** Groups of settings by name, about whose entries a rule may be. */
const groups = ["services", "queues", "topics"] as const;

export function checkRule(rule: SettingRule, settings: PlatformSettings, faults: InvalidPaths): RuleOutcome {
    const group = groups.find((each) => rule.field.startsWith(`${each}.@`));
    if (group !== undefined && !isValidSoFar(faults, [group])) {
        return { problems: [], isUndecided: true };
    }
    const subjects = group === undefined ? [""] : Object.keys(settings[group]);
    const open = subjects.filter((name) =>
        [rule.field, ...rule.reads].some((field) => !isValidSoFar(faults, fieldPath(field, name))),
    );
    const broken = subjects.filter((name) => !open.includes(name) && !rule.isMet(settings, name));
    return {
        isUndecided: open.length > 0,
        problems: broken.map((name) => {
            const path = fieldPath(rule.field, name);
            const must = typeof rule.must === "string" ? rule.must : rule.must(settings, name);
            return { path, message: `must ${must}`, got: valueAt(settings, path) };
        }),
    };
}

export const fieldPath = (field: string, service: string): string[] =>
    field.split(".").map((key) => (key === "@" ? service : key));

/** A plain value or a list; a whole group says nothing beside its path. */
function valueAt(settings: PlatformSettings, path: readonly string[]): unknown {
    const value = path.reduce<unknown>(
        (group, key) => new Map<string, unknown>(Object.entries(group ?? {})).get(key),
        settings,
    );
    return typeof value === "object" && !Array.isArray(value) ? undefined : value;
}
