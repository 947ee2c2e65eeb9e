import { shortType } from "../../plan/fake-provider/outputs.ts";
import { Secret, type Plan, type PlanNode, type Value, type Values } from "../../plan/plan.ts";
import { openStrings } from "../../plan/value.ts";
import { grouped } from "../iam/group-actions.ts";
import { isTree, type Tree } from "../../plan/query.ts";
import { isUnknown } from "./engine-values.ts";
import { escaped } from "../replacement/identities.ts";
import { fit, type Fit, type Placeholder } from "./fit.ts";

/** What the engine says of a resource; a preview does not know each property. */
export interface EngineResource {
    /** As the engine sent them before it handled the resource; none where it did not. */
    readonly inputs: Tree | undefined;
    /** What the state has, among it the ID. */
    readonly outputs: Tree;
}

/**
 * What the offline plan made up, and what AWS has in its place: each placeholder stands for one real text in the whole
 * plan. A text may hold only what the resources publish on which it depends, and the answers of functions.
 */
export class Placeholders {
    readonly #published: ReadonlyMap<string, readonly Placeholder[]>;
    readonly #answers: readonly Placeholder[];
    readonly #made: readonly Placeholder[];
    readonly #given: ReadonlySet<string>;
    readonly #byReal: ReadonlyMap<string, readonly Placeholder[]>;
    readonly #seen = new Set<Placeholder>();

    constructor(offline: Plan, engine: ReadonlyMap<string, EngineResource>) {
        this.#answers = offline.inventedAnswers.map(({ function: token, property, value }) => ({
            name: `${property} ${value} of ${token}`,
            kind: `${token} ${property}`,
            offline: value,
            real: undefined,
            isMadeUp: true,
            isAnswer: true,
        }));
        this.#published = new Map(offline.nodes.map((node) => [node.urn, published(node, engine.get(node.urn))]));
        const all = [...this.#published.values()].flat().filter(({ isMadeUp }) => isMadeUp);
        this.#made = all;
        this.#given = new Set(offline.nodes.flatMap(({ inputs }) => textsIn(inputs)));
        this.#byReal = grouped(
            all.filter(({ real }) => real !== undefined),
            ({ real = "" }) => real,
        );
        // What the resources themselves say comes before what inputs say of them.
        all.forEach(({ offline: text, real }) => {
            if (real !== undefined) {
                fit(text, real, this.#answers, () => undefined);
            }
        });
    }

    /** How the engine's text of an input fits the offline plan's. */
    fit(node: PlanNode, input: string, offline: string, engine: string): Fit {
        const from = (node.propertyDependencies[input] ?? []).flatMap((urn) => this.#published.get(urn) ?? []);
        const found = fit(offline, engine, [...from, ...this.#answers], (real, kind) => {
            const owners = [...(this.#byReal.get(real) ?? []), ...this.#answers.filter((each) => each.real === real)];
            return owners.find((owner) => owner.kind === kind) ?? owners[0];
        });
        found.used.forEach((placeholder) => this.#seen.add(placeholder));
        return found;
    }

    /**
     * Puts placeholders into texts that fit nothing in the plan, wherever they hold what placeholders stand for: as far as
     * that is known now.
     */
    words(): (text: string) => string {
        const chosen = this.#chosen();
        return (text) =>
            chosen
                .filter(([real]) => text.includes(real))
                .reduce(
                    (whole, [real, offline]) =>
                        whole.replace(new RegExp(`(?<![A-Za-z0-9])${escaped(real)}(?![A-Za-z0-9])`, "g"), offline),
                    text,
                );
    }

    /** As `fit`, for a text that may hold what any resource publishes. */
    fitAny(offline: string, engine: string): Fit {
        return fit(offline, engine, [...this.#made, ...this.#answers], () => undefined);
    }

    /** Texts that AWS chose, the longest first, as an ID may stand in an ARN, each with the one placeholder that it has. */
    #chosen(): (readonly [real: string, offline: string])[] {
        const owners = grouped([...this.#answers, ...this.#made], ({ real = "" }) => real);
        return [...owners]
            .filter(([real]) => isChosen(real) && !this.#given.has(real))
            .flatMap(([real, all]) => {
                const [first] = all;
                // An answer, such as the account, comes before the outputs that repeat it.
                const isOne = first?.isAnswer === true || all.every(({ offline }) => offline === first?.offline);
                return first !== undefined && isOne ? [[real, first.offline] as const] : [];
            })
            .toSorted(([a], [b]) => b.length - a.length);
    }

    /** Where two placeholders of one kind, both used in inputs, stand for one real text. */
    collisions(): string[] {
        const used = [...this.#seen].filter(({ isMadeUp, real }) => isMadeUp && real !== undefined);
        return [...grouped(used, ({ kind, real = "" }) => `${kind} ${real}`).values()]
            .filter((same) => new Set(same.map(({ offline }) => offline)).size > 1)
            .map((same) => `the engine has one value for ${same.map(({ name }) => name).join(" and ")}`);
    }
}

/** Whether AWS chose a text: it has digits, and is longer than what stands in others by chance. */
const isChosen = (text: string): boolean => text.length >= 6 && /\d/.test(text);

/**
 * What other resources may take from one: its ID, what AWS adds, and its inputs, which are outputs, too. Of inputs only
 * texts: a provider may order lists anew.
 */
function published(node: PlanNode, engine: EngineResource | undefined): Placeholder[] {
    if (!node.custom || engine === undefined) {
        return [];
    }
    const given = new Set(Object.values(node.inputs).map(bare));
    const found: Placeholder[] = [];
    const add = (path: string, value: Value | undefined, real: unknown): void => {
        const offline = bare(value);
        if (typeof offline === "string" && offline !== "") {
            const isKnown = typeof real === "string" && !isUnknown(real);
            found.push({
                name: `the ${path} of ${shortType(node.type)} ${node.name}`,
                kind: `${node.type} ${path}`,
                offline,
                real: isKnown ? real : undefined,
                isMadeUp: !given.has(offline),
                isAnswer: false,
            });
        } else if (isTree(offline)) {
            for (const [key, inner] of Object.entries(offline)) {
                add(`${path}.${key}`, inner, isTree(real) ? real[key] : undefined);
            }
        }
    };
    const { inputs = {}, outputs } = engine;
    for (const [property, value] of Object.entries({ id: node.id, ...node.outputs })) {
        add(property, value, outputs[property]);
    }
    for (const [property, value] of Object.entries(node.inputs)) {
        if (typeof bare(value) === "string") {
            add(property, value, outputs[property] ?? inputs[property]);
        }
    }
    return found;
}

/** Texts that the program gives in the open. */
function textsIn(inputs: Values): string[] {
    const found: string[] = [];
    openStrings(inputs, (text) => found.push(text));
    return found;
}

const bare = (value: Value | undefined): Value | undefined => (value instanceof Secret ? value.value : value);
