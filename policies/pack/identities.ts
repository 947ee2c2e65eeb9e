import { at } from "../../lib/list.ts";
import { Secret, type Plan, type PlanNode, type Value } from "../../tools/plan/plan.ts";

/** Shorter texts are words, such as a state or a protocol, and not made for one resource. */
const shortestIdentity = 8;

/**
 * What AWS has given, by what the offline plan makes up in its place. Rules compare plans with records of offline plans,
 * and one policy with another: all must speak of a resource alike, whether the engine knows its ID yet or not.
 */
export class Identities {
    readonly #madeUp = new Map<string, string>();
    readonly #account: string | undefined;

    constructor(offline: Plan) {
        // The first that names one: ARNs of buckets do not.
        const arns = JSON.stringify(offline.nodes.map(({ outputs }) => outputs.arn));
        this.#account = /"arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arns)?.[1];
    }

    /** What AWS has given to a resource; others that repeat it come later. */
    output(node: PlanNode, offline: string, engine: string): void {
        const isNamedByProgram = Object.values(node.inputs).includes(offline);
        if (!isNamedByProgram && engine.length >= shortestIdentity && !this.#madeUp.has(engine)) {
            this.#madeUp.set(engine, offline);
        }
        this.text(offline, engine);
    }

    /** Two texts that may differ in the account alone, which the program looks up and puts into policies. */
    text(offline: string, engine: string): void {
        if (this.#account !== undefined && offline.includes(this.#account)) {
            const pattern = offline.split(this.#account).map(escaped).join("(\\d{12})");
            const found = new RegExp(`^${pattern}$`).exec(engine);
            if (found !== null) {
                this.#madeUp.set(at(found, 1), this.#account);
            }
        }
    }

    /** The plan as the offline plan would name all that is in it, also within the texts of policies. */
    in(plan: Plan): Plan {
        // The longest first: an ARN holds the account.
        const given = [...this.#madeUp.keys()].toSorted((a, b) => b.length - a.length);
        if (given.length === 0) {
            return plan;
        }
        const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${given.map(escaped).join("|")})(?![A-Za-z0-9])`, "g");
        const text = JSON.stringify(plan).replace(pattern, (found) => this.#madeUp.get(found) ?? found);
        return JSON.parse(text, revived) as Plan;
    }
}

/** Secrets are objects of their own in a plan, which JSON does not know. */
export const revived = (_: string, value: unknown): unknown => (isSecret(value) ? new Secret(value.value) : value);

const isSecret = (value: unknown): value is { value: Value } =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).join() === "secret,value" &&
    "secret" in value &&
    value.secret === true;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
