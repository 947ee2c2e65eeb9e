import { kindOf, stemOf } from "../../policies/parity/kinds.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan } from "../plan/plan.ts";
import { openStrings, Secret, type Value } from "../plan/value.ts";

/** A value without what a stack's own names, IDs and addresses make of it. */
export type Normal = string | number | boolean | null | Normal[] | { [key: string]: Normal };

/** A resource as it would be in any stack. */
export interface NormalResource {
    /** As in `kindsOf`. */
    readonly kind: string;
    readonly inputs: Normal;
}

/** What AWS makes up has digits in it, and is longer than what stands in other texts by chance. */
const isMadeUp = (text: string): boolean => text.length >= 6 && /\d/.test(text);

/** Resources by their logical names without the suffix, and their types. */
export function normalResources(plan: Plan, settings: PlatformSettings): Map<string, NormalResource> {
    const { environmentSuffix: suffix } = settings;
    const normal = normaliser(plan, settings);
    return new Map(
        plan.nodes.flatMap((node): [string, NormalResource][] => {
            const kind = kindOf(node, suffix);
            const name = node.name.endsWith(`-${suffix}`) ? node.name.slice(0, -suffix.length - 1) : node.name;
            return kind === undefined ? [] : [[`${node.type} ${name}`, { kind, inputs: normal(node.inputs) }]];
        }),
    );
}

function normaliser(plan: Plan, settings: PlatformSettings): (value: Value) => Normal {
    const text = textNormaliser(plan, settings);
    const normal = (value: Value): Normal => {
        if (typeof value === "string") {
            const inner = asJson(value);
            return inner === undefined ? text(value) : normal(inner);
        }
        if (value instanceof Secret) {
            return "<secret>";
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

/** Policies, dashboards and container definitions are JSON in a text. */
function asJson(text: string): Value | undefined {
    try {
        return /^\s*[[{]/.test(text) ? (JSON.parse(text) as Value) : undefined;
    } catch {
        return undefined;
    }
}

function textNormaliser(plan: Plan, settings: PlatformSettings): (text: string) => string {
    const { environment, environmentSuffix: suffix, network } = settings;
    const references = referencesOf(plan, settings);
    const ends = new RegExp(`-(${suffix}|${plan.stack})(?![a-z0-9])`, "g");
    // Not in `prod-us-east-1-starport-layer-bucket`, which is a name of AWS's own.
    const word = new RegExp(`(?<![\\w.-])(${environment}|${suffix}|${plan.stack})(?![\\w-]|\\.\\w)`, "g");
    return (text) =>
        references
            .reduce(
                (whole, [found, says]) => (whole.includes(found) ? whole.replaceAll(found, says) : whole),
                text.replace(/(?<![\da-f])[\da-f]{64}(?![\da-f])/g, "<hash>"),
            )
            .replace(ends, "-<suffix>")
            .replace(word, "<environment>")
            .replace(/(?<!\d)\d{12}(?!\d)/g, "<account>")
            .replace(/(?<![\d.])\d+\.\d+\.\d+\.\d+\/\d+(?![\d.])/g, (cidr) => within(network.cidr, cidr));
}

/** What AWS, or the plan in its place, calls a resource: the longest first, as an ID may stand in an ARN. */
function referencesOf(plan: Plan, { environmentSuffix, region }: PlatformSettings): [text: string, says: string][] {
    // A hosted zone is looked up: its ID says no more than its name, which is a setting.
    const found = new Map<string, string>(
        plan.inventedAnswers
            .filter(({ property }) => property === "zoneId")
            .map(({ value }) => [value, "<hosted zone>"] as const),
    );
    for (const node of plan.nodes.filter(({ custom }) => custom)) {
        openStrings({ id: node.id, ...node.outputs }, (text, path) => {
            if (isMadeUp(text) && text !== region && !path.startsWith("tagsAll.") && !found.has(text)) {
                found.set(text, `<${stemOf(node.name, environmentSuffix)}.${path}>`);
            }
        });
    }
    return [...found].toSorted(([a], [b]) => b.length - a.length);
}

const numberOf = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** `<network.cidr>+32768/20` for a block of the VPC; other blocks as they are. */
function within(vpc: string, cidr: string): string {
    const [first = "", length = "0"] = vpc.split("/");
    const [address = "", prefix = ""] = cidr.split("/");
    const offset = numberOf(address) - numberOf(first);
    return offset >= 0 && offset < 2 ** (32 - Number(length)) ? `<network.cidr>+${offset}/${prefix}` : cidr;
}
