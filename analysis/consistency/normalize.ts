import { nameWithoutSuffix, resourceKind } from "./resource-kinds.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { isWithinBlock, offsetInBlock } from "../network/addresses.ts";
import { automaticEnding } from "../../plan/physical-names.ts";
import type { Plan } from "../../plan/plan.ts";
import { memoizeByText } from "../../plan/query.ts";
import { accountIdInText, escapeRegExp, isGeneratedByAws } from "../../plan/text.ts";
import { jsonIn, visitNonSecretStrings, Secret, type Value } from "../../plan/value.ts";

/** A value without what a stack's own names, IDs and addresses make of it. */
export type NormalizedValue = string | number | boolean | null | NormalizedValue[] | { [key: string]: NormalizedValue };

/** A resource as it would be in any stack. */
export interface NormalizedResource {
    /** As in `resourceKinds`. */
    readonly kind: string;
    readonly inputs: NormalizedValue;
}

/** Whether each item of a list has its place, as in a line of a dashboard's graph: they have several types. */
export const isTuple = (items: readonly unknown[]): boolean => new Set(items.map((item) => typeof item)).size > 1;

/** Resources by their logical names without the suffix, and their types. */
export function normalizeResources(plan: Plan, settings: PlatformSettings): Map<string, NormalizedResource> {
    const { environmentSuffix: suffix } = settings;
    const normal = createValueNormalizer(plan, settings);
    return new Map(
        plan.nodes.flatMap((node): [string, NormalizedResource][] => {
            const kind = resourceKind(node, suffix);
            const name = node.name.endsWith(`-${suffix}`) ? node.name.slice(0, -suffix.length - 1) : node.name;
            return kind === undefined ? [] : [[`${node.type} ${name}`, { kind, inputs: normal(node.inputs) }]];
        }),
    );
}

function createValueNormalizer(plan: Plan, settings: PlatformSettings): (value: Value) => NormalizedValue {
    const text = createTextNormalizer(plan, settings);
    const normal = (value: Value): NormalizedValue => {
        if (typeof value === "string") {
            const inner = jsonIn(value);
            return inner === undefined ? text(value) : normal(inner);
        }
        if (value instanceof Secret) {
            return "<secret>";
        }
        if (Array.isArray(value) && isTuple(value)) {
            return value.map((item) => normal(item));
        }
        if (Array.isArray(value)) {
            // Three subnets are as good as two: how many there are is a setting.
            const items = new Map(value.map((item) => normal(item)).map((item) => [JSON.stringify(item), item]));
            return [...items.values()];
        }
        return typeof value === "object" && value !== null
            ? Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), normal(item)]))
            : value;
    };
    return normal;
}

/** Replaces the stack's own names in a text by general ones: the names in the plan, then patterns of them. */
function createTextNormalizer(plan: Plan, settings: PlatformSettings): (text: string) => string {
    const general = createNameNormalizer(plan, settings);
    const references = referencesOf(plan, settings, general);
    // A text occurs many times in a plan: keys, tags, ARNs.
    return memoizeByText((text) => {
        const referring = references.reduce(
            (whole, [found, says]) => (whole.includes(found) ? whole.replaceAll(found, says) : whole),
            text.replace(/(?<![\da-f])[\da-f]{64}(?![\da-f])/g, "<hash>"),
        );
        // A reference holds a general name already, which may read like one of this stack's.
        return referring
            .split(/(<[^<>]*>)/)
            .map((part, i) => (i % 2 === 0 ? general(part) : part))
            .join("")
            .replace(accountIdInText, "<account>")
            .replace(/(?<![\d.])\d+\.\d+\.\d+\.\d+\/\d+(?![\d.])/g, (cidr) =>
                cidrRelativeToVpc(settings.network.cidr, cidr),
            );
    });
}

/**
 * Replaces the stack's suffix and region by `<suffix>` and `<region>`. A suffix may be a word of other names, such as `api`,
 * or have digits, such as `pr-123`: it is replaced at the end of the plan's names, and after `*` in patterns.
 */
function createNameNormalizer(plan: Plan, { environment, environmentSuffix, region }: PlatformSettings) {
    const end = `-${environmentSuffix}`;
    const names = plan.nodes
        .map(({ name }) => name)
        .filter((name) => name.endsWith(end))
        .toSorted((a, b) => b.length - a.length);
    const named = new RegExp(`(?<![a-z\\d])(${names.join("|")})(${automaticEnding}(?![a-z\\d]))?(?![a-z\\d])`, "g");
    const pattern = new RegExp(`(?<=\\*)${end}(?![a-z\\d-])`, "g");
    const described = new RegExp(
        `(?<=payment platform )(${[environment, environmentSuffix, plan.stack].map(escapeRegExp).join("|")})(?![\\w-])`,
        "g",
    );
    const regional = new RegExp(`(?<![a-z\\d])${region}(?=[a-f]?(?![a-z\\d]))`, "g");
    return memoizeByText((text) =>
        text
            .replace(named, (_, name: string, random?: string) => {
                const general = `${name.slice(0, -end.length)}-<suffix>`;
                return random === undefined ? general : `${general}-<random>`;
            })
            .replace(pattern, "-<suffix>")
            .replace(described, "<environment>")
            .replace(regional, "<region>"),
    );
}

/** IDs, ARNs and other generated texts of the resources: the longest first, as an ARN may contain an ID. */
function referencesOf(
    plan: Plan,
    { environmentSuffix }: PlatformSettings,
    general: (text: string) => string,
): [text: string, reference: string][] {
    // A hosted zone is looked up by its name, which is a setting: its ID is no further difference.
    const found = new Map<string, string>(
        plan.inventedAnswers
            .filter(({ property }) => property === "zoneId")
            .map(({ value }) => [value, "<hosted zone>"] as const),
    );
    for (const node of plan.nodes.filter(({ custom }) => custom)) {
        visitNonSecretStrings({ id: node.id, ...node.outputs }, (text, path) => {
            if (!path.startsWith("tagsAll.") && !found.has(text) && isGeneratedByAws(general(text))) {
                found.set(text, `<${nameWithoutSuffix(node.name, environmentSuffix)}.${path}>`);
            }
        });
    }
    return [...found].toSorted(([a], [b]) => b.length - a.length);
}

/** `<network.cidr>+32768/20` for a block of the VPC; other blocks as they are. */
function cidrRelativeToVpc(vpc: string, cidr: string): string {
    return isWithinBlock(cidr, vpc) ? cidr.replace(/^[^/]+/, `<network.cidr>+${offsetInBlock(cidr, vpc)}`) : cidr;
}
