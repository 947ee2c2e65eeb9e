import { hexDigitsOf } from "../../../plan/physical-names.ts";
import { shortTypeName } from "../../../plan/fake-provider/outputs.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { isObjectOrArray } from "../../../plan/query.ts";
import type { StateResource } from "../../../plan/state.ts";
import { escapeRegExp } from "../../../plan/text.ts";
import { Secret, type Value } from "../../../plan/value.ts";

/** The texts that AWS has in the place of those that the offline plan generated, as far as they have been found. */
export class RealTexts {
    readonly #realByGenerated = new Map<string, string>();
    readonly #generated: RegExp;

    constructor({ nodes, inventedAnswers }: Plan) {
        const texts = [
            ...nodes.filter(({ custom }) => custom).flatMap(generatedPartsOf),
            ...inventedAnswers.filter(({ property }) => property === "zoneId").map(({ value }) => value),
        ];
        this.#generated = new RegExp(texts.map(escapeRegExp).join("|"));
    }

    add(generated: string, real: string): void {
        if (generated !== "" && generated !== real) {
            this.#realByGenerated.set(generated, real);
        }
    }

    /** Adds what a resource that was read from AWS has in the place of the planned outputs. */
    addOutputs(node: PlanNode, { id = "", outputs = {} }: StateResource): void {
        this.add(node.id, id);
        const parts = generatedPartsOf(node);
        const compare = (planned: Value | undefined, real: unknown): void => {
            if (typeof planned === "string" && typeof real === "string") {
                if (parts.some((part) => planned.includes(part))) {
                    this.add(planned, real);
                }
            } else if (isObjectOrArray(planned) && isObjectOrArray(real)) {
                Object.entries(planned).forEach(([key, value]) => {
                    compare(value, real[key]);
                });
            }
        };
        compare(node.outputs, outputs);
    }

    /** A text with real parts. Long ones are replaced first, as an ARN contains an ID. */
    replaceIn(text: string): string {
        return [...this.#realByGenerated]
            .filter(([generated]) => text.includes(generated))
            .toSorted(([a], [b]) => b.length - a.length)
            .reduce((whole, [generated, real]) => whole.replaceAll(generated, real), text);
    }

    /** Whether a text has a part that the plan generated and for which none of AWS was found. */
    isGenerated(text: string): boolean {
        return this.#generated.test(text);
    }

    /** The inputs with real texts, without secrets. */
    inputsOf({ inputs }: PlanNode): Readonly<Record<string, unknown>> {
        return this.#replaceAll(inputs) as Record<string, unknown>;
    }

    #replaceAll(value: Value): unknown {
        if (value instanceof Secret) {
            return undefined;
        }
        if (typeof value === "string") {
            return this.replaceIn(value);
        }
        if (Array.isArray(value)) {
            return value.map((item) => this.#replaceAll(item));
        }
        return isObjectOrArray(value)
            ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#replaceAll(inner)]))
            : value;
    }
}

/** Fewest hexadecimal digits that the fake provider puts into a text of a resource. */
const fewestDigits = 6;

/** One of them is in every text that the fake provider generates for a resource. */
const generatedPartsOf = ({ urn, type, name }: PlanNode): string[] => [
    hexDigitsOf(urn, fewestDigits),
    `${shortTypeName(type)}:${name}:`,
];
