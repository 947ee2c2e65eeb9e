import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import { Secret, type Plan, type PlanNode, type Value, type Values } from "../../plan/plan.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { isObjectOrArray, type UnknownRecord } from "../../plan/query.ts";
import { isUnknown } from "./engine-values.ts";
import { matchText, patternOf, type Pattern, type Placeholder, type TextMatch } from "./match-text.ts";
import { escapeRegExp } from "../../plan/text.ts";

/** What the engine says of a resource; a preview does not know each property. */
export interface EngineResource {
    /** As the engine sent them before it handled the resource; none where it did not. */
    readonly inputs: UnknownRecord | undefined;
    /** What the state has, among it the ID. */
    readonly outputs: UnknownRecord;
}

/**
 * What the offline plan made up, and what AWS has in its place: each placeholder stands for one real text in the whole
 * plan. A text may hold only what the resources publish on which it depends, and the answers of functions.
 */
export class Placeholders {
    readonly #published: ReadonlyMap<string, readonly Placeholder[]>;
    readonly #answers: readonly Placeholder[];
    readonly #made: readonly Placeholder[];
    readonly #any: readonly Placeholder[];
    readonly #given: ReadonlySet<string>;
    readonly #byReal: ReadonlyMap<string, readonly Placeholder[]>;
    readonly #seen = new Set<Placeholder>();
    /** Patterns of texts, of all that any resource publishes: a plan says most of its texts many times. */
    readonly #patterns = new Map<string, Pattern>();

    constructor(offline: Plan, engine: ReadonlyMap<string, EngineResource>) {
        this.#answers = offline.inventedAnswers.map(({ function: token, property, value }) => ({
            name: `${property} ${value} of ${token}`,
            kind: `${token} ${property}`,
            offline: value,
            real: undefined,
            isGenerated: true,
            isFunctionResult: true,
        }));
        this.#published = new Map(offline.nodes.map((node) => [node.urn, publishedTexts(node, engine.get(node.urn))]));
        const all = [...this.#published.values()].flat().filter(({ isGenerated }) => isGenerated);
        this.#made = all;
        this.#any = [...all, ...this.#answers];
        this.#given = new Set(offline.nodes.flatMap(({ inputs }) => textsIn(inputs)));
        this.#byReal = Map.groupBy(
            all.filter(({ real }) => real !== undefined),
            ({ real = "" }) => real,
        );
        // What the resources themselves say comes before what inputs say of them.
        all.forEach(({ offline: text, real }) => {
            if (real !== undefined) {
                matchText(text, real, this.#answers, () => undefined);
            }
        });
    }

    /** How the engine's text of an input fits the offline plan's. */
    matchInput(node: PlanNode, input: string, offline: string, engine: string): TextMatch {
        const from = (node.propertyDependencies[input] ?? []).flatMap((urn) => this.#published.get(urn) ?? []);
        const found = matchText(offline, engine, [...from, ...this.#answers], (real, kind) => {
            const owners = [...(this.#byReal.get(real) ?? []), ...this.#answers.filter((each) => each.real === real)];
            return owners.find((owner) => owner.kind === kind) ?? owners[0];
        });
        found.usedPlaceholders.forEach((placeholder) => this.#seen.add(placeholder));
        return found;
    }

    /**
     * Puts placeholders into texts that fit nothing in the plan, wherever they hold what placeholders stand for: as far as
     * that is known now.
     */
    createReplacer(): (text: string) => string {
        const chosen = this.#chosen();
        return (text) =>
            chosen
                .filter(([real]) => text.includes(real))
                .reduce(
                    (whole, [real, offline]) =>
                        whole.replace(new RegExp(`(?<![A-Za-z0-9])${escapeRegExp(real)}(?![A-Za-z0-9])`, "g"), offline),
                    text,
                );
    }

    /** As `fit`, for a text that may hold what any resource publishes. */
    matchAny(offline: string, engine: string): TextMatch {
        const pattern = this.#patterns.get(offline) ?? patternOf(offline, this.#any);
        this.#patterns.set(offline, pattern);
        return matchText(pattern, engine, this.#any, () => undefined);
    }

    /** Texts that AWS chose, the longest first, as an ID may stand in an ARN, each with the one placeholder that it has. */
    #chosen(): (readonly [real: string, offline: string])[] {
        const owners = Map.groupBy([...this.#answers, ...this.#made], ({ real = "" }) => real);
        return [...owners]
            .filter(([real]) => isGeneratedByAws(real) && !this.#given.has(real))
            .flatMap(([real, all]) => {
                const [first] = all;
                // An answer, such as the account, comes before the outputs that repeat it.
                const isOne =
                    first?.isFunctionResult === true || all.every(({ offline }) => offline === first?.offline);
                return first !== undefined && isOne ? [[real, first.offline] as const] : [];
            })
            .toSorted(([a], [b]) => b.length - a.length);
    }

    /** Where two placeholders of one kind, both used in inputs, stand for one real text. */
    collisions(): string[] {
        const used = [...this.#seen].filter(({ isGenerated, real }) => isGenerated && real !== undefined);
        return [...Map.groupBy(used, ({ kind, real = "" }) => `${kind} ${real}`).values()]
            .filter((same) => new Set(same.map(({ offline }) => offline)).size > 1)
            .map((same) => `the engine has one value for ${same.map(({ name }) => name).join(" and ")}`);
    }
}

/** Whether AWS chose a text: it has digits, and is longer than what stands in others by chance. */
const isGeneratedByAws = (text: string): boolean => text.length >= 6 && /\d/.test(text);

/**
 * What other resources may take from one: its ID, what AWS adds, and its inputs, which are outputs, too. Of inputs only
 * texts: a provider may order lists anew.
 */
function publishedTexts(node: PlanNode, engine: EngineResource | undefined): Placeholder[] {
    if (!node.custom || engine === undefined) {
        return [];
    }
    const given = new Set(Object.values(node.inputs).map(unwrapSecret));
    const found: Placeholder[] = [];
    const add = (path: string, value: Value | undefined, real: unknown): void => {
        const offline = unwrapSecret(value);
        if (typeof offline === "string" && offline !== "") {
            const isKnown = typeof real === "string" && !isUnknown(real);
            found.push({
                name: `the ${path} of ${shortTypeName(node.type)} ${node.name}`,
                kind: `${node.type} ${path}`,
                offline,
                real: isKnown ? real : undefined,
                isGenerated: !given.has(offline),
                isFunctionResult: false,
            });
        } else if (isObjectOrArray(offline)) {
            for (const [key, inner] of Object.entries(offline)) {
                add(`${path}.${key}`, inner, isObjectOrArray(real) ? real[key] : undefined);
            }
        }
    };
    const { inputs = {}, outputs } = engine;
    for (const [property, value] of Object.entries({ id: node.id, ...node.outputs })) {
        add(property, value, outputs[property]);
    }
    for (const [property, value] of Object.entries(node.inputs)) {
        if (typeof unwrapSecret(value) === "string") {
            add(property, value, outputs[property] ?? inputs[property]);
        }
    }
    return found;
}

/** Texts that the program gives in the open. */
function textsIn(inputs: Values): string[] {
    const found: string[] = [];
    visitNonSecretStrings(inputs, (text) => found.push(text));
    return found;
}

const unwrapSecret = (value: Value | undefined): Value | undefined => (value instanceof Secret ? value.value : value);
