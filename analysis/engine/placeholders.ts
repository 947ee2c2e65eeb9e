import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import { type Plan, type PlanNode, type Value, type Values } from "../../plan/plan.ts";
import { unwrapSecret, visitNonSecretStrings } from "../../plan/value.ts";
import { isObjectOrArray, type UnknownRecord } from "../../plan/query.ts";
import { isUnknown } from "./engine-values.ts";
import { matchText, PlaceholderTexts, type Pattern, type Placeholder, type TextMatch } from "./match-text.ts";
import { escapeRegExp, isGeneratedByAws } from "../../plan/text.ts";

/** The real values of a resource, from the engine or from the state. In a preview some are unknown. */
export interface RealValues {
    /** Undefined where the engine has sent none. */
    readonly inputs: UnknownRecord | undefined;
    /** With the ID. */
    readonly outputs: UnknownRecord;
}

/**
 * The texts that the offline plan generated, and those that AWS has in their place: each placeholder has one real text in
 * the whole plan. An input may contain only outputs of the resources on which it depends, and results of functions.
 */
export class Placeholders {
    readonly #published: ReadonlyMap<string, readonly Placeholder[]>;
    readonly #functionResults: readonly Placeholder[];
    readonly #generated: readonly Placeholder[];
    readonly #any: readonly Placeholder[];
    readonly #anyTexts: PlaceholderTexts;
    readonly #inputTexts: ReadonlySet<string>;
    readonly #byReal: ReadonlyMap<string, readonly Placeholder[]>;
    readonly #used = new Set<Placeholder>();
    /** Patterns of texts, over the outputs of all resources: most texts occur many times in a plan. */
    readonly #patterns = new Map<string, Pattern>();

    constructor(offline: Plan, engine: ReadonlyMap<string, RealValues>) {
        this.#functionResults = offline.inventedAnswers.map(({ function: token, property, value }) => ({
            name: `${property} ${value} of ${token}`,
            kind: `${token} ${property}`,
            offline: value,
            real: undefined,
            isGenerated: true,
            isFunctionResult: true,
        }));
        this.#published = new Map(offline.nodes.map((node) => [node.urn, publishedTexts(node, engine.get(node.urn))]));
        const all = [...this.#published.values()].flat().filter(({ isGenerated }) => isGenerated);
        this.#generated = all;
        this.#any = [...all, ...this.#functionResults];
        this.#anyTexts = new PlaceholderTexts(this.#any);
        this.#inputTexts = new Set(offline.nodes.flatMap(({ inputs }) => textsIn(inputs)));
        this.#byReal = Map.groupBy(
            all.filter(({ real }) => real !== undefined),
            ({ real = "" }) => real,
        );
        // A resource's own outputs are read before the inputs that refer to it.
        const hasUnreadResult = (text: string): boolean =>
            this.#functionResults.some((result) => result.real === undefined && text.includes(result.offline));
        all.forEach(({ offline: text, real }) => {
            if (real !== undefined && hasUnreadResult(text)) {
                matchText(text, real, this.#functionResults, () => undefined);
            }
        });
    }

    /** How the engine's text of an input matches the offline plan's. */
    matchInput(node: PlanNode, input: string, offline: string, engine: string): TextMatch {
        const from = (node.propertyDependencies[input] ?? []).flatMap((urn) => this.#published.get(urn) ?? []);
        const found = matchText(offline, engine, [...from, ...this.#functionResults], (real, kind) => {
            const owners = [
                ...(this.#byReal.get(real) ?? []),
                ...this.#functionResults.filter((each) => each.real === real),
            ];
            return owners.find((owner) => owner.kind === kind) ?? owners[0];
        });
        found.usedPlaceholders.forEach((placeholder) => this.#used.add(placeholder));
        return found;
    }

    /** The offline plan's text of an input, with the real texts of the resources on which the input depends. */
    realText(node: PlanNode, input: string, offline: string): string {
        return (node.propertyDependencies[input] ?? [])
            .flatMap((urn) => this.#published.get(urn) ?? [])
            .filter(({ isGenerated }) => isGenerated)
            .toSorted((a, b) => b.offline.length - a.offline.length)
            .reduce(
                (text, { offline: placeholder, real = placeholder }) => text.replaceAll(placeholder, real),
                offline,
            );
    }

    /**
     * Puts placeholders into texts that match nothing in the plan, in the place of the real texts read so far.
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

    /** As `matchInput`, for a text that may contain outputs of any resource. */
    matchAny(offline: string, engine: string): TextMatch {
        const pattern = this.#patterns.get(offline) ?? this.#anyTexts.patternOf(offline);
        this.#patterns.set(offline, pattern);
        return matchText(pattern, engine, this.#any, () => undefined);
    }

    /** Texts that AWS generated, the longest first, as an ARN may contain an ID, each with its only placeholder. */
    #chosen(): (readonly [real: string, offline: string])[] {
        const owners = Map.groupBy([...this.#functionResults, ...this.#generated], ({ real = "" }) => real);
        return [...owners]
            .filter(([real]) => isGeneratedByAws(real) && !this.#inputTexts.has(real))
            .flatMap(([real, all]) => {
                const [first] = all;
                // A function's result, such as the account, precedes the outputs that repeat it.
                const isOne =
                    first?.isFunctionResult === true || all.every(({ offline }) => offline === first?.offline);
                return first !== undefined && isOne ? [[real, first.offline] as const] : [];
            })
            .toSorted(([a], [b]) => b.length - a.length);
    }

    /** Where two placeholders of one kind, both used in inputs, have one real text. */
    collisions(): string[] {
        const used = [...this.#used].filter(({ isGenerated, real }) => isGenerated && real !== undefined);
        return [...Map.groupBy(used, ({ kind, real = "" }) => `${kind} ${real}`).values()]
            .filter((same) => new Set(same.map(({ offline }) => offline)).size > 1)
            .map((same) => `the engine has one value for ${same.map(({ name }) => name).join(" and ")}`);
    }
}

/**
 * What other resources may use of one: its ID, the outputs that AWS adds, and its inputs, which are outputs, too. Of
 * inputs only texts: a provider may reorder lists.
 */
function publishedTexts(node: PlanNode, engine: RealValues | undefined): Placeholder[] {
    if (!node.custom || engine === undefined) {
        return [];
    }
    const given = new Set(Object.values(node.inputs).map(unwrapSecret));
    const owner = `${shortTypeName(node.type)} ${node.name}`;
    const found: Placeholder[] = [];
    const add = (path: string, value: Value | undefined, real: unknown): void => {
        const offline = unwrapSecret(value);
        if (typeof offline === "string" && offline !== "") {
            const isKnown = typeof real === "string" && !isUnknown(real);
            found.push({
                name: `the ${path} of ${owner}`,
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

/** Texts of inputs that are not secret. */
function textsIn(inputs: Values): string[] {
    const found: string[] = [];
    visitNonSecretStrings(inputs, (text) => found.push(text));
    return found;
}
